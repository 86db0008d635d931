"""R3 数据归集率: of the businesses an outside list names those whose record in the register is complete.

Counted by the newest list that was confirmed as its denominator; a closed period keeps what it counted when it was closed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from entities.models import Difference, Entity, OutsideList, OutsideRow
from entities.queries.outside import basis_of
from entities.queries.quality import having_any
from entities.rules.outside import GONE
from entities.rules.quality import required_by
from entities.rules.reconciling import Answer
from reports.models import CollectionFigure
from reports.queries.layers import Layers
from reports.queries.ratios import under
from tenancy.models import Jurisdiction
from tenancy.rules.paths import ancestors_of
from tenancy.rules.periods import Quarter

COUNTED = ("complete", "incomplete", "missing")


@dataclass(frozen=True, slots=True)
class Collection:
    """What a place counts by one list: complete records, incomplete ones, and businesses only the list has."""

    list_name: str
    listed_on: date
    complete: int = 0
    incomplete: int = 0
    missing: int = 0
    # None where it was closed: its lists are history.
    outside_id: int | None = None
    closed_at: datetime | None = None

    @property
    def listed(self) -> int:
        return self.complete + self.incomplete + self.missing

    @property
    def pair(self) -> tuple[int, int]:
        return self.complete, self.listed


def collection(
    place: Jurisdiction, period: Quarter, on: date, layers: Layers, *, is_closed: bool = False
) -> Collection | None:
    """Two queries at most; None where no list was confirmed by then, so that there is no denominator.

    is_closed: whether the period's figures were written down; without one of this kind there was no list.
    """
    if on > period.end:
        kept = CollectionFigure.objects.filter(jurisdiction=place, period=str(period)).first()
        if kept is not None:
            counts = {name: getattr(kept, name) for name in COUNTED}
            return Collection(kept.list_name, kept.listed_on, **counts, closed_at=kept.closed_at)
        if is_closed:
            return None
    outside = basis_of(place.path, min(on, period.end))
    if outside is None:
        return None
    counts = _counted(rows_of_basis(outside).filter(under(place.path)), layers, on).aggregate(**_sums())
    return Collection(outside.name, outside.listed_on, **counts, outside_id=outside.pk)


def rows_of_basis(outside: OutsideList) -> QuerySet[OutsideRow]:
    """What a list counts: neither gone by its own word, nor found wrong by somebody who looked."""
    wrong = Difference.objects.filter(row=OuterRef("pk"), kind="only_there", answer=Answer.REJECTED.value)
    return outside.rows.exclude(status__in=GONE).exclude(Exists(wrong)).order_by()


def incomplete(layers: Layers, on: date) -> Q:
    """Entities whose record lacks what the plan of their place requires."""
    found = Q(pk__in=[])
    for region, plan in layers.regions():
        found |= region & having_any(sorted(required_by(plan.required_fields)), on)
    return found


def _counted(rows: QuerySet[OutsideRow], layers: Layers, on: date) -> QuerySet[OutsideRow]:
    lacking = Entity.objects.filter(incomplete(layers, on), pk=OuterRef("entity"))
    return rows.annotate(is_lacking=Exists(lacking))


def _sums() -> dict[str, Count]:
    """A business with several rows counts once."""
    return {
        "complete": Count("entity", distinct=True, filter=Q(is_lacking=False)),
        "incomplete": Count("entity", distinct=True, filter=Q(is_lacking=True)),
        "missing": Count("pk", filter=Q(entity=None)),
    }


def collections_under(root: Jurisdiction, on: date, layers: Layers) -> Iterator[tuple[Jurisdiction, Collection]]:
    """Every place of a subtree that has a list, with what it counts on a day; a query for each list and two more."""
    confirmed = OutsideList.objects.standing().filter(basis_on__lte=on).order_by("-listed_on", "-basis_on", "-pk")
    lists = [each for each in confirmed if each.place.startswith(root.path) or root.path.startswith(each.place)]
    sums = {each.pk: _rolled_up(each, layers, on) for each in lists}
    for place in Jurisdiction.objects.under(root.path).order_by("path"):
        nearest = next((each for each in lists if place.path.startswith(each.place)), None)
        if nearest is not None:
            complete, lacking, missing = sums[nearest.pk].get(place.path, (0, 0, 0))
            yield place, Collection(nearest.name, nearest.listed_on, complete, lacking, missing, nearest.pk)


def _rolled_up(outside: OutsideList, layers: Layers, on: date) -> dict[str, tuple[int, int, int]]:
    """Path -> what lies there and below."""
    rolled: dict[str, tuple[int, int, int]] = {}
    counted = _counted(rows_of_basis(outside), layers, on).values("place").annotate(**_sums())
    for place, complete, lacking, missing in counted.values_list("place", *COUNTED):
        for path in ancestors_of(place):
            before = rolled.get(path, (0, 0, 0))
            rolled[path] = (before[0] + complete, before[1] + lacking, before[2] + missing)
    return rolled
