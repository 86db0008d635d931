"""What has been done under a plan, asked of everybody, before it may be put in force for days gone by or withdrawn."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cadres.models import ResponsibilityList
from commitments.models import CommitmentLetter
from entities.models import GradeRecord, Regrading
from entities.queries.regrading import touched_since
from supervision.models import Quarter
from tenancy.models import Plan, PlanDraft
from tenancy.plans import PlanLayer, Problem, check, layer_of
from tenancy.plans.writing import plan_text
from tenancy.queries.papers import draft_file, layers_under
from tenancy.queries.plans import plan_in_force
from tenancy.rules.paths import END

NAMED = 3
# Sources are kept in short columns, so a long title is recognised by its beginning.
PREFIX = 100


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a draft can be in force from a day on: one line each, good or bad, and the faults of its content."""

    since: date
    problems: list[Problem]
    opened: list[str]
    standing: Plan | None
    later: Plan | None
    gaps: list[str]

    @property
    def is_ready(self) -> bool:
        return not (self.problems or self.opened or self.later)

    @property
    def last_day(self) -> date:
        """The last day of the version before."""
        return self.since - timedelta(days=1)


def readiness(draft: PlanDraft, since: date, on: date) -> Readiness:
    """What the page of 启用 shows before anybody presses its button."""
    file = draft_file(draft)
    plans = Plan.objects.filter(jurisdiction=draft.jurisdiction_id).defer("document")
    header = file.header
    gaps = [
        word
        for word, value in ((_("文号"), header.number), (_("成文日期"), header.issued), (_("依据"), header.basis))
        if not value
    ]
    return Readiness(
        since=since,
        problems=check(plan_text(file), layers_under(draft.place, since)),
        opened=opened_since(draft.place, since) if since < on else [],
        standing=plans.filter(valid__contains=since, valid__startswith__lt=since).first(),
        later=plans.filter(valid__startswith__gte=since).order_by("valid").first(),
        gaps=gaps,
    )


def opened_since(place: str, since: date) -> list[str]:
    """The quarters that a place, or one under it, opened on a day or later: they keep the plan of that day."""
    found = Quarter.objects.filter(place__gte=place, place__lt=place + END, opened_on__gte=since)
    return _named(found.select_related("jurisdiction").defer("plan").order_by("opened_on", "place"))


def regrading_of(plan: Plan) -> Regrading | None:
    """The regrading that was made with the plan and can still be undone whole."""
    made = Regrading.objects.filter(
        jurisdiction=plan.jurisdiction_id, undone_on=None, since__gte=plan.valid.lower
    ).order_by("pk")
    for regrading in made:
        digest = plan_in_force(plan.place, regrading.since).digest
        if regrading.plan_digest == digest and not touched_since(regrading).exists():
            return regrading
    return None


def uses_of(plan: Plan) -> list[str]:
    """What was done under a plan, in words; empty while nothing rests on it but grades that go with it."""
    inside: dict[str, Any] = {"place__gte": plan.place, "place__lt": plan.place + END}
    since = plan.valid.lower
    grades = GradeRecord.objects.filter(_cites(plan, "clause"), valid__startswith__gte=since, **inside)
    if regrading := regrading_of(plan):
        grades = grades.exclude(regrading=regrading)
    lists = ResponsibilityList.objects.filter(_cites(plan, "plan_source"), approved_on__gte=since, **inside)
    letters = CommitmentLetter.objects.filter(_cites(plan, "plan_source"), issued_on__gte=since, **inside)
    counted = [
        (grades.count(), _("%d条分级记录引用它")),
        (lists.filter(undone_on__isnull=True).count(), _("%d版责任清单依据它")),
        (letters.count(), _("%d份承诺书依据它")),
    ]
    return [*_opened_under(plan), *(words % number for number, words in counted if number)]


def _opened_under(plan: Plan) -> list[str]:
    """The quarters that keep this very version among their layers."""
    layer = layer_of(plan.title, plan.doc_number, plan.document)
    likely = Quarter.objects.filter(
        place__gte=plan.place,
        place__lt=plan.place + END,
        opened_on__gte=plan.valid.lower,
        plan__contains=[{"title": plan.title, "number": plan.doc_number}],
    )
    kept = [
        quarter.pk for quarter in likely.only("pk", "plan") if any(PlanLayer(**each) == layer for each in quarter.plan)
    ]
    found = Quarter.objects.filter(pk__in=kept).select_related("jurisdiction").defer("plan")
    return _named(found.order_by("opened_on", "place"))


def _named(quarters: QuerySet[Quarter]) -> list[str]:
    told = [
        _("%(quarter)s（%(place)s，%(day)s 启动）")
        % {"quarter": quarter, "place": quarter.jurisdiction.name, "day": quarter.opened_on.isoformat()}
        for quarter in quarters
    ]
    more = [_("等%d个季度任务") % len(told)] if len(told) > NAMED else []
    return told[:NAMED] + more


def _cites(plan: Plan, field: str) -> Q:
    """Sources begin with the number of the plan, or with its title where it has none."""
    name = (plan.doc_number or plan.title)[:PREFIX]
    return (
        Q(**{field: name}) | Q(**{f"{field}__startswith": f"{name} "})
        if len(name) < PREFIX
        else Q(**{f"{field}__startswith": name})
    )
