"""Grades of entities by date: the stored lines, the decisions beside them, and the plans that judge from which day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from entities.models import Entity, GradeDecision, GradeRecord, Licence, Regrading
from entities.queries.checking import facts_of
from entities.rules.grading import EntityFacts
from entities.rules.standing import Decision, Row, Segment, Standing, Subject
from entities.rules.upgrading import case_grades, raised_by_class
from entities.rules.vocabulary import DecisionKind, Grade, SizeClass
from tenancy.plans import ResolvedPlan
from tenancy.queries.plans import LocalPlans, local_plans
from tenancy.rules.paths import END, ancestors_of

LINE = (
    "base", "effective", "corrected_from", "size", "rule", "clause", "reason", "raised_by", "raise_clause",
    "raise_reason", "regrading",
)  # fmt: skip


def under(path: str) -> Q:
    """What lies in the subtree of a place."""
    return Q(place__gte=path, place__lt=path + END)


def grade_on(entity: Entity, day: date) -> GradeRecord | None:
    """What the entity's grade was, is or will be on a day; None where it had none."""
    return grades_of(entity).filter(valid__contains=day).first()


def grades_of(entity: Entity) -> QuerySet[GradeRecord]:
    """Every line of its grade history, the latest first."""
    records = GradeRecord.objects.filter(entity=entity).select_related("recorded_by", "batch", "regrading")
    return records.order_by("-valid")


def decisions_of(entity: Entity) -> QuerySet[GradeDecision]:
    """What the office decided about its grade, the latest first, withdrawn ones too."""
    return GradeDecision.objects.filter(entity=entity).select_related("decided_by", "withdrawn_by").order_by("-pk")


def decision_in_force(entity: Entity, kind: DecisionKind, on: date) -> GradeDecision | None:
    """The decision of a kind that holds on a day."""
    found = decisions_of(entity).filter(kind=kind.value, valid__contains=on)
    return found.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=on)).first()


def upgrade_choices(entity: Entity, record: GradeRecord, plan: ResolvedPlan) -> tuple[Grade, ...]:
    """The grades an entity may be raised to by case: above what its class gives, within the plan's steps."""
    size = SizeClass(record.size) if record.size else None
    by_class = raised_by_class(Grade(record.base), size, facts_of(entity, plan.value), plan)
    floor = by_class.grade if by_class else Grade(record.base)
    return tuple(grade for grade in case_grades(Grade(record.base), floor, plan) if grade.value != record.effective)


def rows_of(entities: Q, since: date) -> dict[int, list[Row]]:
    """Entity id -> its stored lines that hold on the day before or later, in order; one query."""
    found: dict[int, list[Row]] = defaultdict(list)
    records = GradeRecord.objects.filter(entities, Q(valid__upper_inf=True) | Q(valid__endswith__gte=since))
    for pk, entity_id, valid, *line in records.order_by("entity_id", "valid").values_list(
        "pk", "entity_id", "valid", *LINE
    ):
        found[entity_id].append(Row(pk, Standing(valid.lower, valid.upper, *line)))
    return found


def decisions_from(entities: Q, since: date) -> dict[int, tuple[Decision, ...]]:
    """Entity id -> the decisions that hold on a day or later; one query."""
    found: dict[int, list[Decision]] = defaultdict(list)
    rows = GradeDecision.objects.filter(entities, Q(valid__upper_inf=True) | Q(valid__endswith__gt=since))
    for row in rows.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=since)).order_by("pk"):
        found[row.entity_id].append(_decision(row))
    return {pk: tuple(each) for pk, each in found.items()}


def _decision(row: GradeDecision) -> Decision:
    ends = [day for day in (row.valid.upper, row.withdrawn_on) if day is not None]
    until = min(ends, default=None)
    kind, grade, over = DecisionKind(row.kind), Grade(row.grade), Grade(row.over)
    return Decision(kind, grade, over, row.valid.lower, until, words_of(row), row.cited)


def words_of(decision: GradeDecision) -> str:
    """理由，某某批准（文号）."""
    return f"{decision.reason}，{decision.approver}批准（{decision.document}）"


def subject_of(entity: Entity, since: date) -> Subject:
    """One entity as judges see it, its unsaved facts as they stand; two queries."""
    decisions = decisions_from(Q(entity=entity), since).get(entity.pk, ())
    licences = tuple(Licence.objects.filter(entity=entity).order_by("pk").values_list("number", flat=True))
    facts = bare_facts(entity.activities, entity.tags, entity.staff, entity.revenue, entity.diners)
    return Subject(facts, licences, decisions)


def subjects_of(ids: Collection[int], since: date) -> Iterator[tuple[int, str, Subject]]:
    """Id, place and subject of several entities; three queries."""
    licences: dict[int, list[str]] = defaultdict(list)
    numbers = Licence.objects.filter(entity__in=ids).order_by("pk").values_list("entity_id", "number")
    for entity_id, number in numbers:
        licences[entity_id].append(number)
    decisions = decisions_from(Q(entity__in=ids), since)
    facts = ("pk", "place", "business_type", "further_types", "tags", "staff", "revenue", "diners")
    for pk, place, kind, further, *rest in Entity.objects.filter(pk__in=ids).order_by("pk").values_list(*facts):
        held = tuple(licences.get(pk, ()))
        yield pk, place, Subject(bare_facts((kind, *further), *rest), held, decisions.get(pk, ()))


def bare_facts(activities: Iterable[str], tags: Iterable[str], staff: Any, revenue: Any, diners: Any) -> EntityFacts:
    """The facts without high-risk classes, which each plan reads for itself."""
    return EntityFacts(tuple(activities), staff, revenue, diners, tags=frozenset(tags))


def regradings_ahead(path: str, since: date) -> QuerySet[Regrading]:
    """Standing regradings of a place, of those above it and of those below, that begin after a day."""
    around = Q(place__in=ancestors_of(path)) | under(path)
    return Regrading.objects.filter(around, since__gt=since, undone_on=None).order_by("since", "pk")


@dataclass(frozen=True)
class Outlook:
    """Which plans judge the entities of a place and of those below it from a day on."""

    since: date
    now: LocalPlans
    ahead: tuple[tuple[Regrading, LocalPlans], ...]
    known: dict[str, list[Segment]] = field(default_factory=dict)

    def segments(self, path: str) -> list[Segment]:
        """The plan in force there, then one for each regrading that is still to come."""
        if path not in self.known:
            later = [
                Segment(each.since, plans.at(path), each.pk)
                for each, plans in self.ahead
                if path.startswith(each.place)
            ]
            self.known[path] = [Segment(self.since, self.now.at(path)), *later]
        return self.known[path]


def outlook(path: str, since: date) -> Outlook:
    """Three queries, two more for each regrading that lies ahead."""
    ahead = tuple((each, local_plans(path, each.since)) for each in regradings_ahead(path, since))
    return Outlook(since, local_plans(path, since), ahead)


def _on_day(on: date) -> Coalesce:
    """The effective grade of the day as an expression over entities."""
    held = GradeRecord.objects.filter(entity=OuterRef("pk"), valid__contains=on).values("effective")[:1]
    return Coalesce(Subquery(held), Value(""))


def behind_the_day(path: str, on: date) -> QuerySet[Entity]:
    """Entities whose grade is not the one their lines give for the day: a line ended or began since it was set."""
    dated = Exists(GradeRecord.objects.filter(entity=OuterRef("pk")))
    return Entity.objects.filter(under(path), dated).annotate(grade_today=_on_day(on)).exclude(grade=F("grade_today"))
