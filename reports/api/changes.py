"""The endpoints of 变动事项 beside its page: same filter, same rows, same act."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.api.changes import change_row
from entities.models import EntityChange
from entities.queries.register import areas_under
from reports.actions.changes import undo_change
from reports.forms import ChangeFilterForm
from reports.queries.changes import listed_changes, state_of
from tenancy.api import Pages
from tenancy.policies import acting, may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET"])
def changes(request: Request) -> Response:
    """GET ?tab=open|late|done|all&kind=&area=&q=: overdue ones first, 50 at a time."""
    post = acting(getattr(request, "post", None), Right.VIEW_REGISTER)
    asked = ChangeFilterForm(request.query_params, areas=areas_under(post.jurisdiction)).asked()
    pages = Pages()
    found = pages.paginate_queryset(listed_changes(post.jurisdiction, asked, timezone.localdate()), request) or []
    rows = [
        {"entity": {"id": each.entity_id, "name": each.entity.name}, **change_row(each), "state": state_of(each)[1]}
        for each in found
    ]
    return pages.get_paginated_response(rows)


@api_view(["POST"])
def undo(request: Request, change_id: int) -> Response:
    """Takes a change back; 409 says what rests on it by now."""
    post = acting(getattr(request, "post", None), Right.EDIT_REGISTER)
    change = get_object_or_404(EntityChange.objects.select_related("entity"), pk=change_id)
    require(may(post, Right.EDIT_REGISTER, change.place))
    entity = undo_change(change, by=post, on=timezone.localdate())
    return Response({"entity": entity.pk, "grade": entity.grade, "status": entity.status})
