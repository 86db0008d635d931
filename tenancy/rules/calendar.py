"""Working days of the People's Republic with 调休: which days count, and what a count of days skips.

The published years come from python-holidays, an office's own corrections lie over them; a year the State Council
has not published is computed and says so. Nothing here knows what today is.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import holidays
from holidays.countries.china import ChinaStaticHolidays

ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5
WEEKDAYS = "一二三四五六日"
PUBLISHED = frozenset(ChinaStaticHolidays.special_public_holidays)
NO_OVERRIDES: Mapping[dt.date, bool] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Due:
    """A day reached by counting working days, able to say how."""

    start: dt.date
    date: dt.date
    working_days: int
    skipped: tuple[tuple[dt.date, str], ...]
    estimated: bool

    def __str__(self) -> str:
        text = f"从 {self.start:%Y-%m-%d} 起算 {self.working_days} 个工作日（起算当日不计）到 {self.date:%Y-%m-%d}"
        if self.skipped:
            days = "、".join(f"{day:%m-%d} {reason}" for day, reason in self.skipped)
            text += f"，跳过 {len(self.skipped)} 天：{days}"
        return text + ("；其中有年份的放假安排尚未公布，按推定计算" if self.estimated else "")


@dataclass(frozen=True)
class WorkCalendar:
    """The calendar of one place: overrides say of a day whether it is a working day.

    A year the office has settled by hand counts as published.
    """

    overrides: Mapping[dt.date, bool] = field(default_factory=lambda: NO_OVERRIDES)
    settled: frozenset[int] = frozenset()

    def is_workday(self, day: dt.date) -> bool:
        """Whether people work on that day."""
        return not self.reason_off(day)

    def reason_off(self, day: dt.date) -> str:
        """Why that day is off, empty for a working day."""
        own = self.overrides.get(day)
        if own is not None:
            return "" if own else "本地调整为休息日"
        off, make_up = _year(day.year)
        if day in off:
            return off[day]
        return f"周{WEEKDAYS[day.weekday()]}" if day.weekday() >= SATURDAY and day not in make_up else ""

    def is_estimated(self, day: dt.date) -> bool:
        """Whether the day lies in a year without a published arrangement."""
        return not self._is_published(day.year)

    def add_workdays(self, start: dt.date, count: int) -> dt.date:
        """The day so many working days after start (before it when negative); start itself is not counted.

        Zero gives start, or the next working day when start is off.
        """
        return self.explain(start, count).date

    def explain(self, start: dt.date, count: int) -> Due:
        """The same with every day off that was stepped over on the way."""
        if count == 0:
            return self._roll(start)
        step = ONE_DAY if count > 0 else -ONE_DAY
        skipped: list[tuple[dt.date, str]] = []
        day, left = start, abs(count)
        while left:
            day += step
            if reason := self.reason_off(day):
                skipped.append((day, reason))
            else:
                left -= 1
        return self._due(start, day, count, skipped)

    def workdays_between(self, start: dt.date, end: dt.date) -> int:
        """Working days after start up to and including end; negative when end comes first."""
        if end < start:
            return -sum(self.is_workday(day) for day in _days(end, start))
        return sum(self.is_workday(day + ONE_DAY) for day in _days(start, end))

    def _is_published(self, year: int) -> bool:
        return year in PUBLISHED or year in self.settled

    def _roll(self, start: dt.date) -> Due:
        day = start
        skipped: list[tuple[dt.date, str]] = []
        while reason := self.reason_off(day):
            skipped.append((day, reason))
            day += ONE_DAY
        return self._due(start, day, 0, skipped)

    def _due(self, start: dt.date, day: dt.date, count: int, skipped: list[tuple[dt.date, str]]) -> Due:
        years = range(min(start, day).year, max(start, day).year + 1)
        return Due(start, day, count, tuple(skipped), not all(map(self._is_published, years)))


def _days(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    while start < end:
        yield start
        start += ONE_DAY


@lru_cache(maxsize=64)
def _year(year: int) -> tuple[Mapping[dt.date, str], frozenset[dt.date]]:
    table = holidays.country_holidays("CN", years=[year], language="zh_CN", expand=False)
    off = {day: name for day, name in table.items() if day.year == year}
    return MappingProxyType(off), frozenset(day for day in table.weekend_workdays if day.year == year)
