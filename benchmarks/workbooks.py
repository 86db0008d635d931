"""Reading and writing big tables against the libraries alone."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import rustpy_xlsxwriter
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from benchmarks.district import District
from benchmarks.measuring import Limit, Line, Timer, compare
from tenancy.workbooks import Column, Sheet, read_table, write_table

OPENPYXL_ROWS = 5000
COLUMNS = [
    *(Column(f"文字{n}", "text", 14) for n in range(18)),
    *(Column(f"整数{n}", "int", 9) for n in range(3)),
    *(Column(f"数{n}", "number", 11) for n in range(2)),
    *(Column(f"日期{n}", "date", 12) for n in range(2)),
]


def read(city: District) -> Iterator[Line]:
    """read_table, its child process included, against python-calamine in this process."""
    target = BytesIO()
    write_table(target, [Sheet("台账", COLUMNS, [_row(n) for n in range(city.rows)])])
    file = target.getvalue()

    def ours(timer: Timer) -> None:
        with timer():
            read_table(file, "台账.xlsx")

    def calamine(timer: Timer) -> None:
        with timer():
            CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_index(0).to_python()

    note = f"{city.rows} rows of {len(COLUMNS)} columns; ours reads in a limited child process; peer: python-calamine in this process"
    yield compare("read", ours, calamine, Limit(1.5), rounds=city.rounds, note=note)


def export(city: District) -> Iterator[Line]:
    """write_table against the library below it, and against openpyxl's streaming writer."""
    rows = [_row(n) for n in range(city.rows)]
    note = f"{city.rows} rows of {len(COLUMNS)} columns"
    sides = _ours(rows), _rustpy(rows)
    yield compare("export", *sides, Limit(1.3), rounds=city.rounds, note=f"{note}; peer: rustpy-xlsxwriter alone")
    few = rows[:OPENPYXL_ROWS]
    note = f"{len(few)} rows of {len(COLUMNS)} columns; peer: openpyxl write_only"
    yield compare("export-openpyxl", _ours(few), _openpyxl(few), Limit(0.2), rounds=city.rounds, note=note)


def _row(number: int) -> tuple[Any, ...]:
    day = date(2026, 1, 1) + timedelta(days=number % 365)
    texts = [f"第{number}行的第{n}格文字" for n in range(18)]
    return (*texts, number, number % 97, number % 1009, number / 7, number / 3, day, day)


def _ours(rows: list[tuple[Any, ...]]) -> Callable[[Timer], None]:
    def side(timer: Timer) -> None:
        with timer():
            write_table(BytesIO(), [Sheet("台账", COLUMNS, rows)])

    return side


def _rustpy(rows: list[tuple[Any, ...]]) -> Callable[[Timer], None]:
    names = [column.name for column in COLUMNS]
    formats = {"台账": {column.name: rustpy_xlsxwriter.Format().set_num_format(_format(column)) for column in COLUMNS}}

    def side(timer: Timer) -> None:
        with timer():
            records = (dict(zip(names, row, strict=True)) for row in rows)
            rustpy_xlsxwriter.write_worksheets([("台账", records)], BytesIO(), column_formats=formats)

    return side


def _format(column: Column) -> str:
    return {"text": "@", "int": "0", "date": "yyyy-mm-dd"}.get(column.kind, "General")


def _openpyxl(rows: list[tuple[Any, ...]]) -> Callable[[Timer], None]:
    def side(timer: Timer) -> None:
        with timer():
            book = Workbook(write_only=True)
            sheet = book.create_sheet("台账")
            sheet.append([column.name for column in COLUMNS])
            for row in rows:
                sheet.append(row)
            book.save(BytesIO())

    return side
