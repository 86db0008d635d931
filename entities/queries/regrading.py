"""What a plan would make of a whole place: every entity's grade under it, held against the grade it has.

Facts, lines, decisions and plans are read once each, however many entities there are; the rest is arithmetic.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from entities.models import Entity, Licence, RegradedEntity, Regrading
from entities.queries.grades import bare_facts, decisions_from, regradings_ahead, rows_of, under
from entities.rules.standing import Rewrite, Row, Segment, Standing, Subject, judge, rewrite, timeline
from tenancy.models import Jurisdiction
from tenancy.plans import ResolvedPlan
from tenancy.queries.plans import local_plans

FACTS = ("further_types", "tags", "staff", "revenue", "diners")
UNGRADED = ""


@dataclass(frozen=True, slots=True)
class Regraded:
    """One entity with the line it has on the day, the one it would have, and what must be written for it."""

    entity_id: int
    place: str
    name: str
    old: Standing | None
    new: Standing | None
    unknown: str
    rewrite: Rewrite

    @property
    def is_recited(self) -> bool:
        """Whether only the clause, the rule or the size changes and both grades stay."""
        return not self.rewrite.is_empty and not self.changes_grade

    @property
    def changes_grade(self) -> bool:
        """Whether the base or the effective grade changes."""
        return _grades(self.old) != _grades(self.new)


def _grades(line: Standing | None) -> tuple[str, str]:
    return (line.base, line.effective) if line else (UNGRADED, UNGRADED)


@dataclass(frozen=True, slots=True)
class GradeChange:
    """An entity whose base or effective grade changes; empty grades mean none. reason says what is missing there."""

    entity_id: int
    name: str
    place: str
    old_base: str
    old_effective: str
    old_clause: str
    new_base: str
    new_effective: str
    new_clause: str
    reason: str

    @property
    def kind(self) -> str:
        """How it is counted: the effective grade before and after, D-C; "D-" becomes ungraded."""
        return f"{self.old_effective}-{self.new_effective}"


@dataclass(frozen=True)
class RegradePreview:
    """What grading a place anew from a day on would change, under one plan.

    recited: entities whose grades stay while the clause or the size behind them changes.
    """

    place: Jurisdiction
    plan: ResolvedPlan
    on: date
    changes: tuple[GradeChange, ...]
    recited: int
    total: int

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Changes by kind ("D-C"), in the order of the grades."""
        return dict(sorted(Counter(change.kind for change in self.changes).items()))

    @property
    def ungraded(self) -> tuple[GradeChange, ...]:
        """Those that would have no grade any more."""
        return tuple(change for change in self.changes if not change.new_base)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return not self.changes and not self.recited

    @cached_property
    def digest(self) -> str:
        """What a person saw, to be sent back with his confirmation."""
        told = [self.plan.digest, self.on.isoformat(), self.place.path, str(self.recited), str(self.total)]
        told += [repr(change) for change in self.changes]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def regrade_preview(place: Jurisdiction, plan: ResolvedPlan, on: date) -> RegradePreview:
    """Which entities of a place change base or effective grade from a day on, with the clause, under a plan.

    plan: the one in force or a draft. Places below with a plan of their own are graded by that, laid over this one.
    """
    return summed_up(place, plan, on, regraded(place, plan, on))


def summed_up(place: Jurisdiction, plan: ResolvedPlan, on: date, found: Iterable[Regraded]) -> RegradePreview:
    """A preview of entities that were judged already."""
    found = list(found)
    changes = tuple(_change(each) for each in found if each.changes_grade)
    return RegradePreview(place, plan, on, changes, sum(each.is_recited for each in found), len(found))


def _change(each: Regraded) -> GradeChange:
    old, new = each.old, each.new
    reason = each.unknown if new is None else "；".join(part for part in (new.reason, new.raise_reason) if part)
    clauses = (old.clause if old else "", new.clause if new else "")
    return GradeChange(
        each.entity_id, each.name, each.place, *_grades(old), clauses[0], *_grades(new), clauses[1], reason
    )


def regraded(place: Jurisdiction, plan: ResolvedPlan, on: date) -> list[Regraded]:
    """Every entity of the place under the plan, by name; five statements."""
    here, plans = under(place.path), local_plans(place.path, on, plan)
    rows = rows_of(here, on)
    return [_judged(listed, rows.get(listed.pk, []), plans.at(listed.place), on) for listed in _listed(here, on)]


class _Listed(NamedTuple):
    pk: int
    place: str
    name: str
    subject: Subject


def _listed(here: Q, on: date) -> Iterator[_Listed]:
    licences: dict[int, list[str]] = defaultdict(list)
    for entity_id, number in Licence.objects.filter(here).order_by("pk").values_list("entity_id", "number"):
        licences[entity_id].append(number)
    decisions = decisions_from(here, on)
    entities = Entity.objects.filter(here).order_by("sort_key", "pk")
    for pk, path, name, kind, further, *facts in entities.values_list("pk", "place", "name", "business_type", *FACTS):
        subject = Subject(bare_facts((kind, *further), *facts), tuple(licences.get(pk, ())), decisions.get(pk, ()))
        yield _Listed(pk, path, name, subject)


def _judged(listed: _Listed, rows: list[Row], plan: ResolvedPlan, on: date) -> Regraded:
    lines = timeline(listed.subject, [Segment(on, plan)])
    new = lines[0] if lines and lines[0].since == on else None
    unknown = "" if new else judge(plan).grading(listed.subject).reason
    held = (row.line for row in rows if row.line.since <= on and (row.line.until is None or row.line.until > on))
    change = rewrite(rows, lines, on)
    return Regraded(listed.pk, listed.place, listed.name, next(held, None), new, unknown, change)


def standing_ahead(place: Jurisdiction, on: date) -> Regrading | None:
    """A later regrading of the place, or of one above or below it, that stands in the way of another."""
    return regradings_ahead(place.path, on).select_related("jurisdiction").first()


def regradings(place: Jurisdiction) -> QuerySet[Regrading]:
    """Those of the place itself, the latest first."""
    found = Regrading.objects.filter(jurisdiction=place).select_related("made_by", "undone_by", "jurisdiction")
    return found.order_by("-pk")


def regraded_lines(regrading: Regrading, kind: str = "") -> QuerySet[RegradedEntity]:
    """What a regrading changed, of one kind ("D-C") or all, without what only changed its clause."""
    lines = regrading.lines.select_related("entity__jurisdiction").defer("before")
    if kind:
        old, _, new = kind.partition("-")
        lines = lines.filter(old_effective=old, new_effective=new)
    changed = lines.exclude(old_base=F("new_base"), old_effective=F("new_effective"))
    return changed.order_by("entity__sort_key", "pk")


def touched_since(regrading: Regrading) -> QuerySet[Entity]:
    """Entities of a regrading that somebody changed afterwards."""
    entities = Entity.objects.filter(pk__in=regrading.lines.values("entity"))
    return entities.exclude(changed_at=regrading.made_at).order_by("sort_key", "pk")
