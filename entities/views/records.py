"""The lines beside an entity: one page to add or change any kind of them, struck and put back from the entity's page."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from entities.actions import records as acts
from entities.actions.register import version_of
from entities.forms import RecordForm
from entities.models import Contact, Entity, Record
from entities.queries.records import asked_of, doubts_about
from entities.views.pieces import (
    acting,
    entity_of,
    entity_to_keep,
    keeping,
    model_of,
    record_of,
    record_to_keep,
)
from entities.views.register import shown_page
from tenancy.rules.roles import Right


@login_required
@require_http_methods(["GET", "POST"])
def add_record(request: HttpRequest, entity_id: int, kind: str) -> HttpResponse:
    """One more licence, person, policy, code or flag."""
    post, model = keeping(request, kind), model_of(kind)
    entity = entity_to_keep(post, kind, entity_id)
    form = RecordForm(request.POST or None, **asked_of(model, entity, timezone.localdate()), seen=version_of(entity))
    if form.is_valid():
        seen, today = form.cleaned_data["seen"], timezone.localdate()
        return _saved(request, acts.add_record(entity, kind, form.values(), by=post, on=today, seen=seen), kind)
    return _form(request, form, entity, kind)


@login_required
@require_http_methods(["GET", "POST"])
def edit_record(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """The same form over a line, and the way to strike it."""
    post = keeping(request, kind)
    record = record_to_keep(post, kind, record_id)
    asked = asked_of(model_of(kind), record.entity, timezone.localdate())
    form = RecordForm(request.POST or None, **asked, record=record, seen=version_of(record.entity))
    if form.is_valid():
        given, today = form.cleaned_data, timezone.localdate()
        forget = given.get("forget_phone", False)
        record = acts.change_record(record, form.values(), by=post, on=today, seen=given["seen"], forget_phone=forget)
        return _saved(request, record, kind)
    return _form(request, form, record.entity, kind, record)


def _saved(request: HttpRequest, record: Record, kind: str) -> HttpResponse:
    messages.success(request, _("已保存%(title)s“%(record)s”。") % {"title": _title(record), "record": record})
    for doubt in doubts_about(record):
        messages.warning(request, doubt)
    return redirect(f"{reverse('entities:show-entity', args=[record.entity.pk])}#{kind}")


def _title(record: Record) -> str:
    return str(record._meta.verbose_name)


def _form(
    request: HttpRequest, form: RecordForm, entity: Entity, kind: str, record: Record | None = None
) -> HttpResponse:
    context = {
        "form": form, "entity": entity, "kind": kind, "record": record, "title": form.model._meta.verbose_name,
        "seen": version_of(entity),
    }  # fmt: skip
    return render(request, "entities/record.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def strike_record(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Takes a mistaken line out; ten seconds on the page to put it back."""
    post = keeping(request, kind)
    record = record_to_keep(post, kind, record_id)
    seen = request.POST.get("seen", "")
    record = acts.strike_record(record, by=post, on=timezone.localdate(), seen=seen)
    said = _("已删除%(title)s“%(record)s”。") % {"title": _title(record), "record": record}
    messages.success(request, said, extra_tags=reverse("entities:restore-record", args=[kind, record.pk]))
    return redirect("entities:show-entity", record.entity.pk)


@login_required
@require_POST
def restore_record(request: HttpRequest, kind: str, record_id: int) -> HttpResponse:
    """Puts a struck line back."""
    post = keeping(request, kind)
    record = record_to_keep(post, kind, record_id, struck=True)
    acts.restore_record(record, by=post, on=timezone.localdate())
    messages.success(request, _("已恢复%(title)s“%(record)s”。") % {"title": _title(record), "record": record})
    return redirect("entities:show-entity", record.entity.pk)


@login_required
@require_POST
def reveal_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """The entity's page with one person's telephone in full; that it was seen goes into the trail."""
    post = acting(request, Right.EDIT_REGISTER)
    contact = cast(Contact, record_of(post, Right.EDIT_REGISTER, "contact", contact_id))
    number = acts.reveal_contact(contact, by=post, on=timezone.localdate())
    entity = entity_of(post, Right.EDIT_REGISTER, contact.entity.pk)
    return shown_page(request, post, entity, seen_contact=contact, contact_phone=number)
