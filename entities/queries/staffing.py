"""两员 over the register: the plan's rules as conditions, and one entity held against them.

What `rules.staffing` says of one entity is said here of all at once, on rows from `with_named_staff`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from functools import reduce
from operator import or_
from typing import Self

from django.db.models import F, Func, IntegerField, Prefetch, Q, QuerySet, Value
from django.utils.translation import gettext as _

from entities.models import Entity, GradeRecord
from entities.queries.checking import profile_of
from entities.queries.matching import NONE, fitting
from entities.rules.naming import BETWEEN_NAMES, SPACES
from entities.rules.staffing import (
    Staffing,
    directors_of,
    holds_on,
    may_be_both,
    staffing_of,
    staffing_text,
)
from entities.rules.vocabulary import SizeClass
from tenancy.plans import PlanDocument, ResolvedPlan
from tenancy.plans.document import StaffingRule


@dataclass(frozen=True, slots=True)
class StaffingTerms:
    """Who must have which staff, and who lacks it."""

    five_class: Q
    owes_director: Q
    owes_officer: Q
    lacks_director: Q
    lacks_officer: Q

    @property
    def owed(self) -> Q:
        return self.owes_director | self.owes_officer

    @property
    def short(self) -> Q:
        return self.lacks_director | self.lacks_officer

    def within(self, region: Q) -> Self:
        """The same inside a part of the register."""
        return type(self)(*(region & getattr(self, field.name) for field in fields(self)))

    def __or__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, field.name) | getattr(other, field.name) for field in fields(self)))


NOBODY = StaffingTerms(NONE, NONE, NONE, NONE, NONE)


def with_named_staff(entities: QuerySet[Entity]) -> QuerySet[Entity]:
    """How many directors and officers the register names, and how many officers are not directors as well."""
    return entities.annotate(
        directors_named=_many("director"), officers_named=_many("officer"), officers_beside=_many("officer", "director")
    )


def _many(of: str, but: str = "") -> Func:
    """How many different names stand in one cell and, where given, not in the other."""
    names = [Func(_split(field), function="unnest") for field in (of, but) if field]
    return Func(
        *names,
        template="cardinality(ARRAY(SELECT %(expressions)s EXCEPT SELECT ''))",
        arg_joiner=" EXCEPT SELECT ",
        output_field=IntegerField(),
    )


def _split(field: str) -> Func:
    trimmed = Func(F(field), Value(SPACES), function="btrim")
    return Func(trimmed, Value(BETWEEN_NAMES), function="regexp_split_to_array")


def staffing_terms(doc: PlanDocument, on: date) -> StaffingTerms:
    """The rules of a plan that hold on a day."""
    officers = "officers_named" if may_be_both(doc) else "officers_beside"
    rules = [rule for rule in doc.staffing_rules if holds_on(rule, on)]
    return reduce(or_, (_terms(rule, fitting(rule.when, doc, on), officers) for rule in rules), NOBODY)


def _terms(rule: StaffingRule, meant: Q, officers: str) -> StaffingTerms:
    # The cheap question first: most rows are settled by the names.
    lacking = Q(directors_named__lt=directors_of(rule)), Q(**{f"{officers}__lt": rule.officers_min})
    return StaffingTerms(
        five_class=meant if rule.five_class else NONE,
        owes_director=meant if rule.director else NONE,
        owes_officer=meant if rule.officers_min else NONE,
        lacks_director=lacking[0] & meant if rule.director else NONE,
        lacks_officer=lacking[1] & meant if rule.officers_min else NONE,
    )


def with_sizes(entities: QuerySet[Entity], on: date) -> QuerySet[Entity]:
    """What `entity_staffing` reads, for many at once."""
    records = GradeRecord.objects.filter(valid__contains=on)
    return entities.prefetch_related("licences", Prefetch("grade_records", queryset=records, to_attr="grade_today"))


def entity_staffing(entity: Entity, doc: PlanDocument, on: date) -> Staffing:
    """One entity, from `with_sizes` or alone."""
    records: Iterable[GradeRecord] | None = getattr(entity, "grade_today", None)
    if records is None:
        records = entity.grade_records.filter(valid__contains=on)
    size = next((record.size for record in records if record.size), "")
    profile = profile_of(entity, doc, size=SizeClass(size) if size else None, on=on)
    return staffing_of(profile, entity.director, entity.officer, doc, on)


@dataclass(frozen=True, slots=True)
class StaffingShown:
    """One entity's staff as pages and answers say it: must have, has, lacks, and each rule with its source."""

    staffing: Staffing
    sources: tuple[tuple[str, str], ...]

    @property
    def owed(self) -> str:
        return staffing_text(self.staffing.directors_min, self.staffing.officers_min)

    @property
    def short(self) -> str:
        return staffing_text(self.staffing.directors_short, self.staffing.officers_short)

    @property
    def papers(self) -> tuple[str, ...]:
        """The documents the rules ask for, each once."""
        return tuple(dict.fromkeys(paper for rule in self.staffing.rules for paper in rule.documents))

    @property
    def terms(self) -> tuple[str, ...]:
        """What the rules ask beside numbers; the register does not know whether it is so."""
        rules = self.staffing.rules
        hours = max((rule.training_hours or 0 for rule in rules), default=0)
        full_time = (_("须专职"),) if any(rule.full_time for rule in rules) else ()
        return (*full_time, _("每年培训不少于 %d 小时") % hours) if hours else full_time


def shown_staffing(entity: Entity, plan: ResolvedPlan, on: date) -> StaffingShown:
    """One entity held against its plan on a day."""
    staffing = entity_staffing(entity, plan.value, on)
    return StaffingShown(
        staffing, tuple((rule.name, plan.cite("staffing_rules", rule.clause)) for rule in staffing.rules)
    )
