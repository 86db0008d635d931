"""干部变动 and 悬空: who no longer answers, how many of his entities nobody has taken over, and until when."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Case, Count, DateField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import Assignment, Cadre, CadreChange
from cadres.queries.coverage import Scope, covering
from cadres.rules.balance import Bearer, may_answer
from cadres.rules.changes import TRIGGERS, CadreChangeKind
from entities.models import Entity
from tenancy.plans import ResolvedPlan
from tenancy.queries.clocks import PlanClock, clock_for
from tenancy.queries.plans import calendar_for, plan_in_force
from tenancy.rules.clocks import run_clock
from tenancy.rules.dues import Explanation, step_explained
from tenancy.rules.paths import END

TABS = {
    "open": gettext_lazy("待定人"),
    "late": gettext_lazy("已超期"),
    "done": gettext_lazy("已办结"),
    "all": gettext_lazy("全部"),
}


def clock_of(plan: ResolvedPlan, kind: CadreChangeKind) -> PlanClock | None:
    """The clock that a change of this kind starts; none where the plan sets none."""
    return next((clock for trigger in TRIGGERS[kind] if (clock := clock_for(plan, trigger))), None)


def left_behind(change: CadreChange, on: date) -> QuerySet[Entity]:
    """What the cadre was given up to the change, is still visited, and nobody else in post answers for."""
    at_the_change = DateRange(change.since - timedelta(days=1), change.since, "[]")
    was_his = Assignment.objects.filter(cadre=change.cadre_id, valid__overlap=at_the_change).values("entity")
    taken = covering(on).filter(entity=OuterRef("pk")).exclude(cadre=change.cadre_id)
    return Entity.objects.supervised().filter(pk__in=was_his).filter(~Exists(taken))


def changes(path: str, on: date) -> QuerySet[Any]:
    """Changes of a subtree that stand, with `left` (entities still without another cadre), `is_settled` and `is_late`."""
    eve = Func(F("since") - Value(timedelta(days=1)), output_field=DateField(), template="(%(expressions)s)::date")
    taken = covering(on).filter(entity=OuterRef("entity_id")).exclude(cadre=OuterRef("cadre_id"))
    was_his = (
        Assignment.objects.filter(cadre=OuterRef("cadre_id"), entity__status="active", entity__merged_into=None)
        .annotate(until=Coalesce(Func(F("valid"), function="upper", output_field=DateField()), date.max))
        # What he is given after he came back is no part of it.
        .filter(until__gt=OuterRef("eve"), valid__startswith__lte=OuterRef("since"))
        .filter(~Exists(taken))
    )
    counted = was_his.order_by().values("cadre").annotate(n=Count("entity", distinct=True)).values("n")
    inside = CadreChange.objects.filter(place__gte=path, place__lt=path + END, undone_on=None).annotate(eve=eve)
    found = inside.annotate(left=Coalesce(Subquery(counted), 0))
    yes, no = Value(value=True), Value(value=False)
    settled = found.annotate(is_settled=Case(When(left=0, then=yes), default=no))
    return settled.annotate(is_late=Case(When(is_settled=False, due_on__lt=on, then=yes), default=no))


def listed_changes(path: str, tab: str, on: date) -> QuerySet[Any]:
    """The rows of the page: what is overdue first, then what is due next."""
    found = changes(path, on)
    wanted = {"open": Q(is_settled=False), "late": Q(is_late=True), "done": Q(is_settled=True)}.get(tab, Q())
    found = found.filter(wanted).select_related("cadre__post__jurisdiction")
    return found.order_by("is_settled", F("due_on").asc(nulls_last=True), "place", "pk")


def change_counts(path: str, on: date) -> dict[str, int]:
    """The numbers on the tabs, in one query."""
    counts: dict[str, int] = changes(path, on).aggregate(
        open=Count("pk", filter=Q(is_settled=False)),
        late=Count("pk", filter=Q(is_late=True)),
        done=Count("pk", filter=Q(is_settled=True)),
        all=Count("pk"),
    )
    return counts


def state_of(change: Any) -> tuple[str, str]:
    """Pill and word of a row of `changes`."""
    if change.is_settled:
        return "ok", _("已办结")
    return ("bad", _("已超期")) if change.is_late else ("info", _("待定人"))


def explained(change: CadreChange) -> Explanation | None:
    """Why somebody else has to be found by its day; None where the plan sets no clock for it."""
    plan = plan_in_force(change.place, change.since)
    clock = clock_of(plan, CadreChangeKind(change.kind)) if change.clock else None
    if clock is None:
        return None
    steps = run_clock(clock.terms, change.since, calendar_for(change.place))
    last = max(steps, key=lambda step: step.date or date.min)
    event = f"{change.cadre.post.person_name}{change.get_kind_display()}"
    return step_explained(
        clock.terms, last, plan, key=clock.keys[last.step.code], event=event, registered=change.due_on
    )


@dataclass(frozen=True, slots=True)
class Successor:
    """Somebody who could take over: his tier and place fit at least one of the entities."""

    cadre: Cadre
    load: int
    fits: int


def successors(change: CadreChange, scope: Scope, entities: QuerySet[Entity]) -> list[Successor]:
    """Who could take over, those with the fewest entities first; two queries."""
    wanted = [(scope.tiers_for(grade), place) for grade, place in entities.values_list("grade", "place")]
    tiers = {tier for own, _place in wanted for tier in own}
    held = Q(assignments__valid__contains=scope.on)
    inside = Cadre.objects.in_post(scope.on).filter(tier__in=tiers).exclude(pk=change.cadre_id)
    path = scope.jurisdiction.path
    found = inside.filter(place__gte=path, place__lt=path + END).select_related("post__jurisdiction")
    listed = []
    for cadre in found.annotate(load=Count("assignments", filter=held)):
        bearer = Bearer(cadre.pk, cadre.tier, cadre.place)
        fits = sum(any(may_answer(bearer, tier, place) for tier in own) for own, place in wanted)
        if fits:
            listed.append(Successor(cadre, cadre.load, fits))
    return sorted(listed, key=lambda each: (each.load, each.cadre.pk))
