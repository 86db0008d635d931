"""外部名单: the lists, what a comparison needs to know, and the differences as they are looked through."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from entities.models import Difference, Licence, OutsideList, OutsideRow
from entities.queries.addresses import address_book
from entities.queries.checking import EntityChecks, status_names
from entities.queries.register import areas_under, entities_within
from entities.rules.addresses import AddressBook
from entities.rules.ledger import Area, checker
from entities.rules.outside import GONE, TITLES, OutsideFacts
from entities.rules.reconciling import Answer, DifferenceKind, Ours
from entities.rules.vocabulary import OperatingStatus
from tenancy.plans import PlanDocument, plain
from tenancy.rules.paths import END

# What the register lacks first, what a list lacks last.
KIND_ORDER = Case(
    *(
        When(kind=kind.value, then=Value(rank))
        for rank, kind in enumerate((DifferenceKind.ONLY_THERE, DifferenceKind.FIELD))
    ),
    default=Value(2),
)
FACTS = ("name", "uscc", "licence", "business_type", "area", "address", "principal", "valid_until", "status")


def outside_lists() -> QuerySet[OutsideList]:
    """Those of the acting place and of the places above it, the latest day first."""
    found = OutsideList.objects.select_related("jurisdiction").exclude(state="withdrawn")
    return found.order_by("-listed_on", "-pk")


def basis_of(path: str, on: date) -> OutsideList | None:
    """The list by which a place counts its 数据归集率: the newest that was confirmed there or above by a day."""
    confirmed = OutsideList.objects.standing().filter(basis_on__lte=on)
    roots = [path[: at + 1] for at, letter in enumerate(path) if letter == "/"]
    return confirmed.filter(place__in=roots).order_by("-listed_on", "-basis_on", "-pk").first()


def businesses_within(path: str) -> list[Ours]:
    """The register of a subtree as a comparison sees it; two queries."""
    licences: dict[int, dict[str, date | None]] = {}
    held = Licence.objects.filter(entity__in=entities_within([path]).order_by()).order_by("pk")
    for entity_id, number, until in held.values_list("entity_id", "number", "valid_until"):
        licences.setdefault(entity_id, {})[number] = until
    found = entities_within([path]).order_by("pk")
    rows = found.values_list("pk", "name", "uscc", "address", "principal", "status")
    return [
        Ours(pk, name, uscc, address, principal, status, licences.get(pk, {}))
        for pk, name, uscc, address, principal, status in rows
    ]


def facts_of_rows(outside: OutsideList) -> dict[int, OutsideFacts]:
    """Its rows by their id, in the order of the sheet."""
    rows = outside.rows.order_by("number").values_list("pk", *FACTS)
    return {pk: OutsideFacts(*facts) for pk, *facts in rows}


@dataclass
class Placing:
    """Where a row lies that no business of the register stands behind."""

    home: Area
    areas: Mapping[str, list[Area]]
    book: AddressBook
    by_pk: Mapping[int, Area]

    def of(self, facts: OutsideFacts) -> Area:
        """What the row names, nearer where its address is known; the office's own place where neither says anything."""
        named = self.areas.get(facts.area) or self.areas.get(plain(facts.area), []) if facts.area else []
        within = named[0] if len(named) == 1 else self.home
        proposal = self.book.propose(facts.address) if facts.address else None
        near = self.by_pk.get(proposal.area) if proposal else None
        return near if near and near.path.startswith(within.path) else within


def placing_in(outside: OutsideList, doc: PlanDocument) -> Placing:
    """Everything a row is placed by; two queries."""
    areas = areas_under(outside.jurisdiction)
    below = [area for area in areas if area.pk != outside.jurisdiction_id]
    home = Area(outside.jurisdiction_id, outside.place, outside.jurisdiction.name)
    book = address_book([outside.place], below)
    return Placing(home, checker(doc, below).areas, book, {area.pk: area for area in areas})


@dataclass(frozen=True)
class DifferenceFilter:
    """What the page of a list asks for; every field may be empty."""

    kind: str = ""
    answer: str = Answer.OPEN.value
    field: str = ""
    area: str = ""
    words: str = ""


def differences(outside: OutsideList, asked: DifferenceFilter) -> QuerySet[Difference]:
    """Those of a list that fit, kind by kind and place by place. Page, workbook, acts and API all call this."""
    found = outside.differences.filter(fitting(asked))
    return found.select_related("jurisdiction", "row", "entity").order_by(KIND_ORDER, "place", "pk")


def fitting(asked: DifferenceFilter) -> Q:
    """The filter as a condition."""
    plain_ones = {"kind": asked.kind, "answer": asked.answer, "field": asked.field}
    found = Q(pk__isnull=False, **{name: value for name, value in plain_ones.items() if value})
    if asked.area:
        found &= Q(place__gte=asked.area, place__lt=asked.area + END)
    for word in asked.words.split()[:5]:
        found &= (
            Q(there__icontains=word)
            | Q(here__icontains=word)
            | Q(row__name__icontains=word)
            | Q(row__uscc__icontains=word)
            | Q(row__licence__icontains=word)
            | Q(entity__name__icontains=word)
        )
    return found


def difference_counts(outside: OutsideList) -> dict[str, int]:
    """Open differences by kind, and how many there are of each answer; one query."""
    kinds = {kind.value: Count("pk", filter=Q(kind=kind.value, answer=Answer.OPEN.value)) for kind in DifferenceKind}
    answers = {answer.value: Count("pk", filter=Q(answer=answer.value)) for answer in Answer}
    counts: dict[str, int] = outside.differences.aggregate(**kinds, **answers)
    return counts


def row_counts(outside: OutsideList) -> dict[str, int]:
    """How many businesses the list names in the acting place, and how many of them the register has; one query."""
    counts: dict[str, int] = outside.rows.aggregate(
        rows=Count("pk"),
        known=Count("pk", filter=Q(entity__isnull=False)),
        gone=Count("pk", filter=Q(entity__isnull=True, status__in=GONE)),
    )
    return counts


def open_by_list(lists: Iterable[OutsideList]) -> dict[int, dict[str, int]]:
    """Open differences by kind of several lists; one query."""
    counted = Difference.objects.waiting().filter(outside__in=list(lists)).order_by()
    found: dict[int, dict[str, int]] = {}
    for pk, kind, number in counted.values_list("outside", "kind").annotate(n=Count("pk")):
        found.setdefault(pk, {})[kind] = number
    return found


def rows_of_list(outside: OutsideList) -> QuerySet[OutsideRow]:
    """Its rows in the acting place, in the order of the sheet."""
    return outside.rows.select_related("jurisdiction", "entity").order_by("number")


def words_of(difference: Difference, statuses: Mapping[str, str]) -> tuple[str, str]:
    """What either side says, in words."""
    if difference.field == "status":
        return statuses.get(difference.there, ""), statuses.get(difference.here, "")
    return difference.there, difference.here


def printed(difference: Difference, statuses: Mapping[str, str]) -> tuple[Any, ...]:
    """One difference as the workbook shows it."""
    there, here = words_of(difference, statuses)
    row, entity = difference.row, difference.entity
    return (
        row.number if row else None,
        entity.name if entity else there,
        (entity.uscc if entity else row.uscc if row else ""),
        (row.licence if row else ""),
        difference.jurisdiction.name,
        (entity.address if entity else row.address if row else ""),
        difference.get_kind_display(),
        difference.get_field_display(),
        there,
        here,
        difference.get_answer_display(),
        difference.reason,
        difference.answered_by_name,
        difference.answered_on,
    )


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One fact as list and register have it."""

    label: str
    there: str
    here: str
    differs: bool


def side_by_side(difference: Difference, statuses: Mapping[str, str], areas: Mapping[int, str]) -> list[FieldLine]:
    """Everything both sides say of the business; at most two queries."""
    row, entity = difference.row, difference.entity
    licences = list(entity.licences.order_by("pk")) if entity else []
    there = {key: str(getattr(row, key) or "") for key in FACTS} if row else {}
    there["status"] = statuses.get(there.get("status", ""), "")
    here: dict[str, str] = {}
    if entity:
        here = {key: getattr(entity, key) for key in ("name", "uscc", "address", "principal")}
        here["licence"] = "、".join(each.number for each in licences)
        here["valid_until"] = "、".join(str(each.valid_until or _("长期")) for each in licences)
        here["status"], here["area"] = statuses[entity.status], areas.get(entity.jurisdiction_id, "")
    titles = {**TITLES, "area": _("所属地方")}
    return [
        FieldLine(titles[key], there.get(key, ""), here.get(key, ""), difference.field == key)
        for key in FACTS
        if there.get(key) or here.get(key)
    ]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A row of a list as cells of a ledger."""

    cells: dict[str, str]


def proposed_cells(row: OutsideRow, checks: EntityChecks) -> Proposed:
    """What can be taken over of a row: a type by its name in the plan, the place it lies in once that is a community."""
    types = {plain(kind.name): kind.name for kind in checks.plan.value.business_types}
    types |= {plain(word): kind.name for kind in checks.plan.value.business_types for word in kind.aliases}
    cells = {key: getattr(row, key) for key in ("name", "uscc", "licence", "address", "principal")}
    cells["business_type"] = types.get(plain(row.business_type), "")
    status = row.status or OperatingStatus.ACTIVE.value
    cells["status"] = status_names(checks.plan.value)[status]
    lowest = not any(area.path != row.place and area.path.startswith(row.place) for area in checks.areas)
    cells["area"] = str(row.jurisdiction_id) if lowest and _among(row.jurisdiction_id, checks) else ""
    return Proposed(cells)


def _among(pk: int, checks: EntityChecks) -> bool:
    return any(area.pk == pk for area in checks.areas)
