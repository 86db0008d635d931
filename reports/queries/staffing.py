"""两员配备: whose staff the plans of a place ask for, who lacks what, and the rates that follow."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet

from entities.models import Entity
from entities.queries.staffing import (
    NOBODY,
    StaffingShown,
    StaffingTerms,
    shown_staffing,
    staffing_terms,
    with_named_staff,
    with_sizes,
)
from reports.queries.layers import Layers
from reports.queries.ratios import supervised_entities
from supervision.queries.own import seen_by
from tenancy.models import Jurisdiction, Post

# What a list may be narrowed to, by the word in its address.
SHOWN = ("", "short", "no-director", "no-officer", "complete", "with-director", "with-officer")


@dataclass(frozen=True)
class StaffingFilter:
    """Which of the entities that must have staff: of what place, what they lack, and whether of the five classes only."""

    place: Jurisdiction
    show: str = ""
    five: bool = False


def staffing_filter(asked: Mapping[str, Any], place: Jurisdiction) -> StaffingFilter:
    """The page's query string as its filter; a view nobody knows asks for all."""
    show = str(asked.get("show", ""))
    return StaffingFilter(place, show if show in SHOWN else "", str(asked.get("five", "")) == "1")


@dataclass(frozen=True, slots=True)
class StaffingTally:
    """Counts of entities in operation: who must have somebody, and who has everybody."""

    owed: int = 0
    short: int = 0
    directors_owed: int = 0
    no_director: int = 0
    officers_owed: int = 0
    no_officer: int = 0

    def __add__(self, other: "StaffingTally") -> "StaffingTally":
        return StaffingTally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @property
    def complete(self) -> int:
        return self.owed - self.short

    @property
    def pair(self) -> tuple[int, int]:
        """R2: whoever lacks nobody, of those that must have somebody."""
        return self.complete, self.owed

    @property
    def directors(self) -> tuple[int, int]:
        return self.directors_owed - self.no_director, self.directors_owed

    @property
    def officers(self) -> tuple[int, int]:
        return self.officers_owed - self.no_officer, self.officers_owed


@dataclass(frozen=True)
class StaffingTable:
    """A place's counts, and those of the places right below it that have any."""

    total: StaffingTally
    parts: list[tuple[Jurisdiction, StaffingTally]]


@dataclass(frozen=True)
class StaffingLine:
    """One row of the list."""

    entity: Entity
    shown: StaffingShown


def terms_in(layers: Layers, on: date) -> StaffingTerms:
    """The rules of every plan, each in its part of the register; plans that ask the same are asked once."""
    regions: dict[tuple[object, ...], tuple[Q, StaffingTerms]] = {}
    for region, doc in layers.regions():
        alike = (doc.staffing_rules, doc.rates, doc.business_types, doc.high_risk_classes)
        earlier = regions.get(alike)
        regions[alike] = (earlier[0] | region, earlier[1]) if earlier else (region, staffing_terms(doc, on))
    return reduce(or_, (terms.within(region) for region, terms in regions.values()), NOBODY)


def staffing_rows(asked: StaffingFilter, post: Post, on: date, layers: Layers) -> QuerySet[Entity]:
    """The entities in operation that fit, in the order of the tree; a cadre sees his own."""
    terms = terms_in(layers, on)
    found = owing_in(asked.place.path, terms, five=asked.five).filter(_wanted(asked.show, terms))
    seen = with_sizes(seen_by(found, post, on, entity="pk"), on).select_related("jurisdiction")
    return seen.order_by("place", "sort_key", "pk")


def short_of_staff(post: Post, on: date, layers: Layers) -> int:
    """How many entities of the post's place lack somebody."""
    return staffing_rows(StaffingFilter(post.jurisdiction, "short"), post, on, layers).order_by().count()


def owing_in(path: str, terms: StaffingTerms, *, five: bool) -> QuerySet[Entity]:
    """The entities in operation that must have somebody, with how many the register names."""
    return with_named_staff(supervised_entities(path)).filter(terms.five_class & terms.owed if five else terms.owed)


def _wanted(show: str, terms: StaffingTerms) -> Q:
    return {
        "": terms.owed,
        "short": terms.short,
        "no-director": terms.lacks_director,
        "no-officer": terms.lacks_officer,
        "complete": ~terms.short,
        "with-director": terms.owes_director & ~terms.lacks_director,
        "with-officer": terms.owes_officer & ~terms.lacks_officer,
    }[show]


def staffing_lines(entities: Iterable[Entity], on: date, layers: Layers) -> Iterator[StaffingLine]:
    """Rows of `staffing_rows` with what each must have, has and lacks."""
    return (StaffingLine(entity, shown_staffing(entity, layers.resolved_at(entity.place), on)) for entity in entities)


def staffing_table(
    place: Jurisdiction, post: Post, on: date, layers: Layers, *, five: bool, below: Iterable[Jurisdiction] = ()
) -> StaffingTable:
    """The counts of a place, one query; below: the places right below it, where the counts of each are wanted."""
    terms = terms_in(layers, on)
    rows = seen_by(owing_in(place.path, terms, five=five), post, on, entity="pk")
    counts: QuerySet[Any] = rows.order_by().values("place").annotate(
        owed=Count("pk"),
        short=Count("pk", filter=terms.short),
        directors_owed=Count("pk", filter=terms.owes_director),
        no_director=Count("pk", filter=terms.lacks_director),
        officers_owed=Count("pk", filter=terms.owes_officer),
        no_officer=Count("pk", filter=terms.lacks_officer),
    )  # fmt: skip
    by_place = {row["place"]: StaffingTally(*(row[field.name] for field in fields(StaffingTally))) for row in counts}
    parts = [
        (node, sum((tally for path, tally in by_place.items() if path.startswith(node.path)), StaffingTally()))
        for node in below
    ]
    return StaffingTable(
        sum(by_place.values(), StaffingTally()), [(node, tally) for node, tally in parts if tally.owed]
    )
