"""首轮督导: what a plan wants done once by a day, beside the quarters; counted from the visits, nothing is written.

A visit counts from the day the plan is in force on to the round's last day, that day included.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cadres.models import Assignment, Cadre
from entities.models import Entity, Licence
from entities.queries.matching import fitting
from supervision.models import Visit
from tenancy.models import Jurisdiction, Plan
from tenancy.plans import PlanDocument, ResolvedPlan
from tenancy.plans.document import FirstRound
from tenancy.queries.plans import plan_in_force
from tenancy.rules.paths import END, ancestors_of
from tenancy.rules.rounds import RoundState, state_of_round


@dataclass(frozen=True)
class Round:
    """One first round in a place: who is meant, how many are done, and where it stands on the day."""

    terms: FirstRound
    clause: str
    total: int
    done: int
    state: RoundState
    rows: QuerySet[Any]

    @property
    def missing(self) -> int:
        """How many are still without a visit."""
        return self.total - self.done

    @property
    def percent(self) -> int:
        """The share done, rounded down; nobody meant is nothing to show."""
        return self.done * 100 // self.total if self.total else 0


def first_rounds(place: Jurisdiction, on: date) -> list[Round]:
    """The first rounds of the plan in force there, in its order; two queries each."""
    plan = plan_in_force(place.path, on)
    since, inside = _in_force_since(place.path, on), Q(place__gte=place.path, place__lt=place.path + END)
    return [_round(plan, terms, inside, since, on) for terms in plan.value.first_rounds]


def _in_force_since(path: str, on: date) -> date:
    """The first day of the plan whose rounds these are; without a plan of the line there are none."""
    nearest = Plan.objects.filter(place__in=ancestors_of(path), valid__contains=on).order_by("-place").first()
    return nearest.valid.lower if nearest else on


def _round(plan: ResolvedPlan, terms: FirstRound, inside: Q, since: date, on: date) -> Round:
    rows = meant_in(plan, terms, inside, since, on)
    total, done = rows.count(), rows.filter(is_done=True).count()
    state = state_of_round(done=done, total=total, by=terms.by, strive=terms.strive, on=on)
    return Round(terms, plan.cite("first_rounds", terms.clause), total, done, state, rows)


def meant_in(plan: ResolvedPlan, terms: FirstRound, inside: Q, since: date, on: date) -> QuerySet[Any]:
    """Whoever the round is about in a part of the register, with `is_done`."""
    meant: Callable[[Q, PlanDocument, FirstRound, date], QuerySet[Any]]
    meant = _entities if terms.kind == "every_entity" else _cadres
    whose = "entity" if terms.kind == "every_entity" else "cadre"
    visits = Visit.objects.filter(
        outcome="done", voided_on=None, visited_on__gte=since, visited_on__lte=terms.by, **{whose: OuterRef("pk")}
    )
    return meant(inside, plan.value, terms, on).annotate(is_done=Exists(visits))


def _entities(inside: Q, doc: PlanDocument, terms: FirstRound, on: date) -> QuerySet[Entity]:
    """In operation, of the kind the round is about, licensed where only those are meant."""
    found = Entity.objects.supervised().filter(fitting(terms.when, doc, on), inside)
    if terms.licensed_only:
        found = found.filter(Exists(Licence.objects.filter(entity=OuterRef("pk"))))
    return found.select_related("jurisdiction").order_by("place", "sort_key", "pk")


def _cadres(inside: Q, doc: PlanDocument, terms: FirstRound, on: date) -> QuerySet[Cadre]:
    """In post and answering for something; who answers for nothing has nothing to visit."""
    held = Assignment.objects.in_force(on).filter(cadre=OuterRef("pk"))
    found = Cadre.objects.in_post(on).filter(Exists(held), inside)
    return found.select_related("post", "post__jurisdiction").order_by("place", "post__sort_key", "pk")
