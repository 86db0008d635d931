"""Reads of staged imports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from tenancy.models import ImportBatch, ImportRow, ImportWord
from tenancy.rules.importing import Column
from tenancy.rules.paths import ancestors_of

REPEATED_AT_MOST = 30
# Column -> word as it is written -> what it means there; titles stand under an empty column.
Words = Mapping[str, Mapping[str, str]]


def words_for(place: str, kind: str) -> dict[str, dict[str, str]]:
    """What a place has settled for its titles and words; the nearest place's choice counts."""
    settled = ImportWord.objects.filter(kind=kind, place__in=ancestors_of(place)).order_by("place")
    words: dict[str, dict[str, str]] = {}
    for column, said, meant in settled.values_list("column", "said", "meant"):
        words.setdefault(column, {})[said] = meant
    return words


def own_words(kind: str) -> QuerySet[ImportWord]:
    """What the acting place has settled itself, the newest first."""
    return ImportWord.objects.filter(kind=kind).select_related("learnt_by").order_by("-learnt_at", "-pk")


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
