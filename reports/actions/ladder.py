"""What an office owes by a day, said to it and to the one above it along the plan's ladder, once for each step."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.models import Jurisdiction, Notice, Post
from tenancy.queries.calendars import Calendars
from tenancy.queries.plans import LocalPlans, local_plans
from tenancy.rules.paths import ancestors_of
from tenancy.rules.periods import Reminder, reminder_dates
from tenancy.rules.roles import Role

OFFICES = (Role.STREET_OFFICE.value, Role.DISTRICT_OFFICE.value)
UPPER = "upper_office"
NAMED = 3
# Count, day and names in one sentence; the last value tells whether the day has passed.
Sentence = Callable[[int, str, str, bool], str]


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing that is to be settled by a day: where, what it is called, and since when it is known."""

    place: str
    name: str
    due_on: date
    known_on: date


def say(tenant: Jurisdiction, owed: Iterable[Owed], sentence: Sentence, *, kind: str, url: str, on: date) -> int:
    """Writes the notices of the steps that have come; gives how many were new. Safe to repeat."""
    notices = list(_notices(tenant, owed, sentence, kind=kind, url=url, on=on))
    told = set(Notice.objects.filter(kind=kind).values_list("post", "key"))
    fresh = [each for each in notices if (each.post_id, each.key) not in told]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    if fresh:
        audit.record(f"reports.{kind}s.reminded", tenant, by=None, at=tenant, after={"count": len(fresh)})
    return len(fresh)


def _notices(
    tenant: Jurisdiction, owed: Iterable[Owed], sentence: Sentence, *, kind: str, url: str, on: date
) -> Iterator[Notice]:
    """One sentence for each office, due day and step: the latest step of its audience that has come."""
    plans, calendars = local_plans(tenant.path, on), Calendars.around(tenant.path)
    offices = _offices(on)
    groups: dict[tuple[str, date, Reminder], list[str]] = defaultdict(list)
    for each in owed:
        for step in _steps(each, plans, calendars, on):
            if office := _office_for(each.place, step.to, offices):
                groups[office, each.due_on, step].append(each.name)
    for (office, due_on, step), due in groups.items():
        names = list(dict.fromkeys(due))
        said = "、".join(names[:NAMED]) + (_("等。") if len(names) > NAMED else "。")
        text = sentence(len(names), f"{due_on:%m月%d日}", said, on > due_on)
        for post in offices[office]:
            key = f"{kind}:{due_on}:{step.to}:{step.offset_wd}"
            yield Notice(post=post, place=post.place, key=key, kind=kind, text=text, due_on=due_on, url=url)


def _steps(owed: Owed, plans: LocalPlans, calendars: Calendars, on: date) -> list[Reminder]:
    """The last step of the plan's ladder that has come, for the office and for the one above it.

    Here it is the office that owes, so that what the ladder says to whoever owes is said to the office.
    """
    ladder = plans.at(owed.place).value.reminders
    dates = reminder_dates(ladder, owed.due_on, calendars.of(owed.place), opened=owed.known_on)
    return list({step.to == UPPER: step for step in dates if step.on <= on}.values())


def _offices(on: date) -> dict[str, list[Post]]:
    found: dict[str, list[Post]] = defaultdict(list)
    for post in Post.objects.filter(role__in=OFFICES, valid__contains=on).order_by("pk"):
        found[post.place].append(post)
    return found


def _office_for(place: str, audience: str, offices: dict[str, list[Post]]) -> str | None:
    """The place of the office nearest to what is owed, or of the one above that."""
    line = [path for path in reversed(ancestors_of(place)) if path in offices]
    return next(iter(line[1:] if audience == UPPER else line), None)
