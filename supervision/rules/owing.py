"""How many visits an entity is owed in which span of days: a plan's frequency line laid on the calendar.

A cycle is a month, a quarter, half a year or a year. It owes its number of visits, due on its last day and free to be
made on any day before. A cycle longer than a quarter is owed from the first quarter that opens in it, and counts in the
quarter it falls due in.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeVar

from tenancy.plans.document import Frequency
from tenancy.rules.calendar import ONE_DAY
from tenancy.rules.periods import MONTHS, Quarter, quarter_of

MONTHS_OF: Mapping[str, int] = MappingProxyType({"month": 1, "quarter": MONTHS, "half_year": 6, "year": 12})
WORDS: Mapping[str, str] = MappingProxyType(
    {"month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}
)
CODE = r"^[0-9]{4}(-[0-9]{2}|Q[1-4]|H[12])?$"
HALVES = ("上半年", "下半年")


@dataclass(frozen=True, slots=True, order=True)
class Cycle:
    """One span in which visits are owed, from its first day to the day they are due."""

    starts_on: dt.date
    due_on: dt.date
    code: str

    @property
    def counted_quarter(self) -> str:
        """The quarter whose figures it belongs to: the one it falls due in."""
        return str(quarter_of(self.due_on))

    def outlasts(self, quarter: Quarter) -> bool:
        """Whether it is longer than the quarter."""
        return self.due_on - self.starts_on > quarter.end - quarter.start


class Owed(Protocol):
    """An open obligation as far as a visit's day is concerned."""

    @property
    def starts_on(self) -> dt.date: ...
    @property
    def due_on(self) -> dt.date: ...
    @property
    def ordinal(self) -> int: ...


Open = TypeVar("Open", bound=Owed)


def cycle_of(day: dt.date, per: str) -> Cycle:
    """The month, quarter, half year or year a day lies in."""
    months = MONTHS_OF[per]
    number = (day.month - 1) // months
    first = dt.date(day.year, number * months + 1, 1)
    beyond = dt.date(day.year + (number + 1) * months // 12, (number + 1) * months % 12 + 1, 1)
    return Cycle(first, beyond - ONE_DAY, f"{day.year}{_suffix(per, number + 1)}")


def _suffix(per: str, number: int) -> str:
    return {"month": f"-{number:02}", "quarter": f"Q{number}", "half_year": f"H{number}", "year": ""}[per]


def cycles_of(quarter: Quarter, line: Frequency) -> tuple[Cycle, ...]:
    """The cycles in which a line owes something during a quarter: its months, itself, or the longer span around it."""
    if not line.times:
        return ()
    firsts = (quarter.start.replace(month=quarter.start.month + month) for month in range(MONTHS))
    return tuple(sorted({cycle_of(day, line.per) for day in firsts}))


def still_open(cycles: Iterable[Cycle], on: dt.date) -> tuple[Cycle, ...]:
    """Those that are not over: what nobody was told of in its time is not owed afterwards."""
    return tuple(cycle for cycle in cycles if cycle.due_on >= on)


def due_days(quarter: Quarter, lines: Iterable[Frequency]) -> dict[dt.date, dt.date]:
    """Each day of the quarter on which visits fall due -> the first day of the longest cycle that ends there."""
    found: dict[dt.date, dt.date] = {}
    for cycle in sorted((cycle for line in lines for cycle in cycles_of(quarter, line)), reverse=True):
        if cycle.due_on in quarter:
            found[cycle.due_on] = cycle.starts_on
    return found


def fulfilled_by_visit(open_ones: Iterable[Open], day: dt.date) -> Open | None:
    """The one obligation that a visit of a day fulfils: the earliest due of those whose cycle had begun.

    What fell due before the previous quarter is past making good, so that an old gap never takes a present visit.
    """
    oldest = quarter_of(day).previous.start
    fitting = [owed for owed in open_ones if owed.starts_on <= day and owed.due_on >= oldest]
    return min(fitting, key=lambda owed: (owed.due_on, owed.ordinal), default=None)


def frequency_text(line: Frequency) -> str:
    """每季度2次."""
    return f"{WORDS[line.per]}{line.times}次" if line.times else "不要求督导"


def visit_text(cycle: str, ordinal: int, times: int) -> str:
    """Which visit of its cycle an obligation is: 2026年10月; 2026年第4季度第2次，共2次."""
    return cycle_text(cycle) + (f"第{ordinal}次，共{times}次" if times > 1 else "")


def unless_once_a_quarter(cycle: str, ordinal: int, times: int) -> str:
    """The same for lists of a quarter, where the one visit of the quarter need not be said."""
    return "" if "Q" in cycle and times == 1 else visit_text(cycle, ordinal, times)


def cycle_text(code: str) -> str:
    """A cycle as papers write it: 2026年第4季度, 2026年10月, 2026年下半年, 2026年."""
    if not re.fullmatch(CODE, code):
        raise ValueError(f"not a cycle: {code!r}")
    year, rest = code[:4], code[4:]
    if rest.startswith("Q"):
        return Quarter.parse(code).label
    if rest.startswith("H"):
        return f"{year}年{HALVES[int(rest[1]) - 1]}"
    return f"{year}年{int(rest[1:])}月" if rest else f"{year}年"
