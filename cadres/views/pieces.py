"""What several pages of this app share: the acting office and its areas; tabs and chips are those of every app."""

from django.http import HttpRequest

from cadres.policies import acting
from tenancy.models import Jurisdiction, Post
from tenancy.rules.roles import Right
from tenancy.views.pieces import chips, tabs, without

__all__ = ["areas_of", "chips", "office", "tabs", "without"]


def office(request: HttpRequest, right: Right) -> Post:
    """The acting post, when it carries the right in its place; else the policy's own sentence."""
    return acting(request.post, right)  # type: ignore[attr-defined]


def areas_of(place: Jurisdiction) -> list[Jurisdiction]:
    """The places right under one, for a filter."""
    return list(Jurisdiction.objects.filter(parent=place, closed_on__isnull=True).order_by("path"))
