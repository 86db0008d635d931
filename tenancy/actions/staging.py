"""Reading an upload into the staging table, and checking its rows again. Nothing live is touched here.

An app brings its `ImportKind`: the columns it knows, a validator for rows and the act that writes the clean ones.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any, Protocol

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from tenancy.actions.sheets import (
    Cells,
    Faults,
    StagedCells,
    mapped_rows,
    notes_on,
    questions_about,
    sheets_with_header,
    unit_sentence,
)
from tenancy.fields import PREFIX, seal, unseal
from tenancy.models import ImportBatch, ImportRow, Post
from tenancy.queries.imports import Words, progress_key, words_for
from tenancy.rules.headers import PASSED_OVER, Header, first_rows, misread_units
from tenancy.rules.importing import (
    FILLED,
    MERGED,
    Checked,
    Column,
    Finding,
    Level,
    counts_of,
    learnt_finding,
    merge_finding,
)
from tenancy.scoping import copy_rows, lines_to_copy
from tenancy.workbooks import SheetData, UnreadableWorkbook, read_table

SEALED_FOR = "tenancy_importrow.cells"
STAGED = ("number", "cells", "problems", "refused", "skipped", "verdict", "differences")
# How far the checking has come is told beside the transaction, which shows nothing before it ends.
TOLD_EVERY, KEPT_SECONDS = 5000, 600
as_json = json.JSONEncoder(ensure_ascii=False, default=str).encode


class Validator(Protocol):
    """Checks rows of one batch one after another; remembers them to find duplicates."""

    def check(self, number: int, cells: Cells, faults: Faults) -> Checked:
        """What there is to say about a row; cells in the order of the kind's columns."""


def no_words(batch: ImportBatch, on: date) -> Mapping[str, Sequence[str]]:
    return {}


@dataclass(frozen=True)
class ImportKind:
    """What an app imports: its columns and how a batch of it is checked and written."""

    name: str
    columns: tuple[Column, ...]
    validator: Callable[[ImportBatch, date], Validator]
    write: Callable[[ImportBatch, Post | None, date], dict[str, int]]
    # Undoes a written batch; returns the names of records that changed since and were left alone.
    take_back: Callable[[ImportBatch, Post], list[str]]
    # Column -> the words its cells may hold in a batch's place, for choosing one instead of an unknown word.
    words: Callable[[ImportBatch, date], Mapping[str, Sequence[str]]] = no_words
    # Titles that our own exports print and no import of this kind reads.
    own_titles: tuple[str, ...] = field(default=())

    @property
    def version(self) -> str:
        """Changes with the columns; templates and batches bear it."""
        titles = "|".join(f"{column.key}={column.title}" for column in self.columns)
        return hashlib.sha256(titles.encode()).hexdigest()[:6]

    def place_of(self, key: str) -> int:
        return next(index for index, column in enumerate(self.columns) if column.key == key)


def stage_workbook(
    batch: ImportBatch, kind: ImportKind, *, on: date, titles: Mapping[str, str] | None = None
) -> ImportBatch:
    """Reads the stored workbook and lays every row with every finding into the staging table. Safe to repeat.

    titles: what titles mean this time, beside those the office has settled. A sheet whose columns are not settled
    becomes a batch `unmapped`, which waits for somebody to point them out.
    """
    with default_storage.open(batch.stored) as file:
        data = file.read()
    try:
        book = read_table(data, batch.filename)
    except UnreadableWorkbook as error:
        return _fail(batch, error.message)
    sheets = [sheet for sheet in book.sheets if sheet.rows and not sheet.hidden]
    if not sheets:
        return _fail(batch, _("文件里没有可读的内容：各工作表是空的或被隐藏。请检查后重新上传。"))
    batch.preview = [_preview(sheet) for sheet in sheets]
    batch.version = kind.version
    words = words_for(batch.place, kind.name)
    meant = words.get("", {}) | dict(titles or {})
    found = sheets_with_header(sheets, kind.columns, own=kind.own_titles, chosen=batch.chosen, titles=meant)
    if not found:
        return _ask(batch, sheets[0], None, kind)
    sheet, header = found[0]
    if misread := misread_units(sheet.rows, header, kind.columns):
        return _fail(batch, unit_sentence(misread))
    if not header.is_settled:
        return _ask(batch, sheet, header, kind)
    _settle(batch, sheet, header)
    passed: list[int] = []
    rows = mapped_rows(sheet, header, kind.columns, passed)
    lay_down(batch, kind, rows, on=on, words=words, total=len(sheet.rows))
    batch.notes = notes_on(book, found, passed)
    batch.save(update_fields=["notes"])
    return batch


def _preview(sheet: SheetData) -> dict[str, Any]:
    rows = first_rows(sheet.rows)
    last = rows[-1][0]
    return {"name": sheet.name, "rows": rows, "merged": [area for area in sheet.merged if area[0] <= last]}


def _fail(batch: ImportBatch, sentence: str) -> ImportBatch:
    batch.state, batch.error = "failed", sentence
    batch.save()
    return batch


def _settle(batch: ImportBatch, sheet: SheetData, header: Header) -> None:
    batch.sheet, batch.header_row, batch.columns = sheet.name[:60], header.row, header.columns


def _ask(batch: ImportBatch, sheet: SheetData, header: Header | None, kind: ImportKind) -> ImportBatch:
    """Has somebody point out what was not recognised; the sentence says what that is."""
    if header is None:
        header = Header(sheet.rows[0][0], sheet.rows[0][0], {})
        sentence = _("没有找到表头：前15行里至少要有两列写明“%s”等列名。请指出表头在哪一行、每一列是什么。")
        said = [sentence % kind.columns[0].title]
    else:
        said = questions_about(header, kind.columns)
    _settle(batch, sheet, header)
    batch.state, batch.error, batch.counts = "unmapped", "".join(said), {}
    batch.save()
    return batch


def lay_down(
    batch: ImportBatch,
    kind: ImportKind,
    rows: Iterable[StagedCells],
    *,
    on: date,
    words: Words,
    aside: Collection[int] = (),
    total: int = 0,
) -> None:
    """Checks rows and lays them into the staging table instead of those that lie there.

    aside: rows that are skipped. total: about how many rows come, where somebody watches them being checked.
    """
    sheet = _Sheet(kind, kind.validator(batch, on), words)
    for done, (number, cells, faults) in enumerate(rows):
        if total and done % TOLD_EVERY == 0:
            cache.set(progress_key(batch), (done, total), KEPT_SECONDS)
        if aside and number in aside:
            sheet.set_aside(number, cells)
        else:
            sheet.check(number, cells, faults)
    sheet.lines.seek(0)
    with transaction.atomic(), sheet.lines:
        ImportRow.objects.filter(batch=batch).delete()
        _copy_into_rows(batch, sheet.lines)
        counts = {**counts_of(sheet.verdicts), "warned": sheet.warned}
        batch.state, batch.counts, batch.error = "staged", counts, ""
        batch.save()


class _Sheet:
    """The rows of one batch on their way into the staging table, as lines of COPY."""

    def __init__(self, kind: ImportKind, validator: Validator, words: Words) -> None:
        self.kind, self.validator = kind, validator
        settled = {kind.place_of(key): known for key, known in words.items() if key and known}
        self.words = sorted(settled.items(), key=lambda each: each[0])
        self.private = [index for index, column in enumerate(kind.columns) if column.private]
        self.lines, self.warned = lines_to_copy(), 0
        self.verdicts: list[str] = []

    def check(self, number: int, cells: Cells, faults: Faults) -> None:
        remarks = self.reworded(cells) if self.words else []
        if faults:
            remarks += self.merges(cells, faults)
            faults = {index: code for index, code in faults.items() if code not in (MERGED, FILLED)}
        findings, verdict, differences = self.validator.check(number, cells, faults)
        if remarks:
            findings = [*findings, *remarks]
        refused = bool(findings) and any(finding.level is Level.ERROR for finding in findings)
        if findings and not refused:
            self.warned += any(finding.level is Level.WARNING for finding in findings)
        problems = as_json([finding.as_json() for finding in findings]) if findings else "[]"
        said = as_json(differences) if differences and not refused else "\\N"
        self.write(number, cells, problems, "refused" if refused else verdict, said)

    def set_aside(self, number: int, cells: Cells) -> None:
        self.write(number, cells, "[]", "skipped", "\\N")

    def write(self, number: int, cells: Cells, problems: str, verdict: str, differences: str) -> None:
        for index in self.private:
            cells[index] = seal_cell(cells[index])
        self.verdicts.append(verdict)
        safe = f"{as_json(cells)}\t{problems}"
        if "\\" in safe:
            safe = safe.replace("\\", "\\\\")
        if differences != "\\N":
            differences = differences.replace("\\", "\\\\")
        flags = f"{'t' if verdict == 'refused' else 'f'}\t{'t' if verdict == 'skipped' else 'f'}"
        self.lines.write(f"{number}\t{safe}\t{flags}\t{verdict}\t{differences}\n")

    def reworded(self, cells: Cells) -> list[Finding]:
        """Puts in the words the office has settled for its own."""
        remarks = []
        for index, known in self.words:
            meant = known.get(cells[index]) if isinstance(cells[index], str) else None
            if meant:
                remarks.append(learnt_finding(self.kind.columns[index], cells[index], meant))
                cells[index] = meant
        return remarks

    def merges(self, cells: Cells, faults: Faults) -> list[Finding]:
        marked = [(index, code) for index, code in faults.items() if code in (MERGED, FILLED)]
        return [
            merge_finding(self.kind.columns[index], code, cells[index])
            for index, code in marked
            if code == FILLED or cells[index] in (None, "")
        ]


def seal_cell(cell: Any) -> Any:
    """A private cell as the staging table keeps it."""
    return seal(str(cell), SEALED_FOR, "") if cell not in (None, "") else cell


def open_cells(cells: Cells) -> Cells:
    """The cells of a staged row with private ones opened; for checking and writing, never for showing."""
    return [
        unseal(cell, SEALED_FOR, "") if isinstance(cell, str) and cell.startswith(PREFIX) else cell for cell in cells
    ]


def _copy_into_rows(batch: ImportBatch, lines: IO[str]) -> None:
    from django.db import connection  # noqa: PLC0415, TID251 -- COPY has no ORM form

    columns = ", ".join(STAGED)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE staged_row (number int, cells jsonb, problems jsonb, refused bool, skipped bool,"
            " verdict text, differences jsonb) ON COMMIT DROP"
        )
        copy_rows("staged_row", STAGED, lines)
        cursor.execute(
            f"INSERT INTO tenancy_importrow (place, batch_id, {columns})"  # noqa: S608 -- our own column names
            f" SELECT %s, %s, {columns} FROM staged_row",
            [batch.place, batch.pk],
        )
        cursor.execute("DROP TABLE staged_row")


# What the cells alone no longer show once they are staged.
KEPT_FAULTS = {
    "formula-cell": "formula-cell", "error-cell": "error-cell", "code-lost-precision": "lost-precision", MERGED: MERGED,
    FILLED: FILLED,
}  # fmt: skip


def recheck(batch: ImportBatch, kind: ImportKind, *, on: date) -> ImportBatch:
    """Checks the staged rows again after a correction or when the register changed meanwhile."""
    staged = ImportRow.objects.filter(batch=batch).order_by("number")
    aside = set(staged.filter(skipped=True).values_list("number", flat=True))
    kept = [(row.number, open_cells(row.cells), _faults_of(row, kind)) for row in staged]
    lay_down(batch, kind, kept, on=on, words=_words_of_cells(batch, kind), aside=aside)
    return batch


def _words_of_cells(batch: ImportBatch, kind: ImportKind) -> Words:
    return {column: known for column, known in words_for(batch.place, kind.name).items() if column}


def _faults_of(row: ImportRow, kind: ImportKind) -> dict[int, str]:
    return {
        kind.place_of(problem["column"]): KEPT_FAULTS[problem["code"]]
        for problem in row.problems
        if problem["code"] in KEPT_FAULTS
    }


def meant_by_titles(titles: Mapping[str, str]) -> dict[str, str]:
    """Titles as a command names them, with an empty meaning for those that are passed over."""
    return {title: key or PASSED_OVER for title, key in titles.items()}
