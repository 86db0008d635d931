"""The staged import that ledgers and rosters share: receive, stage, correct, commit, undo.

An app brings its `ImportKind`: the columns it knows, a validator for rows and the act that writes the clean ones.
"""

import hashlib
import io
import json
import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any, Protocol

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.fields import PREFIX, seal, unseal
from tenancy.models import ImportBatch, ImportRow, Jurisdiction, Post
from tenancy.rules.importing import Column, Finding, Level, counts_of, find_header, is_data
from tenancy.rules.names import tidy
from tenancy.rules.refusals import Refused
from tenancy.scoping import copy_rows
from tenancy.workbooks import Book, UnreadableWorkbook, read_table

logger = logging.getLogger(__name__)
Cells = list[Any]
NO_FAULTS: Mapping[int, str] = {}
StagedCells = tuple[int, Cells, Mapping[int, str]]
SEALED_FOR = "tenancy_importrow.cells"
as_json = json.JSONEncoder(ensure_ascii=False, default=str).encode


class Validator(Protocol):
    """Checks rows of one batch one after another; remembers them to find duplicates."""

    def check(self, number: int, cells: Cells, faults: Mapping[int, str]) -> tuple[list[Finding], str]:
        """Findings and verdict (new, changed, same) of a row; cells in the order of the kind's columns."""


@dataclass(frozen=True)
class ImportKind:
    """What an app imports: its columns and how a batch of it is checked and written."""

    name: str
    columns: tuple[Column, ...]
    validator: Callable[[ImportBatch, date], Validator]
    write: Callable[[ImportBatch, Post | None, date], dict[str, int]]
    # Undoes a written batch; returns the names of records that changed since and were left alone.
    take_back: Callable[[ImportBatch, Post], list[str]]


def receive_workbook(
    jurisdiction: Jurisdiction, *, kind: str, filename: str, data: bytes, by: Post | None
) -> ImportBatch:
    """Keeps an upload as it came; reading it is a task's work. The same bytes again give the earlier batch."""
    digest = hashlib.sha256(data).hexdigest()
    earlier = ImportBatch.objects.filter(jurisdiction=jurisdiction, kind=kind, sha256=digest)
    if found := earlier.exclude(state__in=["undone", "failed"]).first():
        return found
    stored = default_storage.save(f"{jurisdiction.path}imports/{uuid.uuid4()}", ContentFile(data))
    batch = ImportBatch.objects.create(
        jurisdiction=jurisdiction,
        place=jurisdiction.path,
        kind=kind,
        filename=tidy(filename)[-160:],
        stored=stored,
        sha256=digest,
        uploaded_by=by,
    )
    audit.record(
        "tenancy.import.received", batch, by=by, after={"kind": kind, "file": batch.filename, "sha256": digest}
    )
    return batch


def stage_workbook(
    batch: ImportBatch, kind: ImportKind, *, on: date, aliases: dict[str, str] | None = None
) -> ImportBatch:
    """Reads the stored workbook and lays every row with every finding into the staging table. Safe to repeat."""
    with default_storage.open(batch.stored) as file:
        data = file.read()
    try:
        book = read_table(data, batch.filename)
    except UnreadableWorkbook as error:
        return _fail(batch, error.message)
    sheet = next((s for s in book.sheets if not s.hidden and find_header(s.rows, kind.columns, aliases or {})), None)
    header = find_header(sheet.rows, kind.columns, aliases or {}) if sheet else None
    if sheet is None or header is None:
        return _fail(
            batch,
            _("没有找到表头：前15行里至少要有两列写明“%s”等列名，请对照模板调整后重新上传。") % kind.columns[0].title,
        )
    batch.sheet, batch.header_row, batch.columns = sheet.name, header.row, header.columns
    batch.notes = _notes(book, sheet, header)
    if header.missing:
        return _fail(batch, _("缺少必需的列：%s。请补上这些列后重新上传。") % "、".join(header.missing))
    if header.misread:
        return _fail(batch, _misread(header.misread))
    places = [header.columns.get(column.key) for column in kind.columns]
    rows = _mapped_rows(sheet, header.row, places)
    _lay_down(batch, kind, rows, on=on)
    return batch


def _fail(batch: ImportBatch, sentence: str) -> ImportBatch:
    batch.state, batch.error = "failed", sentence
    batch.save()
    return batch


def _misread(titles: Sequence[tuple[str, str, str]]) -> str:
    said = "；".join(
        _("“%(title)s”写的单位是%(named)s，系统按%(read)s读取") % {"title": title, "named": named, "read": read}
        for title, named, read in titles
    )
    return _("%s。请把数值换算后改写表头的单位，再重新上传。") % said


def _notes(book: Book, sheet: Any, header: Any) -> list[str]:
    notes = [_("隐藏的工作表“%s”没有读取。") % other.name for other in book.sheets if other.hidden]
    if sheet.hidden_rows:
        notes.append(_("有%d行被隐藏，仍按正常数据读取。") % len(sheet.hidden_rows))
    for title, guess in header.unknown:
        hint = _("，是否为“%s”") % guess if guess else ""
        notes.append(_("不认识的列“%(title)s”%(hint)s，未导入。") % {"title": title, "hint": hint})
    return notes


def _mapped_rows(sheet: Any, header_row: int, places: Sequence[int | None]) -> Iterator[StagedCells]:
    """Data rows as (number, cells in column order, faults by column index)."""
    faulty: dict[int, dict[int, str]] = {}
    for faults, code in ((sheet.formula_cells, "formula-cell"), (sheet.long_numbers, "lost-precision")):
        for row, column in faults:
            if column in places:
                faulty.setdefault(row, {})[places.index(column)] = code
    widest = max(at for at in places if at is not None)
    # A column the sheet does not have is taken from the blank cell put behind the last one.
    picked = itemgetter(*(-1 if at is None else at for at in places))
    for number, cells in sheet.rows:
        if number > header_row and is_data(cells):
            blanks = [None] * max(1, widest + 2 - len(cells))
            yield number, list(picked(cells + blanks)), faulty.get(number, NO_FAULTS)


def _lay_down(batch: ImportBatch, kind: ImportKind, rows: Iterable[StagedCells], *, on: date) -> None:
    validator = kind.validator(batch, on)
    lines, verdicts = io.StringIO(), []
    private = [index for index, column in enumerate(kind.columns) if column.private]
    for number, cells, faults in rows:
        findings, verdict = validator.check(number, cells, faults)
        refused = bool(findings) and any(finding.level is Level.ERROR for finding in findings)
        verdicts.append("refused" if refused else verdict)
        for index in private:
            cells[index] = seal_cell(cells[index])
        problems = as_json([f.as_json() for f in findings]) if findings else "[]"
        safe = f"{as_json(cells)}\t{problems}".replace("\\", "\\\\")
        lines.write(f"{number}\t{safe}\t{'t' if refused else 'f'}\t{verdicts[-1]}\n")
    lines.seek(0)
    with transaction.atomic():
        ImportRow.objects.filter(batch=batch).delete()
        _copy_into_rows(batch, lines)
        batch.state, batch.counts, batch.error = "staged", counts_of(verdicts), ""
        batch.save()


def seal_cell(cell: Any) -> Any:
    """A private cell as the staging table keeps it."""
    return seal(str(cell), SEALED_FOR, "") if cell not in (None, "") else cell


def open_cells(cells: Cells) -> Cells:
    """The cells of a staged row with private ones opened; for checking and writing, never for showing."""
    return [
        unseal(cell, SEALED_FOR, "") if isinstance(cell, str) and cell.startswith(PREFIX) else cell for cell in cells
    ]


def _copy_into_rows(batch: ImportBatch, lines: io.StringIO) -> None:
    from django.db import connection  # noqa: PLC0415, TID251 -- COPY has no ORM form

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE staged_row (number int, cells jsonb, problems jsonb, refused bool, verdict text)"
            " ON COMMIT DROP"
        )
        copy_rows("staged_row", ("number", "cells", "problems", "refused", "verdict"), lines)
        cursor.execute(
            "INSERT INTO tenancy_importrow (place, batch_id, number, cells, problems, refused, verdict)"
            " SELECT %s, %s, number, cells, problems, refused, verdict FROM staged_row",
            [batch.place, batch.pk],
        )
        cursor.execute("DROP TABLE staged_row")


def recheck(batch: ImportBatch, kind: ImportKind, *, on: date) -> ImportBatch:
    """Checks the staged rows again after a correction or when the register changed meanwhile."""
    kept = [
        (row.number, open_cells(row.cells), {kind_index(kind, key): code for key, code in _cell_faults(row)})
        for row in ImportRow.objects.filter(batch=batch).order_by("number")
    ]
    _lay_down(batch, kind, kept, on=on)
    return batch


def _cell_faults(row: ImportRow) -> list[tuple[str, str]]:
    """Faults of the sheet itself that the cells alone no longer show."""
    return [(p["column"], p["code"]) for p in row.problems if p["code"] in ("formula-cell", "code-lost-precision")]


def kind_index(kind: ImportKind, key: str) -> int:
    return next(index for index, column in enumerate(kind.columns) if column.key == key)


def confirm_batch(batch: ImportBatch, *, by: Post | None, clean_only: bool) -> ImportBatch:
    """Asks for a staged batch to be written; a task does it. Raises Refused when rows are bad and a full set was wanted."""
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state != "staged":
        raise Refused(_("这一批当前是“%s”，不能再写入。") % batch.get_state_display(), code="import-state")
    refused = batch.counts["refused"]
    if refused and not clean_only:
        raise Refused(_("还有%d行有错误。请先改正，或选择“只写入无误的行”。") % refused, code="import-not-clean")
    if refused == batch.counts["read"]:
        raise Refused(_("没有可以写入的行，请按行内说明改正后重新上传。"), code="import-empty")
    batch.state, batch.confirmed_by, batch.clean_only = "committing", by, clean_only
    batch.save()
    return batch


def commit_batch(batch: ImportBatch, kind: ImportKind, *, on: date, at: datetime) -> ImportBatch:
    """Writes a confirmed batch in one transaction; a second call, or one after a crash, does no harm."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if batch.state != "committing":
            return batch
        batch.state, batch.committed_at = "committed", at
        written = kind.write(batch, batch.confirmed_by, on)
        batch.counts = {**batch.counts, **written}
        batch.save()
        audit.record("tenancy.import.committed", batch, by=batch.confirmed_by, after=batch.counts)
    return batch


def give_back(batch: ImportBatch, sentence: str) -> None:
    """Puts a confirmed batch that could not be written back to staged, with the reason."""
    batch.state, batch.error = "staged" if batch.counts else "failed", sentence
    batch.save(update_fields=["state", "error"])


def undo_batch(batch: ImportBatch, kind: ImportKind, *, by: Post, at: datetime) -> list[str]:
    """Takes a committed batch back; returns the names of records that changed since and were left alone."""
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state != "committed":
        raise Refused(_("这一批当前是“%s”，不能撤销。") % batch.get_state_display(), code="import-state")
    kept = kind.take_back(batch, by)
    batch.state, batch.undone_at = "undone", at
    batch.counts = {**batch.counts, "kept": len(kept)}
    batch.save()
    audit.record("tenancy.import.undone", batch, by=by, after={"kept": kept[:50]})
    return kept


def amend_cells(
    batch: ImportBatch, kind: ImportKind, *, column: str, old: str, new: str, number: int | None, by: Post, on: date
) -> int:
    """Corrects one row's cell, or every refused row with the same value, and checks the batch again."""
    if batch.state != "staged":
        raise Refused(_("这一批当前是“%s”，不能再改。") % batch.get_state_display(), code="import-state")
    index = kind_index(kind, column)
    rows = ImportRow.objects.filter(batch=batch)
    rows = rows.filter(number=number) if number is not None else rows.filter(refused=True)
    changed = []
    for row in rows:
        shown = "" if row.cells[index] is None else str(row.cells[index])
        if number is not None or shown == old:
            row.cells[index] = seal_cell(new) if kind.columns[index].private else new
            row.problems = [p for p in row.problems if p["column"] != column]
            changed.append(row)
    ImportRow.objects.bulk_update(changed, ["cells", "problems"], batch_size=500)
    recheck(batch, kind, on=on)
    facts = {"column": column, "rows": len(changed)}
    audit.record("tenancy.import.amended", batch, by=by, after=facts)
    return len(changed)


def work_off(kind: ImportKind, *, on: date, at: datetime) -> int:
    """Takes waiting batches of a kind one by one, each claimed for itself, until none is left; returns how many."""
    done = 0
    while _work_off_one(kind, on=on, at=at):
        done += 1
    return done


def _work_off_one(kind: ImportKind, *, on: date, at: datetime) -> bool:
    with transaction.atomic():
        waiting = ImportBatch.objects.filter(kind=kind.name, state__in=["uploaded", "committing"])
        batch = waiting.select_for_update(skip_locked=True).order_by("pk").first()
        if batch is not None:
            _advance(batch, kind, on=on, at=at)
        return batch is not None


def _advance(batch: ImportBatch, kind: ImportKind, *, on: date, at: datetime) -> None:
    try:
        with transaction.atomic():
            if batch.state == "uploaded":
                stage_workbook(batch, kind, on=on)
            else:
                commit_batch(batch, kind, on=on, at=at)
    except Refused as refused:
        give_back(batch, refused.reason)
    except Exception:
        # One broken batch must not stop those behind it, and is not tried for ever.
        logger.exception("import batch %s", batch.pk)
        give_back(batch, _("处理这一批时系统出错，没有写入任何行。请重试；仍不成功请联系系统管理员。"))
