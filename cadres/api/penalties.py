"""Penalties told to cadres, and their receipts."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from cadres.actions.penalties import read_penalty, tell_penalties
from cadres.models import PenaltyNotice
from cadres.policies import penalties_keeper
from cadres.queries.penalties import PenaltyLine, my_penalties, penalties_on, penalty_counts, penalty_lines
from tenancy.api import Pages
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET"])
def penalties(request: Request) -> Response:
    """GET ?tab=untold, unread, read or all; each with who answers for the business, the day, and the receipt."""
    penalties_keeper(request.post)  # type: ignore[attr-defined]
    today, pages = timezone.localdate(), Pages()
    found = pages.paginate_queryset(penalties_on(request.query_params.get("tab", "untold"), today), request) or []
    answer = pages.get_paginated_response([_line(line) for line in penalty_lines(found, today)])
    answer.data["counts"] = penalty_counts(today)
    return answer


@api_view(["POST"])
def tell(request: Request) -> Response:
    """POST tells every penalty that its cadre does not know of; gives how many."""
    post = penalties_keeper(request.post)  # type: ignore[attr-defined]
    return Response({"told": tell_penalties(post.jurisdiction, by=post, on=timezone.localdate())})


@api_view(["GET"])
def mine(request: Request) -> Response:
    """GET what the acting cadre was told of."""
    post = request.post  # type: ignore[attr-defined]
    require(may(post, Right.VISIT))
    pages = Pages()
    found = pages.paginate_queryset(my_penalties(post), request) or []
    return pages.get_paginated_response([_notice(told) for told in found])


@api_view(["POST"])
def read(request: Request, pk: int) -> Response:
    """POST is the cadre's receipt."""
    post = request.post  # type: ignore[attr-defined]
    require(may(post, Right.VISIT))
    told = get_object_or_404(my_penalties(post), pk=pk)
    return Response(_notice(read_penalty(told, by=post, at=timezone.now())))


def _line(line: PenaltyLine) -> dict[str, Any]:
    penalty, notice = line.penalty, line.notice
    return {
        "penalty": penalty.pk,
        "entity": penalty.entity_id,
        "entity_name": penalty.entity.name,
        "measures": penalty.measures,
        "stops_as": penalty.stops_as,
        "document": penalty.document,
        "decided_on": penalty.decided_on,
        "until": penalty.until,
        "cadre_name": line.holder,
        "due_on": line.due_on,
        "late": line.late,
        "told_on": notice.told_on if notice else None,
        "read_at": notice.read_at if notice else None,
        "read_by": notice.read_by_name if notice else "",
    }


def _notice(told: PenaltyNotice) -> dict[str, Any]:
    penalty = told.penalty
    return {
        "id": told.pk,
        "entity": penalty.entity_id,
        "entity_name": penalty.entity.name,
        "measures": penalty.measures,
        "text": penalty.text,
        "source": penalty.source,
        "document": penalty.document,
        "decided_on": penalty.decided_on,
        "since": penalty.since,
        "until": penalty.until,
        "told_on": told.told_on,
        "read_at": told.read_at,
        "read_by": told.read_by_name,
    }
