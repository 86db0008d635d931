"""What an office decides about one entity's grade over what the rules say: 提级 by case, 人工改级, and the way back.

A decision is a row of its own with its reason, who approved it, the paper and the days; the grade lines follow from it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from entities.actions.grades import settle
from entities.actions.register import locked, refuse_merged
from entities.models import Entity, GradeDecision, GradeRecord
from entities.queries.grades import decision_in_force, grade_on, upgrade_choices, words_of
from entities.rules.upgrading import case_limit, correction_grades
from entities.rules.vocabulary import DecisionKind, Grade
from tenancy import audit
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused

ACTIONS = {
    DecisionKind.UPGRADE: "entities.grade.upgraded",
    DecisionKind.CORRECTION: "entities.grade.corrected",
}


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a decision rests on: why, who approved it, by which paper, and its last day where it has one."""

    reason: str
    approver: str
    document: str
    until: date | None = None


def upgrade_entity(entity: Entity, grade: Grade, grounds: Grounds, *, by: Post, on: date, seen: str) -> Entity:
    """提级 by case: another effective grade over the same base, as far as the plan allows."""
    entity = locked(entity, seen)
    plan, record = plan_in_force(entity.place, on), _graded(entity, on)
    base = Grade(record.base)
    present = Grade(record.effective)
    if grade == present:
        raise Refused(_("“%(name)s”现在就是 %(grade)s 级。") % {"name": entity.name, "grade": grade}, code="same-grade")
    if grade not in upgrade_choices(entity, record, plan):
        limits = {"base": base, "grade": grade, "limit": case_limit(plan)}
        raise Refused(
            _("基础等级 %(base)s 级的主体不能提为 %(grade)s 级：%(limit)s；确需再提，请先调整方案。") % limits,
            code="upgrade-limit",
        )
    cited = plan.cite("upgrade_modes", plan.value.upgrade_modes.clause)
    return _decide(entity, _Verdict(DecisionKind.UPGRADE, grade, base, cited), grounds, by=by, on=on)


def correct_grade(entity: Entity, grade: Grade, grounds: Grounds, *, by: Post, on: date, seen: str) -> Entity:
    """人工改级: another base grade than the rules give; a smaller one only where the plan allows it."""
    entity = locked(entity, seen)
    plan, record = plan_in_force(entity.place, on), _graded(entity, on)
    computed = Grade(record.corrected_from or record.base)
    if grade.value == record.base:
        raise Refused(
            _("“%(name)s”的基础等级现在就是 %(grade)s 级。") % {"name": entity.name, "grade": grade}, code="same-grade"
        )
    if grade == computed:
        raise Refused(_("规则判定就是 %s 级；要改回来，请撤回原来的人工改级。") % grade, code="same-as-computed")
    if grade not in correction_grades(computed, plan):
        words = {"computed": computed, "grade": grade, "cited": plan.cite("downgrade_allowed")}
        raise Refused(
            _(
                "规则判定 %(computed)s 级，方案不允许人工降为 %(grade)s 级（%(cited)s）；请核对规模、业态等资料，或先调整方案。"
            )
            % words,
            code="downgrade-forbidden",
        )
    cited = plan.cite("downgrade_allowed") if plan.value.downgrade_allowed else plan.cite("grading_rules")
    return _decide(entity, _Verdict(DecisionKind.CORRECTION, grade, computed, cited), grounds, by=by, on=on)


def withdraw_decision(decision: GradeDecision, *, reason: str, by: Post, on: date) -> Entity:
    """From a day on the decision no longer holds; the grade goes back to what rules, classes and others give."""
    entity = (
        Entity.every.select_for_update(of=("self",), no_key=True)
        .select_related("jurisdiction")
        .get(pk=decision.entity_id)
    )
    refuse_merged(entity)
    decision = GradeDecision.objects.select_for_update(of=("self",), no_key=True).get(pk=decision.pk)
    if decision.withdrawn_on is not None:
        day = decision.withdrawn_on.isoformat()
        raise Refused(_("这项决定已于 %s 撤回，不用再办。") % day, code="withdrawn")
    if decision.valid.upper is not None and decision.valid.upper <= on:
        raise Refused(_("这项决定已经到期，不用再撤回。"), code="expired")
    _said(_("撤回理由"), reason)
    before = entity.grade
    _end(decision, reason, by=by, on=on)
    settle(entity, by=by, on=on)
    entity.save()
    facts = {"grade": before, "decision": str(decision)}
    after = {"grade": entity.grade, "reason": reason}
    audit.record("entities.grade.withdrawn", entity, by=by, before=facts, after=after)
    return entity


def _graded(entity: Entity, on: date) -> GradeRecord:
    record = grade_on(entity, on)
    if record is None:
        raise Refused(_("“%s”还没有基础等级，不能改级；请先补全规模或用餐人数。") % entity.name, code="ungraded")
    return record


@dataclass(frozen=True, slots=True)
class _Verdict:
    kind: DecisionKind
    grade: Grade
    over: Grade
    cited: str


def _decide(entity: Entity, verdict: _Verdict, grounds: Grounds, *, by: Post, on: date) -> Entity:
    _refuse_unfounded(grounds, on)
    earlier = decision_in_force(entity, verdict.kind, on)
    if earlier is not None:
        _end(earlier, _("由 %s 起的新决定代替") % on.isoformat(), by=by, on=on)
    until = grounds.until + timedelta(days=1) if grounds.until else None
    decision = GradeDecision.objects.create(
        entity=entity,
        place=entity.place,
        kind=verdict.kind.value,
        grade=verdict.grade.value,
        over=verdict.over.value,
        reason=grounds.reason,
        approver=grounds.approver,
        document=grounds.document,
        cited=verdict.cited[:200],
        valid=DateRange(on, until),
        decided_by=by,
    )
    before = entity.grade
    settle(entity, by=by, on=on)
    entity.save()
    after = {"grade": entity.grade, "decision": str(decision), "reason": words_of(decision), "cited": verdict.cited}
    if grounds.until:
        after["until"] = grounds.until.isoformat()
    audit.record(ACTIONS[verdict.kind], entity, by=by, before={"grade": before}, after=after)
    return entity


def _refuse_unfounded(grounds: Grounds, on: date) -> None:
    for title, text in ((_("理由"), grounds.reason), (_("批准人"), grounds.approver), (_("文号"), grounds.document)):
        _said(title, text)
    if grounds.until is not None and grounds.until < on:
        words = {"until": grounds.until.isoformat(), "on": on.isoformat()}
        raise Refused(
            _("有效期止 %(until)s 早于起算日 %(on)s；请填起算日或以后的日期，长期有效就留空。") % words,
            code="until-past",
        )


def _said(title: str, text: str) -> None:
    if not text.strip():
        raise Refused(_("没有写%s；改动等级要写明理由、批准人和文号，请补填。") % title, code="grounds-missing")


def _end(decision: GradeDecision, reason: str, *, by: Post, on: date) -> None:
    decision.withdrawn_on, decision.withdrawn_by, decision.withdrawn_reason = on, by, reason[:200]
    decision.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_reason"])
