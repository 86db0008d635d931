"""What a change of the working-day calendar would move, listed before it is made: written days and days to come.

Clocks of issues that run are moved; reminders and packages of quarters not yet opened follow by themselves; what an
opened quarter wrote down and what has run out stay.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from reports.queries.layers import Layers
from supervision.models import Quarter
from supervision.queries.clocks import (
    Moved,
    moved_clocks,
    moved_reminders,
    passed_clocks,
    quarters_under,
    running_clocks,
)
from supervision.queries.quarters import plan_of
from tenancy.models import Jurisdiction, Post
from tenancy.policies import may
from tenancy.queries.calendars import Calendars
from tenancy.rules.corrections import Change
from tenancy.rules.dues import AUDIENCES
from tenancy.rules.periods import Quarter as Period
from tenancy.rules.periods import package_day, quarter_of
from tenancy.rules.roles import Right


@dataclass(frozen=True, slots=True)
class Shift:
    """One day that would move, or would if it were not kept: what it is, where, from when to when."""

    what: str
    place: str
    old: date
    new: date
    issue: int | None = None


@dataclass(frozen=True)
class Effects:
    """Everything a change reaches, each kind in the order of places and days."""

    clocks: list[Shift]
    reminders: list[Shift]
    packages: list[Shift]
    kept: list[Shift]

    @property
    def moved(self) -> int:
        """How many days move."""
        return len(self.clocks) + len(self.reminders) + len(self.packages)

    @property
    def seen(self) -> str:
        """A fingerprint of the lists, so that what is confirmed is what was shown."""
        return hashlib.sha256(repr((self.clocks, self.reminders, self.packages, self.kept)).encode()).hexdigest()[:16]


def effects_of(jurisdiction: Jurisdiction, change: Change, *, on: date, post: Post) -> Effects:
    """What would move in a place and under it. Without a change: the running clocks that are off their calendar now.

    Entities and problems are named to whoever may see issues, to others by their number.
    """
    path = jurisdiction.path
    before = Calendars.around(path)
    after = before.changed(path, jurisdiction.name, change)
    named = bool(may(post, Right.VIEW_ISSUES, path))
    passed = moved_clocks(passed_clocks(path, on), after) if change else iter(())
    return Effects(
        clocks=[_clock(each, named=named) for each in moved_clocks(running_clocks(path, on), after)],
        reminders=list(_reminders(path, before, after, on)),
        packages=list(_packages(jurisdiction, before, after, on, change)),
        kept=[*_kept_packages(path, after, on), *(_clock(each, named=named) for each in passed)],
    )


def _clock(moved: Moved, *, named: bool) -> Shift:
    issue = moved.issue
    about = f"{issue.entity.name} · {issue.description}" if named else _("问题 %s") % issue.pk
    return Shift(f"{about}（{moved.step}）", issue.entity.jurisdiction.name, moved.old, moved.new, issue.pk)


def _reminders(path: str, before: Calendars, after: Calendars, on: date) -> Iterator[Shift]:
    for each in moved_reminders(path, before, after, on):
        way = _("到期前 %s 个工作日") if each.offset_wd < 0 else _("到期后 %s 个工作日")
        words = {
            "quarter": each.quarter,
            "who": AUDIENCES.get(each.audience, each.audience),
            "way": way % abs(each.offset_wd),
        }
        yield Shift(_("%(quarter)s提醒%(who)s（%(way)s）") % words, each.quarter.jurisdiction.name, each.old, each.new)


def _packages(
    jurisdiction: Jurisdiction, before: Calendars, after: Calendars, on: date, change: Change
) -> Iterator[Shift]:
    """Package days of the quarters that no one has opened yet, up to the last year of the change."""
    opened: dict[Jurisdiction, set[str]] = {}
    for quarter in quarters_under(jurisdiction.path).defer("plan"):
        opened.setdefault(quarter.jurisdiction, set()).add(quarter.label)
    plans, coming = Layers.in_force(on), _coming(on, max(change.years, default=0))
    for place in opened or {jurisdiction: set()}:
        terms = plans.plan_of(place.path).quarter_package
        for period in (each for each in coming if str(each) not in opened.get(place, ())):
            old, new = (package_day(period, terms, calendars.of(place.path)) for calendars in (before, after))
            if old and new and old != new:
                yield Shift(_("%s材料报送日（未启动）") % period.label, place.name, old, new)


def _coming(on: date, last_year: int) -> list[Period]:
    """This quarter and those after it up to the end of a year."""
    found, period = [], quarter_of(on)
    while period.year <= last_year:
        found.append(period)
        period = period.next
    return found


def _kept_packages(path: str, after: Calendars, on: date) -> Iterator[Shift]:
    """What the new calendar would say of days that opened quarters keep."""
    for quarter in quarters_under(path).filter(package_on__gte=on):
        new = package_day(Period.parse(quarter.label), plan_of(quarter).value.quarter_package, after.of(quarter.place))
        if quarter.package_on and new and new != quarter.package_on:
            yield _kept(quarter, quarter.package_on, new)


def _kept(quarter: Quarter, old: date, new: date) -> Shift:
    return Shift(_("%s材料报送日（已启动，保留）") % quarter, quarter.jurisdiction.name, old, new)
