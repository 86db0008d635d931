"""R1 coverage, R4 completion, R5 rectification, and what is missing behind each.

Periods count by `counted_in`, the chain of ids of the day: an open one from the rows, a closed one from its figures.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from cadres.queries.coverage import covering
from entities.models import EntityQuerySet
from entities.queries.quality import has_licence
from reports.models import PeriodFigure
from reports.queries.layers import Layers
from reports.queries.ratios import supervised_entities
from reports.rules import Fact, Tally, chain_of, shares
from supervision.models import Issue, Obligation
from supervision.rules.issues import Holder
from tenancy.models import Jurisdiction
from tenancy.queries.tree import counted_for
from tenancy.rules.periods import Quarter, quarter_of

COUNTS = ("due", "fulfilled", "on_time", "overdue", "issues", "rectified", "pending")


@dataclass(frozen=True)
class PeriodLine:
    """One child of the day: its id and name, and what it counted."""

    part: int
    name: str
    tally: Tally


@dataclass(frozen=True)
class PeriodTable:
    """A place's period: the sum, and the children it comes from. closed_at is None while it is counted live."""

    period: Quarter
    lines: list[PeriodLine]
    total: Tally
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Coverage:
    """R1 on a day: covered of those in operation with a licence; those without licence or grade stand beside."""

    covered: int
    licensed: int
    unlicensed: int
    ungraded: int

    @property
    def pair(self) -> tuple[int, int]:
        return self.covered, self.licensed

    @property
    def missing(self) -> int:
        return self.licensed - self.covered


def answered_here(path: str, layers: Layers) -> EntityQuerySet:
    """In operation, and not left to a tier outside the plan; without a grade yet counts as well."""
    return supervised_entities(path).exclude(layers.external())


def is_covered(on: date) -> Exists:
    return Exists(covering(on).filter(entity=OuterRef("pk")))


def coverage(path: str, on: date, layers: Layers) -> Coverage:
    """R1 in one query."""
    counts = (
        answered_here(path, layers)
        .annotate(licensed_now=has_licence(on), covered_now=is_covered(on))
        .aggregate(
            covered=Count("pk", filter=Q(licensed_now=True, covered_now=True)),
            licensed=Count("pk", filter=Q(licensed_now=True)),
            unlicensed=Count("pk", filter=Q(licensed_now=False)),
            ungraded=Count("pk", filter=Q(grade="")),
        )
    )
    return Coverage(**counts)


def owed_in(period: Quarter) -> QuerySet[Obligation]:
    """What falls due in the period, whenever it was opened."""
    return Obligation.objects.owed().filter(counted_quarter=str(period))


def found_in(period: Quarter) -> QuerySet[Issue]:
    """Issues found in the period; those of a voided visit are withdrawn with it."""
    return Issue.objects.filter(found_on__range=(period.start, period.end), visit__voided_on=None)


def late_on(on: date) -> Q:
    return Q(fulfilled_by=None, due_on__lt=on)


SETTLED = Q(holder_kind=Holder.NOBODY.value)


def not_yet_due(on: date) -> Q:
    return ~SETTLED & (Q(due_on=None) | Q(due_on__gte=on))


def facts_of(period: Quarter, on: date, about: Q | None = None) -> list[Fact]:
    """The rows of a period grouped by place of the day, tier and grade; two queries."""
    about = about if about is not None else Q()
    groups = ("counted_in", "counted_tier", "counted_grade")
    owed = owed_in(period).filter(about).order_by().values(*groups)
    found = found_in(period).filter(about).order_by().values(*groups)
    visits = owed.annotate(
        due=Count("pk"),
        fulfilled=Count("fulfilled_by"),
        on_time=Count("pk", filter=Q(fulfilled_on__lte=F("due_on"))),
        overdue=Count("pk", filter=late_on(on)),
    )
    issues = found.annotate(
        issues=Count("pk"), rectified=Count("pk", filter=SETTLED), pending=Count("pk", filter=not_yet_due(on))
    )
    return [_fact(**row) for row in (*visits, *issues)]


def _fact(counted_in: str, counted_tier: str, counted_grade: str, **counts: int) -> Fact:
    return Fact(chain_of(counted_in), counted_tier, counted_grade, Tally(**counts))


def period_table(
    place: Jurisdiction, period: Quarter, on: date, known: Iterable[Jurisdiction] | None = None
) -> PeriodTable:
    """The figures of a place: as they were closed, else counted now. Four queries at most.

    known: the children in the order of the tree, where the caller has them already.
    """
    rows = _closed(place, period) if on > period.end else []
    if rows:
        closed = [(row.part, Tally(*(getattr(row, name) for name in COUNTS))) for row in rows]
        names = {row.part: row.part_name for row in rows}
        return _table(period, closed, names, closed_at=rows[0].closed_at)
    sums = shares(facts_of(period, on, counted_for(place.pk)))
    live = [(share.part, tally) for share, tally in sums.items() if share.node == place.pk]
    parts = {part for part, _tally in live}
    nodes = known or Jurisdiction.objects.filter(pk__in=parts).order_by("path")
    return _table(period, live, {node.pk: node.name for node in nodes if node.pk in parts})


def _closed(place: Jurisdiction, period: Quarter) -> list[PeriodFigure]:
    return list(PeriodFigure.objects.filter(jurisdiction=place, period=str(period)).order_by("pk"))


def _table(
    period: Quarter,
    counted: Iterable[tuple[int, Tally]],
    names: dict[int, str],
    closed_at: datetime | None = None,
) -> PeriodTable:
    by_part: dict[int, Tally] = {part: Tally() for part in names}
    for part, tally in counted:
        by_part[part] = by_part.get(part, Tally()) + tally
    lines = [PeriodLine(part, names.get(part, ""), tally) for part, tally in by_part.items()]
    return PeriodTable(period, lines, sum(by_part.values(), Tally()), closed_at)


def last_periods(on: date, number: int = 4) -> list[Quarter]:
    """The present quarter and those before it."""
    found = [quarter_of(on)]
    while len(found) < number:
        found.append(found[-1].previous)
    return found
