"""Clocks with steps: counted by hand across two holidays, and what must hold for every clock."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.rules.calendar import Pause, WorkCalendar
from tenancy.rules.clocks import AFTER_THE_STEP_BEFORE, PROMPTLY, STANDING_STILL, Clock, Step, limit_of, run_clock

CN = WorkCalendar()
BEIJING = dt.timezone(dt.timedelta(hours=8))
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31))
# One limit at most, or none at all: 及时.
LIMITS = st.one_of(
    st.just({}),
    st.builds(lambda n: {"limit_wd": n}, st.integers(0, 40)),
    st.builds(lambda n: {"limit_days": n}, st.integers(0, 60)),
    st.builds(lambda n: {"limit_hours": n}, st.integers(0, 200)),
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def clock(*steps: dict) -> Clock:
    made = [Step(f"s{number}", f"第{number}步", "食安办", **step) for number, step in enumerate(steps, start=1)]
    return Clock("change", "干部变动调整", "cadre_change", tuple(made))


def dues(start, *steps: dict, **more) -> list[dt.date | None]:
    return [due.date for due in run_clock(clock(*steps), start, CN, **more)]


@pytest.mark.req("GM-07", "LC-16", "LC-17", "SN-07")
@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        # Spring Festival, from Wednesday 02-11, which is not counted:
        # 02-12 is 1, 02-13 is 2, Saturday 02-14 is made up: 3. 02-15 to 02-23 are off. 02-24 is 4, 02-25 is 5.
        ("2026-02-11", 5, "2026-02-25"),
        # 02-26 6, 02-27 7, Saturday 02-28 made up 8; 03-02 9 to 03-06 13; 03-09 14 to 03-13 18; 03-16 19, 03-17 20.
        ("2026-02-11", 20, "2026-03-17"),
        # 03-18 21, 03-19 22, 03-20 23; 03-23 24 to 03-27 28; 03-30 29, 03-31 30.
        ("2026-02-11", 30, "2026-03-31"),
        # National Day, from Thursday 09-24: Mid-Autumn 09-25 to 09-27 is off; 09-28 1, 09-29 2, 09-30 3;
        # 10-01 to 10-07 are off; 10-08 4, 10-09 5.
        ("2026-09-24", 5, "2026-10-09"),
        # Saturday 10-10 made up 6; 10-12 7 to 10-16 11; 10-19 12 to 10-23 16; 10-26 17, 10-27 18, 10-28 19, 10-29 20.
        ("2026-09-24", 20, "2026-10-29"),
        # 10-30 21; 11-02 22 to 11-06 26; 11-09 27, 11-10 28, 11-11 29, 11-12 30.
        ("2026-09-24", 30, "2026-11-12"),
    ],
)
def test_five_twenty_and_thirty_working_days_across_the_holidays(start, limit, expected):
    assert dues(day(start), {"limit_wd": limit}) == [day(expected)]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # 5 working days to 02-25 as above, then 20 from there: 02-26 1, 02-27 2, 02-28 3; 03-02 4 to 03-06 8;
        # 03-09 9 to 03-13 13; 03-16 14 to 03-20 18; 03-23 19, 03-24 20.
        ("2026-02-11", ["2026-02-25", "2026-03-24"]),
        # 5 to 10-09, then 20: 10-10 1; 10-12 2 to 10-16 6; 10-19 7 to 10-23 11; 10-26 12 to 10-30 16;
        # 11-02 17, 11-03 18, 11-04 19, 11-05 20.
        ("2026-09-24", ["2026-10-09", "2026-11-05"]),
    ],
)
def test_a_second_step_counts_from_the_day_of_the_first(start, expected):
    steps = {"limit_wd": 5}, {"limit_wd": 20, "counted_from": "previous"}
    assert dues(day(start), *steps) == [day(each) for each in expected]


def test_a_second_step_counts_from_the_day_the_first_was_really_done():
    steps = {"limit_wd": 5}, {"limit_wd": 20, "counted_from": "previous"}, {"limit_wd": 5}
    # From 10-08 on: 10-09 1, 10-10 2; 10-12 3 to 10-16 7; 10-19 8 to 10-23 12; 10-26 13 to 10-30 17; 11-02 18,
    # 11-03 19, 11-04 20. The third counts from the start again.
    found = dues(day("2026-09-24"), *steps, done={"s1": day("2026-10-08")})
    assert found == [day("2026-10-09"), day("2026-11-04"), day("2026-10-09")]


def test_a_pause_pushes_working_days_by_its_working_days():
    # Paused 02-13 to 02-24: 02-12 is 1; 02-13, 02-14 and 02-24 stand still; 02-25 2, 02-26 3, 02-27 4, 02-28 5.
    pause = Pause(day("2026-02-13"), day("2026-02-25"), "等待检验结果")
    (due,) = run_clock(clock({"limit_wd": 5}), day("2026-02-11"), CN, pauses=[pause])
    assert (due.date, due.pauses) == (day("2026-02-28"), (pause,))
    assert [each for each, _reason in due.counted.paused] == [day(f"2026-02-{n}") for n in ("13", "14", "24")]


def test_days_and_hours_run_through_holidays():
    assert dues(day("2026-09-24"), {"limit_days": 10}) == [day("2026-10-04")]
    found = run_clock(clock({"limit_hours": 24}), dt.datetime(2026, 9, 30, 16, 30, tzinfo=BEIJING), CN)
    assert (found[0].at, found[0].date) == (dt.datetime(2026, 10, 1, 16, 30, tzinfo=BEIJING), day("2026-10-01"))
    # A day without its hour counts from its end.
    assert dues(day("2026-09-30"), {"limit_hours": 24}) == [day("2026-10-01")]
    assert dues(day("2026-09-30"), {"limit_hours": 2}) == [day("2026-10-01")]


def test_a_pause_stops_days_and_hours_for_as_many_days():
    pause = Pause(day("2026-10-01"), day("2026-10-03"), "停电")
    assert dues(day("2026-09-30"), {"limit_days": 2}, pauses=[pause]) == [day("2026-10-04")]
    found = run_clock(clock({"limit_hours": 24}), dt.datetime(2026, 9, 30, 16, 30, tzinfo=BEIJING), CN, pauses=[pause])
    assert found[0].at == dt.datetime(2026, 10, 3, 16, 30, tzinfo=BEIJING)


def test_a_step_without_a_limit_is_due_promptly_and_what_follows_waits_for_it():
    steps = {}, {"limit_wd": 5, "counted_from": "previous"}
    first, second = run_clock(clock(*steps), day("2026-03-02"), CN)
    assert (first.date, first.why, first.limit) == (None, PROMPTLY, "及时")
    assert (second.date, second.start, second.why) == (None, None, AFTER_THE_STEP_BEFORE)
    assert dues(day("2026-03-02"), *steps, done={"s1": day("2026-03-03")})[1] == day("2026-03-10")


def test_an_open_pause_has_no_day_until_it_ends():
    pause = Pause(day("2026-03-04"), None, "送检")
    (due,) = run_clock(clock({"limit_wd": 5}), day("2026-03-02"), CN, pauses=[pause])
    assert (due.date, due.why, due.pauses) == (None, STANDING_STILL, (pause,))
    # One that begins after the day is over does not matter.
    late = Pause(day("2026-03-10"), None, "送检")
    assert dues(day("2026-03-02"), {"limit_wd": 5}, pauses=[late]) == [day("2026-03-09")]


@given(DAYS, st.lists(st.tuples(LIMITS, st.sampled_from(["start", "previous"])), min_size=1, max_size=5))
def test_steps_keep_their_order_and_no_step_ends_before_it_began(start, shapes):
    steps = [{**limit, "counted_from": origin} for limit, origin in shapes]
    found = run_clock(clock(*steps), start, CN)
    assert [due.step.code for due in found] == [f"s{number}" for number in range(1, len(steps) + 1)]
    before = start
    for due in found:
        begin = before if due.step.counted_from == "previous" else start
        assert due.start == begin
        assert (due.date is None) == (begin is None or limit_of(due.step) == "及时")
        assert due.date is None or due.date >= begin
        before = due.date


@given(DAYS, st.integers(1, 40), DAYS, st.integers(0, 60))
def test_a_pause_pushes_exactly_its_own_days(start, limit, begin, length):
    pauses = [Pause(begin, begin + dt.timedelta(days=length), "送检")]
    (due,) = run_clock(clock({"limit_wd": limit}), start, CN, pauses=pauses)
    still = [each for each in days(start, due.date) if each in pauses[0]]
    assert CN.workdays_between(start, due.date) == limit + sum(map(CN.is_workday, still))
    assert due.date >= CN.add_workdays(start, limit)
    assert due.pauses == (tuple(pauses) if still else ())
    (natural,) = run_clock(clock({"limit_days": limit}), start, CN, pauses=pauses)
    passed = days(start, natural.date)
    assert len(passed) == limit + sum(each in pauses[0] for each in passed)


def days(start: dt.date, end: dt.date) -> list[dt.date]:
    """After start up to and including end."""
    return [start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1)]


@given(DAYS, st.integers(0, 200), st.integers(0, 23))
def test_hours_are_exact_where_the_start_has_its_hour(start, hours, hour):
    moment = dt.datetime.combine(start, dt.time(hour))
    (due,) = run_clock(clock({"limit_hours": hours}), moment, CN)
    assert due.at - moment == dt.timedelta(hours=hours)
    assert due.date == due.at.date()
