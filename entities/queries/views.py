"""Saved views of the register: those a post sees, and how many entities stand in each."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import parse_qs

from django.db.models import Q, QuerySet

from entities.models import SavedView
from entities.queries.finding import RegisterFilter, filter_of, fitting
from tenancy.models import Post


def saved_views(post: Post) -> QuerySet[SavedView]:
    """The post's own and those its place shares, own ones first."""
    mine = Q(keeper=post) | Q(shared=True)
    found = SavedView.objects.filter(mine, jurisdiction=post.jurisdiction_id, removed_at__isnull=True)
    return found.select_related("keeper").order_by("position", "pk")


def filter_in(view: SavedView) -> RegisterFilter:
    """What a view asks for today; a word the register no longer knows is left out."""
    return filter_of(parse_qs(view.query))


def to_count(views: Iterable[SavedView], on: date) -> dict[str, Q]:
    """A condition for each view, to be counted beside the totals."""
    return {f"view{view.pk}": fitting(filter_in(view), on) for view in views}
