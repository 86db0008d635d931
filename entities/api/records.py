"""The lines beside an entity: licence, contact, insurance, code, flag, check. Telephones are masked.

A change names the `version` of the entity it was made on and gives the next one back.
"""

from typing import Any

from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions.records import add_record, change_record, restore_record, strike_record
from entities.actions.register import version_of
from entities.api.pieces import (
    acting,
    body_of,
    entity_of,
    entity_to_keep,
    keeping,
    model_of,
    record_of,
    record_to_keep,
    unfit_form,
)
from entities.forms import RecordForm
from entities.models import Flag, Record
from entities.queries.records import Line, asked_of, doubts_about, groups_of, state_of
from tenancy.queries.plans import plan_in_force
from tenancy.rules.roles import Right


@api_view(["GET"])
def records(request: Request, pk: int) -> Response:
    """GET /api/entities/1/records/ gives every line that was not struck, by kind; `link` is where a code leads."""
    post = acting(request, Right.VIEW_REGISTER)
    entity = entity_of(post, Right.VIEW_REGISTER, pk)
    today = timezone.localdate()
    groups = groups_of(entity, today, plan_in_force(entity.place, today).value)
    kinds = {group.kind: [_told(line) for line in group.lines] for group in groups}
    return Response({"version": version_of(entity), **kinds})


@api_view(["POST"])
def add(request: Request, pk: int, kind: str) -> Response:
    """POST {…, version} to /api/entities/1/records/licence/; the names are those of the answer."""
    post, model = keeping(request, kind), model_of(kind)
    entity, body = entity_to_keep(post, kind, pk), body_of(request)
    form = RecordForm({**_typed(model()), **body}, **asked_of(model, entity, timezone.localdate()))
    if not form.is_valid():
        return unfit_form(form)
    seen, today = str(body.get("version", "")), timezone.localdate()
    return Response(_answer(add_record(entity, kind, form.values(), by=post, on=today, seen=seen)), status=201)


@api_view(["GET", "PATCH", "DELETE"])
def record(request: Request, kind: str, record_id: int) -> Response:
    """GET a line; PATCH {…, version} changes the named facts; DELETE {version} strikes a mistaken line."""
    if request.method == "GET":
        return Response(_answer(record_of(acting(request, Right.VIEW_REGISTER), Right.VIEW_REGISTER, kind, record_id)))
    post = keeping(request, kind)
    found = record_to_keep(post, kind, record_id)
    body, today = body_of(request), timezone.localdate()
    seen = str(body.get("version", ""))
    if request.method == "DELETE":
        return Response(_answer(strike_record(found, by=post, on=today, seen=seen)))
    form = RecordForm({**_typed(found), **body}, **asked_of(type(found), found.entity, today), record=found)
    if not form.is_valid():
        return unfit_form(form)
    forget = form.cleaned_data.get("forget_phone", False)
    return Response(_answer(change_record(found, form.values(), by=post, on=today, seen=seen, forget_phone=forget)))


@api_view(["POST"])
def restore(request: Request, kind: str, record_id: int) -> Response:
    """POST puts a struck line back."""
    post = keeping(request, kind)
    found = record_to_keep(post, kind, record_id, struck=True)
    return Response(_answer(restore_record(found, by=post, on=timezone.localdate())))


def _typed(found: Record) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.typed if name != "phone"}


def _told(line: Line) -> dict[str, Any]:
    return _facts(line.record) | ({"link": line.link} if line.kind == "code" else {})


def _facts(found: Record) -> dict[str, Any]:
    facts = {name: getattr(found, name) for name in found.typed}
    if "phone" in facts:
        facts["phone"] = str(facts["phone"])
    if isinstance(found, Flag):
        facts["stops_as"] = found.stops_as
    state, _kind = state_of(found, timezone.localdate())
    return {"id": found.pk, **facts, "state_name": state, "warnings": doubts_about(found), "struck_on": found.struck_on}


def _answer(found: Record) -> dict[str, Any]:
    return {**_facts(found), "entity": found.entity.pk, "version": version_of(found.entity)}
