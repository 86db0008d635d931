"""Which days another plan would put elsewhere: visits, reminders and package of the quarter to come, and every clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from supervision.models import Quarter
from supervision.rules.owing import due_days
from tenancy.models import Jurisdiction
from tenancy.plans import ResolvedPlan
from tenancy.queries.calendars import Calendars
from tenancy.queries.clocks import clocks_of
from tenancy.queries.plans import LocalPlans
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.clocks import PROMPT, run_clock
from tenancy.rules.dues import AUDIENCES
from tenancy.rules.paths import ancestors_of
from tenancy.rules.periods import Quarter as Period
from tenancy.rules.periods import package_day, quarter_of


@dataclass(frozen=True, slots=True)
class MovedDay:
    """One day, or several of a kind, before and after; empty where a plan sets none. clause is the new plan's."""

    what: str
    place: str
    old: str
    new: str
    clause: str


@dataclass(frozen=True, slots=True)
class _Day:
    what: str
    text: str
    clause: str


# What is compared with what: a kind, or a trigger and the place of a step in its clock.
Days = dict[tuple[str, object], _Day]
NONE = _Day("", "", "")


def moved_days(old: LocalPlans, new: LocalPlans, since: date) -> Iterator[MovedDay]:
    """What moves in each place with a plan of its own, for the first quarter that no one has opened by that day."""
    names = dict(Jurisdiction.objects.filter(path__in=new.resolved).values_list("path", "name"))
    calendars = Calendars.around(min(new.resolved, key=len))
    for place, plan in sorted(new.resolved.items()):
        period = _first_unopened(place, since)
        before = _days(old.at(place), period, since, calendars.of(place))
        after = _days(plan, period, since, calendars.of(place))
        for key in [*after, *(key for key in before if key not in after)]:
            was, becomes = before.get(key, NONE), after.get(key, NONE)
            if was.text != becomes.text:
                yield MovedDay(becomes.what or was.what, names.get(place, ""), was.text, becomes.text, becomes.clause)


def _first_unopened(place: str, since: date) -> Period:
    """A quarter opened above counts for the places under it."""
    opened = set(Quarter.objects.filter(place__in=ancestors_of(place)).values_list("label", flat=True))
    period = quarter_of(since)
    while str(period) in opened:
        period = period.next
    return period


def _days(plan: ResolvedPlan, period: Period, since: date, calendar: WorkCalendar) -> Days:
    doc = plan.value
    found: Days = {}
    visits = sorted(due_days(period, doc.frequency))
    found["visits", 0] = _Day(_("%s督导到期日") % period.label, _listed(visits), plan.cite("frequency"))
    for audience, word in AUDIENCES.items():
        steps = [step.offset_wd for step in doc.reminders if step.to == audience]
        days = sorted(calendar.add_workdays(day, offset) for day in visits for offset in steps)
        what = _("%(quarter)s提醒%(who)s") % {"quarter": period.label, "who": word}
        found["reminders", audience] = _Day(what, _listed(days), plan.cite("reminders"))
    package = package_day(period, doc.quarter_package, calendar)
    what = _("%s材料报送日") % period.label
    found["package", 0] = _Day(what, _listed([package] if package else []), plan.cite("quarter_package"))
    return {key: day for key, day in (found | dict(_clocks(plan, since, calendar))).items() if day.text}


def _clocks(plan: ResolvedPlan, since: date, calendar: WorkCalendar) -> Iterator[tuple[tuple[str, object], _Day]]:
    """Every step of every clock as if it began on the first day of the plan."""
    for clock in clocks_of(plan):
        for at, due in enumerate(run_clock(clock.terms, since, calendar)):
            words = {"clock": clock.terms.name, "step": due.step.name, "bearer": due.step.bearer}
            day = due.date.isoformat() if due.date else PROMPT
            text = f"{day}（{due.limit}）" if due.date else day
            clause = plan.cite(clock.keys[due.step.code], due.step.clause)
            yield (clock.terms.trigger, at), _Day(_("%(clock)s：%(step)s（%(bearer)s）") % words, text, clause)


def _listed(days: list[date]) -> str:
    return "、".join(day.isoformat() for day in days)
