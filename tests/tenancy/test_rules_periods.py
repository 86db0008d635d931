"""Quarters, their two clocks and the reminder ladder."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.plans import resolve, shipped_plan
from tenancy.plans.document import QuarterPackage, ReminderStep
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.periods import Quarter, Reminder, package_day, quarter_of, reminder_dates

CN = WorkCalendar()
GUMEI = resolve([shipped_plan("national").layer(), shipped_plan("gumei").layer()]).value
YEAR = [Quarter(2026, number) for number in (1, 2, 3, 4)]


def test_a_quarter_knows_its_days_its_name_and_its_neighbours():
    quarter = Quarter(2026, 4)
    assert (quarter.start, quarter.end) == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    assert (quarter.label, str(quarter)) == ("2026年第4季度", "2026Q4")
    assert (quarter.previous, quarter.next) == (Quarter(2026, 3), Quarter(2027, 1))


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31)))
def test_a_day_lies_in_its_quarter_and_in_no_neighbour(day):
    quarter = quarter_of(day)
    assert [day in each for each in (quarter.previous, quarter, quarter.next)] == [False, True, False]
    assert Quarter.parse(str(quarter)) == quarter
    assert quarter.previous.end + dt.timedelta(days=1) == quarter.start


@pytest.mark.parametrize("text", ["2026Q5", "2026q4", "26Q4", "", "2026Q4 ", "0001Q1"])
def test_what_is_not_a_quarter_is_refused(text):
    with pytest.raises(ValueError, match="not a quarter"):
        Quarter.parse(text)


def test_the_package_of_a_street_is_due_on_the_25th_even_on_a_holiday():
    days = [package_day(quarter, GUMEI.quarter_package, CN) for quarter in YEAR]
    assert days == [dt.date(2026, month, 25) for month in (3, 6, 9, 12)]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"roll": "previous"}, dt.date(2026, 9, 24)),
        ({"roll": "next"}, dt.date(2026, 9, 28)),
        ({"inclusive": False}, dt.date(2026, 9, 24)),
        ({"day": 31}, dt.date(2026, 9, 30)),
        ({"months": (6, 12)}, None),
        ({"enabled": False}, None),
    ],
)
def test_the_package_day_follows_the_plan(terms, expected):
    package = QuarterPackage.model_validate({"enabled": True, "day": 25, "months": (3, 6, 9, 12), **terms})
    assert package_day(Quarter(2026, 3), package, CN) == expected


def test_no_package_is_due_where_the_plan_prints_none():
    national = resolve([shipped_plan("national").layer()]).value
    assert [package_day(quarter, national.quarter_package, CN) for quarter in YEAR] == [None] * 4


def test_reminders_fall_on_working_days_around_the_due_day_in_order():
    ladder = [ReminderStep(offset_wd=1), ReminderStep(offset_wd=-5), ReminderStep(offset_wd=5, to="office")]
    assert reminder_dates(ladder, dt.date(2026, 9, 30), CN) == [
        Reminder(dt.date(2026, 9, 22), "holder", -5),
        Reminder(dt.date(2026, 10, 8), "holder", 1),
        Reminder(dt.date(2026, 10, 13), "office", 5),
    ]


def test_an_obligation_opened_late_is_not_reminded_of_before_it_began():
    ladder = [ReminderStep(offset_wd=-20), ReminderStep(offset_wd=-5)]
    kept = reminder_dates(ladder, dt.date(2026, 12, 31), CN, opened=dt.date(2026, 12, 10))
    assert [reminder.offset_wd for reminder in kept] == [-5]
