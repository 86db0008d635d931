"""What one entity typed in a form or sent to the API is checked against: the import's checker and the register itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from entities.models import STATUSES, Entity
from entities.queries.register import areas_under
from entities.rules.grading import EntityFacts, Grading, compile_grading
from entities.rules.ledger import KEYS, Area, LedgerChecker, LedgerRow, checker
from entities.rules.matching import risk_classes
from entities.rules.vocabulary import RiskLevel
from tenancy.models import Jurisdiction
from tenancy.plans import PlanDocument, ResolvedPlan
from tenancy.queries.plans import plan_in_force
from tenancy.rules.importing import Finding, Level
from tenancy.rules.paths import within
from tenancy.scoping import acting_places


@dataclass(frozen=True)
class EntityChecks:
    """The checks of one office on one day."""

    plan: ResolvedPlan
    areas: tuple[Area, ...]
    rows: LedgerChecker

    def check(self, cells: Mapping[str, Any], *, but: int | None = None) -> tuple[LedgerRow, list[Finding]]:
        """The row and its findings as an import would have them; another entity under the same key is an error too.

        but: the id of the entity that is being edited.
        """
        row, findings = self.rows.check(1, [cells.get(key) for key in KEYS], {})
        if not any(finding.level is Level.ERROR for finding in findings) and (twin := find_twin(row, but)):
            message = _("台账里已有同一主体“%s”；请直接编辑那一家，不要重复登记") % twin.name
            findings.append(Finding("name", Level.ERROR, "already-registered", message))
        return row, findings


def entity_checks(jurisdiction: Jurisdiction, on: date) -> EntityChecks:
    """The checks of the office of a place. An area may be given by its name or by its id."""
    plan, acting = plan_in_force(jurisdiction.path, on), acting_places()
    areas = tuple(
        area for area in areas_under(jurisdiction) if area.pk != jurisdiction.pk and within(acting, area.path)
    )
    by_id = (Area(area.pk, area.path, str(area.pk)) for area in areas)
    return EntityChecks(plan, areas, checker(plan.value, (*areas, *by_id)))


def unsettled(findings: Collection[Finding], *, touched: Collection[str], accepted: bool) -> list[Finding]:
    """What keeps an entity from being saved: errors, and warnings about touched fields until somebody accepts them."""
    return [
        finding
        for finding in findings
        if finding.level is Level.ERROR
        or (finding.level is Level.WARNING and finding.column in touched and not accepted)
    ]


def find_twin(row: LedgerRow, but: int | None = None) -> Entity | None:
    """Another entity of the acting place under the key by which a ledger would find this row."""
    others = Entity.objects.order_by("pk")
    if but is not None:
        others = others.exclude(pk=but)
    if row.uscc:
        return others.filter(uscc=row.uscc).first()
    others = others.filter(uscc="")
    if row.licence:
        return others.filter(licences__number=row.licence).first()
    same = others.filter(licences__isnull=True, jurisdiction_id=row.area, name=row.name)
    return same.filter(address=row.address or "").first()


def cells_of(entity: Entity, doc: PlanDocument) -> dict[str, str]:
    """An entity as a ledger row would be typed today. The telephone stays out: blank keeps what is stored."""
    cells = {name: getattr(entity, name) for name in ("name", "uscc", "address", "principal", "director", "officer")}
    return cells | {
        "licence": licence_of(entity),
        "business_type": type_names(doc).get(entity.business_type, entity.business_type),
        "staff": shown_number(entity.staff),
        "revenue": shown_number(entity.revenue),
        "diners": shown_number(entity.diners),
        "area": str(entity.jurisdiction_id),
        "phone": "",
        "status": status_names(doc)[entity.status],
        "further_types": "、".join(type_names(doc).get(code, code) for code in entity.further_types),
        "tags": "、".join(entity.tags),
        "risk_level": RiskLevel(entity.risk_level).name if entity.risk_level else "",
    }


def shown_number(value: int | Decimal | None) -> str:
    """120.00 -> 120; nothing for what is not known."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def licence_of(entity: Entity) -> str:
    """The number that lists, forms and ledgers show: the first one written down."""
    first = min(entity.licences.all(), key=lambda licence: licence.pk, default=None)
    return first.number if first else ""


def type_names(doc: PlanDocument) -> dict[str, str]:
    return {kind.code: kind.name for kind in doc.business_types}


def status_names(doc: PlanDocument) -> dict[str, str]:
    """What the place calls the five states; the common words where its plan names none."""
    return {code: str(name) for code, name in STATUSES.items()} | {line.code: line.name for line in doc.statuses}


def facts_of(entity: Entity, doc: PlanDocument) -> EntityFacts:
    """What grading and matching ask of an entity."""
    classes = risk_classes([licence.number for licence in entity.licences.all()], doc, entity.tags)
    tags = frozenset(entity.tags)
    return EntityFacts(entity.activities, entity.staff, entity.revenue, entity.diners, tags=tags, classes=classes)


def grading_of(entity: Entity, plan: ResolvedPlan) -> Grading:
    """The base grade the plan gives an entity, or what is missing for it."""
    return compile_grading(plan)(facts_of(entity, plan.value))
