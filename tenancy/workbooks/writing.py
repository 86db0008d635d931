"""Big plain tables: rows in, one .xlsx out, in flat memory. Text is never a formula and codes are always text.

Official forms with titles and totals are in `forms`. Nothing here queries or decides who may export.
"""

import math
import pickle
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from os import PathLike
from typing import IO, Any, BinaryIO, Literal

import xlsxwriter
from rustpy_xlsxwriter import Format, write_worksheets

Kind = Literal["text", "int", "number", "percent", "date", "datetime"]
Target = str | PathLike[str] | BinaryIO

SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "int": "0",
    "number": "General",
    "percent": "0.00%",
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
}
WIDTHS: dict[Kind, float] = {"text": 14, "int": 9, "number": 11, "percent": 9, "date": 12, "datetime": 17}
PAGE_NUMBERS = "&C第 &P 页 共 &N 页"
HEADER_FILL = "DDE8F3"
NOT_FOR_CELLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
NOT_FOR_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
AS_IT_IS = frozenset({int, bool, date, type(None)})
SPOOL_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title, what its cells are, its width in characters, and the group printed above it in a form."""

    name: str
    kind: Kind = "text"
    width: float | None = None
    group: str = ""

    @property
    def shown_width(self) -> float:
        return self.width or max(WIDTHS[self.kind], 2.1 * len(self.name) + 2)


@dataclass(slots=True)
class Sheet:
    """Rows are read once. Without a length or `count` they pass through a temporary file to be counted."""

    title: str
    header: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    count: int | None = None


def write_table(target: Target, sheets: Iterable[Sheet], *, footer: str = "") -> None:
    """The fast writer. `write_table_plainly` takes the same and is the way back."""
    parts, settings = _parts(sheets), _Settings(footer)
    tables: list[tuple[str, Any]] = []
    for part in parts:
        names = _unique([column.name for column in part.header])
        settings.add(part.title, names, part.header)
        tables.append((part.title, _records(names, part.rows)))
    write_worksheets(tables, target, **settings.options)
    _check_nothing_left(parts)


def _records(names: list[str], rows: Iterator[list[Any]]) -> Iterator[dict[str, Any]]:
    """The writer takes its header from the first row, so a table without rows gets one of blanks."""
    first = next(rows, None)
    yield dict.fromkeys(names) if first is None else dict(zip(names, first, strict=True))
    for row in rows:
        yield dict(zip(names, row, strict=True))


class _Settings:
    """The writer's keyword arguments, by sheet."""

    def __init__(self, footer: str) -> None:
        self.options: dict[str, Any] = {
            "freeze_panes": {"general": {"row": 1, "col": 0}},
            "column_formats": {},
            "column_widths": {},
            "header_format": {},
            "autofilter": {},
            "page_setup": {},
        }
        self.footer = footer or PAGE_NUMBERS

    def add(self, title: str, names: list[str], header: Sequence[Column]) -> None:
        options = self.options
        options["column_formats"][title] = {
            name: Format().set_num_format(NUMBER_FORMATS[column.kind])
            for name, column in zip(names, header, strict=True)
        }
        options["column_widths"][title] = [column.shown_width for column in header]
        heading = Format().set_bold().set_background_color(HEADER_FILL).set_border("thin").set_text_wrap()
        options["header_format"][title] = heading.set_align("center").set_align("vertical_center")
        options["autofilter"][title] = True
        options["page_setup"][title] = {
            "landscape": True,
            "paper_size": 9,
            "fit_to_pages": (1, 0),
            "repeat_rows": 0,
            "footer": self.footer,
        }


def write_table_plainly(target: Target, sheets: Iterable[Sheet], *, footer: str = "") -> None:
    """The same workbook by XlsxWriter: slower, pure Python."""
    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    heading = book.add_format(
        {
            "bold": True,
            "bg_color": "#" + HEADER_FILL,
            "border": 1,
            "text_wrap": True,
            "align": "center",
            "valign": "vcenter",
        }
    )
    formats = {kind: book.add_format({"num_format": shown}) for kind, shown in NUMBER_FORMATS.items()}
    parts = _parts(sheets)
    for part in parts:
        page = book.add_worksheet(part.title)
        _set_up(page, footer)
        for at, column in enumerate(part.header):
            page.set_column(at, at, column.shown_width, formats[column.kind])
            page.write_string(0, at, column.name, heading)
        shown = [formats[column.kind] for column in part.header]
        number = 0
        for number, row in enumerate(part.rows, 1):
            _write_row(page, number, row, shown)
        page.autofilter(0, 0, max(number, 1), max(len(part.header) - 1, 0))
    book.close()
    _check_nothing_left(parts)


def _set_up(page: Any, footer: str) -> None:
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer(footer or PAGE_NUMBERS)


def _write_row(page: Any, number: int, row: list[Any], shown: list[Any]) -> None:
    for at, value in enumerate(row):
        if isinstance(value, str):
            page.write_string(number, at, value, shown[at])
        elif isinstance(value, bool):
            page.write_boolean(number, at, value, shown[at])
        elif isinstance(value, date):
            page.write_datetime(number, at, value, shown[at])
        elif value is not None:
            page.write_number(number, at, value, shown[at])


@dataclass(slots=True)
class _Part:
    """What one sheet of the file holds of a table; a table that is too long has several."""

    title: str
    header: Sequence[Column]
    rows: Iterator[list[Any]]
    source: Iterator[list[Any]]


def _parts(sheets: Iterable[Sheet]) -> list[_Part]:
    taken: set[str] = set()
    parts = []
    most = SHEET_ROWS - 1
    for sheet in sheets:
        rows, count = _counted(sheet)
        source = _clean_rows(sheet.header, rows)
        parts += [
            _Part(sheet_title(sheet.title, taken), sheet.header, islice(source, most), source)
            for _number in range(max(1, math.ceil(count / most)))
        ]
    return parts


def _check_nothing_left(parts: list[_Part]) -> None:
    """A `count` that was too small must not lose rows in silence."""
    for part in parts:
        if next(part.source, None) is not None:
            raise ValueError(f"{part.title}: more rows came than were counted")


def _counted(sheet: Sheet) -> tuple[Iterable[Sequence[Any]], int]:
    if sheet.count is not None:
        return sheet.rows, sheet.count
    if isinstance(sheet.rows, Sized):
        return sheet.rows, len(sheet.rows)
    spool = tempfile.TemporaryFile()  # noqa: SIM115 -- closed when the rows are gone
    count, rows = 0, iter(sheet.rows)
    while batch := list(islice(rows, SPOOL_BATCH)):
        pickle.dump(batch, spool)
        count += len(batch)
    return _spooled(spool, count), count


def _spooled(spool: IO[bytes], count: int) -> Iterator[Sequence[Any]]:
    with spool:
        spool.seek(0)
        for _batch in range(math.ceil(count / SPOOL_BATCH)):
            yield from pickle.load(spool)  # noqa: S301 -- our own file, written a moment ago


def _clean_rows(header: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """Most cells are good as they are, and there are millions of them: the test is inline."""
    texts = [column.kind == "text" for column in header]
    for row in rows:
        yield [
            value
            if ((kind := type(value)) is str and value.isprintable() and len(value) <= CELL_CHARACTERS)
            or (kind in AS_IT_IS and not is_text)
            else clean_cell(value, is_text=is_text)
            for value, is_text in zip(row, texts, strict=True)
        ]


def clean_cell(value: Any, *, is_text: bool = False) -> Any:
    """A value every spreadsheet program can hold: no control characters, no infinity, no time zone."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return None
    if isinstance(value, int | float | Decimal | date) and not is_text:
        return value
    text = NOT_FOR_CELLS.sub("", str(value))
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"


def _unique(names: list[str]) -> list[str]:
    """Rows travel as mappings by title. Trailing blanks tell equal titles apart; nobody sees them."""
    seen: set[str] = set()
    unique = []
    for name in names:
        shown = name
        while shown in seen:
            shown += " "
        seen.add(shown)
        unique.append(shown)
    return unique


def sheet_title(title: str, taken: set[str]) -> str:
    """A title Excel accepts, unlike those already taken."""
    base = NOT_FOR_TITLES.sub(" ", title).strip(" '") or "表"
    shown, number = base[:31], 1
    while shown.casefold() in taken:
        number += 1
        mark = f"({number})"
        shown = base[: 31 - len(mark)] + mark
    taken.add(shown.casefold())
    return shown


def csv_safe(value: Any) -> Any:
    """Text that no spreadsheet program takes for a formula when it opens the CSV; numbers stay numbers."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    text = NOT_FOR_CELLS.sub("", value)
    return "'" + text if text.lstrip(" \xa0\u3000").startswith(DANGEROUS) else text
