"""Cadres as lists: who is in post, in which tier and place, with how many entities."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet

from cadres.models import Assignment, Cadre
from cadres.rules.caps import TierCap
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.paths import END
from tenancy.rules.roles import ROSTER_ROLES, Right


@dataclass(frozen=True, slots=True)
class CadreFilter:
    """What the list page and its endpoint ask for; every field may be empty."""

    words: str = ""
    tier: str = ""
    area: str = ""
    tab: str = ""


Caps = Mapping[str, TierCap]


def above_cap(caps: Caps) -> Q:
    """On rows with `tier` and `load`: more than the tier's cap."""
    written = [Q(tier=tier, load__gt=limit.cap) for tier, limit in caps.items() if limit.cap is not None]
    # Not begun with a condition on pk: that would split a grouping into its rows.
    return reduce(or_, written) if written else Q(pk__in=[])


def cadres_with_loads(asked: CadreFilter, on: date, *, caps: Caps | None = None) -> QuerySet[Any]:
    """Cadres in post with `load`, the entities each answers for on the day; one query."""
    held = Q(assignments__valid__contains=on)
    found = Cadre.objects.in_post(on).select_related("post", "post__jurisdiction")
    if asked.words:
        found = found.filter(Q(post__person_name__icontains=asked.words) | Q(post__title__icontains=asked.words))
    if asked.tier:
        found = found.filter(tier=asked.tier)
    if asked.area:
        found = found.filter(place__gte=asked.area, place__lt=asked.area + END)
    loaded = found.annotate(load=Count("assignments", filter=held))
    if asked.tab == "over":
        loaded = loaded.filter(above_cap(caps or {}))
    if asked.tab == "free":
        loaded = loaded.filter(load=0)
    return loaded.order_by("place", "post__rank_order", "pk")


def load_counts(on: date, *, caps: Caps) -> dict[str, int]:
    """How many cadres are in post, carry nobody, or carry more than their tier's cap; one query."""
    found = list(cadres_with_loads(CadreFilter(), on).order_by().values_list("tier", "load"))
    held = [load for _tier, load in found]
    over = sum(1 for tier, load in found if tier in caps and caps[tier].is_exceeded(load))
    return {"all": len(held), "free": held.count(0), "over": over, "entities": sum(held)}


def cadres_seen_by(post: Post) -> QuerySet[Cadre]:
    """Every cadre of the place for an office; for a cadre himself alone; for anybody else none."""
    found = Cadre.objects.select_related("post", "post__jurisdiction")
    if may(post, Right.VIEW_CADRES):
        return found
    return found.filter(post=post)


def history_of(cadre: Cadre) -> QuerySet[Assignment]:
    """Everything the cadre ever answered for, the latest first."""
    return (
        Assignment.objects.filter(cadre=cadre).select_related("entity", "responsibility_list").order_by("-valid", "pk")
    )


def posts_by_key(path: str, on: date) -> dict[tuple[int, str, str], list[Post]]:
    """Posts a roster may be about, with their cadre where there is one, by place, name and title; one query."""
    roles = [role.value for role in ROSTER_ROLES]
    posts = Post.objects.held_on(on).filter(place__gte=path, place__lt=path + END, role__in=roles)
    found: dict[tuple[int, str, str], list[Post]] = defaultdict(list)
    for post in posts.select_related("cadre").order_by("pk"):
        found[post.jurisdiction_id, post.person_name, post.title].append(post)
    return found
