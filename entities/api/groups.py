"""集聚场所 and 连锁企业 for programs, and what one shop belongs to."""

from typing import Any

from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions.groups import add_group, change_group, place_entity
from entities.actions.register import version_of
from entities.api.pieces import acting, body_of, entity_of, group_model, group_of, unfit_form
from entities.forms import BelongingForm, GroupForm
from entities.models import Entity, Group
from entities.queries.groups import belonging_told, groups_of_kind
from tenancy.api import Pages
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET", "POST"])
def groups(request: Request, word: str) -> Response:
    """word: cluster or chain. GET those in sight; POST {kind: market | food_street | park | mall, name, address, operator}
    or {name, uscc} adds one."""
    post, model = acting(request, Right.VIEW_REGISTER), group_model(word)
    if request.method == "GET":
        pages = Pages()
        found = pages.paginate_queryset(groups_of_kind(word), request) or []
        return pages.get_paginated_response([_facts(each) | {"shops": each.shops} for each in found])
    require(may(post, Right.EDIT_REGISTER, post.place))
    form = GroupForm(body_of(request), model=model)
    if not form.is_valid():
        return unfit_form(form)
    return Response(_facts(add_group(post.jurisdiction, word, form.values(), by=post)), status=201)


@api_view(["GET", "PATCH"])
def group(request: Request, word: str, pk: int) -> Response:
    """GET one; PATCH {name, closed_on …} changes what is sent. Its shops: /api/entities/?cluster=1 or ?chain=1."""
    post = acting(request, Right.VIEW_REGISTER)
    found = group_of(word, pk)
    if request.method == "GET":
        return Response(_facts(found))
    require(may(post, Right.EDIT_REGISTER, found.place))
    typed = {name: getattr(found, name) for name in found.typed}
    form = GroupForm(typed | body_of(request), model=type(found), group=found)
    if not form.is_valid():
        return unfit_form(form)
    return Response(_facts(change_group(found, form.values(), by=post)))


@api_view(["GET", "POST"])
def place(request: Request, pk: int) -> Response:
    """GET, with names in words; POST {cluster, stall, chain, sells_at, sells_hours, version}, ids for the first and the
    third; what is left out is empty."""
    right = Right.VIEW_REGISTER if request.method == "GET" else Right.EDIT_REGISTER
    post, body = acting(request, right), body_of(request)
    entity = entity_of(post, right, pk)
    if request.method == "GET":
        return Response(_belonging(entity))
    form = BelongingForm(body, entity=entity)
    if not form.is_valid():
        return unfit_form(form)
    seen, today = str(body.get("version", "")), timezone.localdate()
    entity = place_entity(entity, form.belonging(), by=post, on=today, seen=seen)
    return Response(_belonging(entity))


def _belonging(entity: Entity) -> dict[str, Any]:
    ids = {"cluster_id": entity.cluster_id, "chain_id": entity.chain_id}
    return {"id": entity.pk, **belonging_told(entity), **ids, "version": version_of(entity)}


def _facts(found: Group) -> dict[str, Any]:
    return {"id": found.pk, "place": found.jurisdiction.name, **{name: getattr(found, name) for name in found.typed}}
