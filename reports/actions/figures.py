"""Computes the figures that pages read: ratios again and again, a period once, when it is over."""

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from reports.models import CollectionFigure, PeriodFigure, RatioFigure
from reports.queries.collection import COUNTED, collections_under
from reports.queries.layers import Layers
from reports.queries.rates import COUNTS, facts_of
from reports.queries.ratios import live_ratios, under
from reports.rules import shares
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.rules.periods import Quarter
from tenancy.rules.refusals import Refused


def refresh_ratios(root: Jurisdiction, *, at: datetime, on: date) -> int:
    """Computes the ratios of every place of a subtree anew; six statements. Returns how many figures there are.

    Whoever is later writes last: two runs at once leave one set of figures.
    """
    places = {place.path: place for place in Jurisdiction.objects.under(root.path)}
    found = live_ratios(root.path, on, Layers.in_force(on))
    rows = [
        RatioFigure(
            jurisdiction=places[path],
            place=path,
            tier=tier,
            cadres=ratio.cadres,
            entities=ratio.entities,
            computed_at=at,
        )
        for (path, tier), ratio in sorted(found.items())
        if path in places
    ]
    RatioFigure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["jurisdiction", "tier"],
        update_fields=["cadres", "entities", "computed_at"],
    )
    RatioFigure.objects.filter(under(root.path), computed_at__lt=at).delete()
    # A place without anything to count still says when that was found.
    return len(rows)


def close_period(root: Jurisdiction, period: Quarter, *, by: Post | None, at: datetime, on: date) -> int:
    """Writes down what a period counted for every place under a root, once; later calls change nothing.

    Raises Refused while the period lasts. Returns how many figures were written.
    """
    if on <= period.end:
        raise Refused(
            _("%(period)s到%(end)s才结束，结束后的第二天起才能定格数字。")
            % {"period": period.label, "end": period.end},
            code="period-open",
        )
    # Two closers at once: the second waits here and then finds the figures.
    Jurisdiction.objects.select_for_update(no_key=True).get(pk=root.pk)
    if PeriodFigure.objects.filter(under(root.path), period=str(period)).exists():
        return 0
    figures = _figures(root, period, at, on)
    PeriodFigure.objects.bulk_create(figures)
    _close_collection(root, period, at)
    if figures:
        audit.record(
            "reports.period.closed", root, by=by, at=root, after={"period": str(period), "figures": len(figures)}
        )
    return len(figures)


def _close_collection(root: Jurisdiction, period: Quarter, at: datetime) -> None:
    """数据归集率 as it stands by the list confirmed within the period; once, also where nothing else was counted."""
    if CollectionFigure.objects.filter(under(root.path), period=str(period)).exists():
        return
    found = collections_under(root, period.end, Layers.in_force(period.end))
    CollectionFigure.objects.bulk_create(
        CollectionFigure(
            jurisdiction=place,
            place=place.path,
            period=str(period),
            list_name=each.list_name,
            listed_on=each.listed_on,
            closed_at=at,
            **{name: getattr(each, name) for name in COUNTED},
        )
        for place, each in found
    )


def _figures(root: Jurisdiction, period: Quarter, at: datetime, on: date) -> list[PeriodFigure]:
    sums = shares(facts_of(period, on))
    parts = {share.part for share in sums}
    places = {place.pk: place for place in Jurisdiction.objects.filter(Q(pk__in=parts) | Q(path__startswith=root.path))}
    inside = {pk for pk, place in places.items() if place.path.startswith(root.path)}
    ordered = sorted(sums.items(), key=lambda pair: (places[pair[0].part].path, pair[0].tier, pair[0].grade))
    return [
        PeriodFigure(
            jurisdiction=places[share.node],
            place=places[share.node].path,
            period=str(period),
            part=share.part,
            part_name=places[share.part].name,
            counted_tier=share.tier,
            counted_grade=share.grade,
            closed_at=at,
            **{name: getattr(tally, name) for name in COUNTS},
        )
        for share, tally in ordered
        if share.node in inside
    ]
