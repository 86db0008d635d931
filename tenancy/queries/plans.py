"""Which plan and which calendar are in force where and when."""

from datetime import date

from tenancy.models import Plan
from tenancy.plans import NATIONAL, PlanHeader, ResolvedPlan, layer_of, resolve, shipped_plan
from tenancy.plans.choices import Publicity, labels_of
from tenancy.queries.calendars import Calendars
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.paths import ancestors_of


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
    local = [layer_of(plan.title, plan.doc_number, plan.document) for plan in plans_along(path, on)]
    return resolve([shipped_plan(NATIONAL).layer(), *local])


def calendar_for(path: str) -> WorkCalendar:
    """The published working days with the corrections of the place and of the places above it."""
    return Calendars.along(path).of(path)
