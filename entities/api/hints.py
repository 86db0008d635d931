"""状态线索 as data, followed or answered by the same acts as on the page."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions import hints as acts
from entities.actions.register import version_of
from entities.api.pieces import acting, body_of, unfit_form
from entities.forms.hints import DismissForm
from entities.models import Record
from entities.queries.hints import MODELS, HintLine, hint_counts, hint_lines, hints
from entities.rules.hints import HintKind
from tenancy.api import Pages
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET"])
def list_hints(request: Request) -> Response:
    """GET ?tab=penalty, check or licence; the oldest first."""
    acting(request, Right.EDIT_REGISTER)
    asked, today, pages = request.query_params.get("tab", ""), timezone.localdate(), Pages()
    known = asked if asked in [kind.value for kind in HintKind] else ""
    found = pages.paginate_queryset(hints(known, today), request) or []
    answer = pages.get_paginated_response([_line(line) for line in hint_lines(found)])
    answer.data["counts"] = hint_counts(today)
    return answer


@api_view(["POST"])
def take_hint(request: Request, kind: str, record_id: int) -> Response:
    """POST {version} writes the proposed status down."""
    post = acting(request, Right.EDIT_REGISTER)
    found, record = _asked(post, kind, record_id)
    seen = str(body_of(request).get("version", ""))
    entity = acts.take_hint(found, record.pk, by=post, on=timezone.localdate(), seen=seen)
    return Response({"entity": entity.pk, "status": entity.status, "version": version_of(entity)})


@api_view(["POST"])
def dismiss_hint(request: Request, kind: str, record_id: int) -> Response:
    """POST {reason} keeps the status."""
    post = acting(request, Right.EDIT_REGISTER)
    found, record = _asked(post, kind, record_id)
    form = DismissForm(body_of(request))
    if not form.is_valid():
        return unfit_form(form)
    answer = acts.dismiss_hint(found, record.pk, form.cleaned_data["reason"], by=post, on=timezone.localdate())
    return Response({"entity": answer.entity_id, "kind": answer.kind, "record": answer.record, "reason": answer.reason})


def _asked(post: Post, kind: str, record_id: int) -> tuple[HintKind, Record]:
    if kind not in [each.value for each in HintKind]:
        raise Http404
    found = HintKind(kind)
    record: Record = get_object_or_404(MODELS[found].objects.select_related("entity"), pk=record_id)
    require(may(post, Right.EDIT_REGISTER, record.place))
    return found, record


def _line(line: HintLine) -> dict[str, Any]:
    hint, entity = line.hint, line.record.entity
    return {
        "kind": hint.kind.value,
        "record": line.record.pk,
        "entity": entity.pk,
        "entity_name": entity.name,
        "version": version_of(entity),
        "status": hint.status.value,
        "day": hint.day,
        "reason": hint.reason,
        "document": hint.document,
    }
