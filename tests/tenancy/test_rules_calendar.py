"""Working days with 调休: the published year, the counted vectors, and what must hold for every date."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.rules.calendar import PUBLISHED, Pause, WorkCalendar, runs

CN = WorkCalendar()
NEAR = st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
DAYS = st.dates(dt.date(2022, 1, 1), dt.date(2027, 12, 31))
COUNTS = st.integers(1, 60)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def span(first: str, last: str) -> list[dt.date]:
    return [day(first) + dt.timedelta(days=n) for n in range((day(last) - day(first)).days + 1)]


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-10-03", 5, "2026-10-13"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-13", 20, "2026-03-19"),
        ("2026-02-13", 30, "2026-04-02"),
        ("2026-05-08", 5, "2026-05-14"),
        ("2026-09-18", 5, "2026-09-24"),
        ("2026-09-30", 20, "2026-11-03"),
        ("2026-09-30", 30, "2026-11-17"),
    ],
)
def test_counting_skips_holidays_and_counts_make_up_days(start, count, expected):
    assert CN.add_workdays(day(start), count) == day(expected)


def test_2026_is_off_and_made_up_as_the_state_council_announced():
    off = [
        *span("2026-01-01", "2026-01-03"),
        *span("2026-02-15", "2026-02-23"),
        *span("2026-04-04", "2026-04-06"),
        *span("2026-05-01", "2026-05-05"),
        *span("2026-06-19", "2026-06-21"),
        *span("2026-09-25", "2026-09-27"),
        *span("2026-10-01", "2026-10-07"),
    ]
    made_up = [day(f"2026-{text}") for text in ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")]
    year = span("2026-01-01", "2026-12-31")
    expected = [each for each in year if each in made_up or (each.weekday() < 5 and each not in off)]
    assert [each for each in year if CN.is_workday(each)] == expected
    assert CN.workdays_between(day("2025-12-31"), day("2026-12-31")) == 248


@pytest.mark.parametrize(
    ("text", "open_that_day"), [("2026-03-25", True), ("2026-06-25", True), ("2026-09-25", False), ("2026-12-25", True)]
)
def test_the_package_days_of_2026_are_as_printed(text, open_that_day):
    assert CN.is_workday(day(text)) == open_that_day


def test_a_due_day_lists_every_day_it_skipped_with_the_reason():
    due = CN.explain(day("2026-05-08"), 5)
    assert due.skipped == ((day("2026-05-10"), "周日"),)
    assert not due.estimated
    assert str(due) == "从 2026-05-08 起算 5 个工作日（起算当日不计）到 2026-05-14，跳过 1 天：05-10 周日"
    holiday = dict(CN.explain(day("2026-09-30"), 5).skipped)
    assert holiday[day("2026-10-01")] == "国庆节"
    assert len(holiday) == 8


def test_an_unpublished_year_is_marked_as_estimated_until_the_office_settles_it():
    assert CN.explain(day("2026-12-30"), 5).estimated
    assert (CN.is_estimated(day("2027-01-04")), CN.is_estimated(day("2026-12-31"))) == (True, False)
    assert not WorkCalendar(settled=frozenset({2027})).explain(day("2026-12-30"), 5).estimated


def test_an_office_may_open_and_close_days():
    own = WorkCalendar({day("2026-10-12"): False, day("2026-10-11"): True})
    assert own.explain(day("2026-10-10"), 1).date == day("2026-10-11")
    assert own.explain(day("2026-10-11"), 1).skipped == ((day("2026-10-12"), "本地调整为休息日"),)


def test_counting_nothing_stays_on_a_working_day_and_rolls_off_a_day_off():
    assert CN.add_workdays(day("2026-09-24"), 0) == day("2026-09-24")
    assert CN.add_workdays(day("2026-10-03"), 0) == day("2026-10-08")


@given(DAYS, COUNTS, st.sampled_from([1, -1]))
def test_a_count_never_lands_on_a_day_off_and_counts_back(start, count, way):
    end = CN.add_workdays(start, way * count)
    assert CN.is_workday(end)
    assert CN.workdays_between(start, end) == (count if way > 0 else -count)


@given(DAYS, COUNTS, COUNTS)
def test_counts_add_up(start, first, second):
    assert CN.add_workdays(CN.add_workdays(start, first), second) == CN.add_workdays(start, first + second)


@given(DAYS, DAYS, COUNTS)
def test_a_later_start_never_ends_earlier(one, other, count):
    early, late = sorted((one, other))
    assert CN.add_workdays(early, count) <= CN.add_workdays(late, count)


@given(st.dictionaries(NEAR, st.booleans(), max_size=60), NEAR, COUNTS, COUNTS)
def test_under_any_corrections_counts_add_up_and_never_land_on_a_day_off(overrides, start, first, second):
    own = WorkCalendar(overrides)
    half, whole = own.add_workdays(start, first), own.add_workdays(start, first + second)
    assert own.add_workdays(half, second) == whole
    assert own.is_workday(half) and own.is_workday(whole) and start < half < whole


@given(DAYS, COUNTS)
def test_every_day_on_the_way_is_either_counted_or_explained(start, count):
    due = CN.explain(start, count)
    assert (due.date - start).days == count + len(due.skipped)


@given(DAYS, COUNTS, COUNTS)
def test_a_longer_count_never_ends_earlier(start, one, other):
    fewer, more = sorted((one, other))
    assert CN.add_workdays(start, fewer) <= CN.add_workdays(start, more)
    assert (CN.add_workdays(start, fewer) == CN.add_workdays(start, more)) == (fewer == more)


@given(DAYS, DAYS)
def test_what_lies_between_two_days_counts_from_one_to_the_other(one, other):
    start, end = sorted((one, other))
    count = CN.workdays_between(start, end)
    assert count == sum(CN.is_workday(start + dt.timedelta(days=n)) for n in range(1, (end - start).days + 1))
    if count and CN.is_workday(end):
        assert CN.add_workdays(start, count) == end


@given(NEAR, st.booleans(), NEAR)
def test_a_correction_says_something_of_its_own_day_alone(corrected, is_workday, asked):
    own = WorkCalendar({corrected: is_workday})
    assert own.is_workday(asked) == (is_workday if asked == corrected else CN.is_workday(asked))


@given(NEAR, NEAR, COUNTS)
def test_a_correction_moves_a_count_only_when_it_lies_on_the_way_and_is_then_named(corrected, start, count):
    flipped = not CN.is_workday(corrected)
    own = WorkCalendar({corrected: flipped}, words={corrected: "甲街道更正：停电"})
    before, after = CN.explain(start, count), own.explain(start, count)
    named = [(corrected, f"本地调整为{'上班' if flipped else '休息'}日（甲街道更正：停电）")]
    assert list(after.corrections) == (named if start < corrected <= after.date else [])
    assert (after.date != before.date) == (start < corrected <= max(before.date, after.date))
    assert abs((after.date - before.date).days) <= 12


@given(DAYS, st.integers(-60, 60), st.sets(st.sampled_from([2027, 2028]), max_size=2))
def test_every_count_that_touches_an_unpublished_year_says_so(start, count, settled):
    due = WorkCalendar(settled=frozenset(settled)).explain(start, count)
    years = set(range(min(start, due.date).year, max(start, due.date).year + 1))
    assert due.estimated == bool(years - PUBLISHED - settled)


@given(NEAR, COUNTS, NEAR, st.integers(0, 40))
def test_a_pause_pushes_a_count_by_exactly_its_working_days(start, count, begin, length):
    until = begin + dt.timedelta(days=length)
    due = CN.explain(start, count, [Pause(begin, until, "送检")])
    inside = [day for day, reason in due.paused]
    assert inside == [
        each for each in span(str(begin), str(until))[:-1] if CN.is_workday(each) and start < each <= due.date
    ]
    assert CN.workdays_between(start, due.date) == count + len(inside)
    assert (due.date - start).days == count + len(due.skipped) + len(due.paused)


def test_a_clock_in_an_open_pause_has_no_day():
    with pytest.raises(ValueError, match="open pause"):
        CN.explain(day("2026-03-02"), 5, [Pause(day("2026-03-03"), None, "送检")])


def test_days_off_for_one_reason_are_told_in_one_piece():
    skipped = CN.explain(day("2026-09-30"), 5).skipped
    assert list(runs(skipped)) == [
        (day("2026-10-01"), day("2026-10-03"), "国庆节"),
        (day("2026-10-04"), day("2026-10-04"), "周末"),
        (day("2026-10-05"), day("2026-10-05"), "国庆节（补假）"),
        (day("2026-10-06"), day("2026-10-06"), "休息日（由 2026-09-20 调休）"),
        (day("2026-10-07"), day("2026-10-07"), "休息日（由 2026-10-10 调休）"),
        (day("2026-10-11"), day("2026-10-11"), "周末"),
    ]
