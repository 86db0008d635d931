"""What is missing in a quarter: totals, places, rows. The page and the export ask the same questions here.

A quarter has what falls due in it, whenever it was opened. Places, grades and tiers are those frozen on the obligation,
so an old quarter keeps its figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from cadres.models import Cadre
from supervision.models import Obligation, Quarter
from supervision.queries.own import seen_by
from tenancy.models import Jurisdiction, Post
from tenancy.queries.tree import counted_for

DONE = Q(fulfilled_by__isnull=False)
TABS = ("all", "missing", "done", "overdue", "photos")


@dataclass(frozen=True, slots=True)
class ProgressFilter:
    """What the list asks for; every field may be empty."""

    label: str
    tab: str = ""
    area: str = ""
    grade: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class PlaceProgress:
    """One place's share: how many owe a visit and how many of them had it."""

    place_id: int
    name: str
    total: int
    done: int

    @property
    def missing(self) -> int:
        """How many are still to be visited."""
        return self.total - self.done


def quarter_labels() -> list[str]:
    """The quarters that were opened in the acting place or above it, and later ones that have a due day; newest first."""
    opened = list(Quarter.objects.order_by("-label").values_list("label", flat=True).distinct())
    ahead = Obligation.objects.filter(counted_quarter__gt=opened[0]) if opened else Obligation.objects.none()
    return sorted({*opened, *ahead.order_by().values_list("counted_quarter", flat=True).distinct()}, reverse=True)


def owed_in(post: Post, label: str, on: date) -> QuerySet[Obligation]:
    """Every obligation of a quarter that counts for the places of the post."""
    inside = Obligation.objects.owed().filter(counted_for(post.jurisdiction_id), counted_quarter=label)
    return seen_by(inside, post, on)


def _condition(tab: str, on: date) -> Q:
    return {
        "missing": ~DONE,
        "done": DONE,
        "overdue": ~DONE & Q(due_on__lt=on),
        "photos": Q(fulfilled_by__state="waiting_photos"),
    }.get(tab, Q())


def progress_counts(post: Post, label: str, on: date) -> dict[str, int]:
    """How many obligations stand in each tab, in one query."""
    counted: dict[str, int] = owed_in(post, label, on).aggregate(
        **{tab: Count("pk", filter=_condition(tab, on)) for tab in TABS if tab != "all"}, all=Count("pk")
    )
    return counted


def progress_rows(post: Post, asked: ProgressFilter, on: date) -> QuerySet[Obligation]:
    """The obligations that fit, what is missing first: overdue, open, without photos, done."""
    found = owed_in(post, asked.label, on).filter(_condition(asked.tab, on))
    if asked.area:
        found = found.filter(counted_for(int(asked.area)))
    if asked.grade:
        found = found.filter(counted_grade=asked.grade)
    if asked.words:
        found = found.filter(Q(entity__name__icontains=asked.words) | Q(entity__address__icontains=asked.words))
    worst = Case(
        When(_condition("overdue", on), then=Value(0)),
        When(~DONE, then=Value(1)),
        When(_condition("photos", on), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return (
        found.select_related("entity__jurisdiction", "fulfilled_by")
        .annotate(worst=worst)
        .order_by("worst", "counted_grade", "entity__sort_key", "entity_id", "due_on", "ordinal", "pk")
    )


def progress_by_place(post: Post, label: str, on: date) -> list[PlaceProgress]:
    """Each place where obligations count, in the order of the tree; two queries."""
    rows = (
        owed_in(post, label, on)
        .values("counted_in")
        .annotate(total=Count("pk"), done=Count("pk", filter=DONE))
        .order_by("counted_in")
    )
    shares = {_last_id(row["counted_in"]): (row["total"], row["done"]) for row in rows}
    places = Jurisdiction.objects.filter(pk__in=shares).order_by("path")
    return [PlaceProgress(place.pk, place.name, *shares[place.pk]) for place in places]


def _last_id(counted_in: str) -> int:
    return int(counted_in.rstrip("/").rpartition("/")[2])


def holder_names(rows: list[Obligation]) -> Mapping[int, str]:
    """Cadre id -> name, for the rows of one page."""
    cadres = Cadre.objects.filter(pk__in={row.counted_holder for row in rows}).select_related("post")
    return {cadre.pk: cadre.post.person_name for cadre in cadres}
