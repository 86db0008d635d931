"""Reads of the tree."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q

from tenancy.models import Jurisdiction, Post
from tenancy.rules.paths import ancestors_of


def places_under(path: str) -> list[Jurisdiction]:
    """The open places of a subtree, the root first, by name within a parent."""
    return list(Jurisdiction.objects.under(path).filter(closed_on__isnull=True).order_by("path"))


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
