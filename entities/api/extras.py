"""本地增加的台账项 of an entity."""

from typing import Any

from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions.extras import fill_extras
from entities.actions.register import version_of
from entities.api.pieces import acting, body_of, entity_of, unfit_form
from entities.forms import ExtrasForm
from entities.models import Entity
from entities.queries.extras import Extra, extras_of
from tenancy.queries.plans import plan_in_force
from tenancy.rules.roles import Right


@api_view(["GET", "POST"])
def extras(request: Request, pk: int) -> Response:
    """GET the fields the plan adds, with values; POST {<code>: value …, version} changes those that are sent."""
    right = Right.VIEW_REGISTER if request.method == "GET" else Right.EDIT_REGISTER
    post, today = acting(request, right), timezone.localdate()
    entity = entity_of(post, right, pk)
    found = extras_of(entity, plan_in_force(entity.place, today).value, today)
    if request.method == "GET":
        return Response(_answer(entity, found))
    body = body_of(request)
    form = ExtrasForm({each.field.code: each.value for each in found} | body, extras=found)
    if not form.is_valid():
        return unfit_form(form)
    entity = fill_extras(entity, form.values(), by=post, on=today, seen=str(body.get("version", "")))
    return Response(_answer(entity, extras_of(entity, plan_in_force(entity.place, today).value, today)))


def _answer(entity: Entity, found: list[Extra]) -> dict[str, Any]:
    fields = [
        {
            "code": each.field.code, "name": each.field.name, "kind": each.field.kind, "choices": each.field.choices,
            "required": each.field.required, "value": each.value,
        }
        for each in found
    ]  # fmt: skip
    return {"id": entity.pk, "fields": fields, "version": version_of(entity)}
