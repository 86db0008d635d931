"""变动事项: changes of entities whose consequences are due, and whether they are settled, asked of register and assignments.

A change is settled once its entity is graded and held as the plan wants it, or left to a tier outside; an entity that
closed, once nobody is written down for it any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import Assignment
from entities.models import Entity, EntityChange
from entities.queries.changes import moved_facts
from entities.rules.changes import CHANGE_LABELS
from entities.rules.vocabulary import OperatingStatus
from reports.queries.layers import Layers
from supervision.models import Visit
from tenancy.models import Jurisdiction
from tenancy.plans import PlanDocument
from tenancy.rules.paths import END

TABS = {
    "open": gettext_lazy("待办"),
    "late": gettext_lazy("已超期"),
    "done": gettext_lazy("已办结"),
    "all": gettext_lazy("全部"),
}


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """What the list is asked for; every field may be empty."""

    tab: str = "open"
    kind: str = ""
    area: str = ""
    words: str = ""


def settled_entities(on: date) -> QuerySet[Entity]:
    """Entities after whose changes nothing is left to do on a day."""
    layers = Layers.in_force(on)
    active = Q(status=OperatingStatus.ACTIVE.value)
    gone = ~active & ~Exists(Assignment.objects.in_force(on).filter(entity=OuterRef("pk")))
    return Entity.every.filter(gone | active & ~Q(grade="") & (layers.external() | layers.held_as_planned(on)))


def changes(path: str, on: date) -> QuerySet[Any]:
    """The changes of a subtree for which a plan sets a clock, with `is_settled` and `is_late`."""
    inside = EntityChange.objects.clocked().filter(place__gte=path, place__lt=path + END)
    now_settled = Exists(settled_entities(on).filter(pk=OuterRef("entity_id")))
    settled = Case(When(settled_on__isnull=False, then=Value(value=True)), default=now_settled)
    found = inside.annotate(is_settled=settled)
    late = Case(When(is_settled=False, due_on__lt=on, then=Value(value=True)), default=Value(value=False))
    return found.annotate(is_late=late)


def listed_changes(place: Jurisdiction, asked: ChangeFilter, on: date) -> QuerySet[Any]:
    """The rows of the page: what is overdue first, then what is due next; what is settled by the day it was recorded."""
    found = changes(asked.area or place.path, on)
    if asked.tab == "open":
        found = found.filter(is_settled=False)
    elif asked.tab == "late":
        found = found.filter(is_late=True)
    elif asked.tab == "done":
        found = found.filter(is_settled=True)
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.words:
        found = found.filter(entity__name__icontains=asked.words)
    return found.select_related("entity__jurisdiction").order_by(
        "is_settled", F("due_on").asc(nulls_last=True), "place", "entity__sort_key", "pk"
    )


def change_counts(path: str, on: date) -> Mapping[str, int]:
    """The numbers on the tabs, in one query."""
    counts: dict[str, int] = changes(path, on).aggregate(
        open=Count("pk", filter=Q(is_settled=False)),
        late=Count("pk", filter=Q(is_late=True)),
        done=Count("pk", filter=Q(is_settled=True)),
        all=Count("pk"),
    )
    return counts


def state_of(change: Any) -> tuple[str, str]:
    """Pill and word of a row of `changes`."""
    if change.is_settled:
        return "ok", _("已办结")
    return ("bad", _("已超期")) if change.is_late else ("info", _("待办"))


def printed_changes(found: QuerySet[Any], doc: PlanDocument) -> list[tuple[Any, ...]]:
    """The same rows as the workbook has them."""
    return [
        (
            change.entity.name,
            change.entity.uscc,
            change.entity.jurisdiction.name,
            CHANGE_LABELS[change.kind],
            change.since,
            moved_facts(change, doc),
            change.reason,
            change.document,
            change.due_on,
            change.bearer,
            state_of(change)[1],
            change.settled_on,
        )
        for change in found
    ]


def used_since(change: EntityChange) -> str:
    """What rests on a change by now: an assignment made after it, or a visit; empty when nothing does."""
    mine = {"entity": change.entity_id}
    if Assignment.objects.filter(**mine, valid__startswith__gte=change.recorded_on).exists():
        return _("已经按变动后的情况确定了包保干部")
    if Visit.objects.filter(**mine, visited_on__gte=change.recorded_on, voided_on=None).exists():
        return _("已经按变动后的情况开展了督导")
    return ""
