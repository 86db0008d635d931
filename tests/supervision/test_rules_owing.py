"""How many visits are owed by when: cycles cover the year without gap, no visit is asked twice, none after its time."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervision.rules.owing import (
    CODE,
    MONTHS_OF,
    cycle_of,
    cycle_text,
    cycles_of,
    due_days,
    frequency_text,
    fulfilled_by_visit,
    still_open,
)
from tenancy.plans.document import Frequency
from tenancy.rules.periods import Quarter, quarter_of

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
PERS = st.sampled_from(list(MONTHS_OF))
QUARTERS = st.builds(Quarter, st.integers(2020, 2040), st.integers(1, 4))
LINES = st.builds(lambda times, per: Frequency(times=times, per=per), st.integers(0, 31), PERS)
Q4 = Quarter(2026, 4)


def days(first: str, last: str) -> tuple[date, date]:
    return date.fromisoformat(first), date.fromisoformat(last)


@pytest.mark.parametrize(
    ("per", "quarter", "wanted"),
    [
        ("quarter", Q4, [("2026Q4", *days("2026-10-01", "2026-12-31"))]),
        (
            "month",
            Q4,
            [
                ("2026-10", *days("2026-10-01", "2026-10-31")),
                ("2026-11", *days("2026-11-01", "2026-11-30")),
                ("2026-12", *days("2026-12-01", "2026-12-31")),
            ],
        ),
        ("month", Quarter(2028, 1), [("2028-01", *days("2028-01-01", "2028-01-31")), ("2028-02", *days("2028-02-01", "2028-02-29")), ("2028-03", *days("2028-03-01", "2028-03-31"))]),
        ("half_year", Quarter(2026, 3), [("2026H2", *days("2026-07-01", "2026-12-31"))]),
        ("half_year", Quarter(2026, 1), [("2026H1", *days("2026-01-01", "2026-06-30"))]),
        ("year", Quarter(2026, 2), [("2026", *days("2026-01-01", "2026-12-31"))]),
    ],
)  # fmt: skip
def test_a_line_owes_within_its_own_span_and_by_its_last_day(per, quarter, wanted):
    found = cycles_of(quarter, Frequency(times=1, per=per))
    assert [(cycle.code, cycle.starts_on, cycle.due_on) for cycle in found] == wanted


def test_no_times_owe_nothing():
    assert [cycles_of(Q4, Frequency(times=0, per=per)) for per in MONTHS_OF] == [(), (), (), ()]


@given(DAYS, PERS)
def test_every_day_lies_in_exactly_one_cycle_of_a_kind(day, per):
    cycle = cycle_of(day, per)
    assert cycle.starts_on <= day <= cycle.due_on
    assert cycle_of(cycle.due_on + timedelta(days=1), per).starts_on == cycle.due_on + timedelta(days=1)
    assert {cycle_of(cycle.starts_on, per), cycle_of(cycle.due_on, per)} == {cycle}


@given(st.integers(2020, 2040), LINES)
def test_over_a_year_each_visit_is_owed_once_and_counts_in_one_quarter(year, line):
    quarters = [Quarter(year, number) for number in range(1, 5)]
    cycles = {cycle for quarter in quarters for cycle in cycles_of(quarter, line)}
    assert len(cycles) == (12 // MONTHS_OF[line.per] if line.times else 0)
    assert len({cycle.code for cycle in cycles}) == len(cycles)
    for cycle in cycles:
        assert [cycle.due_on in quarter for quarter in quarters].count(True) == 1
        assert cycle.counted_quarter == str(quarter_of(cycle.due_on))


@given(QUARTERS, LINES, DAYS)
def test_what_is_over_is_not_owed_and_the_rest_is(quarter, line, on):
    cycles = cycles_of(quarter, line)
    assert [cycle.due_on >= on for cycle in cycles] == [cycle in still_open(cycles, on) for cycle in cycles]


@given(QUARTERS, LINES)
def test_only_what_is_longer_than_the_quarter_outlasts_it(quarter, line):
    assert {cycle.outlasts(quarter) for cycle in cycles_of(quarter, line)} <= {MONTHS_OF[line.per] > 3}


@given(QUARTERS, st.lists(LINES, max_size=4))
def test_reminders_know_each_due_day_of_the_quarter_and_no_other(quarter, lines):
    found = due_days(quarter, lines)
    cycles = [cycle for line in lines for cycle in cycles_of(quarter, line)]
    assert set(found) == {cycle.due_on for cycle in cycles if cycle.due_on in quarter}
    for due_on, begun in found.items():
        assert begun == min(cycle.starts_on for cycle in cycles if cycle.due_on == due_on)


@dataclass(frozen=True)
class Open:
    starts_on: date
    due_on: date
    ordinal: int = 1


OPEN = st.builds(lambda day, per, ordinal: Open(cycle_of(day, per).starts_on, cycle_of(day, per).due_on, ordinal), DAYS, PERS, st.integers(1, 4))  # fmt: skip


@given(st.lists(OPEN, max_size=8), DAYS)
def test_a_visit_fulfils_the_earliest_that_had_begun_and_never_one_to_come(open_ones, day):
    taken = fulfilled_by_visit(open_ones, day)
    fitting = [owed for owed in open_ones if owed.starts_on <= day and owed.due_on >= quarter_of(day).previous.start]
    assert (taken is None) == (not fitting)
    if taken is not None:
        assert taken in fitting
        assert all((taken.due_on, taken.ordinal) <= (owed.due_on, owed.ordinal) for owed in fitting)


def test_the_late_visit_makes_good_last_quarters_before_this_ones_and_forgets_older_gaps():
    old, late, now = (Open(quarter.start, quarter.end) for quarter in (Quarter(2026, 1), Quarter(2026, 3), Q4))
    assert fulfilled_by_visit([now, late, old], date(2026, 10, 9)) == late
    assert fulfilled_by_visit([now, old], date(2026, 10, 9)) == now


@pytest.mark.parametrize(
    ("line", "text"),
    [(("quarter", 2), "每季度2次"), (("month", 1), "每月1次"), (("half_year", 1), "每半年1次"), (("year", 0), "不要求督导")],
)  # fmt: skip
def test_a_line_is_said_as_papers_say_it(line, text):
    assert frequency_text(Frequency(per=line[0], times=line[1])) == text


@given(DAYS, PERS)
def test_every_cycle_has_a_name_and_a_code_the_table_takes(day, per):
    import re

    cycle = cycle_of(day, per)
    assert re.match(CODE, cycle.code)
    assert cycle_text(cycle.code).startswith(f"{day.year}年")


def test_names_of_cycles():
    codes = ("2026Q4", "2026-10", "2026H1", "2026H2", "2026")
    assert [cycle_text(code) for code in codes] == [
        "2026年第4季度",
        "2026年10月",
        "2026年上半年",
        "2026年下半年",
        "2026年",
    ]
    with pytest.raises(ValueError, match="not a cycle"):
        cycle_text("2026Q5")
