"""Where a shop lies on a map, and the labels with the codes that open the pages of shops."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from entities.actions import spots as acts
from entities.actions.register import version_of
from entities.forms import RegisterFilterForm, SpotForm
from entities.queries.finding import tags_in_use
from entities.queries.register import areas_under
from entities.queries.spots import labelled, shown_spot
from entities.views.pieces import acting, entity_of
from tenancy.queries.plans import plan_in_force
from tenancy.rules.roles import Right


@login_required
@require_http_methods(["GET", "POST"])
def locate_entity(request: HttpRequest, entity_id: int) -> HttpResponse:
    """Longitude, latitude and their system."""
    post = acting(request, Right.EDIT_REGISTER)
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    form = SpotForm(request.POST or None, entity=entity, seen=version_of(entity))
    if form.is_valid():
        given = form.cleaned_data
        acts.locate_entity(entity, form.spot(), source=given["source"], by=post, seen=given["seen"])
        messages.success(request, _("已登记“%s”的坐标。") % entity.name)
        return redirect("entities:show-entity", entity.pk)
    context = {"form": form, "entity": entity, "spot": shown_spot(entity)}
    return render(request, "entities/spot.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def print_labels(request: HttpRequest) -> HttpResponse:
    """A label for each entity of the filter, or for those picked; its code holds the address of the page and nothing else."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    plan = plan_in_force(post.jurisdiction.path, today).value
    form = RegisterFilterForm(request.GET, plan=plan, areas=areas_under(post.jurisdiction), tags=tags_in_use())
    # Picked ones stand in the address by their ids; what is no id names nothing.
    ids = [int(each) for each in request.GET.getlist("id") if each.isascii() and each.isdigit() and len(each) < 19]
    found = labelled(form.asked(), ids, today)
    entities, total = list(found[: settings.LABEL_ROWS]), found.count()
    labels = [(each, request.build_absolute_uri(reverse("entities:show-entity", args=[each.pk]))) for each in entities]
    context = {"labels": labels, "total": total, "area_word": plan.names.area, "today": today}
    return render(request, "entities/labels.html", context)
