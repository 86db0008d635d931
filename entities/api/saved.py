"""Saved views for programs: the pages' acts, their sentences."""

from typing import Any

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions import views as acts
from entities.api.pieces import acting, body_of, unfit, unfit_form
from entities.forms import RegisterFilterForm, ViewForm, query_of
from entities.models import SavedView
from entities.policies import may_keep_view
from entities.queries.finding import tags_in_use
from entities.queries.register import areas_under, register_counts
from entities.queries.views import saved_views, to_count
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET", "POST"])
def views(request: Request) -> Response:
    """GET the views of the acting post with their counts, POST {name, query, shared} keeps one."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    if request.method == "POST":
        return _kept(request, post)
    found = list(saved_views(post))
    counts = register_counts(to_count(found, today))
    return Response({"views": [{**_answer(view), "count": counts[f"view{view.pk}"]} for view in found]})


def _kept(request: Request, post: Post) -> Response:
    sent = body_of(request)
    plan = plan_in_force(post.jurisdiction.path, timezone.localdate()).value
    query = QueryDict(str(sent.get("query") or ""))
    asked = RegisterFilterForm(query, plan=plan, areas=areas_under(post.jurisdiction), tags=tags_in_use())
    form = ViewForm(sent)
    if not asked.is_valid():
        return unfit({"query": [str(text) for texts in asked.errors.values() for text in texts]})
    if not form.is_valid():
        return unfit_form(form)
    given = form.cleaned_data
    view = acts.keep_view(given["name"], query_of(asked), shared=given["shared"], by=post)
    return Response(_answer(view), status=201)


@api_view(["PATCH", "DELETE"])
def view(request: Request, pk: int) -> Response:
    """PATCH {name, shared} changes, DELETE removes a view; POST .../restore/ brings it back."""
    found, post = _found(request, pk)
    if request.method == "DELETE":
        acts.remove_view(found, by=post, at=timezone.now())
        return Response(status=204)
    form = ViewForm({"name": found.name, "shared": found.shared, **body_of(request)})
    if not form.is_valid():
        return unfit_form(form)
    given = form.cleaned_data
    return Response(_answer(acts.change_view(found, name=given["name"], shared=given["shared"], by=post)))


@api_view(["POST"])
def move(request: Request, pk: int) -> Response:
    """POST {steps}: below zero is forward."""
    found, post = _found(request, pk)
    steps = body_of(request).get("steps")
    if not isinstance(steps, int) or isinstance(steps, bool) or abs(steps) > 100:
        return unfit({"steps": [_("请写要移动几位：-1 往前一位，1 往后一位。")]})
    return Response(_answer(acts.move_view(found, steps, by=post)))


@api_view(["POST"])
def restore(request: Request, pk: int) -> Response:
    """Brings one's own removed view back."""
    post = acting(request, Right.VIEW_REGISTER)
    removed = SavedView.objects.select_related("jurisdiction", "keeper").filter(keeper=post, removed_at__isnull=False)
    return Response(_answer(acts.restore_view(get_object_or_404(removed, pk=pk), by=post)))


def _found(request: Request, pk: int) -> tuple[SavedView, Post]:
    post = acting(request, Right.VIEW_REGISTER)
    found = get_object_or_404(saved_views(post).select_related("jurisdiction"), pk=pk)
    require(may_keep_view(post, found))
    return found, post


def _answer(view: SavedView) -> dict[str, Any]:
    names = ("name", "query", "shared", "position")
    return {"id": view.pk, "keeper": str(view.keeper), **{name: getattr(view, name) for name in names}}
