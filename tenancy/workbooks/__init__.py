"""Spreadsheets in and out, for every app: safe reading, fast tables, official forms, returned workbooks.

Bytes and plain rows only. What a column means and who may export it is decided by the caller.
"""

from tenancy.workbooks.forms import write_form
from tenancy.workbooks.marking import annotate
from tenancy.workbooks.reading import Book, Cell, ErrorCell, SheetData, read_table
from tenancy.workbooks.templates import write_template
from tenancy.workbooks.unreadable import Limits, UnreadableWorkbook, limits_in_force
from tenancy.workbooks.writing import Column, Sheet, csv_safe, write_table, write_table_plainly

__all__ = [
    "Book",
    "Cell",
    "Column",
    "ErrorCell",
    "Limits",
    "Sheet",
    "SheetData",
    "UnreadableWorkbook",
    "annotate",
    "csv_safe",
    "limits_in_force",
    "read_table",
    "write_form",
    "write_table",
    "write_table_plainly",
    "write_template",
]
