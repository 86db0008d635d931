"""Clusters and chains with the shops that belong to them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from entities.models import GROUPS, Chain, Cluster, Entity, Group
from entities.queries.checking import status_names
from entities.queries.finding import GROUPED, RegisterFilter
from entities.rules.belonging import BELONGING
from entities.rules.vocabulary import Grade, OperatingStatus
from tenancy.plans import PlanDocument


@dataclass(frozen=True, slots=True)
class Counts:
    """How many shops of a group there are: by grade with those without one last, and by status as the place says it."""

    total: int
    grades: list[tuple[str, int]]
    states: list[tuple[str, int]]


def groups_of_kind(word: str) -> QuerySet[Any]:
    """Clusters or chains in sight by name, those that are closed last, each with its shops in operation in sight."""
    active = Q(members__status=OperatingStatus.ACTIVE.value, members__merged_into=None)
    found = GROUPS[word].objects.select_related("jurisdiction").annotate(shops=Count("members", filter=active))
    ordered: QuerySet[Any] = found.order_by(F("closed_on").asc(nulls_first=True), "name", "pk")
    return ordered


def open_clusters(or_this: int | None = None) -> QuerySet[Cluster]:
    """Those that take shops, and one that may be closed."""
    return Cluster.objects.filter(Q(closed_on=None) | Q(pk=or_this)).order_by("name", "pk")


def open_chains(or_this: int | None = None) -> QuerySet[Chain]:
    """Those that take shops, and one that may be closed."""
    return Chain.objects.filter(Q(closed_on=None) | Q(pk=or_this)).order_by("name", "pk")


def members_of(word: str, group: Group) -> QuerySet[Entity]:
    """The shops of a group in sight, by stall and name."""
    return Entity.objects.filter(**{word: group.pk}).order_by("stall", "sort_key", "pk")


def member_counts(word: str, group: Group, doc: PlanDocument) -> Counts:
    """One query."""
    rows = list(members_of(word, group).order_by().values_list("grade", "status").annotate(n=Count("pk")))
    names = status_names(doc)
    return Counts(
        sum(n for _grade, _status, n in rows),
        [(grade, sum(n for each, _status, n in rows if each == grade)) for grade in (*map(str, Grade), "")],
        [(names[code], found) for code in names if (found := sum(n for _g, status, n in rows if status == code))],
    )


def headquarters_of(chain: Chain) -> list[Entity]:
    """The entities in sight that bear the code of the headquarters; mostly one, none where it lies elsewhere."""
    found = (
        Entity.objects.filter(uscc=chain.uscc).select_related("jurisdiction") if chain.uscc else Entity.objects.none()
    )
    return list(found.order_by("sort_key", "pk"))


def group_conditions(asked: RegisterFilter) -> list[tuple[str, str]]:
    """The cluster and the chain a filter asks for, by title and name; one query for each that is asked for."""
    found = []
    for word in GROUPED:
        if wanted := getattr(asked, word):
            group = GROUPS[word].objects.filter(pk=int(wanted)).first()
            found.append((BELONGING[word], group.name if group else wanted))
    return found


def belonging_told(entity: Entity) -> dict[str, str]:
    """What an entity belongs to, in words."""
    return {name: str(getattr(entity, name) or "") for name in BELONGING}
