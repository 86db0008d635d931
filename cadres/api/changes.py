"""Endpoints of 干部变动: written down, listed, handed over, taken back. Same policies, rules and sentences as the pages."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from cadres.actions import changes as acts
from cadres.forms import CadreChangeForm
from cadres.models import CadreChange
from cadres.policies import acting
from cadres.queries.changes import listed_changes
from cadres.queries.people import cadres_seen_by
from cadres.queries.proposals import line_counts
from tenancy.api import Pages, acting_person, answer_unfit
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


class ChangeRow(serializers.ModelSerializer[CadreChange]):
    """A change with the entities nobody has taken over yet; `left` only stands in the list."""

    name = serializers.CharField(source="cadre.post.person_name")
    left = serializers.IntegerField(required=False)
    is_settled = serializers.BooleanField(required=False)
    is_late = serializers.BooleanField(required=False)

    class Meta:
        model = CadreChange
        fields = (
            "id", "cadre", "name", "kind", "since", "reason", "document", "due_on", "bearer", "left", "is_settled",
            "is_late",
        )  # fmt: skip


class Takers(serializers.Serializer[Any]):
    """Ids of the cadres who take over; everybody who fits when it is left out."""

    to = serializers.ListField(child=serializers.IntegerField(), required=False, default=list)


@api_view(["GET"])
def list_changes(request: Request) -> Response:
    """GET /api/cadres/changes?tab=open|late|done|all"""
    post = acting(acting_person(request), Right.VIEW_CADRES)
    found = listed_changes(post.jurisdiction.path, request.query_params.get("tab", "open"), timezone.localdate())
    pages = Pages()
    return pages.get_paginated_response(ChangeRow(pages.paginate_queryset(found, request), many=True).data)


@api_view(["POST"])
def register_change(request: Request, cadre_id: int) -> Response:
    """POST /api/cadres/1/changes {kind, since, reason, document}"""
    post = acting(acting_person(request), Right.ASSIGN)
    cadre = get_object_or_404(cadres_seen_by(post), pk=cadre_id)
    require(may(post, Right.ASSIGN, cadre.place))
    form = CadreChangeForm(request.data if isinstance(request.data, dict) else {})
    if not form.is_valid():
        return answer_unfit(form)
    made = acts.register_change(cadre, form.chosen_kind(), form.occasion(), by=post, on=timezone.localdate())
    return Response(ChangeRow(made).data, status=201)


@api_view(["POST"])
def hand_over(request: Request, change_id: int) -> Response:
    """POST /api/cadres/changes/1/handover {to: [2, 3]}: the draft that hands over what is left behind."""
    post = acting(acting_person(request), Right.ASSIGN)
    change = _change(change_id)
    require(may(post, Right.ASSIGN, change.place))
    given = Takers(data=request.data)
    given.is_valid(raise_exception=True)
    today = timezone.localdate()
    made = acts.propose_handover(change, post.jurisdiction, given.validated_data["to"], by=post, on=today)
    return Response({"proposal": made.pk, "on": made.on, "counts": line_counts(made)}, status=201)


@api_view(["POST"])
def undo_change(request: Request, change_id: int) -> Response:
    """POST /api/cadres/changes/1/undo"""
    post = acting(acting_person(request), Right.ASSIGN)
    change = _change(change_id)
    require(may(post, Right.ASSIGN, change.place))
    return Response(ChangeRow(acts.undo_change(change, by=post, on=timezone.localdate())).data)


def _change(change_id: int) -> CadreChange:
    return get_object_or_404(CadreChange.objects.select_related("cadre__post__jurisdiction"), pk=change_id)
