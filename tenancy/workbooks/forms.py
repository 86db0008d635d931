"""The official form (台账): title, reporting unit and day, ruled table, total row, signature line, ready to print.

For hundreds or thousands of rows; big plain tables are in `writing`.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tenancy.workbooks.writing import DANGEROUS, NUMBER_FORMATS, Column, clean_cell, sheet_title

THIN = Side(style="thin")
RULED = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
RIGHT = Alignment(horizontal="right", vertical="center")
TITLE_FONT = Font(name="黑体", size=18, bold=True)
BODY_FONT, HEADER_FONT = Font(name="宋体", size=11), Font(name="宋体", size=11, bold=True)
A3_FROM_CHARACTERS = 200


def write_form(
    title: str,
    unit: str,
    day: date,
    header: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    totals: Sequence[Any] | None = None,
) -> bytes:
    """The workbook's bytes. A column 序号 is put first unless there is one; `totals` has a value or None per column."""
    numbered = header[0].name != _("序号")
    columns = [Column(_("序号"), "int", 6), *header] if numbered else list(header)
    book = Workbook()
    page: Worksheet = book.active
    page.title = sheet_title(title, set())
    _write_top(page, title, unit, day, len(columns))
    top = _write_header(page, columns)
    line = top
    for line, row in enumerate(rows, top + 1):
        _write_row(page, line, columns, [line - top, *row] if numbered else row)
    if totals is not None:
        line += 1
        _write_totals(page, line, columns, [None, *totals] if numbered else totals)
    _write_signatures(page, line + 1, len(columns))
    _set_up_print(page, columns, top)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def set_value(cell: Cell, value: Any) -> None:
    """openpyxl takes text beginning with = for a formula; here text is text, also when the cell is edited later."""
    if isinstance(value, str):
        cell.value, cell.data_type = value, "s"
        cell.quotePrefix = value.startswith(DANGEROUS)
    else:
        cell.value = value


def _put(page: Worksheet, row: int, column: int, value: Any, look: tuple[Font, Alignment]) -> Cell:
    cell = page.cell(row, column)
    set_value(cell, clean_cell(value))
    cell.font, cell.alignment = look
    return cell


def _write_top(page: Worksheet, title: str, unit: str, day: date, width: int) -> None:
    _put(page, 1, 1, title, (TITLE_FONT, MIDDLE))
    page.row_dimensions[1].height = 36
    half = max(1, width // 2)
    _put(page, 2, 1, _("填报单位（盖章）：%s") % unit, (BODY_FONT, LEFT))
    _put(page, 2, half + 1, _("填报日期：%(year)s年%(month)s月%(day)s日") % _parts_of(day), (BODY_FONT, RIGHT))
    page.row_dimensions[2].height = 22
    for row, first, last in ((1, 1, width), (2, 1, half), (2, half + 1, width)):
        if last > first:
            page.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)


def _parts_of(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _write_header(page: Worksheet, columns: Sequence[Column]) -> int:
    """Writes one header row, or two when columns are grouped; returns the last of them."""
    grouped = any(column.group for column in columns)
    last = 4 if grouped else 3
    for at, column in enumerate(columns, 1):
        for row in range(3, last + 1):
            _put(page, row, at, column.name, (HEADER_FONT, MIDDLE)).border = RULED
        page.column_dimensions[get_column_letter(at)].width = column.shown_width
    if grouped:
        _merge_groups(page, columns)
    return last


def _merge_groups(page: Worksheet, columns: Sequence[Column]) -> None:
    first = 1
    for group, members in groupby(columns, key=lambda column: column.group):
        last = first + sum(1 for _member in members) - 1
        if group:
            for at in range(first, last + 1):
                set_value(page.cell(3, at), group if at == first else None)
            page.merge_cells(start_row=3, end_row=3, start_column=first, end_column=last)
        else:
            for at in range(first, last + 1):
                page.cell(4, at).value = None
                page.merge_cells(start_row=3, end_row=4, start_column=at, end_column=at)
        first = last + 1


def _write_row(page: Worksheet, line: int, columns: Sequence[Column], row: Sequence[Any]) -> None:
    for at, (column, value) in enumerate(zip(columns, row, strict=True), 1):
        cell = page.cell(line, at)
        set_value(cell, clean_cell(value, is_text=column.kind == "text"))
        cell.number_format = NUMBER_FORMATS[column.kind]
        cell.font, cell.border = BODY_FONT, RULED
        cell.alignment = LEFT if column.kind == "text" else MIDDLE


def _write_totals(page: Worksheet, line: int, columns: Sequence[Column], totals: Sequence[Any]) -> None:
    _write_row(page, line, columns, totals)
    set_value(page.cell(line, 1), _("合计"))
    for at in range(1, len(columns) + 1):
        page.cell(line, at).font = HEADER_FONT
    page.cell(line, 1).alignment = MIDDLE


def _write_signatures(page: Worksheet, line: int, width: int) -> None:
    text = "        ".join([_("填表人："), _("审核人："), _("负责人："), _("联系电话：")])
    _put(page, line, 1, text, (BODY_FONT, LEFT))
    page.row_dimensions[line].height = 24
    if width > 1:
        page.merge_cells(start_row=line, end_row=line, start_column=1, end_column=width)


def _set_up_print(page: Worksheet, columns: Sequence[Column], top: int) -> None:
    page.freeze_panes = page.cell(top + 1, 1)
    page.print_title_rows = f"3:{top}"
    page.page_setup.orientation = "landscape"
    wide = sum(column.shown_width for column in columns) > A3_FROM_CHARACTERS
    page.page_setup.paperSize = page.PAPERSIZE_A3 if wide else page.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.print_options.horizontalCentered = True
    page.oddFooter.center.text = _("第 &P 页 共 &N 页")
