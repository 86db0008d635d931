"""Doors as lists: a person's own phones and tokens, and who of a place has been invited."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet

from tenancy.models import Door, Post


def posts_that_enter(on: date) -> QuerySet[Post]:
    """Posts held on the day by somebody whose login is not closed: whom a card, a phone or a token may let in."""
    return Post.objects.held_on(on).filter(user__is_active=True).select_related("user", "jurisdiction")


def doors_of(kind: str, posts: Iterable[Post], at: datetime) -> QuerySet[Door]:
    """The doors of a kind that still open these posts, the newest first."""
    found = Door.objects.of(kind, *(post.pk for post in posts)).open_at(at)
    return found.select_related("jurisdiction").order_by("-pk")
