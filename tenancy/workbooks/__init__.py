"""Spreadsheets in and out, for every app: safe reading, fast tables, official forms, returned workbooks.

Bytes and plain rows only. What a column means and who may export it is decided by the caller.
"""

from tenancy.workbooks.reading import Book, Cell, ErrorCell, SheetData, read_table
from tenancy.workbooks.unreadable import Limits, UnreadableWorkbook

__all__ = ["Book", "Cell", "ErrorCell", "Limits", "SheetData", "UnreadableWorkbook", "read_table"]
