"""Entities as the plan's conditions see them, with what a visit to each of them takes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, DateField, Exists, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from cadres.models import Assignment
from entities.models import Entity, GradeRecord
from entities.rules.grading import EntityFacts
from entities.rules.matching import Profile, checklist_for, frequency_for, onsite_reason, risk_classes
from entities.rules.vocabulary import Grade, SizeClass
from supervision.models import Issue, Visit
from supervision.rules.owing import frequency_text
from supervision.rules.task_lists import document_of, items_of
from supervision.rules.visits import Terms
from tenancy.plans import PlanDocument, ResolvedPlan


def with_facts(entities: QuerySet[Entity], on: date) -> QuerySet[Entity]:
    """The entities with what `profile_of` reads, in a constant number of queries."""
    records = GradeRecord.objects.filter(valid__contains=on)
    answered = entities.annotate(layer=layer_on(on), clean_visits=clean_run(), seen_on=Cast(Value(on), DateField()))
    return answered.select_related("jurisdiction").prefetch_related(
        "licences", Prefetch("grade_records", queryset=records, to_attr="grade_today")
    )


def layer_on(on: date) -> Subquery:
    """The tier that answers for an entity on a day."""
    held = Assignment.objects.in_force(on).filter(entity=OuterRef("pk"))
    return Subquery(held.values("tier")[:1])


def clean_run() -> Coalesce:
    """How many visits of an entity, counted from its last one back, found nothing; a day with a problem ends the run."""
    made = Visit.objects.filter(outcome="done", voided_on=None).order_by()
    found = made.filter(Exists(Issue.objects.filter(visit=OuterRef("pk"))), entity=OuterRef("entity"))
    last = Subquery(found.order_by("-visited_on").values("visited_on")[:1])
    run = made.filter(entity=OuterRef("pk"), visited_on__gt=Coalesce(last, Value(date.min)))
    return Coalesce(Subquery(run.values("entity").annotate(many=Count("pk")).values("many")), 0)


def profile_of(entity: Entity, doc: PlanDocument) -> Profile:
    """The facts on which must-onsite, frequency and task list depend; the entity comes from `with_facts`."""
    licences: Iterable[str] = (licence.number for licence in entity.licences.all())
    records: list[GradeRecord] = getattr(entity, "grade_today", [])
    size = next((record.size for record in records if record.size in set(SizeClass)), None)
    facts = EntityFacts(
        business_types=entity.activities,
        employees=entity.staff,
        revenue=entity.revenue,
        diners=entity.diners,
        tags=frozenset(entity.tags),
        classes=risk_classes(licences, doc, entity.tags),
    )
    return Profile(
        facts,
        Grade(entity.grade) if entity.grade else None,
        SizeClass(size) if size else None,
        tier=getattr(entity, "layer", None),
        supply_way=entity.supply_way or None,
        on=getattr(entity, "seen_on", None),
        clean_visits=getattr(entity, "clean_visits", None),
    )


def task_list_for(entity: Entity, plan: ResolvedPlan) -> dict[str, Any] | None:
    """The task list of an entity as it is shown and kept; None where the plan has none for it."""
    checklist = checklist_for(profile_of(entity, plan.value), plan.value)
    return document_of(checklist) if checklist else None


def frequency_said(entity: Entity, plan: ResolvedPlan) -> str:
    """How often the plan has the entity visited, with the clause; empty where no line fits."""
    line = frequency_for(profile_of(entity, plan.value), plan.value)
    return f"{frequency_text(line)}（{plan.cite('frequency', line.clause)}）" if line else ""


def terms_for(entity: Entity, plan: ResolvedPlan, document: dict[str, Any] | None, *, closed: str = "") -> Terms:
    """What a visit to the entity has to satisfy, with the list it is answered on."""
    reason = onsite_reason(profile_of(entity, plan.value), plan)
    return Terms(plan.value.visit_modes, reason, items_of(document) if document else {}, closed)


def closed_on_day(entity: Entity, plan: ResolvedPlan, day: date) -> str:
    """What the plan calls an entity that was out of operation on a day; empty when it was to be visited."""
    record = entity.status_records.filter(valid__contains=day).first()
    status = record.status if record else entity.status
    return next((line.name for line in plan.value.statuses if line.code == status and not line.visited), "")
