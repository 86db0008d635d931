"""The pages of one entity, and the acts on it. The list stands in `finding`."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.actions import register as acts
from entities.actions.lifecycle import register_status
from entities.forms import EntityForm, StatusForm
from entities.models import RECORDS, Entity
from entities.policies import may_keep_record
from entities.queries.changes import shown_changes
from entities.queries.checking import entity_checks, status_names
from entities.queries.doubles import merges_of
from entities.queries.showing import shown_entity
from entities.queries.staffing import shown_staffing
from entities.queries.trials import query_of
from entities.rules.vocabulary import OperatingStatus
from entities.views.pieces import acting, entity_of, grade_asked
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.roles import Right


@login_required
@require_safe
def show_entity(request: HttpRequest, entity_id: int) -> HttpResponse:
    """One entity: its facts with their sources, its grade with the clause, what happened to it."""
    post = acting(request, Right.VIEW_REGISTER)
    return shown_page(request, post, entity_of(post, Right.VIEW_REGISTER, entity_id, merged=True))


def shown_page(request: HttpRequest, post: Post, entity: Entity, phone: str = "", **seen: object) -> HttpResponse:
    """The entity's page; phone is its number in full, seen what else is shown in full."""
    today = timezone.localdate()
    plan = plan_in_force(entity.place, today)
    shown = shown_entity(entity, plan, today)
    kept = [kind for kind in RECORDS if entity.merged_into_id is None and may_keep_record(post, kind, entity.place)]
    context = {
        "entity": entity,
        "shown": shown,
        "staffing": shown_staffing(entity, plan, today),
        "phone": phone,
        **seen,
        "today": today,
        "changes": shown_changes(entity, plan.value),
        "merges": merges_of(entity),
        "trial_query": query_of(entity),
        "asked": grade_asked(request.GET.get("day"), shown.grades),
        "may_edit": may(post, Right.EDIT_REGISTER, entity.place) if entity.merged_into_id is None else False,
        "kept_kinds": kept,
        "unrecorded": [group for group in shown.unrecorded if group.kind in kept],
    }
    return render(request, "entities/show.html", context)


@login_required
@require_POST
def reveal_phone(request: HttpRequest, entity_id: int) -> HttpResponse:
    """The entity's page with the telephone in full; that it was seen goes into the trail."""
    post = acting(request, Right.EDIT_REGISTER)
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    return shown_page(request, post, entity, acts.reveal_phone(entity, by=post, on=timezone.localdate()))


@login_required
@require_http_methods(["GET", "POST"])
def add_entity(request: HttpRequest) -> HttpResponse:
    """A new entity, checked as a ledger row."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    form = EntityForm(request.POST or None, checks=entity_checks(post.jurisdiction, today))
    if form.is_valid() and form.row is not None:
        entity = acts.add_entity(form.row, by=post, on=today)
        messages.success(request, _saved(entity))
        return redirect("entities:show-entity", entity.pk)
    return _form(request, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def edit_entity(request: HttpRequest, entity_id: int) -> HttpResponse:
    """The same form over an entity; refused with 409 when somebody changed it meanwhile."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    checks = entity_checks(post.jurisdiction, today)
    form = EntityForm(request.POST or None, checks=checks, entity=entity, seen=acts.version_of(entity))
    if form.is_valid() and form.row is not None:
        given = form.cleaned_data
        forget = given.get("forget_phone", False)
        entity = acts.change_entity(entity, form.row, by=post, on=today, seen=given["seen"], forget_phone=forget)
        messages.success(request, _saved(entity))
        return redirect("entities:show-entity", entity.pk)
    return _form(request, form, entity)


def _saved(entity: Entity) -> str:
    if entity.grade:
        return _("已保存“%(name)s”，%(grade)s 级。") % {"name": entity.name, "grade": entity.grade}
    return _("已保存“%s”。规模或用餐人数不全，暂未定级。") % entity.name


def _form(request: HttpRequest, form: EntityForm, entity: Entity | None) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "entities/form.html", {"form": form, "entity": entity}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def close_entity(request: HttpRequest, entity_id: int) -> HttpResponse:
    """Another operating status, written down by the office; ten seconds to take it back."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    names = status_names(plan_in_force(post.jurisdiction.path, today).value)
    form = StatusForm(request.POST or None, entity=entity, names=names, today=today, seen=acts.version_of(entity))
    if form.is_valid():
        given = form.cleaned_data
        status = OperatingStatus(given["status"])
        register_status(entity, status, form.occasion(), by=post, on=today, seen=given["seen"])
        said = _("“%(name)s”已改为“%(status)s”。") % {"name": entity.name, "status": names[status]}
        messages.success(request, said, extra_tags=reverse("entities:undo-status", args=[entity.pk]))
        return redirect("entities:show-entity", entity.pk)
    context = {"form": form, "entity": entity, "present": names[entity.status]}
    return render(request, "entities/status.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def undo_status(request: HttpRequest, entity_id: int) -> HttpResponse:
    """Takes one's own last change of status back."""
    post = acting(request, Right.EDIT_REGISTER)
    entity = acts.undo_status(entity_of(post, Right.EDIT_REGISTER, entity_id), by=post, on=timezone.localdate())
    messages.success(request, _("已撤销，“%s”恢复原来的经营状态。") % entity.name)
    return redirect("entities:show-entity", entity.pk)
