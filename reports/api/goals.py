"""年度目标 beside its page: the same figures, judgements and words."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from reports.queries.goal_words import STATES, lacks_said
from reports.queries.goals import GoalFigure, goals_of, missing_lines
from reports.queries.places import place_in_reach
from reports.rules import number_asked
from tenancy.api import Pages
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET"])
def goals(request: Request) -> Response:
    """Every goal of ?place=; with ?goal=CODE also a page of whoever is missing."""
    post: Post = request.post  # type: ignore[attr-defined]
    today = timezone.localdate()
    require(may(post, Right.VIEW_PROGRESS, on=today))
    place = place_in_reach(post, number_asked(request.query_params.get("place")), today)
    if place is None:
        raise Http404
    figures = goals_of(place, today)
    told: dict[str, Any] = {"goals": [_told(each) for each in figures]}
    if code := request.query_params.get("goal"):
        asked = next((each for each in figures if each.terms.code == code), None)
        if asked is None:
            raise Http404
        pages = Pages()
        rows = pages.paginate_queryset(asked.measure.missing, request) or []
        lines = [
            {
                "id": line.pk,
                "name": line.name,
                "area_name": line.place,
                "lacks": line.lacks,
                "said": lacks_said(line.lacks),
            }
            for line in missing_lines(asked, rows)
        ]
        told |= pages.get_paginated_response(lines).data
    return Response(told)


def _told(figure: GoalFigure) -> dict[str, Any]:
    return {
        "code": figure.terms.code,
        "name": figure.terms.name,
        "kind": figure.terms.kind,
        "by": figure.terms.by,
        "clause": figure.clause,
        "total": figure.measure.total,
        "done": figure.measure.done,
        "state": figure.state.value,
        "state_name": str(STATES[figure.state]),
    }
