"""The header of a sheet: where it stands and which column holds what.

An office's own titles come with it; what nobody knows is asked, with the nearest known title as a proposal.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

from tenancy.rules.importing import Area, Column, column_letter
from tenancy.rules.names import tidy

Rows = Sequence[tuple[int, Sequence[Any]]]
# What an office has chosen for a title that is none of ours: not to import the column.
PASSED_OVER = "-"
# Numbers the rows of every form, and is written by our own answer.
WITHOUT_MEANING = frozenset({"序号", "原因"})
HEADER_SEARCH = 15
LONG_NUMBER = re.compile(r"\d{7,}")
UNIT = re.compile(r"[（(](?:单位[：:])?([^（）()]*)[）)]$")


class Unknown(NamedTuple):
    """A title nobody knows: its sheet column, the title, the key of the nearest known one or nothing."""

    at: int
    title: str
    key: str


class Misread(NamedTuple):
    """A title, the unit it names, and the one its column would be read in."""

    title: str
    named: str
    read: str


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and which sheet column holds which key.

    last: the row records begin under, for a header of two rows. missing: titles of required columns. twice: titles
    of a key already found. passed: titles left out, because they are computed here or were refused.
    """

    row: int
    last: int
    columns: dict[str, int]
    unknown: tuple[Unknown, ...] = ()
    missing: tuple[str, ...] = ()
    twice: tuple[Unknown, ...] = ()
    passed: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        return not (self.unknown or self.missing or self.twice)


def plain_title(value: object) -> str:
    """A title without unit in brackets, spaces and line breaks: 从业人员(人) -> 从业人员."""
    text = tidy(str(value)) if value is not None else ""
    for opening in "（(":
        text = text.split(opening)[0]
    return "".join(text.split()).strip("：:*＊")


def titles_of(columns: Sequence[Column], learnt: Mapping[str, str], own: Iterable[str]) -> dict[str, str]:
    """Plain title -> key. own: titles that are left out without asking.

    learnt: an office's own titles with the title or key they mean, or PASSED_OVER; they come last so that they win.
    """
    known = dict.fromkeys(own, PASSED_OVER)
    known |= {plain_title(name): column.key for column in columns for name in (column.title, *column.aliases)}
    keys = {column.key: column.key for column in columns} | known | {PASSED_OVER: PASSED_OVER}
    meant = {
        plain_title(title): keys.get(meaning) or keys.get(plain_title(meaning)) for title, meaning in learnt.items()
    }
    return known | {title: key for title, key in meant.items() if key}


def find_header(
    rows: Rows,
    columns: Sequence[Column],
    learnt: Mapping[str, str],
    *,
    merged: Iterable[Area] = (),
    own: Iterable[str] = (),
) -> Header | None:
    """The row among the first fifteen that names most columns; None when no row names two."""
    known = titles_of(columns, learnt, own)
    areas, best, most = list(merged), None, 1
    for at, (number, _cells) in enumerate(rows[:HEADER_SEARCH]):
        last, titles = headings(rows, at, areas)
        keys = {_key(title, known) for title in titles.values()} - {"", PASSED_OVER}
        if len(keys) > most:
            best, most = (number, last, titles), len(keys)
    return _header(*best, columns, known) if best else None


def chosen_header(
    rows: Rows, row: int, places: Mapping[str, int], columns: Sequence[Column], merged: Iterable[Area] = ()
) -> Header | None:
    """A header somebody pointed out, with the columns as he chose them; None when the sheet has no such row."""
    at = next((index for index, (number, _cells) in enumerate(rows) if number == row), None)
    if at is None:
        return None
    last, _titles = headings(rows, at, list(merged))
    return Header(row, last, dict(places), missing=_missing(columns, places))


def misread_units(rows: Rows, header: Header, columns: Sequence[Column]) -> list[Misread]:
    """Titles that name another unit than the one their column is read in: 年营业收入（元）."""
    lines = [cells for number, cells in rows if header.row <= number <= header.last]
    found = []
    for column, cells in product(columns, lines):
        at = header.columns.get(column.key, len(cells))
        title = "".join(str(cells[at]).split()) if at < len(cells) else ""
        named = UNIT.search(title)
        if named and named[1] != column.unit and named[1] in column.other_units:
            found.append(Misread(title, named[1], column.unit))
    return found


def headings(rows: Rows, at: int, merged: Sequence[Area]) -> tuple[int, dict[int, tuple[str, ...]]]:
    """The last row of the header that begins in a row, and the titles of its columns, the fullest way first.

    A header has two rows where cells of the first are merged with those below.
    """
    number, cells = rows[at]
    spread = _spread(number, cells, merged)
    doubles = any(top == number and bottom == number + 1 for top, _left, bottom, _right in merged)
    if not doubles or at + 1 == len(rows) or rows[at + 1][0] != number + 1:
        return number, {index: (title,) for index, title in spread.items()}
    lower = {index: title for index, cell in enumerate(rows[at + 1][1]) if (title := plain_title(cell))}
    titles: dict[int, tuple[str, ...]] = {index: (title,) for index, title in spread.items()}
    for index, title in lower.items():
        titles[index] = (spread.get(index, "") + title, title)
    return number + 1, dict(sorted(titles.items()))


def _spread(number: int, cells: Sequence[Any], merged: Sequence[Area]) -> dict[int, str]:
    """The titles of a row; one over several columns is the title of each."""
    titles = {index: title for index, cell in enumerate(cells) if (title := plain_title(cell))}
    for top, left, _bottom, right in merged:
        if top == number and left in titles:
            titles |= dict.fromkeys(range(left, right + 1), titles[left])
    return titles


def _key(titles: Sequence[str], known: Mapping[str, str]) -> str:
    return next((known[title] for title in titles if title in known), "")


def _header(
    row: int, last: int, titles: Mapping[int, tuple[str, ...]], columns: Sequence[Column], known: Mapping[str, str]
) -> Header:
    found: dict[str, int] = {}
    unknown, twice, passed = [], [], []
    for index, names in titles.items():
        key = _key(names, known)
        if key == PASSED_OVER:
            passed.append(names[-1])
        elif key and key not in found:
            found[key] = index
        elif key:
            twice.append(Unknown(index, names[-1], key))
        elif names[-1] not in WITHOUT_MEANING:
            unknown.append(Unknown(index, names[0], _nearest(names, known)))
    return Header(row, last, found, tuple(unknown), _missing(columns, found), tuple(twice), tuple(passed))


def _nearest(titles: Sequence[str], known: Mapping[str, str]) -> str:
    """The column whose title comes nearest, empty when none is near."""
    meaning = [title for title, key in known.items() if key != PASSED_OVER]
    for title in titles:
        if near := difflib.get_close_matches(title, meaning, n=1, cutoff=0.5):
            return known[near[0]]
    return ""


def _missing(columns: Sequence[Column], found: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(column.title for column in columns if column.required and column.key not in found)


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet with what it probably holds: a key, PASSED_OVER, or nothing where somebody has to say."""

    at: int
    title: str
    key: str
    is_guess: bool = False

    @property
    def letter(self) -> str:
        return column_letter(self.at)


def proposed(
    rows: Rows,
    at: int,
    columns: Sequence[Column],
    learnt: Mapping[str, str],
    *,
    merged: Iterable[Area] = (),
    own: Iterable[str] = (),
    taken: Mapping[str, int] | None = None,
) -> list[SheetColumn]:
    """Every column under a header row. taken: what somebody has chosen before."""
    last, titles = headings(rows, at, list(merged))
    header = _header(rows[at][0], last, titles, columns, titles_of(columns, learnt, own))
    keys = {index: key for key, index in (taken or header.columns).items()}
    unsettled = () if taken else (*header.unknown, *header.twice)
    open_titles = {unknown.at: unknown.key for unknown in unsettled}
    width, found = max(len(cells) for _number, cells in rows), []
    for index in range(width):
        title = titles.get(index, ("",))[0]
        guess = open_titles.get(index, "")
        if index in keys:
            found.append(SheetColumn(index, title, keys[index]))
        elif guess and guess not in keys.values():
            keys[index] = guess
            found.append(SheetColumn(index, title, guess, is_guess=True))
        else:
            found.append(SheetColumn(index, title, "" if index in open_titles else PASSED_OVER))
    return found


def first_rows(rows: Rows, number: int = 20) -> list[tuple[int, list[str]]]:
    """The first rows of a sheet as they may be shown before anybody knows which column holds telephones."""
    return [(row, [_shown(cell) for cell in cells]) for row, cells in rows[:number]]


def _shown(cell: Any) -> str:
    text = "" if cell is None else str(cell)[:40]
    return LONG_NUMBER.sub(lambda digits: f"{digits[0][:3]}****{digits[0][-2:]}", text)
