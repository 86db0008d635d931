"""The quarters of a place beside their page: the same figures, closed or live."""

from django.http import Http404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from reports.forms import period_asked
from reports.queries.places import place_in_reach
from reports.queries.rates import COUNTS
from reports.queries.trend import state_said
from reports.queries.trend import trend as trend_of
from reports.rules import number_asked
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET"])
def trend(request: Request) -> Response:
    """The quarters up to ?until=2026Q4 (the present one when absent) of ?place=."""
    post: Post = request.post  # type: ignore[attr-defined]
    today = timezone.localdate()
    require(may(post, Right.VIEW_PROGRESS, on=today))
    place = place_in_reach(post, number_asked(request.query_params.get("place")), today)
    if place is None:
        raise Http404
    found = trend_of(place, period_asked(request.query_params.get("until"), today), today)
    return Response(
        {
            "quarters": [
                {
                    "period": str(line.period),
                    "label": line.period.label,
                    "running": line.is_running,
                    "closed_at": line.closed_at,
                    "state": state_said(line),
                    **{name: getattr(line.tally, name) for name in COUNTS},
                }
                for line in found.lines
            ]
        }
    )
