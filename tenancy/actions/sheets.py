"""From the sheets of a file to the rows of an import: which sheet, which rows hold records, and what is said of the rest."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from tenancy.rules.headers import Header, Misread, chosen_header, find_header
from tenancy.rules.importing import FILLED, HEADED, Column, column_letter, is_data, merged_cells
from tenancy.workbooks import Book, SheetData

Cells = list[Any]
# Code of what the sheet itself did to a cell, by column of the kind.
Faults = Mapping[int, str]
NO_FAULTS: Faults = {}
StagedCells = tuple[int, Cells, Faults]
NAMED_AT_MOST = 5


def sheets_with_header(
    sheets: Sequence[SheetData],
    columns: Sequence[Column],
    *,
    own: Sequence[str],
    chosen: Mapping[str, Any],
    titles: Mapping[str, str],
) -> list[tuple[SheetData, Header]]:
    """The sheets with a header, in their order; only the one that was pointed out, where one was."""
    found = []
    for sheet in sheets:
        if chosen and sheet.name != chosen["sheet"]:
            continue
        if chosen:
            header = chosen_header(sheet.rows, chosen["header_row"], chosen["columns"], columns, sheet.merged)
        else:
            header = find_header(sheet.rows, columns, titles, merged=sheet.merged, own=own)
        if header:
            found.append((sheet, header))
    return found


def questions_about(header: Header, columns: Sequence[Column]) -> list[str]:
    """What somebody has to say about a header before its sheet can be read."""
    titles = {column.key: column.title for column in columns}
    said = []
    if header.unknown:
        guesses = (
            f"{column_letter(unknown.at)}列“{unknown.title}”"
            + (_("（是否为“%s”）") % titles[unknown.key] if unknown.key else "")
            for unknown in header.unknown
        )
        said.append(_("不认识的列：%s。请指明各列对应的项目，或选“不导入”。") % "、".join(guesses))
    if header.twice:
        doubles = "、".join(f"{column_letter(each.at)}列“{each.title}”" for each in header.twice)
        said.append(_("重复的列：%s。同一项目只能对应一列，请选定其中一列。") % doubles)
    if header.missing:
        said.append(_("缺少必需的列：%s。请指明是哪一列，或在表中补上后重新上传。") % "、".join(header.missing))
    return said


def unit_sentence(misread: Sequence[Misread]) -> str:
    """Why a file cannot be read: its numbers would be taken in another unit than it says."""
    said = "；".join(
        _("“%(title)s”写的单位是%(named)s，系统按%(read)s读取") % {"title": title, "named": named, "read": read}
        for title, named, read in misread
    )
    return _("%s。请把数值换算后改写表头的单位，再重新上传。") % said


def notes_on(book: Book, found: Sequence[tuple[SheetData, Header]], passed: Sequence[int]) -> list[str]:
    """What was left out of a file and what was taken in spite of its looks. passed: the rows that hold no record."""
    sheet, header = found[0]
    notes = [_("隐藏的工作表“%s”没有读取。") % other.name for other in book.sheets if other.hidden]
    if sheet.hidden_rows:
        notes.append(_("有%d行被隐藏，仍按正常数据读取。") % len(sheet.hidden_rows))
    if header.passed:
        titles = "".join(f"“{title}”" for title in header.passed)
        notes.append(_("%s不从这里导入，已略过。") % titles)
    if passed:
        numbers = "、".join(map(str, passed[:NAMED_AT_MOST])) + ("…" if len(passed) > NAMED_AT_MOST else "")
        facts = {"rows": numbers, "n": len(passed)}
        notes.append(_("第%(rows)s行是合计、签字、小标题或重复的表头，共%(n)d行，不作为数据。") % facts)
    sentence = _("工作表“%s”也有表头，这次没有读取；要导入它请用“更换工作表或列”。")
    return notes + [sentence % other.name for other, _header in found[1:]]


def mapped_rows(
    sheet: SheetData, header: Header, columns: Sequence[Column], passed: list[int]
) -> Iterator[StagedCells]:
    """Data rows as (number, cells in column order, faults by column index); other rows go into `passed`."""
    places = [header.columns.get(column.key) for column in columns]
    faulty, headed = _faulty(sheet, header, columns, places)
    # A column the sheet does not have is taken from the blank cell put behind the last one.
    widest = max(at for at in places if at is not None)
    picked = itemgetter(*(-1 if at is None else at for at in places))
    titles = next((cells for number, cells in sheet.rows if number == header.last), [])
    above: Cells = []
    for number, cells in sheet.rows:
        if number <= header.last:
            continue
        if not is_data(cells) or number in headed or cells == titles:
            passed += [number] * any(str(cell).strip() for cell in cells if cell is not None)
            continue
        if len(cells) <= widest:
            cells.extend([None] * (widest + 1 - len(cells)))
        mapped, faults = list(picked([*cells, None])), faulty.get(number, NO_FAULTS)
        if faults:
            _fill_down(mapped, faults, above)
        yield number, mapped, faults
        above = mapped


def _faulty(
    sheet: SheetData, header: Header, columns: Sequence[Column], places: list[int | None]
) -> tuple[dict[int, dict[int, str]], set[int]]:
    """What the sheet itself did to cells, by row and column of the kind; and the rows that are headings."""
    faulty: dict[int, dict[int, str]] = {}
    # The later word counts: a formula whose value is an error is a formula.
    lost, errors, formulas = sheet.long_numbers, sheet.error_cells, sheet.formula_cells
    for faults, code in ((lost, "lost-precision"), (errors, "error-cell"), (formulas, "formula-cell")):
        for row, column in faults:
            if column in places:
                faulty.setdefault(row, {})[places.index(column)] = code
    headed = set()
    filling = [at for column, at in zip(columns, places, strict=True) if column.fills_down and at is not None]
    width = max((len(cells) for _number, cells in sheet.rows), default=0)
    for row, column, code in merged_cells(sheet.merged, header.last, filling, width):
        if code == HEADED:
            headed.add(row)
        elif column in places:
            faulty.setdefault(row, {})[places.index(column)] = code
    return faulty, headed


def _fill_down(cells: Cells, faults: Faults, above: Cells) -> None:
    for index, code in faults.items():
        if code == FILLED and above:
            cells[index] = above[index]
