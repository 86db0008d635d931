"""Reads of the tree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Q, QuerySet

from tenancy.models import Jurisdiction, Post
from tenancy.plans.document import Tier
from tenancy.queries.plans import plan_in_force
from tenancy.rules.divisions import Known
from tenancy.rules.paths import END, ancestors_of, depth_of, tenant_of
from tenancy.scoping import acting_places


def places_under(path: str) -> list[Jurisdiction]:
    """The open places of a subtree, the root first, by name within a parent."""
    return list(Jurisdiction.objects.under(path).filter(closed_on__isnull=True).order_by("path"))


def in_sight() -> QuerySet[Jurisdiction]:
    """The places the transaction acts in and everything under them. The tree itself can be read by all."""
    inside = Q(pk__in=())
    for root in acting_places():
        inside |= Q(path__gte=root, path__lt=root + END)
    return Jurisdiction.objects.filter(inside).order_by("path")


def open_places() -> list[Jurisdiction]:
    """The places in sight that are in use, parents before their children."""
    return list(in_sight().filter(closed_on=None))


def place_shown(post: Post, asked: str) -> Jurisdiction:
    """The place asked for by its id when it is in sight, else the post's own."""
    place = in_sight().filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 19 else None
    return place or post.jurisdiction


# How many layers under a place the tree's page shows at once.
LAYERS = 2


@dataclass(frozen=True, slots=True)
class Node:
    """A line of the tree's page."""

    place: Jurisdiction
    depth: int
    below: int
    people: int


def nodes_under(place: Jurisdiction, on: date) -> list[Node]:
    """A place and the two layers under it, each with its open places below and the people in post there; three queries."""
    subtree = Jurisdiction.objects.under(place.path).order_by("path")
    layers = [each for each in subtree if depth_of(each.path) <= depth_of(place.path) + LAYERS]
    below = Counter(dict(subtree.filter(closed_on=None).order_by().values_list("parent").annotate(Count("pk"))))
    held = Post.objects.held_on(on).filter(place__gte=place.path, place__lt=place.path + END)
    people = dict(held.order_by().values_list("place").annotate(Count("pk")))
    return [
        Node(
            each,
            depth_of(each.path) - depth_of(place.path),
            below[each.pk],
            sum(number for path, number in people.items() if path.startswith(each.path)),
        )
        for each in layers
    ]


def known_under(parent: Jurisdiction | None, *, but: Jurisdiction | None = None) -> Known:
    """The names in use under a parent and the codes in use in its tenant."""
    top = parent or but
    assert top is not None, "a place stands under something, or is there already"
    siblings = Jurisdiction.objects.filter(parent=parent, closed_on=None)
    tenant = Jurisdiction.objects.under(tenant_of(top.path)).filter(closed_on=None).exclude(code="")
    pk = but.pk if but else 0
    names = frozenset(siblings.exclude(pk=pk).values_list("name", flat=True))
    return Known(names, frozenset(tenant.exclude(pk=pk).values_list("code", flat=True)))


def level_names(tiers: Sequence[Tier]) -> dict[str, str]:
    """Code of a level -> its name: the tiers of a plan, then the plain words for what it does not name."""
    named = {tier.code: tier.name for tier in sorted(tiers, key=lambda tier: -tier.rank)}
    return {**named, **{code: name for code, name in LEVELS.items() if code not in named}}


LEVELS = {
    "province": "省级", "city": "市级", "district": "区", "county": "县级", "street": "街道", "township": "乡镇（街道）",
    "community": "社区", "village": "村（社区）", "zone": "园区",
}  # fmt: skip


def child_levels(parent: Jurisdiction, on: date) -> list[tuple[str, str]]:
    """The levels a new place under this one may have; the one its sisters have comes first."""
    tiers = plan_in_force(parent.path, on).value.tiers
    names = level_names(tiers)
    sisters = Jurisdiction.objects.filter(parent=parent, closed_on=None).order_by("-pk")
    rank = next((tier.rank for tier in tiers if parent.level in (tier.code, tier.level.value)), None)
    lower = [code for code in names if any(t.code == code and (rank is None or t.rank < rank) for t in tiers)]
    order = [*sisters.values_list("level", flat=True)[:1], *lower, *names]
    return [(code, names.get(code, code)) for code in dict.fromkeys(order)]


def line_of(path: str) -> list[Jurisdiction]:
    """From the tenant down to the place itself."""
    return list(Jurisdiction.objects.filter(path__in=ancestors_of(path)).order_by("path"))


def full_name(path: str) -> str:
    """Names from the tenant down joined with a slash, as commands and headings print it."""
    return "/".join(place.name for place in line_of(path))


def find_place(text: str) -> Jurisdiction | None:
    """A place by division code, or by names joined with a slash from the tenant down."""
    if by_code := Jurisdiction.objects.filter(code=text, closed_on__isnull=True).order_by("path").first():
        return by_code
    place: Jurisdiction | None = None
    for name in text.strip("/").split("/"):
        place = Jurisdiction.objects.filter(parent=place, name=name, closed_on__isnull=True).first()
        if place is None:
            return None
    return place


def posts_of(user: AbstractBaseUser | AnonymousUser) -> list[Post]:
    """Every post a person holds or held, readable before a place is chosen."""
    return list(Post.objects.filter(user_id=user.pk or 0).select_related("jurisdiction").order_by("rank_order", "pk"))


def tenants() -> list[Jurisdiction]:
    """The roots of the tree; tasks fan out over them."""
    return list(Jurisdiction.objects.filter(parent__isnull=True, closed_on__isnull=True).order_by("path"))


def counted_for(jurisdiction_id: int) -> Q:
    """Facts that counted for a place on their day, wherever the tree has moved it since."""
    return Q(counted_in__startswith=f"{jurisdiction_id}/") | Q(counted_in__contains=f"/{jurisdiction_id}/")
