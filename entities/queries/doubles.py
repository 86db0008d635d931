"""Rows of the register that may be one business, two of them beside each other, and what was merged into what."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Concat, Lower

from entities.models import DistinctPair, Entity, EntityMerge, Licence
from entities.queries.checking import licence_of, shown_number, status_names, type_names
from entities.rules.doubles import CHOSEN, NOISE, Likeness, Pair, differing_fields, pairs_of
from entities.rules.ledger import TITLES
from entities.rules.vocabulary import RiskLevel
from tenancy.fields import Phone
from tenancy.plans import PlanDocument


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One field of two rows, in words."""

    key: str
    label: str
    first: str
    second: str
    differs: bool


def candidates() -> list[Pair]:
    """Every pair of the acting place that may be one business; five queries."""
    found = Entity.objects.order_by()
    groups = {
        Likeness.USCC: _groups(found.exclude(uscc=""), "uscc"),
        Likeness.LICENCE: _groups(
            Licence.objects.order_by().exclude(number="").filter(entity__merged_into=None), "number", "entity_id"
        ),
        Likeness.NAME: _groups(found.exclude(address="").annotate(key=_bare()), "key"),
        Likeness.PHONE: _groups(found.exclude(phone_index=""), "phone_index"),
    }
    return pairs_of(groups, set(DistinctPair.objects.values_list("first_id", "second_id")))


def _groups(rows: QuerySet[Any], key: str, ids: str = "pk") -> list[list[int]]:
    shared = rows.values(key).annotate(n=Count(ids, distinct=True)).filter(n__gt=1)
    return list(shared.values_list(ArrayAgg(ids, distinct=True), flat=True))


def _bare() -> Func:
    """Name and address without spaces, brackets and dashes; two in the same words are the same."""
    whole = Lower(Concat(F("name"), Value("|"), F("address"), output_field=TextField()))
    return Func(whole, Value(NOISE), Value(""), Value("g"), function="regexp_replace", output_field=TextField())


def values_of(entity: Entity) -> dict[str, Any]:
    """The fields a merge chooses between, as values that can be compared and kept; the telephone as its blind index."""
    values = {key: getattr(entity, key) for key in CHOSEN if key not in ("area", "phone", "licence", "revenue")}
    return values | {
        "area": entity.jurisdiction_id,
        "phone": cast(Phone, entity.phone).index,
        "licence": licence_of(entity),
        "revenue": shown_number(entity.revenue),
    }


def compared(first: Entity, second: Entity, doc: PlanDocument) -> list[FieldPair]:
    """Two rows beside each other, field by field."""
    differing = set(differing_fields(values_of(first), values_of(second)))
    one, other = _worded(first, doc), _worded(second, doc)
    titles = {**TITLES, "area": f"所属{doc.names.area}", "tags": "标签"}
    return [FieldPair(key, titles.get(key, key), one[key], other[key], key in differing) for key in CHOSEN]


def _worded(entity: Entity, doc: PlanDocument) -> dict[str, str]:
    types = type_names(doc)
    words = {key: shown_number(value) if key != "tags" else "" for key, value in values_of(entity).items()}
    return words | {
        "business_type": types.get(entity.business_type, entity.business_type),
        "further_types": "、".join(types.get(code, code) for code in entity.further_types),
        "tags": "、".join(entity.tags),
        "area": entity.jurisdiction.name,
        "phone": str(entity.phone),
        "risk_level": RiskLevel(entity.risk_level).label if entity.risk_level else "",
        "status": status_names(doc)[entity.status],
    }


def two_of(first: int, second: int) -> Sequence[Entity]:
    """Both rows as far as the acting place can read them and neither was merged, the first one first."""
    rows = Entity.objects.select_related("jurisdiction").prefetch_related("licences").in_bulk([first, second])
    return [rows[pk] for pk in (first, second) if pk in rows]


def merges_of(entity: Entity) -> QuerySet[EntityMerge]:
    """What was merged into an entity and still is, the latest first."""
    found = EntityMerge.objects.filter(keeper=entity, undone_on=None)
    return found.select_related("other__jurisdiction").order_by("-pk")
