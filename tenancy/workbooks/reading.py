"""Spreadsheet bytes in, plain rows out. The file is judged by the gate and parsed in a limited child process.

What cells mean (headers, codes, dates typed as text) is the importer's business.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from tenancy.workbooks import gate
from tenancy.workbooks.process import Child
from tenancy.workbooks.unreadable import Limits, limits_in_force


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell without a usable value: an Excel error, a number beyond range, text with control characters."""

    text: str

    def __str__(self) -> str:
        return self.text


Cell = str | int | float | bool | date | datetime | ErrorCell | None


@dataclass(slots=True)
class SheetData:
    """One sheet. Rows are numbered as Excel shows them and blank ones left out; columns count from 0, column A.

    `long_numbers` are cells whose digits are already lost: numbers of 16 digits and more, or text such as 9.13E+17.
    """

    name: str
    hidden: bool
    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    formula_cells: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    long_numbers: set[tuple[int, int]] = field(default_factory=set)
    error_cells: set[tuple[int, int]] = field(default_factory=set)


@dataclass(slots=True)
class Book:
    """All sheets of a file, hidden ones included; a CSV file is one sheet without a name."""

    sheets: list[SheetData]


def read_table(data: bytes, filename: str, *, limits: Limits | None = None) -> Book:
    """Reads .xlsx, .xls or .csv. Raises UnreadableWorkbook for everything else, whatever the file does."""
    limits = limits or limits_in_force()
    book = Book([])
    # The child starts up while the gate looks; it is fed only what passed.
    with Child("child.py", limits) as child:
        passed = gate.check(data, filename, limits)
        options = {"kind": passed.kind, "notable": passed.notable, "limits": asdict(limits)}
        for kind, *facts in child.answers(options, data):
            if kind == "sheet":
                book.sheets.append(_sheet(*facts))
            else:
                _take_rows(book.sheets[-1], facts)
    return book


def _sheet(name: str, hidden: bool, facts: dict[str, Any]) -> SheetData:
    return SheetData(
        name,
        hidden,
        merged=[tuple(area) for area in facts["merged"]],
        formula_cells={(row, column) for row, column in facts["formulas"]},
        hidden_rows=set(facts["hidden_rows"]),
    )


def _take_rows(sheet: SheetData, facts: list[Any]) -> None:
    """Dates, times and errors are named beside the cells, since the wire has no type for them."""
    numbers, cells, dates, specials, long_numbers = facts
    pairs = iter(dates)
    for at, column in zip(pairs, pairs, strict=True):
        cells[at][column] = date.fromordinal(cells[at][column])
    for at, column, kind, value in specials:
        cells[at][column] = datetime.fromisoformat(value) if kind == "datetime" else ErrorCell(value)
        if kind == "error":
            sheet.error_cells.add((numbers[at], column))
    sheet.rows.extend(zip(numbers, cells, strict=True))
    sheet.long_numbers.update((row, column) for row, column in long_numbers)
