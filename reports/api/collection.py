"""数据归集率 beside its page: the list it is counted by, its two numbers, and what is missing."""

from django.http import Http404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from reports.forms import period_asked
from reports.queries.collection import collection as collection_of
from reports.queries.layers import Layers
from reports.queries.places import place_in_reach
from reports.queries.rates import period_table
from reports.rules import number_asked
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET"])
def collection(request: Request) -> Response:
    """Of ?place= in ?period=2026Q4 (the present one when absent); `list` is null without a confirmed list."""
    post: Post = request.post  # type: ignore[attr-defined]
    today = timezone.localdate()
    require(may(post, Right.VIEW_PROGRESS, on=today))
    place = place_in_reach(post, number_asked(request.query_params.get("place")), today)
    if place is None:
        raise Http404
    period = period_asked(request.query_params.get("period"), today)
    is_closed = period_table(place, period, today).closed_at is not None
    found = collection_of(place, period, today, Layers.in_force(today), is_closed=is_closed)
    if found is None:
        return Response({"period": str(period), "list": None})
    names = ("listed_on", "complete", "listed", "incomplete", "missing", "closed_at", "outside_id")
    return Response({"period": str(period), "list": found.list_name, **{name: getattr(found, name) for name in names}})
