"""The plans that anybody may read, without a place being open: the database itself leaves out all others."""

from dataclasses import dataclass
from datetime import date

from tenancy.models import Jurisdiction, Plan
from tenancy.plans import NATIONAL, PlanFile, shipped_plan
from tenancy.queries.papers import Paper, file_of


@dataclass(frozen=True)
class Published:
    """A plan for publication with the place that issued it."""

    plan: Plan
    place: Jurisdiction

    @property
    def file(self) -> PlanFile:
        return file_of(self.plan)

    @property
    def addressees(self) -> tuple[str, ...]:
        return tuple(self.file.header.addressees)


def published_place(place_id: int) -> Jurisdiction | None:
    """A place that stands; names of places are no secret."""
    return Jurisdiction.objects.filter(pk=place_id, closed_on=None).first()


def published_plans(place: Jurisdiction, on: date) -> list[Published]:
    """The plans in force of a place and of those above it, the nearest first; two queries."""
    plans = list(Plan.objects.raw("SELECT * FROM published_plans(%s, %s)", [place.path, on]))
    places = Jurisdiction.objects.in_bulk([plan.jurisdiction_id for plan in plans])
    return [Published(plan, places[plan.jurisdiction_id]) for plan in plans]


def published_paper(published: Published) -> Paper:
    """The plan over the national default alone: what it inherits from a plan between may not be for publication."""
    plan = published.plan
    return Paper(f"plan-{plan.pk}", plan.title, published.file, [shipped_plan(NATIONAL).layer()])
