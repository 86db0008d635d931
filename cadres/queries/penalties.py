"""Penalties that stop or end a business: who answers for it, whether he was told and has read it, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet

from cadres.models import Assignment, PenaltyNotice
from entities.models import Flag
from entities.rules.vocabulary import FlagKind, OperatingStatus
from tenancy.models import Post
from tenancy.plans import ResolvedPlan
from tenancy.queries.calendars import Calendars
from tenancy.queries.clocks import penalty_clock
from tenancy.queries.plans import LocalPlans, calendar_for, local_plans, plan_in_force
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.clocks import StepDue, run_clock
from tenancy.rules.dues import Explanation, step_explained
from tenancy.scoping import acting_places

TABS = ("untold", "unread", "read", "all")


def stopping(on: date) -> QuerySet[Any]:
    """Penalties in force on a day that stop or end a business, with whoever answers for it and what he was told.

    held_*: the cadre of the day, empty where nobody answers for the entity; told: his notice.
    """
    still = Q(until=None) | Q(until__gte=on)
    found: QuerySet[Any] = Flag.objects.filter(still, kind=FlagKind.PENALTY.value, entity__merged_into=None).exclude(
        stops_as=""
    )
    holder = FilteredRelation("entity__assignments", condition=Q(entity__assignments__valid__contains=on))
    notice = PenaltyNotice.objects.filter(penalty=OuterRef("pk"), cadre=OuterRef("held_cadre"))
    held: QuerySet[Any] = found.annotate(holder=holder).annotate(
        held_id=F("holder__pk"), held_cadre=F("holder__cadre_id"), held_name=F("holder__cadre_name")
    )
    told: QuerySet[Any] = held.annotate(is_told=Exists(notice), is_read=Exists(notice.filter(read_at__isnull=False)))
    return told


# Tab -> what stands on it. What nobody answers for cannot be told; it waits with the untold.
ON_TAB = {
    "untold": Q(is_told=False),
    "unread": Q(is_told=True, is_read=False),
    "read": Q(is_read=True),
    "all": Q(),
}


def penalty_counts(on: date) -> dict[str, int]:
    """How many penalties stand on each tab; one query."""
    counted: dict[str, int] = stopping(on).aggregate(**{tab: Count("pk", filter=ON_TAB[tab]) for tab in TABS})
    return counted


@dataclass(frozen=True)
class PenaltyLine:
    """One penalty as its list shows it."""

    penalty: Flag
    holder: str
    notice: PenaltyNotice | None
    due: StepDue | None
    late: bool
    may_end: bool

    @property
    def due_on(self) -> date | None:
        """Until when it is, or was, to be told."""
        return self.notice.due_on if self.notice else (self.due.date if self.due else None)


class PenaltyClocks:
    """The clock for penalties of every place in sight; plans and calendars are read once."""

    def __init__(self, on: date) -> None:
        self.on, self.paths = on, acting_places()

    @cached_property
    def _below(self) -> list[tuple[str, LocalPlans, Calendars]]:
        return [(path, local_plans(path, self.on), Calendars.around(path)) for path in self.paths]

    def due(self, penalty: Flag) -> StepDue | None:
        """Until when it is to be told; None where the plan sets no clock for penalties."""
        found = ((plans, calendars) for path, plans, calendars in self._below if penalty.place.startswith(path))
        plans, calendars = next(found)
        return _due(penalty, plans.at(penalty.place), calendars.of(penalty.place))


def _due(penalty: Flag, plan: ResolvedPlan, calendar: WorkCalendar) -> StepDue | None:
    clock = penalty_clock(plan)
    return run_clock(clock.terms, penalty.given_on, calendar)[-1] if clock and clock.terms.steps else None


def penalty_explained(penalty: Flag, on: date) -> Explanation | None:
    """Why a penalty is to be told by its day; None where the plan sets no clock for it."""
    plan = plan_in_force(penalty.place, on)
    clock, due = penalty_clock(plan), _due(penalty, plan, calendar_for(penalty.place))
    if clock is None or due is None:
        return None
    event = f"{penalty.entity.name}受到处罚"
    return step_explained(clock.terms, due, plan, key=clock.keys[due.step.code], event=event)


def penalties_on(tab: str, on: date) -> QuerySet[Any]:
    """The penalties of a tab, the latest decision first."""
    found = stopping(on).filter(ON_TAB.get(tab, Q())).select_related("entity__jurisdiction")
    return found.order_by(F("decided_on").desc(nulls_last=True), "-pk")


def penalty_lines(penalties: Iterable[Flag], on: date) -> list[PenaltyLine]:
    """Each with the receipt of whoever answers for it today."""
    listed = list(penalties)
    notices = {
        (notice.penalty_id, notice.cadre_id): notice
        for notice in PenaltyNotice.objects.filter(penalty__in=[penalty.pk for penalty in listed])
    }
    clocks = PenaltyClocks(on)
    lines = []
    for penalty in listed:
        held: int | None = getattr(penalty, "held_cadre", None)
        notice = notices.get((penalty.pk, held)) if held else None
        due = clocks.due(penalty)
        late = notice is None and due is not None and due.date is not None and due.date < on
        ended = held is not None and penalty.entity.status != OperatingStatus.ACTIVE
        lines.append(PenaltyLine(penalty, getattr(penalty, "held_name", "") or "", notice, due, late, ended))
    return lines


def my_penalties(post: Post) -> QuerySet[PenaltyNotice]:
    """What a cadre was told of, what he has not read first."""
    told = PenaltyNotice.objects.filter(cadre__post=post)
    return told.select_related("penalty__entity__jurisdiction").order_by(F("read_at").asc(nulls_first=True), "-pk")


def held_cadres(penalties: Iterable[Flag]) -> dict[int, Assignment]:
    """The assignments behind listed penalties, with the post to tell."""
    ids = [pk for penalty in penalties if (pk := getattr(penalty, "held_id", None))]
    return Assignment.objects.select_related("cadre__post").in_bulk(ids)
