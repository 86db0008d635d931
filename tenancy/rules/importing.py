"""What a staged workbook is: columns and their other names, the header row, findings, verdicts.

Pure: a sheet comes in as numbered lists of cells, knowledge goes out. What a row means is the importing app's rule.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tenancy.rules.names import tidy


class Level(StrEnum):
    """error keeps the row out, warning is committed after it was seen, notice only informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about one row: what, why and how to mend stand in the message."""

    column: str
    level: Level
    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        return {"column": self.column, "level": self.level.value, "code": self.code, "message": self.message}


@dataclass(frozen=True, slots=True)
class Column:
    """A column an import understands, with the titles offices use for it."""

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    # Sealed in the staging table and shown masked.
    private: bool = False
    # The unit its numbers are read in, and the units a title may name instead, which would be read wrongly.
    unit: str = ""
    other_units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and which sheet column holds which key; titles nobody knows come with a guess.

    misread: (title, unit it names, unit it would be read in).
    """

    row: int
    columns: dict[str, int]
    unknown: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    misread: tuple[tuple[str, str, str], ...] = ()


TOTALS = frozenset({"合计", "总计", "小计", "共计"})
SIGNATURES = ("填表人", "审核人", "负责人（签字）", "制表人", "备注：", "注：", "说明：")
HEADER_SEARCH = 15
UNIT = re.compile(r"[（(](?:单位[：:])?([^（）()]*)[）)]$")


def plain_title(value: object) -> str:
    """A title without unit in brackets, spaces and line breaks: 从业人员(人) -> 从业人员."""
    text = tidy(str(value)) if value is not None else ""
    for opening in "（(":
        text = text.split(opening)[0]
    return "".join(text.split()).rstrip("：:*")


def titles_of(columns: Sequence[Column], aliases: Mapping[str, str]) -> dict[str, str]:
    """Plain title -> key, the office's remembered aliases last so that they win."""
    known = {plain_title(name): column.key for column in columns for name in (column.title, *column.aliases)}
    return known | {plain_title(title): key for title, key in aliases.items()}


def find_header(
    rows: Sequence[tuple[int, Sequence[Any]]], columns: Sequence[Column], aliases: Mapping[str, str]
) -> Header | None:
    """The row among the first fifteen that names most columns; None when no row names two."""
    known = titles_of(columns, aliases)
    best: tuple[int, int, Sequence[Any]] | None = None
    for number, cells in rows[:HEADER_SEARCH]:
        hits = len({known[title] for cell in cells if (title := plain_title(cell)) in known})
        if hits >= 2 and (best is None or hits > best[0]):
            best = hits, number, cells
    if best is None:
        return None
    return _header(best[1], best[2], columns, known)


def _header(row: int, cells: Sequence[Any], columns: Sequence[Column], known: Mapping[str, str]) -> Header:
    found: dict[str, int] = {}
    unknown = []
    for index, cell in enumerate(cells):
        title = plain_title(cell)
        key = known.get(title)
        if key and key not in found:
            found[key] = index
        elif title and not key and title != "序号":
            guess = difflib.get_close_matches(title, known, n=1, cutoff=0.5)
            unknown.append((title, guess[0] if guess else ""))
    missing = tuple(column.title for column in columns if column.required and column.key not in found)
    misread = tuple(_misread(cells, column, found[column.key]) for column in columns if column.key in found)
    return Header(row, found, tuple(unknown), missing, tuple(each for each in misread if each))


def _misread(cells: Sequence[Any], column: Column, at: int) -> tuple[str, str, str] | None:
    """A title that names another unit than the one its column is read in: 年营业收入（元）."""
    title = "".join(str(cells[at]).split())
    named = UNIT.search(title)
    unit = named[1] if named else ""
    if unit == column.unit or unit not in column.other_units:
        return None
    return title, unit, column.unit


def is_data(cells: Sequence[Any]) -> bool:
    """Whether a row under the header holds a record: not blank, not a total, not the signature line."""
    for cell in cells:
        text = tidy(cell) if isinstance(cell, str) else cell
        if text is not None and text != "":
            first = str(text)
            return first not in TOTALS and not first.startswith(SIGNATURES)
    return False


def counts_of(verdicts: Iterable[str]) -> dict[str, int]:
    """How many rows of each verdict; `read` is their sum, so the counts always add up."""
    counts = dict.fromkeys(("new", "changed", "same", "refused"), 0)
    for verdict in verdicts:
        counts[verdict] += 1
    counts["read"] = sum(counts.values())
    return counts
