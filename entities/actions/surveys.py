"""摸底: a round is opened, its shops are drafted from below and confirmed above, and closing it makes facts of drafts.

Facts and grades are written by the register's own acts; what those refuse stands on the line as its result.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from entities.actions.deciding import Grounds, correct_grade
from entities.actions.register import add_entity, change_entity, version_of
from entities.models import Entity, Survey, SurveyLine
from entities.policies import may_confirm_line
from entities.queries.checking import EntityChecks, cells_of, entity_checks
from entities.queries.grades import bare_facts, under
from entities.queries.surveys import kept_sums, line_counts, lines_of, printed_lines, sums_of
from entities.rules.changes import Occasion
from entities.rules.grading import compile_grading
from entities.rules.ledger import LedgerRow, has_error
from entities.rules.sizes import SizeSource
from entities.rules.surveys import LineState, Outcome, refuse_close, refuse_days, refuse_draft
from entities.rules.vocabulary import Grade
from entities.workbooks import survey_workbook
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.plans import ResolvedPlan
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Found:
    """What an officer writes of one shop: the outcome, the checked row where facts moved, the cells it came from."""

    outcome: Outcome
    grade: str
    note: str = ""
    row: LedgerRow | None = None
    cells: dict[str, Any] | None = None


def open_survey(
    place: Jurisdiction, *, name: str, starts_on: date, ends_on: date, surveyors: str, by: Post, on: date
) -> Survey:
    """A round over every shop in operation of a place."""
    refuse_days(starts_on, ends_on)
    survey = Survey.objects.create(
        jurisdiction=place, place=place.path, name=name, starts_on=starts_on, ends_on=ends_on, surveyors=surveyors,
        opened_by=by, opened_by_name=str(by)[:120], opened_on=on,
    )  # fmt: skip
    shops = Entity.objects.supervised().filter(under(place.path)).order_by("pk")
    lines = [
        SurveyLine(
            survey=survey, place=shop.place, jurisdiction_id=shop.jurisdiction_id, entity=shop, name=shop.name,
            business_type=shop.business_type,
        )
        for shop in shops
    ]  # fmt: skip
    SurveyLine.objects.bulk_create(lines, batch_size=BATCH)
    audit.record("entities.survey.opened", survey, by=by, after={"name": name, "entities": len(lines)})
    return survey


def draft_line(line: SurveyLine, found: Found, *, by: Post, on: date) -> SurveyLine:
    """What was found at a shop, with the grade drafted for it; written again until somebody above confirms it."""
    line = _locked(line)
    if found.outcome is Outcome.NEW and line.entity_id is not None:
        raise Refused(_("“%s”已在台账里，不是新发现的；请选“核实无误”或“有变化”。") % line.name, code="not-new")
    _write(line, found, by=by, on=on)
    audit.record("entities.survey.drafted", line, by=by, after=_told(line))
    return line


def add_line(survey: Survey, found: Found, *, by: Post, on: date) -> SurveyLine:
    """A shop found on the way that the register does not know."""
    assert found.row is not None, "a new shop comes with its facts"
    area = Jurisdiction.objects.get(pk=found.row.area)
    line = SurveyLine(survey=survey, jurisdiction=area, place=area.path)
    _write(line, found, by=by, on=on)
    audit.record("entities.survey.drafted", line, by=by, after=_told(line))
    return line


def _write(line: SurveyLine, found: Found, *, by: Post, on: date) -> None:
    refuse_draft(LineState(line.state), closed=line.survey.closed_on is not None)
    line.outcome, line.grade, line.note = found.outcome.value, found.grade, found.note[:200]
    line.computed, line.cells = line.entity.grade if line.entity else "", {}
    if found.row is not None and found.cells is not None:
        # The telephone is typed in the register itself, where it is sealed.
        line.cells = {key: value for key, value in found.cells.items() if key != "phone"}
        line.name, line.business_type = found.row.name, found.row.business_type
        line.computed = _computed(found.row, plan_in_force(line.place, on))
    line.state, line.returned = LineState.DRAFTED.value, ""
    line.drafted_by, line.drafted_by_name, line.drafted_on = by, str(by)[:120], on
    line.save()


def _computed(row: LedgerRow, plan: ResolvedPlan) -> str:
    activities = (row.business_type, *(row.further_types or ()))
    base = compile_grading(plan)(bare_facts(activities, row.tags or (), row.staff, row.revenue, row.diners)).base
    return base.value if base else ""


def confirm_lines(survey: Survey, ids: Iterable[int] | None, *, by: Post, on: date) -> int:
    """Confirms drafted lines, all that may be confirmed where none are named; never those the person drafted himself."""
    found = SurveyLine.objects.filter(survey=survey, state=LineState.DRAFTED.value)
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    lines = list(found.select_for_update(of=("self",), no_key=True).order_by("pk"))
    open_to = [line for line in lines if may_confirm_line(by, line)]
    if not open_to:
        raise Refused(_("没有可以确认的：要先由核实人填好，自己核实的须由另一人确认。"), code="nothing-to-confirm")
    SurveyLine.objects.filter(pk__in=[line.pk for line in open_to]).update(
        state=LineState.CONFIRMED.value, confirmed_by=by, confirmed_by_name=str(by)[:120], confirmed_on=on
    )
    audit.record("entities.survey.confirmed", survey, by=by, after={"count": len(open_to)})
    return len(open_to)


def return_line(line: SurveyLine, *, reason: str, by: Post) -> SurveyLine:
    """Back to the officer, with the reason."""
    line = _locked(line)
    if not reason.strip():
        raise Refused(_("请写明退回的原因，核实人会看到。"), code="reason-missing")
    if line.survey.closed_on is not None or line.state not in (LineState.DRAFTED, LineState.CONFIRMED):
        raise Refused(_("这一家现在不能退回：还没有核实，或这一轮已经结束。"), code="line-state")
    line.state, line.returned = LineState.LISTED.value, reason.strip()[:200]
    line.confirmed_by, line.confirmed_by_name, line.confirmed_on = None, "", None
    line.save()
    audit.record("entities.survey.returned", line, by=by, after={"reason": line.returned})
    return line


def close_survey(survey: Survey, *, by: Post, on: date) -> Survey:
    """Makes facts and grades of what was drafted and confirmed; the sums stay as they stand now."""
    survey = (
        Survey.objects.select_for_update(of=("self",), no_key=True).select_related("jurisdiction").get(pk=survey.pk)
    )
    if survey.closed_on is not None:
        raise Refused(_("这一轮已于 %s 结束，不用再办。") % survey.closed_on.isoformat(), code="survey-closed")
    counts = line_counts(survey)
    refuse_close(counts[LineState.LISTED.value], counts[LineState.DRAFTED.value])
    plan, checks = plan_in_force(survey.place, on), entity_checks(survey.jurisdiction, on)
    survey.sums = kept_sums(sums_of(survey, plan.value))
    for line in SurveyLine.objects.filter(survey=survey).select_related("entity", "jurisdiction").order_by("pk"):
        line.result = _applied(line, survey, checks, by=by, on=on)[:200]
        line.state = LineState.APPLIED.value
        line.save(update_fields=["result", "state", "entity"])
    survey.closed_by, survey.closed_by_name, survey.closed_on = by, str(by)[:120], on
    survey.save()
    audit.record("entities.survey.closed", survey, by=by, after={"count": counts["all"]})
    return survey


def _applied(line: SurveyLine, survey: Survey, checks: EntityChecks, *, by: Post, on: date) -> str:
    """What became of a line, in words; a refusal of the register is one of them and undoes only this line's writes."""
    if line.outcome == Outcome.NOT_FOUND:
        return _("没有找到：附证明另行提出“查无下落”，台账未动")
    try:
        with transaction.atomic():
            entity, said = _registered(line, survey, checks, by=by, on=on)
            graded = _graded(line, entity, survey, by=by, on=on)
    except Refused as refused:
        return _("没有写入：%s") % refused.reason
    line.entity = entity
    return "；".join(part for part in (said, graded) if part)


def _registered(line: SurveyLine, survey: Survey, checks: EntityChecks, *, by: Post, on: date) -> tuple[Entity, str]:
    entity = Entity.objects.select_related("jurisdiction").filter(pk=line.entity_id or 0).first()
    if line.entity_id is not None and entity is None:
        raise Refused(_("这一家已经并入另一家，请到合并后的主体上办理"), code="merged-away")
    if line.outcome == Outcome.CONFIRMED and entity is not None:
        return entity, _("台账未动")
    standing = cells_of(entity, checks.plan.value) if entity else {}
    row, findings = checks.check(standing | line.cells, but=entity.pk if entity else None)
    if has_error(findings):
        raise Refused("；".join(finding.message for finding in findings), code="line-unfit")
    if entity is None:
        return add_entity(row, by=by, on=on, source=SizeSource.SURVEY), _("已新增")
    assert line.drafted_on is not None
    occasion = Occasion(line.drafted_on, survey.name)
    seen = version_of(entity)
    changed = change_entity(entity, row, by=by, on=on, seen=seen, occasion=occasion, source=SizeSource.SURVEY)
    return changed, _("资料已更新")


def _graded(line: SurveyLine, entity: Entity, survey: Survey, *, by: Post, on: date) -> str:
    """The drafted grade where it is not what the rules gave; within what the plan allows."""
    if not line.grade or line.grade == entity.grade:
        return _("%s 级") % entity.grade if entity.grade else ""
    grounds = Grounds(line.note or survey.name, line.confirmed_by_name[:40], survey.name[:60])
    entity = correct_grade(entity, Grade(line.grade), grounds, by=by, on=on, seen=version_of(entity))
    return _("按拟定改为 %s 级") % entity.grade


def _locked(line: SurveyLine) -> SurveyLine:
    found = SurveyLine.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("survey", "jurisdiction", "entity").get(pk=line.pk)


def _told(line: SurveyLine) -> dict[str, Any]:
    return {"entity": line.name, "result": line.outcome, "grade": line.grade, "note": line.note}


def export_survey(survey: Survey, *, by: Post, on: date) -> bytes:
    """The sums and the shops of a round as far as the post reads them, as a workbook."""
    doc = plan_in_force(survey.place, on).value
    lines = printed_lines(lines_of(survey), doc)
    audit.record("entities.survey.exported", survey, by=by, at=by.jurisdiction, after={"rows": len(lines)})
    footer = f"{survey.name} {by.jurisdiction.name} {on.isoformat()}"
    return survey_workbook(footer, sums_of(survey, doc), lines, area_word=doc.names.area)
