"""Which grade stands on which days: classes, cases, corrections, the plan of later days, and the smallest rewrite."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.rules.grading import EntityFacts
from entities.rules.standing import Decision, Row, Segment, Standing, Subject, rewrite, timeline
from entities.rules.upgrading import (
    case_grades,
    case_limit,
    correction_grades,
    effective_grades,
    raised_by_class,
)
from entities.rules.vocabulary import DecisionKind, Grade, SizeClass
from tenancy.plans import PlanLayer, ResolvedPlan, resolve, shipped_plan

A, B, C, D = Grade.A, Grade.B, Grade.C, Grade.D
DAY = date(2026, 10, 8)
UP, BY_HAND = DecisionKind.UPGRADE, DecisionKind.CORRECTION


def later(days: int) -> date:
    return DAY + timedelta(days=days)


def plan(*classes: dict, down: bool = False, **modes: object) -> ResolvedPlan:
    """The national plan with classes raised in it."""
    values = {"upgrade_modes": {"by_class": list(classes), **modes}, "downgrade_allowed": down}
    return resolve([shipped_plan("national").layer(), PlanLayer("某市方案", "某食安办〔2026〕1号", values, {})])


SCHOOLS = {"code": "schools", "name": "学校食堂", "when": {"business_types": ["school_canteen"]}, "clause": "第三段"}
KEY = {"code": "key", "name": "重点生产企业", "when": {"tags": ["重点"]}, "steps": 2, "clause": "第四段"}
SCHOOL = EntityFacts(("school_canteen",), diners=199)
BARE = resolve([shipped_plan("national").layer()])


def lines(facts: EntityFacts, *decisions: Decision, under: ResolvedPlan = BARE, licences=()) -> list[Standing]:
    return timeline(Subject(facts, licences, decisions), [Segment(DAY, under)])


def told(found: list[Standing]) -> list[tuple]:
    return [(line.since, line.until, line.base, line.effective, line.raised_by) for line in found]


def case(grade: Grade, *, over: Grade = D, since: int = 0, until: int | None = None, kind=UP) -> Decision:
    end = later(until) if until is not None else None
    return Decision(kind, grade, over, later(since), end, "理由，某副主任批准（某纪1号）", "依据")


@pytest.mark.req("SN-10")
def test_a_class_raises_its_entities_and_nobody_else():
    raising = plan(SCHOOLS, KEY)
    (line,) = lines(SCHOOL, under=raising)
    assert (line.base, line.effective, line.raised_by) == ("D", "C", "class")
    assert line.raise_reason == "“学校食堂”按类提 1 级，由 D 级提为 C 级"
    assert line.raise_clause == "某食安办〔2026〕1号 第三段"
    assert told(lines(EntityFacts(("stall",)), under=raising)) == [(DAY, None, "D", "D", "")]


@pytest.mark.req("SN-10")
def test_of_several_classes_the_highest_counts_and_a_is_the_end():
    raising = plan(SCHOOLS, KEY)
    facts = EntityFacts(("school_canteen",), diners=199, tags=frozenset({"重点"}))
    assert [line.effective for line in lines(facts, under=raising)] == ["B"]
    large = EntityFacts(("school_canteen",), diners=3001, tags=frozenset({"重点"}))
    assert told(lines(large, under=raising)) == [(DAY, None, "A", "A", "")]


def test_a_class_may_be_named_by_the_licence_the_size_and_the_base_grade():
    when = {"classes": ["dairy"], "sizes": ["micro"], "grades": ["C"]}
    dairy = {"code": "dairy", "name": "乳制品", "when": when}
    maker = EntityFacts(("production",), 5, 100)
    (line,) = lines(maker, under=plan(dairy), licences=("SC10511010100012",))
    assert (line.base, line.effective, line.size) == ("C", "B", "micro")
    assert raised_by_class(C, SizeClass.SMALL, maker, plan(dairy)) is None


def test_a_plan_without_classes_raises_none():
    assert (BARE.value.upgrade_modes.by_class, raised_by_class(D, None, SCHOOL, BARE)) == ((), None)


@pytest.mark.req("LC-09")
def test_a_case_ends_by_itself_and_the_grade_returns():
    assert told(lines(SCHOOL, case(C, until=30))) == [
        (DAY, later(30), "D", "C", "case"),
        (later(30), None, "D", "D", ""),
    ]


def test_case_and_class_stand_side_by_side_and_the_higher_counts():
    raising = plan(SCHOOLS, max_steps=3)
    assert told(lines(SCHOOL, case(B, until=30), under=raising)) == [
        (DAY, later(30), "D", "B", "case"),
        (later(30), None, "D", "C", "class"),
    ]
    assert told(lines(SCHOOL, case(C), under=raising)) == [(DAY, None, "D", "C", "class")]


def test_a_decided_upgrade_stays_a_floor_whatever_the_base_becomes():
    bases = {199: D, 300: C, 600: B, 3001: A}
    held = {diners: lines(EntityFacts(("school_canteen",), diners=diners), case(B, over=C)) for diners in bases}
    assert {diners: (line.base, line.effective) for diners, (line,) in held.items()} == {
        199: ("D", "B"), 300: ("C", "B"), 600: ("B", "B"), 3001: ("A", "A"),
    }  # fmt: skip


@pytest.mark.req("GM-08")
def test_a_correction_is_told_from_what_the_rules_say():
    (line,) = lines(SCHOOL, case(C, kind=BY_HAND))
    assert (line.base, line.effective, line.corrected_from, line.raised_by) == ("C", "C", "D", "")
    assert line.reason.startswith("人工改级：理由，某副主任批准（某纪1号）。规则判定 D 级：学校食堂，用餐 199 人")
    assert line.rule == "d-school"


def test_a_correction_says_nothing_once_the_rules_say_another_grade():
    corrected = case(C, kind=BY_HAND, over=D)
    assert told(lines(EntityFacts(("school_canteen",), diners=600), corrected)) == [(DAY, None, "B", "B", "")]


def test_classes_raise_a_corrected_base():
    (line,) = lines(SCHOOL, case(C, kind=BY_HAND), under=plan(SCHOOLS))
    assert (line.corrected_from, line.base, line.effective, line.raised_by) == ("D", "C", "B", "class")


def test_a_missing_fact_is_a_gap_and_no_line():
    assert lines(EntityFacts(("school_canteen",)), case(C)) == []


def test_a_later_plan_judges_from_its_day_and_decisions_go_on():
    rules = [{"code": "b-all", "name": "一律", "grade": "B", "clause": "一"}]
    strict = resolve([shipped_plan("national").layer(), PlanLayer("新方案", "", {"grading_rules": rules}, {})])
    segments = [Segment(DAY, BARE), Segment(later(10), strict, 7)]
    found = timeline(Subject(SCHOOL, (), (case(C, until=20),)), segments)
    assert [(line.since, line.until, line.effective, line.regrading) for line in found] == [
        (DAY, later(10), "C", None),
        (later(10), None, "B", 7),
    ]


@pytest.mark.parametrize(
    ("base", "effective", "steps", "open_to"),
    [(D, D, 1, (C,)), (D, C, 1, ()), (D, C, 2, (B,)), (A, A, 3, ()), (B, B, 3, (A,)), (D, D, 0, ())],
)
def test_a_case_goes_as_far_as_the_plan_says(base, effective, steps, open_to):
    assert case_grades(base, effective, plan(max_steps=steps)) == open_to


def test_a_plan_may_close_the_case():
    assert case_grades(D, D, plan(by_case=False)) == ()
    assert case_limit(plan(by_case=False)) == "方案没有开通个案提级（某食安办〔2026〕1号）"
    assert case_limit(plan(max_steps=2, clause="三")) == "个案提级最多 2 级（某食安办〔2026〕1号 三）"


def test_effective_grades_end_at_the_top():
    assert (effective_grades(B, 3), effective_grades(D, 0)) == ((B, A), (D,))


@pytest.mark.parametrize(
    ("down", "open_to"), [(False, (A, B)), (True, (A, B, D))]
)  # fmt: skip
@pytest.mark.req("GM-08")
def test_a_correction_downwards_needs_the_plans_word(down, open_to):
    assert correction_grades(C, plan(down=down)) == open_to
    assert correction_grades(C, BARE) == (A, B)


@dataclass
class Store:
    """Rows as the table would hold them."""

    rows: dict[int, Standing]
    next_id: int = 100

    def apply(self, wanted: list[Standing], since: date) -> None:
        held = [(pk, line) for pk, line in self.rows.items() if line.until is None or line.until >= since]
        change = rewrite([Row(pk, line) for pk, line in sorted(held, key=lambda pair: pair[1].since)], wanted, since)
        for pk in change.gone:
            del self.rows[pk]
        for pk, until in change.ends:
            self.rows[pk] = Standing(self.rows[pk].since, until, self.rows[pk].base, self.rows[pk].effective)
        for line in change.made:
            self.rows[self.next_id] = line
            self.next_id += 1

    def grade(self, day: date) -> str:
        found = holding(self.rows.values(), day)
        assert len(found) <= 1, "two lines on one day"
        return found[0] if found else ""


def holding(found, day: date) -> list[str]:
    return [line.effective for line in found if line.since <= day and (line.until is None or day < line.until)]


def spans(cuts: list[int], grades: list[str], start: int) -> list[Standing]:
    """Lines from a day on, one for each cut; an empty grade is a gap, equal neighbours are one line."""
    days = [later(start), *(later(start + cut) for cut in sorted(set(cuts)))]
    found: list[Standing] = []
    for at, day in enumerate(days):
        until, grade = (days[at + 1] if at + 1 < len(days) else None), grades[at % len(grades)]
        if not grade:
            continue
        if found and found[-1].until == day and found[-1].effective == grade:
            found[-1] = Standing(found[-1].since, until, grade, grade)
        else:
            found.append(Standing(day, until, grade, grade))
    return found


WANTED = st.tuples(
    st.lists(st.integers(1, 20), max_size=4), st.lists(st.sampled_from(["", "A", "C", "D"]), min_size=1, max_size=5)
)


@given(WANTED, WANTED, WANTED, st.integers(0, 15), st.integers(0, 15))
def test_a_rewrite_says_the_new_lines_from_its_day_on_and_leaves_every_day_before(first, second, third, one, other):
    store = Store({})
    store.apply(spans(*first, 0), DAY)
    for wanted, start in ((second, one), (third, other)):
        lines_then = spans(*wanted, start)
        before = [store.grade(later(day)) for day in range(start)]
        store.apply(lines_then, later(start))
        assert [store.grade(later(day)) for day in range(start)] == before
        for day in range(start, 60):
            assert store.grade(later(day)) == "".join(holding(lines_then, later(day)))


@given(WANTED)
def test_what_stands_already_is_not_written_again(wanted):
    found = spans(*wanted, 0)
    rows = [Row(number, line) for number, line in enumerate(found)]
    assert rewrite(rows, found, DAY).is_empty


def test_the_way_back_continues_the_line_that_ended_that_day():
    rows = [Row(1, Standing(later(-5), DAY, "D", "D")), Row(2, Standing(DAY, None, "D", "C", raised_by="case"))]
    change = rewrite(rows, [Standing(DAY, None, "D", "D")], DAY)
    assert (change.gone, change.ends, change.made) == ([2], [(1, None)], [])
