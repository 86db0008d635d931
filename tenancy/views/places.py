"""Pages of the tree: the places below one's own, new ones, corrections. Closing stands in reports, which sees what is there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenancy.actions import tree
from tenancy.forms.places import AddPlacesForm, PlaceForm
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.queries.tree import child_levels, known_under, level_names, line_of, nodes_under, place_shown
from tenancy.rules.roles import Right
from tenancy.views.pieces import acting, below_own, place_of

RIGHT = Right.MANAGE_ACCOUNTS


@login_required
@require_safe
def list_places(request: HttpRequest) -> HttpResponse:
    """A place with two layers under it, and the way deeper; ?at= names another place in sight."""
    post = acting(request, RIGHT, Right.EDIT_PLAN)
    today = timezone.localdate()
    place = place_shown(post, request.GET.get("at", ""))
    levels = level_names(plan_in_force(place.path, today).value.tiers)
    context = {
        "place": place,
        "nodes": [(node, levels.get(node.place.level, node.place.level)) for node in nodes_under(place, today)],
        "line": [each for each in line_of(place.path)[:-1] if each.path.startswith(post.place)],
        "may_edit": may(post, RIGHT, place.path),
        "own": post.place,
    }
    return render(request, "tenancy/places.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add_places(request: HttpRequest, place_id: int) -> HttpResponse:
    """One or many new places under this one; every fault of the list at once, nothing written before it is clean."""
    post = acting(request, RIGHT)
    parent = place_of(post, RIGHT, place_id)
    levels = child_levels(parent, timezone.localdate())
    form = AddPlacesForm(request.POST or None, levels=levels, known=known_under(parent))
    if request.method == "POST" and form.is_valid():
        made = tree.add_places(parent, form.divisions, level=form.cleaned_data["level"], by=post)
        messages.success(
            request, _("已在“%(place)s”下新增%(count)d个区划。") % {"place": parent.name, "count": len(made)}
        )
        return redirect(f"{_list_url()}?at={parent.pk}")
    context = {"form": form, "place": parent, "title": _("新增下级区划"), "label": _("新增")}
    return render(request, "tenancy/place_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def rename_place(request: HttpRequest, place_id: int) -> HttpResponse:
    """Another name or code."""
    post = acting(request, RIGHT)
    place = below_own(post, place_id)
    form = PlaceForm(request.POST or None, place=place, known=known_under(place.parent, but=place))
    if request.method == "POST" and form.is_valid():
        tree.rename_place(place, **form.cleaned_data, by=post)
        messages.success(request, _("区划已更正。"))
        return redirect(f"{_list_url()}?at={place.parent_id}")
    context = {"form": form, "place": place, "title": _("更正区划"), "label": _("保存更正")}
    return render(request, "tenancy/place_form.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def reopen_place(request: HttpRequest, place_id: int) -> HttpResponse:
    """Takes a closing back."""
    post = acting(request, RIGHT)
    place = tree.reopen_place(below_own(post, place_id), by=post)
    messages.success(request, _("“%s”已恢复。") % place.name)
    return redirect(f"{_list_url()}?at={place.parent_id}")


def _list_url() -> str:
    url: str = redirect("tenancy:list-places").url
    return url
