"""The trial explains what the engine decided: which rule fired, why no other did, how the size came about."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entities.rules.explaining import Outcome, Step, explain
from entities.rules.grading import EntityFacts, grade
from entities.rules.vocabulary import Grade, SizeClass
from tenancy.plans import PlanLayer, resolve, shipped_plan
from tests.entities.test_rules_grading import GUMEI, NATIONAL, plan_of
from tests.entities.test_rules_standing import SCHOOLS, plan


def steps(facts: EntityFacts, under=GUMEI) -> dict[str, Step]:
    (activity,) = explain(facts, under).activities
    return {step.code: step for step in activity.steps}


def test_every_rule_of_the_plan_is_walked_in_order():
    found = list(steps(EntityFacts(("catering",), 60, 600)).values())
    assert [step.code for step in found] == [rule.code for rule in GUMEI.value.grading_rules]
    assert [step.code for step in found if step.outcome is Outcome.FIRED] == ["c-catering"]


@pytest.mark.parametrize(
    ("rule", "outcome", "why"),
    [
        ("a-production", Outcome.OTHER_BUSINESS, "写的是食品生产、特殊食品生产，不是餐饮服务"),
        ("a-catering", Outcome.FAILED, "写的是大型，这家是小型"),
        ("b-school", Outcome.OTHER_BUSINESS, "写的是学校食堂，不是餐饮服务"),
        ("c-catering", Outcome.FIRED, "条件都符合：餐饮服务，小型"),
        ("d-catering", Outcome.NOT_REACHED, "前面已经定了，不再往下看"),
        ("d-other", Outcome.NOT_REACHED, "前面已经定了，不再往下看"),
    ],
)
def test_a_rule_says_why_it_fired_or_why_not(rule, outcome, why):
    step = steps(EntityFacts(("catering",), 60, 600))[rule]
    assert (step.outcome, step.why) == (outcome, why)


def test_a_range_of_diners_says_its_bounds():
    step = steps(EntityFacts(("school_canteen",), diners=199))["c-school"]
    assert step.why == "写的是 200 人以上、500 人以下，这家 199 人"


def test_a_tie_names_both_ranges_and_the_plans_word():
    (activity,) = explain(EntityFacts(("school_canteen",), diners=500), GUMEI).activities
    assert activity.tie == (
        "500 人同时落在“用餐人数500人以上3000人以下的学校食堂”（B 级）、“用餐人数200人以上500人以下的学校食堂”（C 级）；"
        "“以上”“以下”都含本数，就高定 B 级（全国默认 系统默认，“以上”“以下”都含本数，归高一级）"
    )
    outcomes = {step.code: step.outcome for step in activity.steps}
    assert (outcomes["b-school"], outcomes["c-school"]) == (Outcome.FIRED, Outcome.TIED)
    low = steps(EntityFacts(("school_canteen",), diners=500), plan_of(boundary_tie="lower"))
    assert (low["b-school"].outcome, low["c-school"].outcome) == (Outcome.TIED, Outcome.FIRED)


def test_a_missing_fact_is_named_where_it_stops_the_walk():
    found = explain(EntityFacts(("catering",), employees=300), GUMEI)
    (activity,) = found.activities
    open_step = next(step for step in activity.steps if step.outcome is Outcome.OPEN)
    assert (open_step.code, open_step.why) == ("a-catering", "缺少年营业收入，判不了；补填以前不定级")
    assert activity.sizing.sentence == "年营业收入未填，另一项又不低于小型的下限，定不了规模；请补填"
    assert (found.effective, found.tiers, found.tier_name) == (None, (), "")


@pytest.mark.parametrize(
    ("facts", "under", "sentence"),
    [
        ((60, 600), GUMEI, "两项都要达到下限，取低的一项，定为小型"),
        ((9, None), GUMEI, "有一项不到小型的下限就是微型，年营业收入不填也能定"),
        ((None, None), GUMEI, "从业人员、年营业收入未填，定不了规模；请补填"),
        (
            (300, None),
            plan_of(size_missing="assume_small"),
            "年营业收入未填；方案规定缺数据时推定为小型（补充）",
        ),
    ],
)
def test_the_size_is_computed_in_words(facts, under, sentence):
    (activity,) = explain(EntityFacts(("catering",), *facts), under).activities
    assert activity.sizing.sentence == sentence


def test_both_indicators_stand_with_their_bounds_and_what_each_gives_alone():
    (activity,) = explain(EntityFacts(("retail",), 60, 90), GUMEI).activities
    assert [(one.fact, one.value, one.size, one.bounds.medium) for one in activity.sizing.indicators] == [
        ("employees", 60, SizeClass.MEDIUM, 50), ("revenue", 90, SizeClass.MICRO, 500),
    ]  # fmt: skip
    assert (activity.sizing.size, activity.sizing.cited) == (SizeClass.MICRO, "全国默认 国统字〔2017〕213号")


def test_a_canteen_has_no_size():
    (activity,) = explain(EntityFacts(("school_canteen",), diners=10), GUMEI).activities
    assert activity.sizing is None


def test_each_activity_is_walked_by_itself_and_the_higher_grade_counts():
    found = explain(EntityFacts(("catering", "school_canteen"), 5, 50, 800), GUMEI)
    assert [(each.name, each.grading.base) for each in found.activities] == [
        ("餐饮服务", Grade.D), ("学校食堂", Grade.B),
    ]  # fmt: skip
    assert (found.grading.base, found.tier_name, found.tier_clause) == (Grade.B, "街道", "闵古办〔2022〕40号 三（一）1")


def test_a_class_that_raises_and_the_tier_above_are_shown():
    found = explain(EntityFacts(("school_canteen",), diners=199), plan(SCHOOLS))
    assert (found.grading.base, found.effective, found.tier_name) == (Grade.D, Grade.C, "乡级")
    external = explain(EntityFacts(("school_canteen",), diners=9000), GUMEI)
    assert (external.tiers, external.tier_name) == (("external",), "上级包保")


def test_the_licence_shows_the_class_that_a_rule_asks_for():
    rules = [{"code": "b-key", "name": "高风险", "grade": "B", "when": {"classes": ["dairy"]}}]
    rules += shipped_plan("national").values["grading_rules"]
    under, maker = plan_of(grading_rules=rules), EntityFacts(("small_workshop",))
    assert explain(maker, under, ("SC10511010100012",)).grading.rule_code == "b-key"
    assert steps(maker, under)["b-key"].why == "写的是高风险类别，这家不在其中"


def test_a_type_the_plan_does_not_know_is_said_and_not_walked():
    (activity,) = explain(EntityFacts(("greenhouse",)), GUMEI).activities
    assert (activity.steps, activity.grading.reason) == ((), "主体业态“greenhouse”没有在方案里写明，不能分级")


KINDS = st.lists(st.sampled_from([kind.code for kind in NATIONAL.value.business_types]), min_size=1, max_size=3)
FIGURES = st.none() | st.integers(0, 50_000)
DINERS = st.none() | st.sampled_from([0, 99, 100, 199, 200, 299, 300, 500, 3000, 3001])
TAGGED = resolve(
    [
        shipped_plan("national").layer(),
        PlanLayer(
            "补充", "", {"grading_rules": [
                {"code": "b-tag", "name": "重点", "grade": "B", "when": {"tags": ["重点"], "domains": ["catering"]}},
                *shipped_plan("national").values["grading_rules"],
            ]}, {},
        ),
    ]
)  # fmt: skip


@settings(max_examples=300)
@given(
    KINDS, st.tuples(FIGURES, FIGURES, DINERS), st.sampled_from([(), ("重点",)]), st.sampled_from(["higher", "lower"])
)
def test_the_rule_shown_as_fired_is_the_one_the_engine_took(kinds, figures, tags, tie):
    under = resolve([*TAGGED.layers, PlanLayer("就高就低", "", {"boundary_tie": tie}, {})])
    facts = EntityFacts(tuple(dict.fromkeys(kinds)), *figures, tags=frozenset(tags))
    found = explain(facts, under)
    assert found.grading == grade(facts, under)
    for activity in found.activities:
        fired = [step for step in activity.steps if step.outcome is Outcome.FIRED]
        assert [(step.code, step.grade) for step in fired] == (
            [(activity.grading.rule_code, activity.grading.base)] if activity.grading.base else []
        )
        assert all(step.why for step in activity.steps)
