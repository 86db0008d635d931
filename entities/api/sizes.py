"""规模数据 of an entity."""

from typing import Any

from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions.register import version_of
from entities.actions.sizes import record_size
from entities.api.pieces import acting, body_of, entity_of, unfit_form
from entities.forms import SizeForm
from entities.models import Entity, SizeFact
from entities.queries.checking import entity_checks
from entities.queries.sizes import sizes_of
from entities.rules.sizes import SizeKind
from tenancy.rules.roles import Right


@api_view(["GET", "POST"])
def sizes(request: Request, pk: int) -> Response:
    """GET every figure, the latest of each kind first; POST {kind: staff | revenue | diners | floor_area, value, source:
    office | visit | survey | shop, known_on, version} keeps one more."""
    right = Right.VIEW_REGISTER if request.method == "GET" else Right.EDIT_REGISTER
    post, today = acting(request, right), timezone.localdate()
    entity = entity_of(post, right, pk)
    if request.method == "GET":
        return Response(_answer(entity))
    body = body_of(request)
    form = SizeForm(body, entity=entity, checks=entity_checks(post.jurisdiction, today), today=today)
    if not form.is_valid():
        return unfit_form(form)
    record_size(entity, form.figure(), by=post, on=today, seen=str(body.get("version", "")))
    return Response(_answer(entity_of(post, right, pk)), status=201)


def _answer(entity: Entity) -> dict[str, Any]:
    return {"id": entity.pk, "version": version_of(entity), "sizes": [_facts(fact) for fact in sizes_of(entity)]}


def _facts(fact: SizeFact) -> dict[str, Any]:
    return {
        "kind": fact.kind, "value": fact.value, "unit": SizeKind(fact.kind).unit, "source": fact.source,
        "known_on": fact.known_on, "recorded_at": fact.recorded_at,
    }  # fmt: skip
