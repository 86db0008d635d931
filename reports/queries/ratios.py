"""Cadres to entities for each tier and place: computed from the tables, or read as last computed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from django.db.models import Count, Q, QuerySet, Value

from cadres.models import Cadre
from cadres.queries.coverage import tier_held
from entities.models import Entity, EntityQuerySet
from reports.models import RatioFigure
from reports.queries.layers import EXTERNAL, Layers
from reports.rules import Ratio, rolled_up
from tenancy.models import Jurisdiction
from tenancy.rules.paths import END, ancestors_of


@dataclass(frozen=True)
class RatioRow:
    """One place: a ratio for each tier in the order of the page, what no tier answers for, and the sum."""

    place: Jurisdiction
    by_tier: list[tuple[str, Ratio]]
    ungraded: int
    external: int

    @property
    def total(self) -> Ratio:
        return sum((ratio for _tier, ratio in self.by_tier), Ratio())


@dataclass(frozen=True)
class RatioTable:
    """A place and the places right below it. computed_at is None when the figures were counted just now."""

    tiers: list[tuple[str, str, str]]
    line: list[Jurisdiction]
    own: RatioRow
    parts: list[RatioRow]
    computed_at: datetime | None


def under(path: str) -> Q:
    return Q(place__gte=path, place__lt=path + END)


def cadres_in_post(path: str, on: date) -> QuerySet[Cadre]:
    return Cadre.objects.in_post(on).filter(under(path))


def supervised_entities(path: str) -> EntityQuerySet:
    return Entity.objects.filter(under(path)).supervised()


def live_ratios(path: str, on: date, layers: Layers) -> dict[tuple[str, str], Ratio]:
    """(path, tier) -> ratio for every place of a subtree; two queries however many places there are."""
    leaves: dict[tuple[str, str], Ratio] = {}
    # Who holds an entity is looked up only where that decides anything.
    held = tier_held(on) if layers.any_shared else Value("")
    supervised = supervised_entities(path).order_by().annotate(held=held)
    entities = supervised.values_list("place", "grade", "held").annotate(Count("pk"))
    cadres = cadres_in_post(path, on).order_by().values_list("place", "tier").annotate(Count("pk"))
    counted = chain(
        (((place, layers.tier_of(place, grade, held)), Ratio(entities=n)) for place, grade, held, n in entities),
        (((place, tier), Ratio(cadres=number)) for place, tier, number in cadres),
    )
    for key, ratio in counted:
        leaves[key] = leaves.get(key, Ratio()) + ratio
    return {key: ratio for key, ratio in rolled_up(leaves).items() if key[0].startswith(path)}


def stored_ratios(place: Jurisdiction) -> tuple[dict[tuple[str, str], Ratio], datetime | None]:
    """The last computed figures of a place and of those right below it; one query."""
    rows = RatioFigure.objects.filter(Q(jurisdiction=place) | Q(jurisdiction__parent=place))
    found, at = {}, None
    for path, tier, cadres, entities, computed_at in rows.values_list(
        "place", "tier", "cadres", "entities", "computed_at"
    ):
        found[path, tier] = Ratio(cadres, entities)
        at = max(at, computed_at) if at else computed_at
    return found, at


def ratio_table(place: Jurisdiction, on: date) -> RatioTable:
    """The page of a place: three queries, five before the figures were computed for the first time."""
    around = Jurisdiction.objects.filter(Q(path__in=ancestors_of(place.path)) | Q(parent=place, closed_on=None))
    tree = list(around.order_by("path"))
    layers = Layers.in_force(on)
    figures, at = stored_ratios(place)
    if at is None:
        figures = live_ratios(place.path, on, layers)
    codes = _codes(layers, place, figures)
    return RatioTable(
        tiers=codes,
        line=[node for node in tree if node.path in ancestors_of(place.path)],
        own=_row(place, codes, figures),
        parts=[_row(node, codes, figures) for node in tree if node.parent_id == place.pk],
        computed_at=at,
    )


def _codes(layers: Layers, place: Jurisdiction, figures: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """(code, name, grades) of the tiers that the place's plan names or that something was counted for."""
    plan = layers.plan_of(place.path)
    counted = {tier for _path, tier in figures} - {"", EXTERNAL}
    named = {tier.code for tier in plan.tiers if plan.grades_of(tier.code)}
    rows = []
    for tier in layers.tiers():
        if tier.code in named | counted:
            grades = "、".join(plan.grades_of(tier.code))
            rows.append((tier.code, (plan.tier(tier.code) or tier).name, grades))
    known = {code for code, _name, _grades in rows}
    return rows + [(code, code, "") for code in sorted(counted - known)]


def _row(place: Jurisdiction, codes: list[tuple[str, str, str]], figures: dict[tuple[str, str], Ratio]) -> RatioRow:
    def of(tier: str) -> Ratio:
        return figures.get((place.path, tier), Ratio())

    return RatioRow(place, [(code, of(code)) for code, _name, _grades in codes], of("").entities, of(EXTERNAL).entities)
