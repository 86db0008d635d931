"""Notices that an act leaves to the cadres it concerns."""

from collections.abc import Iterable
from datetime import date

from cadres.models import Assignment
from tenancy.models import Notice, Post


def holders_of(entity_id: int, on: date) -> list[Post]:
    """The posts that answer for the entity on a day, as far as the acting place can see them."""
    held = Assignment.objects.in_force(on).filter(entity_id=entity_id).select_related("cadre__post")
    return [each.cadre.post for each in held]


def tell(posts: Iterable[Post], *, key: str, kind: str, text: str, url: str) -> None:
    """One sentence to each post, once for its key."""
    told = [Notice(post=post, place=post.place, key=key, kind=kind, text=text, url=url) for post in posts]
    Notice.objects.bulk_create(told, ignore_conflicts=True)
