"""Clocks with steps: a trigger starts one, each step has a bearer and a limit of its own, pauses push the days out.

A limit is in working days, in calendar days or in hours, counted from the start or from the step before; a step
without a limit is due 及时 and has no day. The starting day is never counted.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tenancy.rules.calendar import ONE_DAY, Due, Pause, WorkCalendar

HOURS_A_DAY = 24
Moment = dt.date | dt.datetime
PROMPT = "及时"
PROMPTLY = "方案写的是“及时”，没有期限"
AFTER_THE_STEP_BEFORE = "从上一步完成之日起算，上一步还没有日期"
STANDING_STILL = "计时暂停，恢复后才能算出"


class StepTerms(Protocol):
    """What a plan says of one step; at most one of the three limits is set."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def bearer(self) -> str: ...
    @property
    def limit_wd(self) -> int | None: ...
    @property
    def limit_days(self) -> int | None: ...
    @property
    def limit_hours(self) -> int | None: ...
    @property
    def counted_from(self) -> str: ...
    @property
    def clause(self) -> str: ...


class ClockTerms(Protocol):
    """What a plan says of one clock."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def trigger(self) -> str: ...
    @property
    def clause(self) -> str: ...
    @property
    def steps(self) -> Sequence[StepTerms]: ...


@dataclass(frozen=True, slots=True)
class Step:
    """A step written in code, for limits that a plan holds as a bare number."""

    code: str
    name: str
    bearer: str
    limit_wd: int | None = None
    limit_days: int | None = None
    limit_hours: int | None = None
    counted_from: Literal["start", "previous"] = "start"
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock written in code."""

    code: str
    name: str
    trigger: str
    steps: tuple[Step, ...]
    clause: str = ""


@dataclass(frozen=True, slots=True)
class StepDue:
    """Until when one step is to be done and how that was counted.

    date is None where there is none, then `why` says so; at is the minute of a limit in hours whose start had one.
    """

    step: StepTerms
    start: dt.date | None
    date: dt.date | None = None
    at: dt.datetime | None = None
    counted: Due | None = None
    pauses: tuple[Pause, ...] = ()
    why: str = ""

    @property
    def limit(self) -> str:
        """The limit in words."""
        return limit_of(self.step)


def limit_of(step: StepTerms) -> str:
    """The limit of a step in words, 及时 when it has none."""
    if step.limit_wd is not None:
        return f"{step.limit_wd} 个工作日"
    if step.limit_days is not None:
        return f"{step.limit_days} 天（自然日）"
    return f"{step.limit_hours} 小时" if step.limit_hours is not None else PROMPT


def _is_prompt(step: StepTerms) -> bool:
    return step.limit_wd is None and step.limit_days is None and step.limit_hours is None


def run_clock(
    clock: ClockTerms,
    start: Moment,
    calendar: WorkCalendar,
    *,
    pauses: Sequence[Pause] = (),
    done: Mapping[str, Moment] | None = None,
) -> list[StepDue]:
    """The due of every step in the order of the plan.

    start: a day, or a moment in local time where limits are in hours.
    done: step code -> when it was finished; a step counted from the one before begins then, else on its due day.
    """
    found: list[StepDue] = []
    before: Moment | None = start
    for step in clock.steps:
        begin = before if step.counted_from == "previous" else start
        due = step_due(step, begin, calendar, pauses)
        found.append(due)
        before = (done or {}).get(step.code) or due.at or due.date
    return found


def step_due(step: StepTerms, start: Moment | None, calendar: WorkCalendar, pauses: Sequence[Pause] = ()) -> StepDue:
    """The due of one step from its own start."""
    if start is None:
        return StepDue(step, None, why=AFTER_THE_STEP_BEFORE)
    day = start.date() if isinstance(start, dt.datetime) else start
    if _is_prompt(step):
        return StepDue(step, day, why=PROMPTLY)
    closed = [pause for pause in pauses if pause.until is not None]
    due = _counted(step, start, day, calendar, closed)
    assert due.date is not None
    still = [pause for pause in pauses if pause.until is None and pause.start <= due.date]
    if still:
        return StepDue(step, day, pauses=tuple(still), why=STANDING_STILL)
    return due


def _counted(step: StepTerms, start: Moment, day: dt.date, calendar: WorkCalendar, pauses: Sequence[Pause]) -> StepDue:
    if step.limit_wd is not None:
        counted = calendar.explain(day, step.limit_wd, pauses)
        return StepDue(step, day, counted.date, counted=counted, pauses=_met(pauses, day, counted.date))
    if step.limit_days is not None:
        end = _natural(day, step.limit_days, pauses)
        return StepDue(step, day, end, pauses=_met(pauses, day, end))
    hours = step.limit_hours or 0
    if not isinstance(start, dt.datetime):
        # A day without its hour counts from its end, so that nobody loses hours he may have had.
        end = _natural(day, -(-hours // HOURS_A_DAY), pauses)
        return StepDue(step, day, end, pauses=_met(pauses, day, end))
    at = start + dt.timedelta(hours=hours)
    # Whole days stand still, so a pause is worth as many times 24 hours as it has days before the end.
    at += (_natural(day, (at.date() - day).days, pauses) - at.date()) if pauses else dt.timedelta()
    return StepDue(step, day, at.date(), at=at, pauses=_met(pauses, day, at.date()))


def _natural(day: dt.date, count: int, pauses: Sequence[Pause]) -> dt.date:
    """So many calendar days on which the clock ran after a day; a day off stays, no plan rolls it."""
    left = count
    while left > 0:
        day += ONE_DAY
        left -= not any(day in pause for pause in pauses)
    return day


def _met(pauses: Sequence[Pause], start: dt.date, end: dt.date) -> tuple[Pause, ...]:
    """The pauses that hold at least one of the days after start up to end."""
    after = start + ONE_DAY
    return tuple(pause for pause in pauses if pause.start <= end and (pause.until is None or pause.until > after))
