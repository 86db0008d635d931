"""What one entity typed in a form or sent to the API is checked against: the import's checker and the register itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from entities.models import STATUSES, Entity, Licence
from entities.queries.register import areas_under, registered
from entities.rules.grading import EntityFacts, Grading, compile_grading
from entities.rules.ledger import KEYS, Area, LedgerChecker, LedgerRow, checker, doubt_about
from entities.rules.matching import Profile, risk_classes
from entities.rules.vocabulary import Grade, RiskLevel, SizeClass
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
        if not any(finding.level is Level.ERROR for finding in findings):
            findings += _about_others(row, but)
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


def _about_others(row: LedgerRow, but: int | None) -> list[Finding]:
    """What an import would say of the row beside the entities of the acting place that share a number or its name."""
    alike = Q(name=row.name, jurisdiction_id=row.area)
    if row.uscc:
        alike |= Q(uscc=row.uscc)
    if row.licence:
        alike |= Q(pk__in=Licence.objects.filter(number=row.licence).values("entity_id"))
    match = registered(Entity.objects.filter(alike).exclude(pk=but or 0)).find(row)
    if match.stored:
        message = _("台账里已有同一主体“%s”；请直接编辑那一家，不要重复登记") % match.stored.name
        return [Finding("name", Level.ERROR, "already-registered", message)]
    doubt = doubt_about(match)
    return [doubt] if doubt else []


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


def serves_meals(entity: Entity, doc: PlanDocument) -> bool:
    """Whether one of its business types counts diners, so that it has a way of supply."""
    return any(kind.diners and kind.code in entity.activities for kind in doc.business_types)


def facts_of(entity: Entity, doc: PlanDocument) -> EntityFacts:
    """What grading and matching ask of an entity."""
    classes = risk_classes([licence.number for licence in entity.licences.all()], doc, entity.tags)
    tags = frozenset(entity.tags)
    return EntityFacts(entity.activities, entity.staff, entity.revenue, entity.diners, tags=tags, classes=classes)


def profile_of(entity: Entity, doc: PlanDocument, *, size: SizeClass | None = None, on: date | None = None) -> Profile:
    """An entity as the conditions of a plan see it, as far as the register knows."""
    grade = Grade(entity.grade) if entity.grade else None
    return Profile(facts_of(entity, doc), grade, size, supply_way=entity.supply_way or None, on=on)


def grading_of(entity: Entity, plan: ResolvedPlan) -> Grading:
    """The base grade the plan gives an entity, or what is missing for it."""
    return compile_grading(plan)(facts_of(entity, plan.value))
