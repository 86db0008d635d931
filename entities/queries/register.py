"""The register as lists, counts and look-ups."""

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet

from entities.models import Entity, Licence
from entities.rules.identity import Register, Stored
from entities.rules.ledger import Area
from entities.rules.vocabulary import Grade, OperatingStatus
from tenancy.models import Jurisdiction
from tenancy.rules.paths import END


def areas_under(jurisdiction: Jurisdiction) -> list[Area]:
    """The places a ledger of this jurisdiction may name: itself and everything below it."""
    places = Jurisdiction.objects.under(jurisdiction.path).filter(closed_on__isnull=True)
    return [Area(place.pk, place.path, place.name) for place in places.order_by("path")]


def register_counts(further: Mapping[str, Q] | None = None) -> Mapping[str, int]:
    """Totals for the strip and the tabs in one query: all, per grade, ungraded, out of operation, and further ones."""
    counts: dict[str, int] = Entity.objects.aggregate(
        total=Count("pk"),
        active=Count("pk", filter=Q(status=OperatingStatus.ACTIVE.value)),
        ungraded=Count("pk", filter=Q(grade="")),
        closed=Count("pk", filter=~Q(status=OperatingStatus.ACTIVE.value)),
        **{grade.value: Count("pk", filter=Q(grade=grade.value)) for grade in Grade},
        **{name: Count("pk", filter=condition) for name, condition in (further or {}).items()},
    )
    return counts


# The order in which `registered` gives the values of an entity; the licence number stands last.
STORED = (
    "name", "uscc", "business_type", "staff", "revenue", "diners", "jurisdiction_id", "address", "principal",
    "phone_index", "director", "officer", "status", "further_types", "tags", "risk_level",
)  # fmt: skip


def registered(entities: QuerySet[Entity]) -> Register:
    """The entities a ledger may be about, with the values it may change; three queries.

    A row of the register that another has taken up leads to that one: its old ledger does not bring it back.
    """
    merged = Entity.every.filter(merged_into__in=entities)
    licences: dict[int, list[str]] = {}
    held = Licence.objects.filter(Q(entity__in=entities.order_by()) | Q(entity__in=merged)).order_by("pk")
    for entity_id, number in held.values_list("entity_id", "number"):
        licences.setdefault(entity_id, []).append(number)
    stored = {row[0]: _stored(row[0], row[1:], licences) for row in entities.order_by("pk").values_list("pk", *STORED)}
    aliases = merged.order_by("pk").values_list("pk", "merged_into", "name", "uscc", "jurisdiction_id", "address")
    return Register.of([*stored.values(), *(_alias(stored[row[1]], row, licences) for row in aliases)])


def _alias(keeper: Stored, row: tuple[Any, ...], licences: Mapping[int, list[str]]) -> Stored:
    """The keeper under the name and numbers of a row it has taken up."""
    pk, _keeper, name, uscc, area, address = row
    numbers = (*keeper.licences, *licences.get(pk, ()))
    return Stored(keeper.pk, name, uscc, area, address, numbers, keeper.values)


def _stored(pk: int, facts: tuple[Any, ...], licences: Mapping[int, list[str]]) -> Stored:
    held = tuple(licences.get(pk, ()))
    return Stored(pk, facts[0], facts[1], facts[6], facts[7], held, (*facts, held[0] if held else ""))


def entities_within(paths: Iterable[str]) -> QuerySet[Entity]:
    """The entities of one or several subtrees."""
    inside = (Q(place__gte=path, place__lt=path + END) for path in paths)
    return Entity.objects.filter(reduce(or_, inside))
