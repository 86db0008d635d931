"""供餐方式 of a canteen."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entities.actions import supply as acts
from entities.actions.register import version_of
from entities.forms import SupplyForm
from entities.views.pieces import acting, entity_of
from tenancy.rules.roles import Right


@login_required
@require_http_methods(["GET", "POST"])
def change_supply(request: HttpRequest, entity_id: int) -> HttpResponse:
    """Self-run, contracted out or ordered, and what that is known from."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    form = SupplyForm(request.POST or None, entity=entity, seen=version_of(entity))
    if form.is_valid():
        given = form.cleaned_data
        acts.change_supply(entity, form.way(), source=given["source"], by=post, on=today, seen=given["seen"])
        messages.success(request, _("已登记“%s”的供餐方式。") % entity.name)
        return redirect("entities:show-entity", entity.pk)
    status = 422 if form.errors else 200
    return render(request, "entities/supply.html", {"form": form, "entity": entity}, status=status)
