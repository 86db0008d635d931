"""Endpoints of 重复主体 beside its pages: the same pairs, acts and sentences."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions import doubles as acts
from entities.actions.register import version_of
from entities.api.pieces import acting, body_of, unfit_form
from entities.forms.doubles import ApartForm, MergeForm
from entities.models import Entity, EntityMerge
from entities.queries.doubles import candidates, compared, two_of
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

MOST = 200


@api_view(["GET"])
def doubles(request: Request) -> Response:
    """Pairs that may be one business, the most alike first, two hundred at most."""
    acting(request, Right.EDIT_REGISTER)
    pairs = candidates()[:MOST]
    rows = Entity.objects.in_bulk([pk for pair in pairs for pk in (pair.first, pair.second)])
    told = [
        {
            "first": _row(rows[pair.first]),
            "second": _row(rows[pair.second]),
            "alike": [str(each) for each in pair.alike],
        }
        for pair in pairs
    ]
    return Response({"pairs": told})


def _row(entity: Entity) -> dict[str, Any]:
    return {"id": entity.pk, "name": entity.name, "version": version_of(entity)}


def _two(post: Post, first: int, second: int) -> list[Entity]:
    rows = list(two_of(first, second))
    if first == second or len(rows) != 2:
        raise Http404
    for row in rows:
        require(may(post, Right.EDIT_REGISTER, row.place))
    return rows


@api_view(["POST"])
def merge(request: Request, first: int, second: int) -> Response:
    """POST {keeper, reason, first_seen, second_seen, <field>: first | second}: one row stays, the other is taken up."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    rows = _two(post, first, second)
    pairs = compared(rows[0], rows[1], plan_in_force(post.jurisdiction.path, today).value)
    form = MergeForm(body_of(request), rows=rows, pairs=pairs)
    if not form.is_valid():
        return unfit_form(form)
    keeper, other = form.keeps()
    reason, seen = form.cleaned_data["reason"], form.seen()
    made = acts.merge_entities(keeper, other, form.taken(), reason=reason, by=post, on=today, seen=seen)
    return Response({"id": made.pk, "keeper": made.keeper_id, "other": made.other_id, "taken": made.taken}, status=201)


@api_view(["POST"])
def apart(request: Request, first: int, second: int) -> Response:
    """POST {reason}: two businesses that only look alike."""
    post = acting(request, Right.EDIT_REGISTER)
    rows, form = _two(post, first, second), ApartForm(body_of(request))
    if not form.is_valid():
        return unfit_form(form)
    pair = acts.keep_apart(*rows, reason=form.cleaned_data["reason"], by=post, on=timezone.localdate())
    return Response({"first": pair.first_id, "second": pair.second_id, "reason": pair.reason}, status=201)


@api_view(["POST"])
def undo(request: Request, merge_id: int) -> Response:
    """Both rows as they were before; 409 when the keeper was changed since."""
    post = acting(request, Right.EDIT_REGISTER)
    made = get_object_or_404(EntityMerge, pk=merge_id)
    require(may(post, Right.EDIT_REGISTER, made.place))
    other = acts.undo_merge(made, by=post, on=timezone.localdate())
    return Response({"keeper": made.keeper_id, "other": other.pk})
