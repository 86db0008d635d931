"""A year of a place's calendar as twelve months of weeks, for a page, a print and an endpoint."""

import calendar as gregorian
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from tenancy.rules.calendar import PUBLISHED, SATURDAY, WEEKEND, WorkCalendar, runs

WEEKS = gregorian.Calendar(firstweekday=gregorian.MONDAY)


@dataclass(frozen=True, slots=True)
class Day:
    """One day. mark: 休 for a weekday off, 班 for a weekend at work, empty for what any calendar shows."""

    date: dt.date
    is_workday: bool
    mark: str
    reason: str
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class Month:
    """One month: weeks from Monday with None for the days of its neighbours, and in words what is out of the ordinary."""

    number: int
    weeks: tuple[tuple[Day | None, ...], ...]
    workdays: int
    notes: tuple[str, ...]


def months_of(year: int, own: WorkCalendar) -> list[Month]:
    """The twelve months."""
    return [_month(year, number, own) for number in range(1, 13)]


def state_of(year: int, own: WorkCalendar) -> str:
    """published by the State Council, settled by the office, else estimated."""
    if year in own.settled:
        return "settled"
    return "published" if year in PUBLISHED else "estimated"


def day_of(date: dt.date, own: WorkCalendar) -> Day:
    """A day as the page shows it."""
    off, corrected = own.reason_off(date), date in own.overrides
    weekend = date.weekday() >= SATURDAY
    holiday = bool(off) and off not in WEEKEND
    mark = "休" if holiday else "班" if weekend and not off else ""
    reason = own.correction_on(date) if corrected else off if holiday else "调休上班" if mark else ""
    return Day(date, not off, mark, reason, corrected)


def _month(year: int, number: int, own: WorkCalendar) -> Month:
    weeks = tuple(
        tuple(day_of(date, own) if date.month == number else None for date in week)
        for week in WEEKS.monthdatescalendar(year, number)
    )
    days = [day for week in weeks for day in week if day]
    return Month(number, weeks, sum(day.is_workday for day in days), tuple(_notes(days)))


def _notes(days: list[Day]) -> Iterator[str]:
    for first, last, words in runs((day.date, _words(day)) for day in days if day.reason):
        yield f"{first.day} 日 {words}" if first == last else f"{first.day}—{last.day} 日 {words}"


def _words(day: Day) -> str:
    return day.reason if day.is_corrected or not day.mark else f"{day.mark} {day.reason}"
