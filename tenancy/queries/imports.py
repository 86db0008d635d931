"""Reads of staged imports."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet

from tenancy.models import ImportBatch, ImportRow, ImportWord
from tenancy.rules.headers import SheetColumn, find_header, proposed
from tenancy.rules.importing import Column
from tenancy.rules.paths import ancestors_of

REPEATED_AT_MOST = 30
SAMPLES = 8
# Column -> word as it is written -> what it means there; titles stand under an empty column.
Words = Mapping[str, Mapping[str, str]]


def words_for(place: str, kind: str) -> dict[str, dict[str, str]]:
    """What a place has settled for its titles and words; the nearest place's choice counts."""
    settled = ImportWord.objects.filter(kind=kind, place__in=ancestors_of(place)).order_by("place", "pk")
    words: dict[str, dict[str, str]] = {}
    for column, said, meant in settled.values_list("column", "said", "meant"):
        words.setdefault(column, {})[said] = meant
    return words


def settled_words() -> QuerySet[ImportWord]:
    """What the acting place and those above it have settled, the newest first."""
    return ImportWord.objects.select_related("learnt_by", "jurisdiction").order_by("-learnt_at", "-pk")


def served_by(batch: ImportBatch) -> list[str]:
    """The places its rows may be about: those the uploader serves, else the batch's own."""
    post = batch.uploaded_by
    served = list(post.serves.values_list("jurisdiction__path", flat=True)) if post else []
    return served or [batch.place]


def batches(kind: str) -> QuerySet[ImportBatch]:
    """Batches of the acting place, the newest first; an empty kind gives all kinds."""
    found = ImportBatch.objects.select_related("uploaded_by", "jurisdiction").order_by("-pk")
    return found.filter(kind=kind) if kind else found


def preview_rows(batch: ImportBatch, tab: str) -> QuerySet[ImportRow]:
    """The staged rows of a tab: refused, warned, one verdict, or all."""
    rows = batch.rows.order_by("number")
    if tab == "refused":
        return rows.filter(refused=True)
    if tab == "warned":
        return rows.filter(refused=False, problems__contains=[{"level": "warning"}])
    if tab in ("new", "changed", "same", "skipped"):
        return rows.filter(verdict=tab)
    return rows


def reasons_of(batch: ImportBatch, *, only_bad: bool) -> dict[int, list[tuple[int, str] | str]]:
    """What is said of each row, with the sheet column it is about; notices only where every row is given back."""
    reasons: dict[int, list[tuple[int, str] | str]] = {}
    rows = batch.rows.exclude(problems=[]).order_by("number").values_list("number", "problems")
    for number, problems in rows:
        told = [problem for problem in problems if not only_bad or problem["level"] != "notice"]
        if told:
            reasons[number] = [_at(batch.columns.get(each["column"]), each["message"]) for each in told]
    return reasons


def _at(column: int | None, message: str) -> tuple[int, str] | str:
    return message if column is None else (column, message)


@dataclass(frozen=True)
class RepeatedFault:
    """The same wrong value in several rows, to be replaced at once."""

    column: str
    title: str
    value: str
    message: str
    count: int


def repeated_faults(batch: ImportBatch, columns: Sequence[Column]) -> list[RepeatedFault]:
    """Wrong values of refused rows, the most frequent first; private columns are never listed."""
    found: dict[tuple[str, str], list[str]] = {}
    index = {column.key: at for at, column in enumerate(columns) if not column.private}
    for row in batch.rows.filter(refused=True).only("cells", "problems"):
        for problem in row.problems:
            at = index.get(problem["column"])
            if at is not None and problem["level"] == "error" and str(row.cells[at] or "").strip():
                found.setdefault((problem["column"], str(row.cells[at])), []).append(problem["message"])
    titles = {column.key: column.title for column in columns}
    listed = [
        RepeatedFault(column, titles[column], value, messages[0], len(messages))
        for (column, value), messages in found.items()
    ]
    return sorted(listed, key=lambda fault: -fault.count)[:REPEATED_AT_MOST]


def proposals_in(batch: ImportBatch, columns: Sequence[Column]) -> list[tuple[Column, int]]:
    """The columns for which refused rows have something proposed, with how many rows."""
    found: Counter[str] = Counter()
    for problems in batch.rows.filter(refused=True).values_list("problems", flat=True):
        found.update({problem["column"] for problem in problems if problem.get("proposed")})
    return [(column, found[column.key]) for column in columns if found[column.key]]


@dataclass(frozen=True)
class SheetView:
    """A sheet with a header row somebody may point out: its columns with their likely meaning, and its first rows."""

    sheet: str
    header_row: int
    columns: list[SheetColumn]
    rows: list[tuple[int, list[str]]]


def sheet_view(
    batch: ImportBatch, columns: Sequence[Column], own: Sequence[str], sheet: str | None, header_row: int | None
) -> SheetView | None:
    """The columns under a row of the preview, by default the sheet and row that were taken; None when there is no such."""
    name = batch.sheet if sheet is None else sheet
    part = next((part for part in batch.preview if part["name"] == name), None)
    if part is None:
        return None
    rows, merged, words = part["rows"], part["merged"], words_for(batch.place, batch.kind).get("", {})
    if header_row is None and name == batch.sheet:
        header_row = batch.header_row
    if header_row is None:
        found = find_header(rows, columns, words, merged=merged, own=own)
        header_row = found.row if found else rows[0][0]
    at = next((index for index, (number, _cells) in enumerate(rows) if number == header_row), None)
    if at is None:
        return None
    width = max(len(cells) for _number, cells in rows)
    taken = batch.chosen["columns"] if batch.chosen and batch.chosen["sheet"] == name else {}
    proposals = proposed(rows, at, columns, words, merged=merged, own=own, taken=taken)
    shown = [(number, [*cells, *[""] * (width - len(cells))]) for number, cells in rows[: at + 1 + SAMPLES]]
    return SheetView(name, header_row, proposals, shown)


def waiting_before(batch: ImportBatch) -> int:
    """How many batches of its tenant a worker takes first."""
    waiting = ImportBatch.objects.filter(kind=batch.kind, state__in=["uploaded", "committing"], pk__lt=batch.pk)
    return waiting.count()


def is_in_work(batch: ImportBatch) -> bool:
    """Whether a worker holds the batch at this moment; one that was killed holds it no longer."""
    with transaction.atomic():
        mine = ImportBatch.objects.filter(pk=batch.pk).select_for_update(skip_locked=True)
        free = mine.values_list("pk", flat=True).first()
        # The lock was only a question, and is given back at once.
        transaction.set_rollback(True)
    return free is None


def progress_key(batch: ImportBatch) -> str:
    return f"import-progress:{batch.pk}"


def progress_of(batch: ImportBatch) -> tuple[int, int] | None:
    """Rows checked and rows in all, as the worker last told; None before it told anything."""
    told: tuple[int, int] | None = cache.get(progress_key(batch))
    return told
