"""Working days of the People's Republic with 调休: which days count, and what a count of days skips.

The published years come from python-holidays, an office's own corrections lie over them; a year the State Council
has not published is computed and says so. Nothing here knows what today is.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import holidays
from holidays.countries.china import ChinaStaticHolidays

ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5
WEEKDAYS = "一二三四五六日"
WEEKEND = ("周六", "周日")
PUBLISHED = frozenset(ChinaStaticHolidays.special_public_holidays)
# Announcements are known from the first year on, lunar tables up to the last.
FIRST_YEAR, LAST_YEAR = 2001, 2100
NO_OVERRIDES: Mapping[dt.date, bool] = MappingProxyType({})
NO_WORDS: Mapping[dt.date, str] = MappingProxyType({})
Named = tuple[dt.date, str]


@dataclass(frozen=True, slots=True)
class Pause:
    """Days on which a clock stands still: from a day up to the day on which it goes on, open while that is unknown."""

    start: dt.date
    until: dt.date | None
    reason: str

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day and (self.until is None or day < self.until)

    def __str__(self) -> str:
        end = f"{self.until:%Y-%m-%d} 恢复" if self.until else "尚未恢复"
        return f"{self.start:%Y-%m-%d} 起暂停，{end}：{self.reason}"


@dataclass(frozen=True, slots=True)
class Due:
    """A day reached by counting working days, able to say how.

    skipped: the days off on the way; paused: the working days on which the clock stood still; corrections: the days
    on the way of which the office says something else than the published calendar.
    """

    start: dt.date
    date: dt.date
    working_days: int
    skipped: tuple[Named, ...]
    estimated: bool
    paused: tuple[Named, ...] = ()
    corrections: tuple[Named, ...] = ()

    def __str__(self) -> str:
        text = f"从 {self.start:%Y-%m-%d} 起算 {self.working_days} 个工作日（起算当日不计）到 {self.date:%Y-%m-%d}"
        if self.skipped:
            days = "、".join(f"{day:%m-%d} {reason}" for day, reason in self.skipped)
            text += f"，跳过 {len(self.skipped)} 天：{days}"
        if self.paused:
            text += f"，其间暂停 {len(self.paused)} 个工作日"
        return text + ("；其中有年份的放假安排尚未公布，按推定计算" if self.estimated else "")


@dataclass(frozen=True)
class WorkCalendar:
    """The calendar of one place: overrides say of a day whether it is a working day, words why.

    A year the office has settled by hand counts as published.
    """

    overrides: Mapping[dt.date, bool] = field(default_factory=lambda: NO_OVERRIDES)
    settled: frozenset[int] = frozenset()
    words: Mapping[dt.date, str] = field(default_factory=lambda: NO_WORDS)

    def is_workday(self, day: dt.date) -> bool:
        """Whether people work on that day."""
        return not self.reason_off(day)

    def reason_off(self, day: dt.date) -> str:
        """Why that day is off, empty for a working day."""
        own = self.overrides.get(day)
        if own is not None:
            return "" if own else self.correction_on(day)
        return published_off(day)

    def correction_on(self, day: dt.date) -> str:
        """What the office says of a day against or beside the published calendar; empty where it says nothing."""
        own = self.overrides.get(day)
        if own is None:
            return ""
        words = self.words.get(day, "")
        return f"本地调整为{'上班' if own else '休息'}日" + (f"（{words}）" if words else "")

    def is_estimated(self, day: dt.date) -> bool:
        """Whether the day lies in a year without a published arrangement."""
        return not self._is_published(day.year)

    def add_workdays(self, start: dt.date, count: int) -> dt.date:
        """The day so many working days after start (before it when negative); start itself is not counted.

        Zero gives start, or the next working day when start is off.
        """
        return self.explain(start, count).date

    def explain(self, start: dt.date, count: int, pauses: Sequence[Pause] = ()) -> Due:
        """The same with every day that was stepped over on the way. An open pause is never left: give closed ones."""
        if any(pause.until is None for pause in pauses):
            raise ValueError("a clock in an open pause has no due day")
        step = ONE_DAY if count >= 0 else -ONE_DAY
        skipped: list[Named] = []
        paused: list[Named] = []
        # Nothing to count: the day itself, or the next one on which the clock runs.
        day, left = (start - ONE_DAY, 1) if count == 0 else (start, abs(count))
        while left:
            day += step
            if reason := self.reason_off(day):
                skipped.append((day, reason))
            elif pause := next((pause for pause in pauses if day in pause), None):
                paused.append((day, pause.reason))
            else:
                left -= 1
        years = range(min(start, day).year, max(start, day).year + 1)
        estimated = not all(map(self._is_published, years))
        on_the_way = self._corrections(start if count else start - ONE_DAY, day)
        return Due(start, day, count, tuple(skipped), estimated, tuple(paused), on_the_way)

    def workdays_between(self, start: dt.date, end: dt.date) -> int:
        """Working days after start up to and including end; negative when end comes first."""
        if end < start:
            return -sum(self.is_workday(day) for day in _days(end, start))
        return sum(self.is_workday(day + ONE_DAY) for day in _days(start, end))

    def _is_published(self, year: int) -> bool:
        return year in PUBLISHED or year in self.settled

    def _corrections(self, start: dt.date, end: dt.date) -> tuple[Named, ...]:
        """Of the days between, start left out, end included, in the order of counting."""
        found = [day for day in self.overrides if start < day <= end or end <= day < start]
        return tuple((day, self.correction_on(day)) for day in sorted(found, reverse=end < start))


def published_off(day: dt.date) -> str:
    """Why a day is off as published or computed, empty for a working day."""
    off, make_up = _year(day.year)
    if day in off:
        return off[day]
    return f"周{WEEKDAYS[day.weekday()]}" if day.weekday() >= SATURDAY and day not in make_up else ""


def runs(days: Iterable[Named]) -> Iterator[tuple[dt.date, dt.date, str]]:
    """First day, last day, reason of every run of days off for one reason; a weekend is one run."""
    run: list[dt.date] = []
    last = ""
    for day, reason in sorted(days):
        word = "周末" if reason in WEEKEND else reason
        if run and (word != last or day != run[-1] + ONE_DAY):
            yield run[0], run[-1], last
            run = []
        run.append(day)
        last = word
    if run:
        yield run[0], run[-1], last


def _days(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    while start < end:
        yield start
        start += ONE_DAY


@lru_cache(maxsize=64)
def _year(year: int) -> tuple[Mapping[dt.date, str], frozenset[dt.date]]:
    table = holidays.country_holidays("CN", years=[year], language="zh_CN", expand=False)
    off = {day: name for day, name in table.items() if day.year == year}
    return MappingProxyType(off), frozenset(day for day in table.weekend_workdays if day.year == year)
