"""Which quarter a place is in, under which plan, and where quarters are opened."""

from datetime import date

from django.db.models import QuerySet

from cadres.models import Assignment
from supervision.models import Obligation, Quarter
from tenancy.models import Jurisdiction
from tenancy.plans import PlanLayer, ResolvedPlan, resolve
from tenancy.queries.plans import plan_in_force
from tenancy.rules.paths import END, ancestors_of

# The rung on which an office runs the quarter; a tenant without such places runs it at its root.
OPENING_LEVELS = ("street", "township")


def plan_of(quarter: Quarter) -> ResolvedPlan:
    """The plan a quarter was opened under, whatever has been issued since."""
    return resolve([PlanLayer(**layer) for layer in quarter.plan])


def quarters_at(place: str) -> QuerySet[Quarter]:
    """The quarters that bind a place: its own and those of the places above it."""
    return Quarter.objects.filter(place__in=ancestors_of(place))


def quarter_at(place: str, day: date) -> Quarter | None:
    """The quarter a day lies in for a place, opened nearest to it."""
    found = quarters_at(place).filter(start__lte=day, due_on__gte=day)
    return max(found, key=lambda quarter: len(quarter.place), default=None)


def plan_at(place: str, day: date) -> ResolvedPlan:
    """The plan of the opened quarter a day lies in, else the one in force on the day."""
    quarter = quarter_at(place, day)
    return plan_of(quarter) if quarter else plan_in_force(place, day)


class PlansAt:
    """`plan_at` for many places and days: the quarters around are listed once, each plan is read and resolved once."""

    def __init__(self) -> None:
        self._quarters: dict[str, list[Quarter]] | None = None
        self._plans: dict[object, ResolvedPlan] = {}

    def of(self, place: str, day: date) -> ResolvedPlan:
        nearest = next((quarter for quarter in self._at(place) if quarter.start <= day <= quarter.due_on), None)
        key = nearest.pk if nearest else (place, day)
        if key not in self._plans:
            self._plans[key] = plan_of(nearest) if nearest else plan_in_force(place, day)
        return self._plans[key]

    def _at(self, place: str) -> list[Quarter]:
        """The quarters that bind a place, the nearest first; their plans are read when they are asked for."""
        if self._quarters is None:
            self._quarters = {}
            for quarter in Quarter.objects.defer("plan"):
                self._quarters.setdefault(quarter.place, []).append(quarter)
        return [quarter for path in reversed(ancestors_of(place)) for quarter in self._quarters.get(path, [])]


def plan_for_visit(obligation: Obligation | None, place: str, day: date) -> ResolvedPlan:
    """The plan of the obligation's own quarter; what is owed over several quarters follows that of the day."""
    if obligation is None:
        return plan_in_force(place, day)
    if obligation.counted_quarter == obligation.quarter.label:
        return plan_of(obligation.quarter)
    return plan_at(place, day)


def places_with_work(tenant: Jurisdiction, on: date) -> list[Jurisdiction]:
    """Where a quarter has to be opened: every street under which somebody answers for an entity."""
    inside = {"place__gte": tenant.path, "place__lt": tenant.path + END}
    assigned = set(Assignment.objects.in_force(on).filter(**inside).values_list("place", flat=True).distinct())
    streets = Jurisdiction.objects.under(tenant.path).filter(level__in=OPENING_LEVELS, closed_on__isnull=True)
    found = [street for street in streets.order_by("path") if any(place.startswith(street.path) for place in assigned)]
    covered = tuple(street.path for street in found)
    if any(not place.startswith(covered) for place in assigned):
        found.insert(0, tenant)
    return found


def last_quarter(place: str) -> Quarter | None:
    """The latest quarter that was opened for a place or under it, for the page that shows progress."""
    inside = Quarter.objects.filter(place__gte=place, place__lt=place + END)
    return inside.order_by("-label", "place").first() or quarters_at(place).order_by("-label", "-place").first()
