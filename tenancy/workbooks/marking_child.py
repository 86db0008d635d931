"""Writes reasons into one upload, in a process of its own: file bytes on stdin, the new workbook on stdout.

Run as a script and isolated, like `child`, whose frames and limits it uses.
"""

import io
import os
import sys
from copy import copy
from typing import TYPE_CHECKING, Any

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 -- isolated, so not there by itself

if TYPE_CHECKING:
    from tenancy.workbooks import child
else:
    import child

PALE_RED = PatternFill("solid", fgColor="FFFDE4E1")
RED = Font(color="FFB3261E")
PIECE = 1024 * 1024
# openpyxl keeps each sheet it writes in a temporary file.
NEW_FILES = 40


def opened(data: bytes, kind: str) -> Any:
    """The workbook as it is; for other formats a new one with the values."""
    if kind == "xlsx":
        return openpyxl.load_workbook(io.BytesIO(data))
    book = openpyxl.Workbook()
    book.remove(book.active)
    if kind == "csv":
        text = child.decoded(data)
        fill(book.create_sheet(), child.csv.reader(io.StringIO(text, newline=""), delimiter=child.delimiter(text)))
        return book
    source = child.CalamineWorkbook.from_filelike(io.BytesIO(data))
    for facts in source.sheets_metadata:
        page = book.create_sheet(facts.name)
        page.sheet_state = "visible" if facts.visible == child.SheetVisibleEnum.Visible else "hidden"
        fill(page, source.get_sheet_by_name(facts.name).to_python(skip_empty_area=False))
    return book


def fill(page: Any, rows: Any) -> None:
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if isinstance(value, str) and value:
                write_text(page.cell(number, column), child.CONTROL.sub("", value))
                page.cell(number, column).number_format = "@"
            elif value != "":
                page.cell(number, column).value = value


def write_text(cell: Any, text: str) -> None:
    """openpyxl takes what begins with = for a formula."""
    cell.value, cell.data_type = text, "s"


def mark(page: Any, options: dict[str, Any]) -> None:
    header = options["header_row"]
    column = reason_column(page, header, options["title"])
    heading, neighbour = page.cell(header, column), page.cell(header, max(column - 1, 1))
    heading.value = options["title"]
    heading._style = copy(neighbour._style)  # noqa: SLF001 -- openpyxl has no other way to share a style
    page.column_dimensions[get_column_letter(column)].width = 50
    forget_earlier(page, column, options)
    for row, problems in options["problems"].items():
        mark_row(page, row, column, problems, options["author"])
    if options["only_bad"]:
        keep_only(page, header, sorted(options["problems"]))


def forget_earlier(page: Any, column: int, options: dict[str, Any]) -> None:
    """What an earlier answer wrote about the same sheet."""
    for row in page.iter_rows(min_row=options["header_row"] + 1):
        for cell in row:
            if cell.comment and cell.comment.author == options["author"]:
                cell.comment = None
            if cell.column == column and not isinstance(cell, MergedCell):
                cell.value = None


def reason_column(page: Any, header: int, title: str) -> int:
    """Where an earlier answer wrote, else behind the last column with a heading or a value."""
    last = 0
    for column in range(1, page.max_column + 1):
        value = page.cell(header, column).value
        if value == title:
            return column
        last = column if value is not None else last
    return last + 1


def mark_row(page: Any, row: int, column: int, problems: list[Any], author: str) -> None:
    cell = page.cell(row, column)
    write_text(cell, "；".join(sentence for _at, sentence in problems))
    cell.font, cell.fill, cell.alignment = RED, PALE_RED, Alignment(wrap_text=True, vertical="top")
    told: dict[int, list[str]] = {}
    for at, sentence in problems:
        told.setdefault(column if at is None else at + 1, []).append(sentence)
    for at, sentences in told.items():
        place = page.cell(row, at)
        # Only the first cell of a merged range can carry anything.
        if not isinstance(place, MergedCell):
            place.comment = Comment("\n".join(sentences), author, width=320, height=40 + 24 * len(sentences))


def keep_only(page: Any, header: int, wanted: list[int]) -> None:
    """Moves the wanted rows up under the header; row by row deletion would take minutes."""
    for area in [area for area in page.merged_cells.ranges if area.max_row > header]:
        page.unmerge_cells(str(area))
    last, width = page.max_row, page.max_column
    for target, source in enumerate([row for row in wanted if header < row <= last], header + 1):
        page.row_dimensions[target].height = page.row_dimensions[source].height
        page.row_dimensions[target].hidden = False
        for column in range(1, width + 1) if source != target else ():
            move(page.cell(source, column), page.cell(target, column))
    kept = header + sum(header < row <= last for row in wanted)
    if last > kept:
        page.delete_rows(kept + 1, last - kept)


def move(source: Any, target: Any) -> None:
    """Value and kind together: text that looks like a formula stays text."""
    target._value, target.data_type = source._value, source.data_type  # noqa: SLF001
    target._style = copy(source._style)  # noqa: SLF001
    target._hyperlink = None  # noqa: SLF001
    comment, source.comment, target.comment = source.comment, None, None
    if comment:
        target.comment = comment


def main() -> None:
    options, data = child.heard()
    child.guarded(lambda: answer(data, options))


def answer(data: bytes, options: dict[str, Any]) -> None:
    child.limit(options["limits"], new_files=NEW_FILES)
    book = opened(data, options["kind"])
    pages = [page for page in book.worksheets if page.title == options["sheet"]]
    pages += [page for page in book.worksheets if page.sheet_state == "visible"]
    mark(pages[0], options)
    file = io.BytesIO()
    book.save(file)
    whole = file.getbuffer()
    for at in range(0, len(whole), PIECE):
        child.say("bytes", bytes(whole[at : at + PIECE]))


if __name__ == "__main__":
    main()
