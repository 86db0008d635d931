"""Which plan and which calendar are in force where and when."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from tenancy.models import Plan
from tenancy.plans import NATIONAL, PlanHeader, PlanLayer, ResolvedPlan, layer_of, resolve, shipped_plan
from tenancy.plans.choices import Publicity, labels_of
from tenancy.queries.calendars import Calendars
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.paths import END, ancestors_of, contains


def plans_along(path: str, on: date) -> list[Plan]:
    """The plans in force on a day from the tenant down to the place itself."""
    found = Plan.objects.filter(place__in=ancestors_of(path), valid__contains=on)
    return sorted(found, key=lambda plan: len(plan.place))


def header_of(plan: Plan) -> PlanHeader:
    """The whole paper of an adopted plan; a plan adopted before papers were kept has what its columns say."""
    publicity = next(code for code, word in labels_of(Publicity).items() if word == plan.publicity)
    columns = {"title": plan.title, "number": plan.doc_number, "publicity": publicity, "issued": plan.issued_on}
    return PlanHeader.model_validate(plan.paper or columns)


def plan_in_force(path: str, on: date) -> ResolvedPlan:
    """The nearest plan's values over its ancestors' over the national default, key by key."""
    return resolve([shipped_plan(NATIONAL).layer(), *_layers(plans_along(path, on))])


def _layers(plans: Iterable[Plan]) -> list[PlanLayer]:
    return [layer_of(plan.title, plan.doc_number, plan.document) for plan in plans]


@dataclass(frozen=True)
class LocalPlans:
    """The plans of a place and of every place below it that has one of its own, each resolved once."""

    resolved: dict[str, ResolvedPlan]
    nearest: dict[str, ResolvedPlan] = field(default_factory=dict)

    def at(self, path: str) -> ResolvedPlan:
        """The plan that holds there: the nearest place's own. Thousands of rows ask for few places."""
        if path not in self.nearest:
            above = reversed(ancestors_of(path))
            self.nearest[path] = next(self.resolved[place] for place in above if place in self.resolved)
        return self.nearest[path]


def local_plans(path: str, on: date, plan: ResolvedPlan | None = None) -> LocalPlans:
    """The plans in force on a day at a place and below it; two queries however many places there are.

    plan: stands in for the place's own, as a draft would; what lies below is laid over it.
    """
    top = plan or plan_in_force(path, on)
    below = Plan.objects.filter(place__gt=path, place__lt=path + END, valid__contains=on)
    own = {found.place: found for found in below}
    resolved = {path: top}
    for place in own:
        resolved[place] = resolve([*top.layers, *_layers(own[up] for up in ancestors_of(place) if up in own)])
    return LocalPlans(resolved)


def following(root: str, roots: Iterable[str]) -> Q:
    """The places that take their plan from a root: its subtree without those that have their own. Empty is the top."""
    region = Q(place__gte=root, place__lt=root + END) if root else Q()
    for other in roots:
        if other != root and contains(root, other):
            region &= ~Q(place__gte=other, place__lt=other + END)
    return region


def calendar_for(path: str) -> WorkCalendar:
    """The published working days with the corrections of the place and of the places above it."""
    return Calendars.along(path).of(path)
