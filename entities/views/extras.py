"""本地增加的台账项 of an entity."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entities.actions import extras as acts
from entities.actions.register import version_of
from entities.forms import ExtrasForm
from entities.queries.extras import extras_of
from entities.views.pieces import acting, entity_of
from tenancy.queries.plans import plan_in_force
from tenancy.rules.roles import Right


@login_required
@require_http_methods(["GET", "POST"])
def fill_extras(request: HttpRequest, entity_id: int) -> HttpResponse:
    """What the plan of the place adds to the register of this entity."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    plan = plan_in_force(entity.place, today)
    extras = extras_of(entity, plan.value, today)
    form = ExtrasForm(request.POST or None, extras=extras, seen=version_of(entity))
    if form.is_valid():
        acts.fill_extras(entity, form.values(), by=post, on=today, seen=form.cleaned_data["seen"])
        messages.success(request, _("已登记“%s”的本地台账项。") % entity.name)
        return redirect("entities:show-entity", entity.pk)
    context = {"form": form, "entity": entity, "cited": plan.cite("extra_fields") if extras else ""}
    return render(request, "entities/extras.html", context, status=422 if form.errors else 200)
