"""供餐方式 of a canteen."""

from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions.register import version_of
from entities.actions.supply import change_supply
from entities.api.pieces import acting, body_of, entity_of, unfit_form
from entities.forms import SupplyForm
from tenancy.rules.roles import Right


@api_view(["POST"])
def change(request: Request, pk: int) -> Response:
    """POST {supply_way: self_run | contracted | ordered | "", source, version} to /api/entities/1/supply/."""
    post, body = acting(request, Right.EDIT_REGISTER), body_of(request)
    entity = entity_of(post, Right.EDIT_REGISTER, pk)
    form = SupplyForm(body)
    if not form.is_valid():
        return unfit_form(form)
    seen, source = str(body.get("version", "")), form.cleaned_data["source"]
    entity = change_supply(entity, form.way(), source=source, by=post, on=timezone.localdate(), seen=seen)
    return Response({"id": entity.pk, "supply_way": entity.supply_way, "version": version_of(entity)})
