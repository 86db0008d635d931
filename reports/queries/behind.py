"""The list behind every number of the app, from the same conditions that counted it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from cadres.models import Assignment
from entities.models import Entity
from entities.queries.outside import basis_of
from entities.queries.quality import has_licence
from reports.queries.collection import incomplete, rows_of_basis
from reports.queries.layers import Layers
from reports.queries.rates import (
    SETTLED,
    answered_here,
    found_in,
    is_covered,
    late_on,
    owed_in,
)
from reports.queries.ratios import cadres_in_post, supervised_entities, under
from supervision.queries.own import seen_by
from tenancy.models import Jurisdiction, Post
from tenancy.queries.tree import counted_for
from tenancy.rules.periods import Quarter


@dataclass(frozen=True)
class Asked:
    """Which number: of which place or child of the day, tier, grade and period."""

    place: Jurisdiction
    on: date
    period: Quarter
    tier: str = ""
    grade: str = ""
    part: int | None = None

    @property
    def counted(self) -> Q:
        chain = counted_for(self.place.pk)
        return chain & counted_for(self.part) if self.part else chain


Rows = QuerySet[Any]


def _entities(asked: Asked, layers: Layers) -> Rows:
    here = supervised_entities(asked.place.path)
    return (
        here.filter(layers.answered_by(asked.tier, asked.on))
        if asked.tier
        else here.exclude(grade="").exclude(layers.external())
    )


def _cadres(asked: Asked, _layers: Layers) -> Rows:
    cadres = cadres_in_post(asked.place.path, asked.on).select_related("post__jurisdiction")
    ordered = cadres.order_by("place", "post__rank_order", "pk")
    return ordered.filter(tier=asked.tier) if asked.tier else ordered


def _ungraded(asked: Asked, _layers: Layers) -> Rows:
    return supervised_entities(asked.place.path).filter(grade="")


def _external(asked: Asked, layers: Layers) -> Rows:
    return supervised_entities(asked.place.path).filter(layers.external())


def _uncovered(asked: Asked, layers: Layers) -> Rows:
    return answered_here(asked.place.path, layers).graded().filter(~is_covered(asked.on))


def _uncovered_licensed(asked: Asked, layers: Layers) -> Rows:
    return answered_here(asked.place.path, layers).filter(has_licence(asked.on), ~is_covered(asked.on))


def _unlicensed(asked: Asked, layers: Layers) -> Rows:
    return answered_here(asked.place.path, layers).filter(~has_licence(asked.on))


def _incomplete(asked: Asked, layers: Layers) -> Rows:
    """Of the businesses that the list of 数据归集率 names; none without such a list."""
    outside = basis_of(asked.place.path, asked.on)
    if outside is None:
        return Entity.objects.none()
    named = rows_of_basis(outside).filter(under(asked.place.path), entity__isnull=False)
    return Entity.objects.filter(incomplete(layers, asked.on), pk__in=named.values("entity"))


def _due(asked: Asked, _layers: Layers) -> Rows:
    return _graded(owed_in(asked.period).filter(asked.counted), asked).select_related("entity__jurisdiction")


def _missing(asked: Asked, layers: Layers) -> Rows:
    return _due(asked, layers).filter(fulfilled_by=None)


def _overdue(asked: Asked, layers: Layers) -> Rows:
    return _due(asked, layers).filter(late_on(asked.on))


def _issues(asked: Asked, _layers: Layers) -> Rows:
    return _graded(found_in(asked.period).filter(asked.counted), asked).select_related("entity__jurisdiction")


def _unrectified(asked: Asked, layers: Layers) -> Rows:
    return _issues(asked, layers).exclude(SETTLED)


def _graded(rows: Rows, asked: Asked) -> Rows:
    if asked.tier:
        rows = rows.filter(counted_tier=asked.tier)
    return rows.filter(counted_grade=asked.grade) if asked.grade else rows


LISTS: dict[str, Callable[[Asked, Layers], Rows]] = {
    "entities": _entities,
    "cadres": _cadres,
    "ungraded": _ungraded,
    "external": _external,
    "uncovered": _uncovered,
    "uncovered-licensed": _uncovered_licensed,
    "unlicensed": _unlicensed,
    "incomplete": _incomplete,
    "due": _due,
    "missing": _missing,
    "overdue": _overdue,
    "issues": _issues,
    "unrectified": _unrectified,
}
ABOUT_ENTITIES = frozenset(LISTS) - {"cadres", "due", "missing", "overdue", "issues", "unrectified"}


def rows_behind(what: str, asked: Asked, post: Post) -> Rows:
    """The rows of a number in a lasting order, narrowed to a cadre's own entities where the reader is one."""
    rows = LISTS[what](asked, Layers.in_force(asked.on))
    if what == "cadres":
        return rows
    if what in ABOUT_ENTITIES:
        own = seen_by(rows.select_related("jurisdiction"), post, asked.on, entity="pk")
        ordered = own.annotate(cadre_name=_cadre_of("pk", asked.on)).order_by("place", "sort_key", "pk")
    else:
        own = seen_by(rows, post, asked.on)
        ordered = own.annotate(cadre_name=_cadre_of("entity_id", asked.on)).order_by("place", "entity__sort_key", "pk")
    found: Rows = ordered
    return found


def _cadre_of(entity: str, on: date) -> Subquery:
    lead = Assignment.objects.in_force(on).filter(entity=OuterRef(entity))
    return Subquery(lead.values("cadre_name")[:1])


def entity_of(row: Any) -> Entity:
    """The entity a row of these lists is about."""
    return row if isinstance(row, Entity) else row.entity
