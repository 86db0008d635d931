"""Which place a page of figures shows."""

from typing import cast

from django.http import Http404, HttpRequest
from django.utils import timezone

from reports.forms import number_asked
from tenancy.models import Jurisdiction, Post
from tenancy.policies import granted_roots, may
from tenancy.rules.paths import within
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


def acting_post(request: HttpRequest) -> Post:
    return cast("Post", request.post)  # type: ignore[attr-defined]


def shown_place(request: HttpRequest) -> Jurisdiction:
    """The place asked for, by default the post's own. One outside the post's reach is as if it did not exist."""
    post, today = acting_post(request), timezone.localdate()
    require(may(post, Right.VIEW_PROGRESS, on=today))
    asked = number_asked(request.GET.get("place"))
    if asked is None or asked == post.jurisdiction_id:
        return post.jurisdiction
    place = Jurisdiction.objects.filter(pk=asked).first()
    if place is None or not within(granted_roots(post, today)[Right.VIEW_PROGRESS], place.path):
        raise Http404
    return place
