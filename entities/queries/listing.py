"""The rows of the register's list page, in the order of attention or of a column."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from entities.models import Entity, Licence
from entities.queries.checking import profile_of, status_names, type_names
from entities.queries.finding import RegisterFilter
from entities.rules.matching import onsite_rule
from entities.rules.vocabulary import OperatingStatus
from tenancy.models import ImportBatch
from tenancy.plans import PlanDocument

STATUS_KINDS = {
    OperatingStatus.ACTIVE.value: "ok",
    OperatingStatus.STOPPED.value: "warn",
    OperatingStatus.DORMANT.value: "warn",
}
COLUMNS = (
    "place", "stall", "name", "uscc", "grade", "status", "business_type", "further_types", "staff", "revenue", "diners", "tags", "supply_way",
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
    expired: bool
    onsite: bool


def as_listed(found: QuerySet[Entity]) -> QuerySet[Entity]:
    """Only the columns a list shows, and the licences beside them."""
    licences = Licence.objects.only("entity_id", "number", "valid_until", "state").order_by("pk")
    return found.select_related("jurisdiction").only(*COLUMNS).prefetch_related(Prefetch("licences", licences))


def listed(entities: Iterable[Entity], doc: PlanDocument, on: date) -> list[Listed]:
    """The entities of one page as rows."""
    types, statuses = type_names(doc), status_names(doc)
    return [
        Listed(
            entity,
            types.get(entity.business_type, entity.business_type),
            statuses[entity.status],
            STATUS_KINDS.get(entity.status, "mute"),
            next(iter(entity.licences.all()), None),
            _has_run_out(entity, on),
            onsite_rule(profile_of(entity, doc), doc) is not None,
        )
        for entity in entities
    ]


def _has_run_out(entity: Entity, on: date) -> bool:
    """Whether an entity in operation has licences and none of them holds."""
    licences = entity.licences.all()
    return entity.status == OperatingStatus.ACTIVE and bool(licences) and not any(each.holds(on) for each in licences)


def last_import() -> ImportBatch | None:
    """The ledger written last in the acting place."""
    written = ImportBatch.objects.filter(kind="ledger", state="committed")
    return written.order_by("-committed_at").first()


def total_known(asked: RegisterFilter, counts: dict[str, int]) -> int | None:
    """How many rows fit, where the totals of the strip say so already."""
    if asked == RegisterFilter(tab=asked.tab, order=asked.order):
        return counts[asked.tab or "total"]
    return None
