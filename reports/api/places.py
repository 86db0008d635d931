"""The endpoint of the one act that looks at several apps: closing a place."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from reports.actions.places import close_place as close
from tenancy.policies import acting, may_edit_place
from tenancy.queries.tree import in_sight
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["POST"])
def close_place(request: Request, place_id: int) -> Response:
    """Takes a place out of use; 409 says what is still there."""
    by = acting(getattr(request, "post", None), Right.MANAGE_ACCOUNTS)
    place = get_object_or_404(in_sight(), pk=place_id)
    require(may_edit_place(by, place))
    place = close(place, by=by, on=timezone.localdate())
    return Response({"id": place.pk, "name": place.name, "closed_on": place.closed_on})
