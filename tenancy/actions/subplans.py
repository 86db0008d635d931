"""Acts under a plan: who owes one of his own, filing it, ticking off its timetable, writing down how far a stage is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.actions.annexes import keep_file
from tenancy.models import Jurisdiction, Milestone, Plan, Post, StageNote, SubPlan
from tenancy.policies import may, may_file_sub_plan, may_keep_sub_plan
from tenancy.queries.subplans import stages_of
from tenancy.rules.names import tidy
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right
from tenancy.rules.stages import NOTED, StageState


@dataclass(frozen=True, slots=True)
class SubPlanFacts:
    """What is written on a plan that is filed: a text or a file, who answers for it, and its timetable (what, due)."""

    title: str
    responsible: str
    text: str = ""
    file: tuple[bytes, str] | None = None
    milestones: Sequence[tuple[str, date]] = ()


def expect_sub_plan(plan: Plan, unit: str, *, by: Post) -> SubPlan:
    """Writes down a department that owes a plan of its own; the places right under the plan's owe one anyway."""
    require(may(by, Right.EDIT_PLAN, plan.place))
    unit = tidy(unit)[:60]
    if not unit:
        raise Refused(_("请填写应报部门的名称。"), code="unit-empty")
    row, is_new = SubPlan.objects.get_or_create(
        plan=plan, jurisdiction=plan.jurisdiction, unit=unit, defaults={"place": plan.place}
    )
    if not is_new:
        raise Refused(_("“%s”已经在应报名单里。") % unit, code="unit-known")
    audit.record("tenancy.subplan.expected", row, by=by, after={"unit": unit, "plan": str(plan)})
    return row


def file_sub_plan(plan: Plan, place: Jurisdiction, facts: SubPlanFacts, *, by: Post, on: date) -> SubPlan:
    """A street files its plan under the plan above it; filing again puts the newer one in its place."""
    require(may_file_sub_plan(by, place.path))
    if place.parent_id != plan.jurisdiction_id:
        raise Refused(_("%s不是本方案直接下级的地方，不在这里报送。") % place.name, code="not-a-filer")
    row = SubPlan.objects.filter(plan=plan, jurisdiction=place).first()
    row = row or SubPlan(plan=plan, jurisdiction=place, place=place.path, unit=place.name)
    return _filed(row, facts, by=by, on=on)


def file_awaited(sub_plan: SubPlan, facts: SubPlanFacts, *, by: Post, on: date) -> SubPlan:
    """A department's plan, filed where it was written down as awaited; also a street's, filed again."""
    require(may_keep_sub_plan(by, sub_plan))
    return _filed(sub_plan, facts, by=by, on=on)


def mark_milestone(milestone: Milestone, done_on: date | None, *, by: Post, on: date) -> Milestone:
    """Ticks a line of the timetable off, or opens it again with no day."""
    milestone = (
        Milestone.objects.select_for_update(of=("self",), no_key=True)
        .select_related("sub_plan__jurisdiction")
        .get(pk=milestone.pk)
    )
    require(may_keep_sub_plan(by, milestone.sub_plan))
    if done_on is not None and done_on > on:
        raise Refused(_("完成日期不能晚于今天，请填实际完成的日子。"), code="milestone-ahead")
    before, milestone.done_on = milestone.done_on, done_on
    milestone.save(update_fields=["done_on"])
    days = [day.isoformat() if day else None for day in (before, done_on)]
    audit.record(
        "tenancy.milestone.marked",
        milestone,
        by=by,
        at=milestone.sub_plan.jurisdiction,
        before={"done_on": days[0]},
        after={"done_on": days[1]},
    )
    return milestone


def note_stage(plan: Plan, stage: str, state: StageState, note: str, *, by: Post, on: date) -> StageNote:
    """Writes down how far a stage has come; the days alone never say that its goal was reached."""
    require(may(by, Right.EDIT_PLAN, plan.place))
    note = tidy(note)[:200]
    if stage not in [each.code for each in stages_of(plan, on)]:
        raise Refused(_("方案里没有这个阶段，请刷新后再登记。"), code="stage-unknown")
    if state not in NOTED or not note:
        raise Refused(_("登记阶段进展要写明完成情况和说明（依据、数字或差在哪里）。"), code="stage-empty")
    row = StageNote.objects.create(
        plan=plan, place=plan.place, stage=stage, state=state.value, note=note, by=by, noted_on=on
    )
    after = {"stage": stage, "state": state.value, "note": note}
    audit.record("tenancy.stage.noted", row, by=by, at=plan.jurisdiction, after=after)
    return row


def _filed(row: SubPlan, facts: SubPlanFacts, *, by: Post, on: date) -> SubPlan:
    title, responsible = tidy(facts.title)[:200], tidy(facts.responsible)[:60]
    if not title or not responsible:
        raise Refused(_("报送的方案要有标题，并写明责任人。"), code="sub-plan-bare")
    if facts.file is not None:
        keep_file(row, *facts.file, folder=f"{row.place}subplans")
    row.title, row.responsible, row.text = title, responsible, facts.text.strip()
    if not row.text and not row.stored:
        raise Refused(_("请上传方案文件，或把正文贴进来，两样至少有一样。"), code="sub-plan-bare")
    before, row.filed_on, row.filed_by = row.filed_on, on, by
    row.save()
    _set_timetable(row, facts.milestones, on)
    audit.record(
        "tenancy.subplan.filed",
        row,
        by=by,
        before={"filed_on": before.isoformat()} if before else None,
        after={"title": title, "responsible": responsible, "sha256": row.sha256, "lines": len(facts.milestones)},
    )
    return row


def _set_timetable(row: SubPlan, lines: Sequence[tuple[str, date]], on: date) -> None:
    """A line that stays keeps the day it was done; one that is left out no longer counts."""
    left = {(line.what, line.due_on): line for line in row.milestones.filter(dropped_on__isnull=True)}
    for what, due_on in dict.fromkeys((tidy(what)[:200], due_on) for what, due_on in lines):
        if left.pop((what, due_on), None) is None:
            Milestone.objects.create(sub_plan=row, place=row.place, what=what, due_on=due_on)
    for line in left.values():
        line.dropped_on = on
        line.save(update_fields=["dropped_on"])
