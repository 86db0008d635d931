"""规模数据 of an entity: every figure with its day and source, and one more."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from entities.actions import sizes as acts
from entities.actions.register import version_of
from entities.forms import SizeForm
from entities.queries.checking import entity_checks
from entities.queries.sizes import sizes_of
from entities.views.pieces import acting, entity_of
from tenancy.rules.roles import Right


@login_required
@require_http_methods(["GET", "POST"])
def record_size(request: HttpRequest, entity_id: int) -> HttpResponse:
    """One more figure beside those there are."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    checks = entity_checks(post.jurisdiction, today)
    form = SizeForm(request.POST or None, entity=entity, checks=checks, today=today, seen=version_of(entity))
    if form.is_valid():
        fact = acts.record_size(entity, form.figure(), by=post, on=today, seen=form.cleaned_data["seen"])
        messages.success(request, _("已登记%s。") % fact)
        return redirect("entities:show-entity", entity.pk)
    context = {"form": form, "entity": entity, "sizes": sizes_of(entity)}
    return render(request, "entities/sizes.html", context, status=422 if form.errors else 200)
