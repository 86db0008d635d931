"""Endpoints of what becomes of a business: changes of status, size, type and place, and shops nobody could find."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions import clearing, lifecycle
from entities.actions.register import version_of
from entities.api.pieces import acting, body_of, entity_of, unfit_form
from entities.forms import StatusForm
from entities.forms.changes import CHANGED, ChangeForm, ClearanceAnswerForm, ClearanceForm
from entities.models import Clearance, Entity, EntityChange
from entities.policies import may_read_clearances
from entities.queries.changes import CLEARANCE_TABS, changes_of, clearances, closed_names
from entities.queries.checking import cells_of, entity_checks, status_names
from entities.rules.vocabulary import OperatingStatus
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET", "POST"])
def changes(request: Request, pk: int) -> Response:
    """GET the changes of an entity. POST {since, reason, document, version} with {status}, or with the cells that moved.

    Cells are those of a ledger row: business_type, further_types, staff, revenue, diners, area, address.
    """
    right = Right.VIEW_REGISTER if request.method == "GET" else Right.EDIT_REGISTER
    post = acting(request, right)
    entity = entity_of(post, right, pk)
    if request.method == "POST":
        body = body_of(request)
        refused = _status(entity, body, post) if "status" in body else _facts(entity, body, post)
        if refused is not None:
            return refused
        entity = entity_of(post, right, pk)
    told = [change_row(each) for each in changes_of(entity)]
    answer = {"entity": entity.pk, "grade": entity.grade, "status": entity.status, "version": version_of(entity)}
    return Response({**answer, "changes": told}, status=201 if request.method == "POST" else 200)


def _status(entity: Entity, body: dict[str, Any], post: Post) -> Response | None:
    today = timezone.localdate()
    names, sent = status_names(plan_in_force(entity.place, today).value), {**body, "seen": body.get("version", "")}
    form = StatusForm(sent, entity=entity, names=names, today=today)
    if not form.is_valid():
        return unfit_form(form)
    status, seen = OperatingStatus(form.cleaned_data["status"]), form.cleaned_data["seen"]
    lifecycle.register_status(entity, status, form.occasion(), by=post, on=today, seen=seen)
    return None


def _facts(entity: Entity, body: dict[str, Any], post: Post) -> Response | None:
    today = timezone.localdate()
    checks = entity_checks(post.jurisdiction, today)
    standing = cells_of(entity, checks.plan.value)
    sent = {key: standing.get(key, "") for key in CHANGED} | body | {"seen": body.get("version", "")}
    form = ChangeForm(sent, checks=checks, entity=entity, today=today)
    if not form.is_valid() or form.row is None:
        return unfit_form(form)
    seen = form.cleaned_data["seen"]
    lifecycle.register_change(entity, form.row, form.occasion(), by=post, on=today, seen=seen)
    return None


def change_row(change: EntityChange) -> dict[str, Any]:
    """One change as endpoints give it."""
    return {
        "id": change.pk,
        "kind": change.kind,
        "kind_name": change.get_kind_display(),
        "since": change.since,
        "reason": change.reason,
        "document": change.document,
        "source": change.source,
        "before": change.before,
        "after": change.after,
        "clock": change.clock,
        "due_on": change.due_on,
        "bearer": change.bearer,
        "settled_on": change.settled_on,
        "undone_on": change.undone_on,
    }


@api_view(["POST"])
def ask_clearance(request: Request, pk: int) -> Response:
    """POST multipart {since, reason, status, file}: a shop nobody could find, put before a second person."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.EDIT_REGISTER, pk)
    names = closed_names(plan_in_force(entity.place, today).value)
    form = ClearanceForm(request.data, request.FILES, statuses=names)
    if not form.is_valid():
        return unfit_form(form)
    file = form.cleaned_data["file"]
    asked = clearing.ask_clearance(
        entity,
        file.read(),
        file.name,
        status=OperatingStatus(form.cleaned_data["status"]),
        occasion=form.occasion(),
        by=post,
        on=today,
        at=timezone.now(),
    )
    return Response(_asked(asked), status=201)


@api_view(["GET"])
def list_clearances(request: Request) -> Response:
    """Shops nobody could find, in the tab asked for (waiting, all), fifty at most."""
    require(may_read_clearances(request.post))  # type: ignore[attr-defined]
    tab = request.query_params.get("tab", "")
    found = clearances(tab if tab in CLEARANCE_TABS else CLEARANCE_TABS[0])[:50]
    return Response({"clearances": [_asked(each) for each in found]})


@api_view(["POST"])
def confirm_clearance(request: Request, pk: int) -> Response:
    """The shop is gone: the register follows."""
    asked = _fetched(request, pk)
    by = request.post  # type: ignore[attr-defined]
    return Response(_asked(clearing.confirm_clearance(asked, by=by, on=timezone.localdate(), at=timezone.now())))


@api_view(["POST"])
def reject_clearance(request: Request, pk: int) -> Response:
    """The shop stays: {"answer"} says why."""
    asked, form = _fetched(request, pk), ClearanceAnswerForm(body_of(request))
    if not form.is_valid():
        return unfit_form(form)
    by = request.post  # type: ignore[attr-defined]
    return Response(
        _asked(clearing.reject_clearance(asked, answer=form.cleaned_data["answer"], by=by, at=timezone.now()))
    )


def _fetched(request: Request, pk: int) -> Clearance:
    post = request.post  # type: ignore[attr-defined]
    require(may_read_clearances(post))
    asked = clearances("all").filter(pk=pk).first()
    if asked is None:
        raise Http404
    require(may_read_clearances(post, asked.place))
    return asked


def _asked(asked: Clearance) -> dict[str, Any]:
    return {
        "id": asked.pk,
        "entity": {"id": asked.entity_id, "name": asked.entity.name},
        "looked_on": asked.looked_on,
        "reason": asked.reason,
        "status": asked.status,
        "state": asked.state,
        "asked_by": asked.asked_by_name,
        "decided_by": asked.decided_by_name,
        "answer": asked.answer,
        "sha256": asked.sha256,
    }
