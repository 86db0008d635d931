"""The same for a program."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from cadres.api import day_asked
from entities.models import Entity
from reports.queries.answered import Answered, answered_past
from tenancy.policies import acting, may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET"])
def answered(request: Request, entity_id: int) -> Response:
    """GET ?on=2026-10-09: who answered on the day, everybody who ever did, and the spans in which nobody did."""
    post = acting(getattr(request, "post", None), Right.VIEW_CADRES)
    entity = get_object_or_404(Entity.every, pk=entity_id)
    require(may(post, Right.VIEW_CADRES, entity.place))
    day, past = day_asked(request), answered_past(entity, timezone.localdate())
    found = past.on(day)
    return Response(
        {
            "entity": entity.pk,
            "on": day,
            "holder": _told(found) if found else None,
            "held": [_told(each) for each in past.held],
            "gaps": [{"since": since, "until": until} for since, until in past.gaps],
            "days_without": past.days_without,
        }
    )


def _told(each: Answered) -> dict[str, object]:
    held, paper = each.assignment, each.assignment.responsibility_list
    return {
        "cadre": held.cadre_id,
        "name": held.cadre_name,
        "title": held.cadre_title,
        "tier": held.tier,
        "since": each.since,
        "until": each.until,
        "list": paper.number if paper else None,
        "plan": paper.plan_source if paper else "",
        "letter": each.letter.number_text if each.letter else "",
    }
