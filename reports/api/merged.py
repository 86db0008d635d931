"""The same past for a program."""

from django.shortcuts import get_object_or_404
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.models import Entity
from reports.queries.merged import MergedPast, merged_past
from tenancy.policies import acting, may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET"])
def merged(request: Request, entity_id: int) -> Response:
    """What was merged into an entity, with who answered for it, its visits and its problems."""
    post = acting(getattr(request, "post", None), Right.VIEW_PROGRESS)
    entity = get_object_or_404(Entity.every, pk=entity_id)
    require(may(post, Right.VIEW_PROGRESS, entity.place))
    return Response({"entity": entity.pk, "merged": [_told(each) for each in merged_past(entity)]})


def _told(each: MergedPast) -> dict[str, object]:
    return {
        "id": each.merge.other_id,
        "name": each.merge.other.name,
        "merge": each.merge.pk,
        "merged_on": each.merge.made_on,
        "reason": each.merge.reason,
        "holders": [{"name": held.name, "since": held.since, "until": held.until} for held in each.holders],
        "visits": [{"number": visit.number, "visited_on": visit.visited_on} for visit in each.visits],
        "issues": [{"id": issue.pk, "found_on": issue.found_on, "state": issue.state} for issue in each.issues],
    }
