"""常用视图: the pages for filters that are kept under a name."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entities.actions import views as acts
from entities.forms import RegisterFilterForm, ViewForm, query_of
from entities.models import SavedView
from entities.policies import may_keep_view, may_share_view
from entities.queries.finding import tags_in_use
from entities.queries.register import areas_under, register_counts
from entities.queries.views import saved_views, to_count
from entities.views.pieces import acting
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@login_required
@require_http_methods(["GET", "POST"])
def list_views(request: HttpRequest) -> HttpResponse:
    """The views a post sees, to be renamed, shared, moved and removed. POST keeps the filter in its address."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    asked = _asked(request, post)
    form = ViewForm(request.POST or None)
    if form.is_valid():
        view = acts.keep_view(form.cleaned_data["name"], query_of(asked), shared=form.cleaned_data["shared"], by=post)
        messages.success(request, _("已存为常用视图“%s”。") % view.name, extra_tags=_undo(view, "remove"))
        return redirect(f"{reverse('entities:list-entities')}?{view.query}")
    views = list(saved_views(post))
    counts = register_counts(to_count(views, today))
    context: dict[str, Any] = {
        "form": form,
        "query": query_of(asked),
        "conditions": [words for _name, _value, words in asked.conditions()],
        "rows": [(view, counts[f"view{view.pk}"], bool(may_keep_view(post, view))) for view in views],
        "may_share": may_share_view(post),
    }
    return render(request, "entities/views.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, post: Post) -> RegisterFilterForm:
    plan = plan_in_force(post.jurisdiction.path, timezone.localdate()).value
    asked = RegisterFilterForm(request.GET, plan=plan, areas=areas_under(post.jurisdiction), tags=tags_in_use())
    asked.asked()
    return asked


def _undo(view: SavedView, way: str) -> str:
    return reverse(f"entities:{way}-view", args=[view.pk])


def _view(request: HttpRequest, view_id: int, *, removed: bool = False) -> tuple[SavedView, Post]:
    """One that the post sees and may change; somebody else's own is a missing one."""
    post = acting(request, Right.VIEW_REGISTER)
    found = (
        SavedView.objects.filter(keeper=post, removed_at__isnull=False) if removed else saved_views(post)
    ).select_related("jurisdiction", "keeper")
    view = get_object_or_404(found, pk=view_id)
    require(may_keep_view(post, view))
    return view, post


@login_required
@require_POST
def change_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Another name; shared or not."""
    view, post = _view(request, view_id)
    form = ViewForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        acts.change_view(view, name=given["name"], shared=given["shared"], by=post)
        messages.success(request, _("已保存“%s”。") % view.name)
    else:
        messages.error(request, "；".join(str(text) for texts in form.errors.values() for text in texts))
    return redirect("entities:list-views")


@login_required
@require_POST
def move_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """One place forward or back."""
    view, post = _view(request, view_id)
    acts.move_view(view, -1 if request.POST.get("way") == "up" else 1, by=post)
    return redirect("entities:list-views")


@login_required
@require_POST
def remove_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Out of the tabs; ten seconds to take it back."""
    view, post = _view(request, view_id)
    acts.remove_view(view, by=post, at=timezone.now())
    own = _undo(view, "restore") if view.keeper_id == post.pk else ""
    messages.success(request, _("已删除常用视图“%s”。") % view.name, extra_tags=own)
    return redirect("entities:list-views")


@login_required
@require_POST
def restore_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Back where it was."""
    view, post = _view(request, view_id, removed=True)
    acts.restore_view(view, by=post)
    messages.success(request, _("已恢复常用视图“%s”。") % view.name)
    return redirect("entities:list-views")
