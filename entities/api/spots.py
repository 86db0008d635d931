"""Coordinates of an entity."""

from typing import Any

from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions.register import version_of
from entities.actions.spots import locate_entity
from entities.api.pieces import acting, body_of, entity_of, unfit_form
from entities.forms import SpotForm
from entities.models import Entity
from tenancy.rules.roles import Right


@api_view(["GET", "POST"])
def spot(request: Request, pk: int) -> Response:
    """GET; POST {longitude, latitude, datum: wgs84 | gcj02 | bd09, source, version}, without numbers to take them out."""
    right = Right.VIEW_REGISTER if request.method == "GET" else Right.EDIT_REGISTER
    post = acting(request, right)
    entity = entity_of(post, right, pk)
    if request.method == "GET":
        return Response(_answer(entity))
    body = body_of(request)
    form = SpotForm(body, entity=entity)
    if not form.is_valid():
        return unfit_form(form)
    source, seen = form.cleaned_data["source"], str(body.get("version", ""))
    return Response(_answer(locate_entity(entity, form.spot(), source=source, by=post, seen=seen)))


def _answer(entity: Entity) -> dict[str, Any]:
    facts = {name: getattr(entity, name) for name in ("longitude", "latitude", "datum")}
    return {"id": entity.pk, **facts, "version": version_of(entity)}
