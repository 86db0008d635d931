"""Who of a place has come in with his phone: never asked, asked and not come, come. A state for each, no hours, no order."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, Case, OuterRef, Q, QuerySet, Subquery, Value, When

from cadres.models import Cadre
from tenancy.models import Door
from tenancy.rules.paths import END
from tenancy.rules.roles import ROSTER_ROLES


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """What the list page and its endpoint ask for. tab: "", "new", "invited" or "opened"; area: a path."""

    words: str = ""
    area: str = ""
    tab: str = ""


def access(asked: AccessFilter, on: date, at: datetime) -> QuerySet[Any]:
    """Cadres in post with `opened` and `invited_until`, by place; one query."""
    found = _with_states(on, at)
    if asked.words:
        found = found.filter(post__person_name__icontains=asked.words)
    if asked.area:
        found = found.filter(place__gte=asked.area, place__lt=asked.area + END)
    condition = {
        "new": Q(opened=False, invited_until__isnull=True),
        "invited": Q(opened=False, invited_until__isnull=False),
        "opened": Q(opened=True),
    }.get(asked.tab, Q())
    return found.filter(condition).order_by("place", "post__rank_order", "pk")


def _with_states(on: date, at: datetime) -> QuerySet[Any]:
    cards = Door.objects.open_at(at).filter(kind="invitation", subject_id=OuterRef("post_id"))
    came = When(post__user__last_login__isnull=False, then=Value(True))
    held = Cadre.objects.in_post(on).filter(post__role__in=[role.value for role in ROSTER_ROLES])
    return held.select_related("post", "post__jurisdiction").annotate(
        opened=Case(came, default=Value(False), output_field=BooleanField()),
        invited_until=Subquery(cards.order_by("-pk").values("expires_at")[:1]),
    )


def access_counts(on: date, at: datetime, area: str = "") -> dict[str, int]:
    """How many stand in each tab; one query."""
    rows = access(AccessFilter(area=area), on, at).order_by().values_list("opened", "invited_until")
    counts = {"all": 0, "new": 0, "invited": 0, "opened": 0}
    for opened, until in rows:
        counts["all"] += 1
        counts["opened" if opened else "invited" if until else "new"] += 1
    return counts


def without_phone(area: str, on: date, at: datetime, *, again: bool) -> QuerySet[Any]:
    """Who gets a card of a printing: nobody who has come in, and nobody with a card that opens unless `again`."""
    waiting = access(AccessFilter(area=area), on, at).filter(opened=False)
    return waiting if again else waiting.filter(invited_until__isnull=True)
