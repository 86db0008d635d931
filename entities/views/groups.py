"""集聚场所 and 连锁企业 with their shops, and what one shop belongs to."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from entities.actions import groups as acts
from entities.actions.register import version_of
from entities.forms import BelongingForm, GroupForm
from entities.models import GROUPS, Chain, Group
from entities.queries.groups import groups_of_kind, headquarters_of, member_counts, members_of
from entities.queries.listing import as_listed, listed
from entities.views.pieces import acting, entity_of, group_model, group_of
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def list_groups(request: HttpRequest, word: str) -> HttpResponse:
    """All of one kind, and the form for one more."""
    post, model = acting(request, Right.VIEW_REGISTER), group_model(word)
    may_add = may(post, Right.EDIT_REGISTER, post.place)
    form = GroupForm(request.POST or None, model=model)
    if request.method == "POST":
        require(may_add)
        if form.is_valid():
            return _saved(request, word, acts.add_group(post.jurisdiction, word, form.values(), by=post))
    page = Paginator(groups_of_kind(word), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "may_add": may_add, **_words(word)}
    return render(request, "entities/groups.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def show_group(request: HttpRequest, word: str, group_id: int) -> HttpResponse:
    """One of them with its shops, counted by grade and by status."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    group = group_of(word, group_id)
    doc = plan_in_force(post.place, today).value
    page = Paginator(as_listed(members_of(word, group)), PAGE).get_page(request.GET.get("page"))
    context = {
        "group": group,
        "facts": _facts(group),
        "counts": member_counts(word, group, doc),
        "page": page,
        "rows": listed(page.object_list, doc, today),
        "headquarters": headquarters_of(group) if isinstance(group, Chain) else [],
        "area_word": doc.names.area,
        "may_edit": may(post, Right.EDIT_REGISTER, group.place),
        **_words(word),
    }
    return render(request, "entities/group.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def edit_group(request: HttpRequest, word: str, group_id: int) -> HttpResponse:
    """Other facts of it, and the day it closed."""
    post = acting(request, Right.EDIT_REGISTER)
    group = group_of(word, group_id)
    require(may(post, Right.EDIT_REGISTER, group.place))
    form = GroupForm(request.POST or None, model=type(group), group=group)
    if form.is_valid():
        return _saved(request, word, acts.change_group(group, form.values(), by=post))
    context = {"form": form, "group": group, **_words(word)}
    return render(request, "entities/group_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def place_entity(request: HttpRequest, entity_id: int) -> HttpResponse:
    """What a shop belongs to, or where it sells without an address."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    form = BelongingForm(request.POST or None, entity=entity, seen=version_of(entity))
    if form.is_valid():
        acts.place_entity(entity, form.belonging(), by=post, on=today, seen=form.cleaned_data["seen"])
        messages.success(request, _("已登记“%s”的归属。") % entity.name)
        return redirect("entities:show-entity", entity.pk)
    status = 422 if form.errors else 200
    return render(request, "entities/belonging.html", {"form": form, "entity": entity}, status=status)


def _saved(request: HttpRequest, word: str, group: Group) -> HttpResponse:
    messages.success(request, _("已保存“%s”。") % group.name)
    return redirect("entities:show-group", word, group.pk)


def _words(word: str) -> dict[str, Any]:
    return {"word": word, "title": GROUPS[word]._meta.verbose_name}


def _facts(group: Group) -> list[tuple[str, str]]:
    told = [(str(group._meta.get_field(name).verbose_name), name) for name in group.typed if name != "name"]  # type: ignore[union-attr]
    facts = []
    for label, name in told:
        shown = getattr(group, f"get_{name}_display", None)
        value = str(shown() if shown else getattr(group, name) or "")
        if value:
            facts.append((label, value))
    return facts
