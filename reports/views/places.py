"""Which place a page of figures shows."""

from typing import cast

from django.http import Http404, HttpRequest
from django.utils import timezone

from reports.queries.places import place_in_reach
from reports.rules import number_asked
from tenancy.models import Jurisdiction, Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


def acting_post(request: HttpRequest) -> Post:
    return cast("Post", request.post)  # type: ignore[attr-defined]


def shown_place(request: HttpRequest) -> Jurisdiction:
    """The place asked for, by default the post's own. One outside the post's reach is as if it did not exist."""
    post, today = acting_post(request), timezone.localdate()
    require(may(post, Right.VIEW_PROGRESS, on=today))
    place = place_in_reach(post, number_asked(request.GET.get("place")), today)
    if place is None:
        raise Http404
    return place
