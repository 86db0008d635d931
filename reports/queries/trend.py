"""The figures of a place quarter after quarter: closed ones as they were closed, the others as they stand today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncQuarter
from django.utils.translation import gettext as _

from reports.models import PeriodFigure
from reports.queries.rates import COUNTS, SETTLED, late_on, not_yet_due
from reports.queries.sheets import SheetRows, conditions_of, unit_of
from reports.rules import Tally
from supervision.models import Issue, Obligation
from tenancy.models import Jurisdiction, Post
from tenancy.queries.plans import plan_in_force
from tenancy.queries.tree import counted_for
from tenancy.rules.periods import Quarter, quarter_of

QUARTERS = 8


@dataclass(frozen=True, slots=True)
class TrendLine:
    """One quarter; closed_at is None while it is counted anew on every day."""

    period: Quarter
    tally: Tally
    closed_at: datetime | None
    is_running: bool

    @property
    def percent(self) -> float:
        """The share visited, late ones included."""
        return self.tally.fulfilled * 100 / self.tally.due if self.tally.due else 0


@dataclass(frozen=True, slots=True)
class Trend:
    """Quarters from the earliest to the latest, without those before anything was owed or found."""

    lines: list[TrendLine]
    earlier: Quarter
    until: Quarter


def trend(place: Jurisdiction, until: Quarter, on: date) -> Trend:
    """The quarters up to one of them; three queries, however many places and quarters there are."""
    periods = [until]
    while len(periods) < QUARTERS:
        periods.append(periods[-1].previous)
    closed = _closed(place, periods)
    live = _live(place, [period for period in periods if str(period) not in closed], on)
    lines = []
    for period in reversed(periods):
        tally, closed_at = closed.get(str(period), (live.get(str(period), Tally()), None))
        lines.append(TrendLine(period, tally, closed_at, is_running=on <= period.end))
    first = next((index for index, line in enumerate(lines) if line.tally.due or line.tally.issues), len(lines) - 1)
    return Trend(lines[first:], periods[-1].previous, until)


def _closed(place: Jurisdiction, periods: Iterable[Quarter]) -> dict[str, tuple[Tally, datetime]]:
    written = PeriodFigure.objects.filter(jurisdiction=place, period__in=[str(period) for period in periods])
    sums: QuerySet[Any] = written.order_by().values("period")
    sums = sums.annotate(at=Max("closed_at"), **{f"n_{name}": Sum(name) for name in COUNTS})
    return {row["period"]: (Tally(*(row[f"n_{name}"] for name in COUNTS)), row["at"]) for row in sums}


def _live(place: Jurisdiction, periods: list[Quarter], on: date) -> dict[str, Tally]:
    if not periods:
        return {}
    here, names = counted_for(place.pk), [str(period) for period in periods]
    owed = Obligation.objects.owed().filter(here, counted_quarter__in=names).order_by().values("counted_quarter")
    visits: QuerySet[Any] = owed.annotate(
        due=Count("pk"),
        fulfilled=Count("fulfilled_by"),
        on_time=Count("pk", filter=Q(fulfilled_on__lte=F("due_on"))),
        overdue=Count("pk", filter=late_on(on)),
    )
    span = (min(periods).start, max(periods).end)
    found = Issue.objects.filter(here, found_on__range=span, visit__voided_on=None).order_by()
    issues: QuerySet[Any] = found.annotate(start=TruncQuarter("found_on")).values("start").annotate(
        issues=Count("pk"), rectified=Count("pk", filter=SETTLED), pending=Count("pk", filter=not_yet_due(on))
    )  # fmt: skip
    sums: dict[str, Tally] = {}
    for name, counts in (*map(_of_visits, visits), *map(_of_issues, issues)):
        sums[name] = sums.get(name, Tally()) + Tally(**counts)
    return sums


def _of_visits(row: dict[str, Any]) -> tuple[str, dict[str, int]]:
    return row["counted_quarter"], {name: row[name] for name in ("due", "fulfilled", "on_time", "overdue")}


def _of_issues(row: dict[str, Any]) -> tuple[str, dict[str, int]]:
    return str(quarter_of(row["start"])), {name: row[name] for name in ("issues", "rectified", "pending")}


def state_said(line: TrendLine) -> str:
    """进行中, 已定格 with its day, or over and not closed yet."""
    if line.is_running:
        return _("进行中")
    return _("%s 定格") % f"{line.closed_at:%Y-%m-%d}" if line.closed_at else _("已结束，待定格")


def trend_sheet(post: Post, place: Jurisdiction, until: Quarter, on: date) -> SheetRows:
    """The lines of the page as a workbook."""
    lines = trend(place, until, on).lines
    return SheetRows(
        title=_("包保督导各季度走势"),
        unit=unit_of(post, plan_in_force(post.place, on).value),
        day=on,
        conditions=conditions_of([(_("区域"), place.name if place.pk != post.jurisdiction_id else "")]),
        count=len(lines),
        rows=(_row(line) for line in lines),
        totals={"name": _("%d个季度") % len(lines)},
    )


def _row(line: TrendLine) -> tuple[Any, ...]:
    tally = line.tally
    counts = (tally.due, tally.fulfilled, tally.on_time, tally.overdue, tally.issues, tally.rectified)
    return line.period.label, state_said(line), *counts
