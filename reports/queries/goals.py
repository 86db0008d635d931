"""年度目标: each goal of the plan in force with its figure, whether it is reached, and whoever is missing.

Judged by what stands in the system on the day of the question; only first rounds look at visits up to their own day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from cadres.models import Cadre, ResponsibilityList
from commitments.models import TABS, CommitmentLetter
from entities.queries.quality import LACKING
from reports.queries.layers import Layers
from reports.queries.ratios import cadres_in_post, supervised_entities, under
from reports.queries.staffing import owing_in, terms_in
from supervision.queries.first_rounds import first_rounds
from supervision.queries.quarters import OPENING_LEVELS
from tenancy.models import Jurisdiction, Post
from tenancy.plans import ResolvedPlan
from tenancy.plans.document import Goal
from tenancy.queries.plans import plan_in_force
from tenancy.rules.roles import Role
from tenancy.rules.rounds import RoundState, state_of_round

FACTS = ("licence", "address", "principal", "phone")


@dataclass(frozen=True)
class Piece:
    """One list or paper that has to be there, and whether it is."""

    name: str
    place: Jurisdiction
    is_done: bool


@dataclass(frozen=True)
class Measure:
    """What a goal counts; is_reached differs from done == total where nothing is registered yet."""

    total: int
    done: int
    missing: QuerySet[Any] | list[Piece]
    is_reached: bool


@dataclass(frozen=True)
class GoalFigure:
    """One goal in a place on a day."""

    terms: Goal
    clause: str
    measure: Measure
    state: RoundState

    @property
    def short(self) -> int:
        return self.measure.total - self.measure.done

    @property
    def percent(self) -> int:
        """The share done, rounded down."""
        return self.measure.done * 100 // self.measure.total if self.measure.total else 0


def goals_of(place: Jurisdiction, on: date) -> list[GoalFigure]:
    """The goals of the plan in force there, in its order; two queries each."""
    plan = plan_in_force(place.path, on)
    return [_figure(place, plan, terms, on) for terms in plan.value.goals]


def _figure(place: Jurisdiction, plan: ResolvedPlan, terms: Goal, on: date) -> GoalFigure:
    measure = MEASURES[terms.kind](place, plan, terms, on)
    state = state_of_round(done=int(measure.is_reached), total=1, by=terms.by, strive=terms.strive, on=on)
    return GoalFigure(terms, plan.cite("goals", terms.clause), measure, state)


def _counted(rows: QuerySet[Any], lacking: Q, *, none_is_enough: bool = False) -> Measure:
    total, missing = rows.count(), rows.filter(lacking)
    short = missing.count()
    return Measure(total, total - short, missing, is_reached=not short and bool(total or none_is_enough))


def facts_asked(terms: Goal) -> tuple[str, ...]:
    """The columns of the ledger that make a file complete."""
    return tuple(terms.facts) or FACTS


def _entities_filed(place: Jurisdiction, _plan: ResolvedPlan, terms: Goal, _on: date) -> Measure:
    lacking = Q(grade="")
    for fact in facts_asked(terms):
        lacking |= LACKING[fact]
    rows = supervised_entities(place.path).select_related("jurisdiction").prefetch_related("licences")
    return _counted(rows.order_by("place", "sort_key", "pk"), lacking)


def _cadres_filed(place: Jurisdiction, _plan: ResolvedPlan, _terms: Goal, on: date) -> Measure:
    """Whoever holds the post of a cadre, with tier and category, title and telephone."""
    posts = Post.objects.filter(under(place.path)).held_on(on).filter(Q(role=Role.CADRE.value) | Q(cadre__isnull=False))
    rows = posts.select_related("jurisdiction", "cadre").order_by("place", "sort_key", "pk")
    return _counted(rows, Q(cadre=None) | Q(title="") | Q(phone_last4=""))


def _lists_made(place: Jurisdiction, plan: ResolvedPlan, _terms: Goal, _on: date) -> Measure:
    """The responsibility list of every office that makes one; the other lists and the inspection stand in the plan."""
    makers = Jurisdiction.objects.under(place.path).filter(level__in=OPENING_LEVELS, closed_on=None)
    offices = list(makers.order_by("path")) or [place]
    approved = set(
        ResponsibilityList.objects.filter(jurisdiction__in=offices).values_list("jurisdiction_id", flat=True)
    )
    doc = plan.value
    written = {
        "task": bool(doc.checklists),
        "inspection": bool(doc.inspection_checklists),
        "scheme": bool(doc.inspection.unit and doc.inspection.per_year),
    }
    pieces = [
        *(Piece("responsibility", office, office.pk in approved) for office in offices),
        *(Piece(name, place, is_done) for name, is_done in written.items()),
    ]
    missing = [piece for piece in pieces if not piece.is_done]
    return Measure(len(pieces), len(pieces) - len(missing), missing, is_reached=not missing)


def _letters_signed(place: Jurisdiction, _plan: ResolvedPlan, _terms: Goal, on: date) -> Measure:
    """Cadres in post whose signed letter has passed its review."""
    passed = CommitmentLetter.objects.filter(cadre=OuterRef("pk"), state__in=TABS["passed"])
    rows = cadres_in_post(place.path, on).select_related("post__jurisdiction")
    signed = rows.annotate(is_signed=Case(When(Exists(passed), then=Value(1)), default=Value(0)))
    return _counted(signed.order_by("place", "post__sort_key", "pk"), Q(is_signed=0))


def _staffed(place: Jurisdiction, _plan: ResolvedPlan, _terms: Goal, on: date) -> Measure:
    """By the plan of each place, as its own page counts."""
    terms = terms_in(Layers.in_force(on), on)
    rows = owing_in(place.path, terms, five=False).select_related("jurisdiction")
    return _counted(rows.order_by("place", "sort_key", "pk"), terms.short, none_is_enough=True)


def _first_round(place: Jurisdiction, _plan: ResolvedPlan, terms: Goal, on: date) -> Measure:
    found = [each for each in first_rounds(place, on) if terms.round in (None, each.terms.code)]
    if not found:
        return Measure(0, 0, [], is_reached=False)
    meant = found[0]
    return Measure(
        meant.total, meant.done, meant.rows.filter(is_done=False), is_reached=bool(meant.total) and not meant.missing
    )


MEASURES: dict[str, Callable[[Jurisdiction, ResolvedPlan, Goal, date], Measure]] = {
    "entities_filed": _entities_filed,
    "cadres_filed": _cadres_filed,
    "lists_made": _lists_made,
    "letters_signed": _letters_signed,
    "staffed": _staffed,
    "first_round": _first_round,
}


@dataclass(frozen=True)
class MissingLine:
    """One of whoever is missing: who, where, what is missing, and the page where it is mended."""

    name: str
    place: str
    lacks: tuple[str, ...]
    page: str = ""
    pk: int | None = None
    grade: str | None = None


def missing_lines(figure: GoalFigure, rows: list[Any]) -> list[MissingLine]:
    """A page of the missing of a goal."""
    return [_line(figure.terms, row) for row in rows]


def _line(terms: Goal, row: Any) -> MissingLine:
    if isinstance(row, Piece):
        return MissingLine(row.place.name, row.place.name, (row.name,))
    if isinstance(row, Post):
        cadre = getattr(row, "cadre", None)
        lacks = {"record": cadre is None, "title": not row.title, "phone": not row.phone}
        page = "cadres:show-cadre" if cadre else ""
        return MissingLine(row.person_name, row.jurisdiction.name, _true(lacks), page, cadre.pk if cadre else None)
    if isinstance(row, Cadre):
        what = "letter" if terms.kind == "letters_signed" else "visit"
        return MissingLine(row.post.person_name, row.post.jurisdiction.name, (what,), "cadres:show-cadre", row.pk)
    return MissingLine(
        row.name, row.jurisdiction.name, _lacks_of(terms, row), "entities:show-entity", row.pk, row.grade
    )


def _lacks_of(terms: Goal, entity: Any) -> tuple[str, ...]:
    if terms.kind != "entities_filed":
        return ("staff-posts" if terms.kind == "staffed" else "visit",)
    given = {
        fact: entity.phone_last4
        if fact == "phone"
        else entity.licences.all()
        if fact == "licence"
        else getattr(entity, fact)
        for fact in facts_asked(terms)
    }
    return _true(
        {"grade": not entity.grade, **{fact: value in (None, "") or not value for fact, value in given.items()}}
    )


def _true(lacks: dict[str, bool]) -> tuple[str, ...]:
    return tuple(name for name, is_lacking in lacks.items() if is_lacking)
