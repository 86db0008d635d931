"""Quarters and the days that hang on them: the package day and the reminder ladder of a plan.

A quarter has two clocks: the obligation runs to its last day, the package is due on the plan's day.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, Self

from tenancy.rules.calendar import ONE_DAY, WorkCalendar

MONTHS = 3
WRITTEN = re.compile(r"(\d{4})Q([1-4])")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year, ordered in time."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4 or not dt.MINYEAR < self.year < dt.MAXYEAR:
            raise ValueError(f"not a quarter: {self.year}Q{self.number}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2026Q4"; ValueError for anything else."""
        found = WRITTEN.fullmatch(text)
        if not found:
            raise ValueError(f"not a quarter: {text!r}")
        return cls(int(found[1]), int(found[2]))

    @property
    def start(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, MONTHS * (self.number - 1) + 1, 1)

    @property
    def end(self) -> dt.date:
        """Its last day."""
        return self.next.start - ONE_DAY

    @property
    def last_month(self) -> int:
        """The number of its last month."""
        return MONTHS * self.number

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return quarter_of(self.start + dt.timedelta(days=100))

    @property
    def previous(self) -> "Quarter":
        """The quarter before it."""
        return quarter_of(self.start - ONE_DAY)

    @property
    def label(self) -> str:
        """As papers write it."""
        return f"{self.year}年第{self.number}季度"

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day <= self.end

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


class PackageTerms(Protocol):
    """What a plan says about its quarter package."""

    @property
    def enabled(self) -> bool: ...
    @property
    def day(self) -> int | None: ...
    @property
    def months(self) -> tuple[int, ...]: ...
    @property
    def inclusive(self) -> bool: ...
    @property
    def roll(self) -> str: ...


class LadderStep(Protocol):
    """One rung of a plan's reminders: working days from the due day, and for whom."""

    @property
    def offset_wd(self) -> int: ...
    @property
    def to(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Reminder:
    """A day on which somebody is reminded of a due day."""

    on: dt.date
    to: str
    offset_wd: int


def quarter_of(day: dt.date) -> Quarter:
    """The quarter a day lies in."""
    return Quarter(day.year, (day.month - 1) // MONTHS + 1)


def printed_day(quarter: Quarter, package: PackageTerms) -> dt.date | None:
    """The last day in time as the plan prints it, before any rolling; None where the plan asks for no package.

    A plan that reads "25日前" without the 25th has one day less.
    """
    if not package.enabled or package.day is None or quarter.last_month not in package.months:
        return None
    month_end = quarter.end
    day = month_end.replace(day=min(package.day, month_end.day))
    return day if package.inclusive else day - ONE_DAY


def package_day(quarter: Quarter, package: PackageTerms, calendar: WorkCalendar) -> dt.date | None:
    """The last day on which the quarter's package is in time; None where the plan asks for none.

    A day off stays unless the plan rolls it.
    """
    day = printed_day(quarter, package)
    if day is None or package.roll == "none" or calendar.is_workday(day):
        return day
    return calendar.add_workdays(day, 1 if package.roll == "next" else -1)


def reminder_dates(
    ladder: Iterable[LadderStep], due: dt.date, calendar: WorkCalendar, *, opened: dt.date | None = None
) -> list[Reminder]:
    """The ladder's days around a due day in order; days before the obligation was opened are left out."""
    steps = [Reminder(calendar.add_workdays(due, step.offset_wd), step.to, step.offset_wd) for step in ladder]
    kept = [step for step in steps if opened is None or step.on >= opened]
    return sorted(kept, key=lambda step: (step.on, step.offset_wd, step.to))
