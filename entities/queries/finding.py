"""Finding businesses: words in one box, filters that combine, and the orders of the list."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet

from entities.models import Entity, GradeRecord, Licence
from entities.queries.quality import having, need
from entities.rules.codes import normal_code
from entities.rules.quality import Defect
from entities.rules.vocabulary import OperatingStatus
from tenancy.rules.paths import END

# No name needs more, and each costs a look at every row.
MOST_WORDS = 5
# The rule of attention is the order that is asked for by nothing.
ORDERS = ("", "name", "-name", "grade", "-grade", "area", "-area", "type", "-type", "status", "-status", "-changed")
COLUMN = {"name": "sort_key", "area": "place", "type": "business_type", "changed": "changed_at"}
NO_SIZE = "none"
# Asked for by the id of a cluster or a chain.
GROUPED = ("cluster", "chain")
TABBED = {"ungraded": Q(grade=""), "closed": ~Q(status=OperatingStatus.ACTIVE.value)}


@dataclass(frozen=True)
class RegisterFilter:
    """What the list page and its export ask for; every field may be empty."""

    words: str = ""
    grades: tuple[str, ...] = ()
    business_type: str = ""
    area: str = ""
    status: str = ""
    tab: str = ""
    tag: str = ""
    risk: str = ""
    size: str = ""
    defect: str = ""
    cluster: str = ""
    chain: str = ""
    order: str = ""


def chosen_of(fitting: QuerySet[Entity], ids: Collection[int]) -> QuerySet[Entity]:
    """All that fit, or the picked ones, whatever the filter says of them by now."""
    return Entity.objects.filter(pk__in=ids) if ids else fitting


def filter_of(asked: Mapping[str, Any]) -> RegisterFilter:
    """The list page's query string as its filter; what it does not know is left out."""
    grades = asked.get("grades") or asked.get("grade") or ()
    defect, order = _first(asked, "defect"), _first(asked, "order") or _first(asked, "sort")
    return RegisterFilter(
        words=_first(asked, "words") or _first(asked, "q"),
        grades=tuple(grades) if isinstance(grades, list | tuple) else (str(grades),),
        defect=defect if defect in list(Defect) else "",
        order=order if order in ORDERS else "",
        **{name: value for name in GROUPED if (value := _first(asked, name)).isascii() and value.isdigit()},
        **{name: _first(asked, name) for name in ("business_type", "area", "status", "tab", "tag", "risk", "size")},
    )


def _first(asked: Mapping[str, Any], name: str) -> str:
    value = asked.get(name) or ""
    return str(value[0] if isinstance(value, list | tuple) else value)


def register(asked: RegisterFilter, on: date) -> QuerySet[Entity]:
    """The entities of the acting place that fit, in the order asked for. Export, acts and page all call this."""
    return in_order(Entity.objects.select_related("jurisdiction").filter(fitting(asked, on)), asked.order, on)


def fitting(asked: RegisterFilter, on: date) -> Q:
    """The filter as a condition, so that several of them are counted in one query."""
    plain = {"business_type": asked.business_type, "status": asked.status, "risk_level": asked.risk}
    plain |= {"cluster": asked.cluster, "chain": asked.chain}
    found = Q(pk__isnull=False, **{name: value for name, value in plain.items() if value})
    for word in asked.words.split()[:MOST_WORDS]:
        found &= _meant(word)
    if asked.grades:
        found &= Q(grade__in=asked.grades)
    if asked.area:
        found &= Q(place__gte=asked.area, place__lt=asked.area + END)
    if asked.tag:
        found &= Q(tags__contains=[asked.tag])
    if asked.size:
        found &= _sized(asked.size, on)
    if asked.defect:
        found &= having(Defect(asked.defect), on)
    return found & TABBED[asked.tab] if asked.tab in TABBED else found


def in_order(found: QuerySet[Entity], order: str, on: date) -> QuerySet[Entity]:
    """By the column asked for; without one, those that need attention most come first."""
    if not order:
        return found.order_by(need(on), "sort_key", "pk")
    name = order.removeprefix("-")
    column = F(COLUMN.get(name, name))
    return found.order_by(column.desc() if order.startswith("-") else column.asc(), "sort_key", "pk")


def _meant(word: str) -> Q:
    """Everything one word may be about: name, address, credit code, licence, pinyin or initials, the end of a telephone."""
    meant = Q(name__icontains=word) | Q(address__icontains=word)
    code = normal_code(word)
    if not (code.isascii() and code.isalnum()):
        return meant
    licensed = Licence.objects.filter(number__contains=code).values("entity_id")
    meant |= Q(uscc__contains=code) | Q(pk__in=licensed) | Q(pinyin__contains=code.lower())
    return meant | Q(phone_last4=code) if len(code) == 4 and code.isdigit() else meant


def _sized(size: str, on: date) -> Q:
    """By the size its grade of the day was found with; `none` are those without one."""
    held = GradeRecord.objects.filter(entity=OuterRef("pk"), valid__contains=on)
    if size == NO_SIZE:
        return ~Q(Exists(held.exclude(size="")))
    return Q(Exists(held.filter(size=size)))


def tags_in_use() -> list[str]:
    """The labels that entities of the acting place bear, in byte order."""
    tags = Entity.objects.exclude(tags=[]).annotate(tag=Func(F("tags"), function="unnest"))
    return sorted(tags.order_by().values_list("tag", flat=True).distinct())
