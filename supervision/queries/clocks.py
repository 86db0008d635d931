"""The dates of this app and why they are what they are: quarters, packages, obligations, the clocks of issues.

Also which running clocks of a subtree would stand on another day under another calendar.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.models import Issue, Obligation, Quarter
from supervision.queries.quarters import PlansAt, plan_at, plan_of
from supervision.rules.issues import CLOCKS, STATE_LABELS, State
from supervision.rules.owing import cycle_text, due_days
from tenancy.models import Notice
from tenancy.plans import ResolvedPlan
from tenancy.queries.calendars import Calendars
from tenancy.queries.clocks import PlanClock, issue_clock
from tenancy.queries.plans import calendar_for
from tenancy.rules import periods
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.clocks import StepDue, step_due
from tenancy.rules.dues import Explanation, cycle_end, package_due, quarter_end, step_explained
from tenancy.rules.paths import END


@dataclass(frozen=True, slots=True)
class MovedReminder:
    """A rung of an open quarter's ladder that has not been said and would be said on another day."""

    quarter: Quarter
    audience: str
    offset_wd: int
    old: date
    new: date


@dataclass(frozen=True, slots=True)
class Moved:
    """A running clock whose registered day is not the one its calendar gives."""

    issue: Issue
    step: str
    old: date
    new: date


def local_day(moment: datetime) -> date:
    """The day on which something happened here."""
    return moment.astimezone(timezone.get_current_timezone()).date()


def quarter_explained(quarter: Quarter) -> Explanation:
    """Why a quarter ends when it ends."""
    opened = _("季度任务于 %s 启动") % quarter.opened_on.isoformat()
    return quarter_end(_period(quarter), plan_of(quarter), note=opened)


def obligation_explained(owed: Obligation) -> Explanation:
    """Why a visit is owed until its day."""
    opened = _("督导任务于 %s 开立") % owed.opened_on.isoformat()
    if owed.cycle != owed.quarter.label:
        span = cycle_text(owed.cycle)
        return cycle_end(span, owed.starts_on, owed.due_on, plan_of(owed.quarter), note=opened)
    return quarter_end(_period(owed.quarter), plan_of(owed.quarter), note=opened, registered=owed.due_on)


def package_explained(quarter: Quarter) -> Explanation | None:
    """Why a quarter's material is due when it is; None where its plan asks for none."""
    if quarter.package_on is None:
        return None
    plan, calendar = plan_of(quarter), calendar_for(quarter.place)
    return package_due(_period(quarter), plan.value.quarter_package, calendar, plan, kept=quarter.package_on)


def issue_explained(issue: Issue) -> Explanation | None:
    """Why the present holder of an issue has until that day; None while no clock runs."""
    if issue.due_on is None:
        return None
    plan = plan_at(issue.place, issue.found_on)
    counted = counted_for_issue(issue, plan, calendar_for(issue.place))
    if counted is None:
        return None
    clock, due = counted
    event = _("转为“%s”") % STATE_LABELS[State(issue.state)]
    return step_explained(clock.terms, due, plan, key=clock.keys[due.step.code], event=event, registered=issue.due_on)


def counted_for_issue(issue: Issue, plan: ResolvedPlan, calendar: WorkCalendar) -> tuple[PlanClock, StepDue] | None:
    """The plan's clock and the step that runs while an issue is where it is; None where none does."""
    code = CLOCKS.get(State(issue.state))
    if code is None:
        return None
    clock = issue_clock(plan)
    step = next(step for step in clock.terms.steps if step.code == code)
    return clock, step_due(step, local_day(issue.holder_since), calendar)


def running_clocks(place: str, on: date) -> QuerySet[Issue]:
    """The issues of a subtree that somebody holds and whose day has not passed."""
    held = Issue.objects.unsettled().filter(place__gte=place, place__lt=place + END, due_on__gte=on)
    return held.select_related("entity__jurisdiction").order_by("place", "due_on", "pk")


def passed_clocks(place: str, on: date) -> QuerySet[Issue]:
    """Those whose day has passed and that are still open: what was late stays late."""
    held = Issue.objects.unsettled().filter(place__gte=place, place__lt=place + END, due_on__lt=on)
    return held.select_related("entity__jurisdiction").order_by("place", "due_on", "pk")


def moved_clocks(issues: QuerySet[Issue], calendars: Calendars) -> Iterator[Moved]:
    """Of these issues those whose registered day differs from what the calendars give."""
    plans = PlansAt()
    for issue in issues:
        counted = counted_for_issue(issue, plans.of(issue.place, issue.found_on), calendars.of(issue.place))
        if counted is None or issue.due_on is None:
            continue
        _clock, due = counted
        if due.date is not None and due.date != issue.due_on:
            yield Moved(issue, due.step.name, issue.due_on, due.date)


def reminder_key(quarter: Quarter, due_on: date, audience: str, offset_wd: int) -> str:
    """What makes a rung be said once; the quarter's own last day needs no naming."""
    return f"quarter:{quarter.pk}:{audience}:{offset_wd}" + ("" if due_on == quarter.due_on else f":{due_on}")


def quarters_under(place: str) -> QuerySet[Quarter]:
    """The quarters opened in a place or under it."""
    inside = Quarter.objects.filter(place__gte=place, place__lt=place + END)
    return inside.select_related("jurisdiction").order_by("place", "label")


def moved_reminders(place: str, before: Calendars, after: Calendars, on: date) -> Iterator[MovedReminder]:
    """The rungs of this and the last period that are still to come and move; their days are never written down."""
    recent = quarters_under(place).filter(start__lte=on, start__gte=periods.quarter_of(on).previous.start)
    said = set(Notice.objects.filter(kind="quarter").values_list("key", flat=True).distinct())
    for quarter in recent:
        old, new, doc = before.of(quarter.place), after.of(quarter.place), plan_of(quarter).value
        for due_on, step in product(due_days(_period(quarter), doc.frequency), doc.reminders):
            was, becomes = (each.add_workdays(due_on, step.offset_wd) for each in (old, new))
            unsaid = reminder_key(quarter, due_on, step.to, step.offset_wd) not in said
            if was != becomes and max(was, becomes) >= on and unsaid:
                yield MovedReminder(quarter, step.to, step.offset_wd, was, becomes)


def _period(quarter: Quarter) -> periods.Quarter:
    return periods.Quarter.parse(quarter.label)
