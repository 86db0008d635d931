"""The rows of the register's list page, in the order in which they need attention."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Prefetch, Q, QuerySet, Value, When

from entities.models import Entity, Licence
from entities.queries.checking import facts_of, status_names, type_names
from entities.queries.register import RegisterFilter
from entities.rules.matching import Profile, onsite_rule
from entities.rules.vocabulary import Grade, OperatingStatus
from tenancy.models import ImportBatch
from tenancy.plans import PlanDocument

STATUS_KINDS = {
    OperatingStatus.ACTIVE.value: "ok",
    OperatingStatus.STOPPED.value: "warn",
    OperatingStatus.DORMANT.value: "warn",
}
COLUMNS = (
    "place", "name", "uscc", "grade", "status", "business_type", "further_types", "staff", "revenue", "diners", "tags", "supply_way",
    "principal", "phone_last4", "jurisdiction__name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """One row: the entity with the words its place uses for its codes."""

    entity: Entity
    business_type: str
    status: str
    status_kind: str
    licence: Licence | None
    onsite: bool


def by_need(found: QuerySet[Entity]) -> QuerySet[Entity]:
    """Those in operation without a grade first, the rest by name; only the columns a list shows."""
    waiting = Q(grade="", status=OperatingStatus.ACTIVE.value)
    need = Case(When(waiting, then=Value(0)), default=Value(1))
    licences = Licence.objects.only("entity_id", "number", "valid_until").order_by("pk")
    listed = found.select_related("jurisdiction").only(*COLUMNS).prefetch_related(Prefetch("licences", licences))
    return listed.order_by(need, "sort_key", "pk")


def _profile(entity: Entity, doc: PlanDocument) -> Profile:
    grade = Grade(entity.grade) if entity.grade else None
    return Profile(facts_of(entity, doc), grade, supply_way=entity.supply_way or None)


def listed(entities: Iterable[Entity], doc: PlanDocument) -> list[Listed]:
    """The entities of one page as rows."""
    types, statuses = type_names(doc), status_names(doc)
    return [
        Listed(
            entity,
            types.get(entity.business_type, entity.business_type),
            statuses[entity.status],
            STATUS_KINDS.get(entity.status, "mute"),
            next(iter(entity.licences.all()), None),
            onsite_rule(_profile(entity, doc), doc) is not None,
        )
        for entity in entities
    ]


def last_import() -> ImportBatch | None:
    """The ledger written last in the acting place."""
    written = ImportBatch.objects.filter(kind="ledger", state="committed")
    return written.order_by("-committed_at").first()


def total_known(asked: RegisterFilter, counts: dict[str, int]) -> int | None:
    """How many rows fit, where the totals of the strip say so already."""
    if asked == RegisterFilter(tab=asked.tab):
        return counts[asked.tab or "total"]
    return None
