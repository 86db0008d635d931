"""Sizes, units of revenue, and the figure that was most likely typed in 元."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.rules.ledger import checker
from entities.rules.sizing import UnitSlip, in_wan, size_by, slip_sentence, unit_slip
from entities.rules.vocabulary import SizeClass
from tenancy.plans import resolve, shipped_plan

PLAN = resolve([shipped_plan("national").layer()])
RETAIL = PLAN.value.size_standard.industries["retail"]


@pytest.mark.parametrize(
    ("revenue", "staff", "meant"),
    [
        ("640000", 5, "64.00"),
        ("540000", 3, "54.00"),
        ("640000", None, "64.00"),
        ("3000000", 0, "300.00"),
        ("99999999999", 2, None),
    ],
)
def test_a_revenue_past_belief_names_the_likely_value(revenue, staff, meant):
    found = unit_slip(Decimal(revenue), staff)
    assert found == UnitSlip(Decimal(meant) if meant else None)


@pytest.mark.parametrize(
    ("revenue", "staff"), [("64", 5), ("9999", 5), ("40000", 1000), ("100000", None), ("0", 0), (None, 3)]
)
def test_what_an_entity_may_take_in_is_not_doubted(revenue, staff):
    assert unit_slip(Decimal(revenue) if revenue else None, staff) is None


def test_the_sentence_says_the_unit_and_what_was_likely_meant():
    revenue = Decimal(640000)
    assert slip_sentence(revenue, unit_slip(revenue, 5)) == (
        "年营业收入 640000 万元与从业人员不相称；单位是万元，若填的是元，应为 64 万元，请核对"
    )


@pytest.mark.parametrize(
    ("text", "number", "worth"),
    [("64", "64", "1"), ("64万元", "64", "1"), ("640000 元", "640000", "0.0001"), ("1.2亿", "1.2", "10000"), ("6万", "6", "1")],
)  # fmt: skip
def test_a_written_unit_is_told_from_its_number(text, number, worth):
    assert in_wan(text) == (number, Decimal(worth))


def read(**cells):
    row, findings = checker(PLAN.value, ()).read(cells, ["catering"])
    return row, [(finding.column, finding.level.value, finding.code) for finding in findings]


@pytest.mark.parametrize(
    ("typed", "stored"), [("64万元", "64.00"), ("640000元", "64.00"), ("1.2亿元", "12000.00"), ("3千元", "0.30"), (64, "64.00")]
)  # fmt: skip
def test_a_cell_that_names_its_unit_is_brought_to_the_tables_unit(typed, stored):
    row, _findings = read(staff=200, revenue=typed)
    assert row.revenue == Decimal(stored)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"staff": "-3"}, [("staff", "error", "staff-negative")]),
        ({"revenue": "3e12"}, [("revenue", "error", "number-unreadable")]),
        ({"revenue": "1e999999"}, [("revenue", "error", "number-unreadable")]),
        ({"revenue": "9e999999亿元"}, [("revenue", "error", "number-unreadable")]),
        ({"staff": 5, "revenue": "640000"}, [("revenue", "warning", "revenue-unit")]),
        ({"diners": "1.5"}, [("diners", "error", "number-unreadable")]),
        ({"diners": "200"}, []),
    ],
)
def test_bad_figures_are_found_with_their_column(cells, found):
    assert read(**cells)[1] == found


def test_diners_of_a_shop_that_serves_nobody_are_doubted():
    row, findings = checker(PLAN.value, ()).read({"diners": 200}, ["retail"])
    assert [(finding.code, finding.level.value) for finding in findings] == [("diners-unused", "warning")]
    row, findings = checker(PLAN.value, ()).read({"diners": 200}, ["retail", "school_canteen"])
    assert (row.diners, findings) == (200, [])


@given(st.integers(0, 5000), st.integers(0, 100_000), st.integers(0, 5000), st.integers(0, 100_000))
def test_a_larger_figure_never_makes_an_entity_smaller(staff, revenue, more_staff, more_revenue):
    order = [SizeClass.MICRO, SizeClass.SMALL, SizeClass.MEDIUM, SizeClass.LARGE]
    table = (RETAIL.employees, RETAIL.revenue)
    small, large = size_by(staff, revenue, table), size_by(staff + more_staff, revenue + more_revenue, table)
    assert order.index(small) <= order.index(large)
