"""Changes of entities: the clock each starts, why its day is that day, and the changes of one entity in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from entities.models import Clearance, Entity, EntityChange
from entities.queries.checking import shown_number, status_names, type_names
from entities.rules.changes import TRIGGERS, ChangeKind
from entities.rules.ledger import TITLES
from entities.rules.vocabulary import OperatingStatus
from tenancy.plans import PlanDocument, ResolvedPlan
from tenancy.queries.calendars import Calendars
from tenancy.queries.clocks import PlanClock, clock_for
from tenancy.queries.plans import calendar_for, local_plans, plan_in_force
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.clocks import StepDue, run_clock
from tenancy.rules.dues import Explanation, step_explained

CLEARANCE_TABS = ("waiting", "all")
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Started:
    """A clock that a change starts: its code, the day of its last step, and who owes it."""

    clock: str = ""
    due_on: date | None = None
    bearer: str = ""


def facts_kept(entity: Entity) -> dict[str, Any]:
    """The facts by which changes are told, as a change keeps them."""
    return {
        "status": entity.status,
        "area": entity.jurisdiction_id,
        "staff": entity.staff,
        "revenue": shown_number(entity.revenue) or None,
        "diners": entity.diners,
        "business_type": entity.business_type,
        "further_types": list(entity.further_types),
    }


class Starter:
    """The clocks of one place, looked up once for each kind of change however many entities change."""

    def __init__(
        self, place: str, since: date, *, plan: ResolvedPlan | None = None, calendar: WorkCalendar | None = None
    ) -> None:
        self.place, self.since, self.plan, self.calendar = place, since, plan, calendar
        self._kept: dict[str, Started] = {}

    def of(self, kind: ChangeKind) -> Started:
        trigger = TRIGGERS[kind]
        if trigger not in self._kept:
            self._kept[trigger] = self._computed(trigger)
        return self._kept[trigger]

    def _computed(self, trigger: str) -> Started:
        clock = clock_for(self.plan or plan_in_force(self.place, self.since), trigger)
        if clock is None:
            return Started()
        last = _last(clock, self.since, self.calendar or calendar_for(self.place))
        bearers = dict.fromkeys(step.bearer for step in clock.terms.steps if step.bearer)
        return Started(clock.terms.code, last.date, "、".join(bearers)[:60])


class Starters:
    """The clocks of a place and of all below it; three queries, and places under one plan and calendar share theirs.

    A place beside it, which a post may serve as well, is looked up by itself.
    """

    def __init__(self, path: str, since: date) -> None:
        self.path, self.since = path, since
        self.plans, self.calendars = local_plans(path, since), Calendars.around(path)
        self._at: dict[str, Starter] = {}
        self._alike: dict[tuple[int, frozenset[str]], Starter] = {}

    def at(self, place: str) -> Starter:
        if place not in self._at:
            if not place.startswith(self.path):
                return self._at.setdefault(place, Starter(place, self.since))
            plan = self.plans.at(place)
            corrected = {day.place for day in self.calendars.days} | {year.place for year in self.calendars.years}
            alike = (id(plan), frozenset(above for above in corrected if place.startswith(above)))
            fresh = Starter(place, self.since, plan=plan, calendar=self.calendars.of(place))
            self._at[place] = self._alike.setdefault(alike, fresh)
        return self._at[place]


def _last(clock: PlanClock, since: date, calendar: WorkCalendar) -> StepDue:
    """The step that falls due last; the last of all where none has a day."""
    steps = run_clock(clock.terms, since, calendar)
    return max(steps, key=lambda step: step.date or date.min)


def change_explained(change: EntityChange) -> Explanation | None:
    """Why a change is to be settled by its day; None where the plan sets no clock for it."""
    plan = plan_in_force(change.place, change.since)
    clock = clock_for(plan, TRIGGERS[ChangeKind(change.kind)]) if change.clock else None
    if clock is None:
        return None
    due = _last(clock, change.since, calendar_for(change.place))
    event = f"{change.entity.name}{change.get_kind_display()}"
    return step_explained(clock.terms, due, plan, key=clock.keys[due.step.code], event=event, registered=change.due_on)


def changes_of(entity: Entity) -> QuerySet[EntityChange]:
    """What became of an entity, the latest first, changes taken back too."""
    return entity.changes.select_related("recorded_by", "undone_by").order_by("-since", "-pk")


def shown_changes(entity: Entity, doc: PlanDocument) -> list[dict[str, Any]]:
    """The same with what moved in words, for the page."""
    return [{"change": change, "moved": moved_facts(change, doc)} for change in changes_of(entity)[:SHOWN]]


def moved_facts(change: EntityChange, doc: PlanDocument) -> str:
    """What moved, in the words of the place: 从业人员（人） 5 → 30."""
    words: dict[str, dict[str, str]] = {"status": status_names(doc), "business_type": type_names(doc)}
    parts = []
    for key, now in change.after.items():
        if key == "area_name":
            parts.append(f"{change.before.get(key) or _('空')} → {now}")
        elif key != "area":
            was, shown = (_said(value, words.get(key, {}), type_names(doc)) for value in (change.before.get(key), now))
            parts.append(f"{TITLES.get(key, key)} {was} → {shown}")
    return "；".join(parts)


def _said(value: Any, words: Mapping[str, str], types: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "、".join(str(types.get(each, each)) for each in value) or _("空")
    return words.get(str(value), "") or str(value if value not in (None, "") else _("空"))


def clearances(tab: str = "waiting") -> QuerySet[Clearance]:
    """Shops nobody could find in the acting place: those that wait the longest first, of all the newest first."""
    found = Clearance.objects.select_related("entity__jurisdiction")
    if tab == "waiting":
        return found.filter(state="waiting").order_by("asked_at", "pk")
    return found.order_by("-asked_at", "-pk")


def running_among(ids: Iterable[int]) -> QuerySet[EntityChange]:
    """Of these changes those that still run, locked."""
    return EntityChange.objects.running().filter(pk__in=ids).select_for_update(of=("self",), no_key=True)


def clearance_counts() -> dict[str, int]:
    """How many each tab holds, in one query."""
    counted: dict[str, int] = Clearance.objects.aggregate(
        waiting=Count("pk", filter=Q(state="waiting")), all=Count("pk")
    )
    return counted


def closed_names(doc: PlanDocument) -> dict[str, str]:
    """The statuses of entities that are not visited, in the words of the place."""
    return {code: name for code, name in status_names(doc).items() if code != OperatingStatus.ACTIVE}
