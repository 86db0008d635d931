"""The register as lists, counts and look-ups."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from entities.models import Entity, Licence
from entities.rules.ledger import Area
from entities.rules.vocabulary import Grade, OperatingStatus
from tenancy.models import Jurisdiction
from tenancy.rules.paths import END


def areas_under(jurisdiction: Jurisdiction) -> list[Area]:
    """The places a ledger of this jurisdiction may name: itself and everything below it."""
    places = Jurisdiction.objects.under(jurisdiction.path).filter(closed_on__isnull=True)
    return [Area(place.pk, place.path, place.name) for place in places.order_by("path")]


@dataclass(frozen=True)
class RegisterFilter:
    """What the list page and its export ask for; every field may be empty."""

    words: str = ""
    grades: tuple[str, ...] = ()
    business_type: str = ""
    area: str = ""
    status: str = ""
    tab: str = ""


def register(asked: RegisterFilter) -> QuerySet[Entity]:
    """The entities of the acting place that fit, by name. The export and the page both call this."""
    found = Entity.objects.select_related("jurisdiction")
    if asked.words:
        found = found.filter(
            Q(name__icontains=asked.words) | Q(uscc__icontains=asked.words) | Q(address__icontains=asked.words)
        )
    if asked.grades:
        found = found.filter(grade__in=asked.grades)
    if asked.business_type:
        found = found.filter(business_type=asked.business_type)
    if asked.area:
        found = found.filter(place__gte=asked.area, place__lt=asked.area + END)
    if asked.status:
        found = found.filter(status=asked.status)
    if asked.tab == "ungraded":
        found = found.filter(grade="")
    elif asked.tab == "closed":
        found = found.exclude(status=OperatingStatus.ACTIVE.value)
    return found.order_by("sort_key", "pk")


def register_counts() -> Mapping[str, int]:
    """Totals for the strip and the tabs in one query: all, per grade, ungraded, out of operation."""
    counts: dict[str, int] = Entity.objects.aggregate(
        total=Count("pk"),
        active=Count("pk", filter=Q(status=OperatingStatus.ACTIVE.value)),
        ungraded=Count("pk", filter=Q(grade="")),
        closed=Count("pk", filter=~Q(status=OperatingStatus.ACTIVE.value)),
        **{grade.value: Count("pk", filter=Q(grade=grade.value)) for grade in Grade},
    )
    return counts


# Id, the values a ledger may change, and all licence numbers.
Known = tuple[int, tuple[object, ...], tuple[str, ...]]


def known_entities(jurisdiction: Jurisdiction) -> dict[tuple[str, ...], Known]:
    """Natural key -> what the register knows of every entity under a place; two queries.

    The keys are those of entities.rules.ledger.LedgerRow.identity.
    """
    inside = {"place__gte": jurisdiction.path, "place__lt": jurisdiction.path + END}
    licences: dict[int, list[str]] = {}
    for entity_id, number in Licence.objects.filter(**inside).order_by("pk").values_list("entity_id", "number"):
        licences.setdefault(entity_id, []).append(number)
    known: dict[tuple[str, ...], Known] = {}
    for row in Entity.objects.filter(**inside).values_list("pk", *STORED):
        pk, facts = row[0], row[1:]
        name, uscc, area, address = facts[0], facts[1], facts[6], facts[7]
        numbers = tuple(licences.get(pk, ()))
        licence = numbers[0] if numbers else ""
        value = (pk, (*facts, licence), numbers)
        if uscc:
            known[("uscc", uscc)] = value
        elif licence:
            known[("licence", licence)] = value
        else:
            known[("name", name, str(area), address)] = value
    return known


# The order in which known_entities gives the values of an entity; the licence number stands last.
STORED = (
    "name", "uscc", "business_type", "staff", "revenue", "diners", "jurisdiction_id", "address", "principal",
    "phone_index", "director", "officer", "status", "further_types", "tags", "risk_level",
)  # fmt: skip
