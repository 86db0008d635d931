"""Shops that visits reported closed, as the office checks them."""

from django.db.models import Count, Q, QuerySet

from supervision.models import ClosureReport
from supervision.rules.closures import ClosureState

TABS = ("waiting", "all")


def closures(tab: str = "waiting") -> QuerySet[ClosureReport]:
    """The reports of the acting place, those that waited longest first; decided ones the newest first."""
    found = ClosureReport.objects.select_related("visit__entity__jurisdiction", "visit__obligation")
    if tab == "waiting":
        return found.filter(state=ClosureState.WAITING.value).order_by("visit__visited_on", "pk")
    return found.order_by("-visit__visited_on", "-pk")


def closure_counts() -> dict[str, int]:
    """How many reports each tab holds, in one query."""
    waiting = Q(state=ClosureState.WAITING.value)
    counted: dict[str, int] = ClosureReport.objects.aggregate(waiting=Count("pk", filter=waiting), all=Count("pk"))
    return counted
