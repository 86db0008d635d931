"""提级 by case, 人工改级 and the way back: what each rests on, how far it goes, when it ends, what stays beside it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from entities.actions.deciding import Grounds, correct_grade, upgrade_entity, withdraw_decision
from entities.actions.grades import follow_grades
from entities.actions.register import change_entity, version_of
from entities.models import Entity, GradeDecision, GradeRecord
from entities.queries.grades import grade_on, grades_of
from entities.rules.vocabulary import Grade
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent
from tenancy.plans import PlanFile, PlanHeader
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_register_acts import LATER, ON, added, row_of, spans

UNTIL = LATER + timedelta(days=30)
GROUNDS = Grounds("养老机构供餐", "某副主任", "甲街纪〔2026〕3号")


def raised_to(cast: Cast, entity: Entity, grade: Grade, grounds: Grounds = GROUNDS, on: date = LATER) -> Entity:
    return upgrade_entity(entity, grade, grounds, by=cast.li, on=on, seen=version_of(entity))


def corrected_to(cast: Cast, entity: Entity, grade: Grade, grounds: Grounds = GROUNDS, on: date = LATER) -> Entity:
    return correct_grade(entity, grade, grounds, by=cast.li, on=on, seen=version_of(entity))


def lines(entity: Entity) -> list[tuple]:
    found = grades_of(entity).order_by("valid")
    return [(r.valid.lower, r.valid.upper, r.base, r.effective, r.corrected_from, r.raised_by) for r in found]


def allowing(cast: Cast, **values) -> None:
    """A plan of the street that sets these keys."""
    plan = PlanFile(header=PlanHeader(title="某街道方案", number="某街〔2026〕1号"), values=values)
    adopt_plan(cast.places["甲街道"], plan, since=SINCE, by=cast.li)


@pytest.mark.req("GM-08", "LC-09")
def test_an_upgrade_keeps_the_base_and_says_why_who_and_by_which_paper(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        assert raised_to(cast, entity, Grade.C).grade == "C"
        record = grade_on(entity, LATER)
        assert (record.base, record.effective, record.rule, record.raised_by) == ("D", "C", "d-catering", "case")
        assert record.raise_reason == "养老机构供餐，某副主任批准（甲街纪〔2026〕3号）"
        assert record.raise_clause == "全国默认 系统默认"
        decision = GradeDecision.objects.get()
        assert (decision.over, decision.grade, decision.decided_by, decision.valid.upper) == ("D", "C", cast.li, None)
        event = AuditEvent.objects.get(action="entities.grade.upgraded")
    assert (event.before, event.after["grade"]) == ({"grade": "D"}, "C")


@pytest.mark.req("LC-09")
def test_an_upgrade_with_a_last_day_ends_after_it_without_another_act(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        raised_to(cast, entity, Grade.C, Grounds("节日保障", "某副主任", "甲街纪〔2026〕3号", UNTIL))
        after = UNTIL + timedelta(days=1)
        assert lines(entity) == [
            (ON, LATER, "D", "D", "", ""), (LATER, after, "D", "C", "", "case"), (after, None, "D", "D", "", ""),
        ]  # fmt: skip
        days = (ON, LATER, UNTIL, after, after + timedelta(days=365))
        assert [grade_on(entity, day).effective for day in days] == ["D", "C", "C", "D", "D"]


def test_the_register_follows_the_day_and_one_event_names_what_changed(cast: Cast) -> None:
    entity, other = added(cast), added(cast, "别家")
    district, after = cast.places["东城区"], UNTIL + timedelta(days=1)
    with acting_in(district.path):
        raised_to(cast, entity, Grade.C, Grounds("节日保障", "某副主任", "甲街纪〔2026〕3号", UNTIL))
        assert follow_grades(district, on=UNTIL) == 0
        version = version_of(Entity.objects.get(pk=entity.pk))
        assert (follow_grades(district, on=after), follow_grades(district, on=after)) == (1, 0)
        entity.refresh_from_db()
        assert (entity.grade, version_of(entity), Entity.objects.get(pk=other.pk).grade) == ("D", version, "D")
        event = AuditEvent.objects.get(action="entities.grade.followed")
    assert event.after == {"on": after.isoformat(), "count": 1, "entities": ["粥公粥婆：C → D"]}


def test_an_entity_whose_grade_was_never_dated_is_left_alone(cast: Cast) -> None:
    district = cast.places["东城区"]
    with acting_in(district.path):
        place = cast.places["一社区"]
        Entity.objects.create(jurisdiction=place, place=place.path, name="店", business_type="retail", grade="B")
        assert follow_grades(district, on=LATER) == 0


@pytest.mark.parametrize(
    ("steps", "grade", "sentence"),
    [(1, Grade.B, "个案提级最多 1 级"), (1, Grade.A, "个案提级最多 1 级"), (0, Grade.C, "个案提级最多 0 级")],
)
def test_an_upgrade_past_the_plans_steps_is_refused_with_the_clause(cast: Cast, steps, grade, sentence) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        allowing(cast, upgrade_modes={"max_steps": steps, "clause": "二（三）"})
        with pytest.raises(Refused, match=sentence) as refused:
            raised_to(cast, entity, grade)
        assert "某街〔2026〕1号 二（三）" in refused.value.reason
        assert (refused.value.code, GradeDecision.objects.count()) == ("upgrade-limit", 0)


def test_a_plan_that_allows_two_steps_allows_them(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        allowing(cast, upgrade_modes={"max_steps": 2})
        assert raised_to(cast, entity, Grade.B).grade == "B"


@pytest.mark.parametrize(
    ("grounds", "code"),
    [
        (Grounds("", "某副主任", "甲街纪〔2026〕3号"), "grounds-missing"),
        (Grounds("理由", " ", "甲街纪〔2026〕3号"), "grounds-missing"),
        (Grounds("理由", "某副主任", ""), "grounds-missing"),
        (Grounds("理由", "某副主任", "甲街纪〔2026〕3号", LATER - timedelta(days=1)), "until-past"),
    ],
)
def test_a_decision_without_grounds_or_that_ends_before_it_begins_is_refused(cast: Cast, grounds, code) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        for decide in (raised_to, corrected_to):
            with pytest.raises(Refused) as refused:
                decide(cast, entity, Grade.C, grounds)
            assert refused.value.code == code
        assert lines(entity) == [(ON, None, "D", "D", "", "")]


def test_a_decision_may_hold_for_one_day(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        raised_to(cast, entity, Grade.C, Grounds("理由", "某副主任", "甲街纪〔2026〕3号", LATER))
        assert [grade_on(entity, LATER + timedelta(days=n)).effective for n in (-1, 0, 1)] == ["D", "C", "D"]


@pytest.mark.req("LC-09")
def test_an_upgrade_taken_back_leaves_its_days_and_the_grade_returns(cast: Cast) -> None:
    entity, back = added(cast), LATER + timedelta(days=10)
    with acting_in(cast.li.place):
        raised_to(cast, entity, Grade.C)
        assert withdraw_decision(GradeDecision.objects.get(), reason="整改到位", by=cast.li, on=back).grade == "D"
        assert [grade_on(entity, day).effective for day in (LATER, back)] == ["C", "D"]
        decision = GradeDecision.objects.get()
        assert (decision.withdrawn_on, decision.withdrawn_by, decision.withdrawn_reason) == (back, cast.li, "整改到位")
        with pytest.raises(Refused, match="已于 2026-11-12 撤回"):
            withdraw_decision(decision, reason="再来", by=cast.li, on=back)
        event = AuditEvent.objects.get(action="entities.grade.withdrawn")
    assert (event.before["grade"], event.after) == ("C", {"grade": "D", "reason": "整改到位"})


def test_taken_back_on_its_own_day_it_never_was(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        raised_to(cast, entity, Grade.C)
        withdraw_decision(GradeDecision.objects.get(), reason="登记错了", by=cast.li, on=LATER)
        assert spans(entity.grade_records) == [(ON, None)]


def test_an_expired_decision_needs_no_withdrawal(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        raised_to(cast, entity, Grade.C, Grounds("理由", "某副主任", "甲街纪〔2026〕3号", UNTIL))
        with pytest.raises(Refused, match="已经到期"):
            withdraw_decision(GradeDecision.objects.get(), reason="x", by=cast.li, on=UNTIL + timedelta(days=1))


def test_another_upgrade_takes_the_place_of_the_first(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        allowing(cast, upgrade_modes={"max_steps": 2})
        entity = raised_to(cast, entity, Grade.C)
        entity = raised_to(cast, entity, Grade.B, on=UNTIL)
        assert [(line[3]) for line in lines(entity)] == ["D", "C", "B"]
        first, second = GradeDecision.objects.order_by("pk")
        assert (first.withdrawn_on, second.withdrawn_on) == (UNTIL, None)
        with pytest.raises(Refused, match="现在就是 B 级"):
            raised_to(cast, entity, Grade.B, on=UNTIL)


def test_an_upgrade_stays_a_floor_when_the_facts_change(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        entity = raised_to(cast, entity, Grade.C)
        row = row_of(cast, staff=30, revenue=Decimal("900.00"))
        entity = change_entity(entity, row, by=cast.li, on=UNTIL, seen=version_of(entity))
        assert (lines(entity)[-1], entity.grade) == ((UNTIL, None, "C", "C", "", ""), "C")
        entity = change_entity(entity, row_of(cast), by=cast.li, on=UNTIL, seen=version_of(entity))
        assert (lines(entity)[-1], entity.grade) == ((LATER, None, "D", "C", "", "case"), "C")


def test_what_has_no_grade_cannot_be_raised_or_corrected(cast: Cast) -> None:
    entity = added(cast, staff=None, revenue=None)
    with acting_in(cast.li.place):
        for decide in (raised_to, corrected_to):
            with pytest.raises(Refused, match="还没有基础等级"):
                decide(cast, entity, Grade.C)


def test_a_decision_lies_in_the_entitys_place_and_moves_with_it(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        entity = raised_to(cast, entity, Grade.C)
        change_entity(entity, row_of(cast, place="二社区"), by=cast.li, on=UNTIL, seen=version_of(entity))
        places = {*GradeDecision.objects.values_list("place"), *GradeRecord.objects.values_list("place")}
        assert places == {(cast.places["二社区"].path,)}


@pytest.mark.req("GM-08")
def test_a_correction_says_what_the_rules_said_and_why_it_was_changed(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        assert corrected_to(cast, entity, Grade.B).grade == "B"
        record = grade_on(entity, LATER)
        assert (record.base, record.effective, record.corrected_from, record.raised_by) == ("B", "B", "D", "")
        assert record.reason.startswith("人工改级：养老机构供餐，某副主任批准（甲街纪〔2026〕3号）。规则判定 D 级：")
        assert AuditEvent.objects.get(action="entities.grade.corrected").after["grade"] == "B"


@pytest.mark.req("GM-08")
def test_a_correction_downwards_is_refused_where_the_plan_is_silent(cast: Cast) -> None:
    entity = added(cast, staff=30, revenue=Decimal("900.00"))
    with acting_in(cast.li.place), pytest.raises(Refused, match="方案不允许人工降为 D 级") as refused:
        corrected_to(cast, entity, Grade.D)
    assert refused.value.code == "downgrade-forbidden"


def test_a_correction_ends_by_withdrawal_and_by_facts_that_speak_otherwise(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        entity = corrected_to(cast, entity, Grade.B)
        with pytest.raises(Refused, match="撤回原来的人工改级"):
            corrected_to(cast, entity, Grade.D)
        large = row_of(cast, staff=30, revenue=Decimal("900.00"))
        entity = change_entity(entity, large, by=cast.li, on=UNTIL, seen=version_of(entity))
        assert lines(entity)[-1] == (UNTIL, None, "C", "C", "", "")
        entity = change_entity(entity, row_of(cast), by=cast.li, on=UNTIL, seen=version_of(entity))
        assert lines(entity)[-1] == (LATER, None, "B", "B", "D", "")
        withdraw_decision(GradeDecision.objects.get(), reason="查明有误", by=cast.li, on=UNTIL)
        assert lines(entity)[-1] == (UNTIL, None, "D", "D", "", "")


def test_a_stale_decision_is_refused(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place):
        raised_to(cast, entity, Grade.C)
        with pytest.raises(Refused, match="已被别人改动"):
            raised_to(cast, entity, Grade.C)
