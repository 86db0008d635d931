"""两员: the plan's staffing rules held against the two cells of the register."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.rules.grading import EntityFacts
from entities.rules.matching import Profile
from entities.rules.naming import names_in
from entities.rules.staffing import Staffing, staffing_of, staffing_text
from entities.rules.vocabulary import SizeClass
from tenancy.plans import NATIONAL, PlanDocument, resolve, shipped_plan
from tenancy.plans.resolution import PlanLayer

TODAY = date(2026, 10, 9)
ORDER_60 = date(2023, 6, 1)


def plan(code: str = NATIONAL, **values) -> PlanDocument:
    layers = [shipped_plan(each).layer() for each in dict.fromkeys((NATIONAL, code))]
    return resolve([*layers, PlanLayer("试", "", values, {})]).value


def profile(kind: str, size: SizeClass | None = None, diners: int | None = None) -> Profile:
    return Profile(EntityFacts((kind,), None, None, diners), size=size)


def held(
    kind: str, director: str = "", officer: str = "", *, doc: PlanDocument | None = None, on=TODAY, **facts
) -> Staffing:
    return staffing_of(profile(kind, **facts), director, officer, doc or plan(), on)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("", ()),
        (" 、", ()),
        ("张三", ("张三",)),
        ("张三、李四", ("张三", "李四")),
        ("张三， 李四;王五", ("张三", "李四", "王五")),
        ("张三/张三、", ("张三",)),
    ],
)
def test_a_cell_names_each_person_once(cell, names) -> None:
    assert names_in(cell) == names


FIVE_CLASSES = [
    ("special_production", {}, True),
    ("production", {"size": SizeClass.LARGE}, True),
    ("production", {"size": SizeClass.MEDIUM}, True),
    ("production", {"size": SizeClass.SMALL}, False),
    ("production", {}, False),
    ("catering", {"size": SizeClass.MEDIUM}, True),
    ("catering", {"size": SizeClass.MICRO}, False),
    ("retail", {"size": SizeClass.LARGE}, True),
    ("retail", {"size": SizeClass.SMALL}, False),
    ("chain_headquarters", {}, True),
    ("kindergarten_canteen", {"diners": 300}, True),
    ("kindergarten_canteen", {"diners": 299}, False),
    ("school_canteen", {"diners": 500}, True),
    ("school_canteen", {"diners": 499}, False),
    ("canteen", {"diners": 1000}, True),
    ("canteen", {"diners": 999}, False),
    ("canteen", {}, False),
    ("stall", {"size": SizeClass.LARGE}, False),
]


@pytest.mark.req("HL-23")
@pytest.mark.parametrize("on", [ORDER_60, TODAY], ids=["令60", "现行"])
@pytest.mark.parametrize(("kind", "facts", "belongs"), FIVE_CLASSES)
def test_the_five_classes_of_the_national_default(kind, facts, belongs, on) -> None:
    found = held(kind, on=on, **facts)
    assert (found.five_class, found.directors_min) == (belongs, int(belongs))


@pytest.mark.req("HL-23")
def test_before_order_60_there_were_no_classes_and_its_rules_end_where_the_new_ones_begin() -> None:
    assert held("special_production", on=date(2022, 10, 31)).rules == ()
    last, first = (held("special_production", on=day) for day in (date(2025, 4, 14), date(2025, 4, 15)))
    assert [rule.code for rule in last.rules] == ["officer-2022", "special-2022"]
    assert [rule.code for rule in first.rules] == ["officer-enterprise", "special"]


@pytest.mark.req("HL-23")
def test_another_plans_list_is_its_own_data() -> None:
    """A plan without a list of its own keeps the national one; one that writes a list has only that."""
    heilongjiang = plan("heilongjiang")
    assert heilongjiang.staffing_rules == plan().staffing_rules
    rule = {"code": "stalls", "name": "摊贩", "when": {"business_types": ["stall"]}, "officers_min": 2}
    own = plan(staffing_rules=[{**rule, "five_class": True}])
    assert held("stall", doc=own).five_class and not held("special_production", doc=own).five_class
    assert (held("stall", doc=own).directors_min, held("stall", doc=own).officers_min) == (0, 2)


def test_a_stricter_city_wants_a_director_in_every_canteen() -> None:
    assert held("school_canteen", diners=20).directors_min == 0
    assert held("school_canteen", diners=20, doc=plan("suining")).directors_min == 1


@pytest.mark.parametrize(
    ("director", "officer", "short"),
    [
        ("", "", (1, 1)),
        ("张三", "", (0, 1)),
        ("", "李四", (1, 0)),
        ("张三", "李四", (0, 0)),
        # One person in both offices counts once.
        ("张三", "张三", (0, 1)),
        ("张三", "张三、李四", (0, 0)),
    ],
)
def test_what_is_short(director, officer, short) -> None:
    found = held("special_production", director, officer)
    assert (found.directors_short, found.officers_short) == short
    assert found.is_short == (short != (0, 0))


def test_one_person_may_be_both_where_the_plan_says_so() -> None:
    doc = plan(rates=[{"code": "staffing", "name": "配备率", "both_roles_may_be_one": True}])
    assert not held("special_production", "张三", "张三", doc=doc).is_short
    assert held("special_production", "张三", "张三").counted_once == ("张三",)


def test_in_words() -> None:
    assert staffing_text(1, 2) == "总监 1 名、安全员 2 名"
    assert staffing_text(0, 1) == "安全员 1 名"
    assert staffing_text(0, 0) == ""


@given(st.text("张三李四 、，,；;/\u3000", max_size=20), st.text("张三李四 、，,；;/\u3000", max_size=20))
def test_a_further_name_never_makes_more_short(director: str, officer: str) -> None:
    before, after = (
        held("special_production", director, officer),
        held("special_production", director, f"{officer}、新人"),
    )
    assert after.officers_short <= before.officers_short
    assert after.directors_short == before.directors_short
