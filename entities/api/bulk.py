"""Acts on many entities for programs: first what would change, then the act under what was seen."""

from typing import Any

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions.bulk import change_many, refuse_too_many, undo_bulk
from entities.api.pieces import acting, body_of, unfit, unfit_form
from entities.forms import BulkForm, RegisterFilterForm
from entities.models import BulkChange
from entities.queries.bulk import BulkLine, areas_to, bulk_lines, bulk_preview
from entities.queries.finding import chosen_of, register, tags_in_use
from entities.queries.register import areas_under
from tenancy.api import Pages
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["POST"])
def bulk(request: Request) -> Response:
    """POST {query or ids, kind, and tag, risk, area, status or cluster, reason, document}: what would change; with its `seen` the act is done."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    sent, plan = body_of(request), plan_in_force(post.jurisdiction.path, today).value
    asked = RegisterFilterForm(
        QueryDict(str(sent.get("query") or "")), plan=plan, areas=areas_under(post.jurisdiction), tags=tags_in_use()
    )
    form = BulkForm(sent, plan=plan, areas=areas_to(post.jurisdiction), today=today)
    if not asked.is_valid():
        return unfit({"query": [str(text) for texts in asked.errors.values() for text in texts]})
    if not form.is_valid():
        return unfit_form(form)
    ids = _ids(sent)
    chosen, wish = chosen_of(register(asked.asked(), today), ids), form.wish()
    refuse_too_many(count := chosen.count())
    if ids and count != len(set(ids)):
        raise Http404
    if seen := form.cleaned_data["seen"]:
        conditions = "；".join(words for *_rest, words in asked.conditions()) or _("全部")
        said = _("勾选的 %d 家") % count if ids else conditions
        made = change_many(chosen, wish, plan, by=post, on=today, conditions=said, seen=seen)
        return Response(_answer(made), status=201)
    preview = bulk_preview(wish, chosen, plan, by=post)
    told = {"changes": [_line(each) for each in preview.changes], "refused": [_line(each) for each in preview.refused]}
    return Response({"seen": preview.digest, "counts": preview.counts, **told})


def _ids(sent: dict[str, Any]) -> list[int]:
    given = sent.get("ids") or []
    if not isinstance(given, list) or not all(type(each) is int and 0 < each < 2**63 for each in given):
        raise Http404
    return given


@api_view(["GET"])
def show(request: Request, pk: int) -> Response:
    """What one act on many did."""
    found = _found(request, pk, Right.VIEW_REGISTER)
    pages = Pages()
    lines = pages.paginate_queryset(bulk_lines(found), request) or []
    told = [{"entity": line.entity_id, "name": line.entity.name, "old": line.old, "new": line.new} for line in lines]
    return Response({**_answer(found), **pages.get_paginated_response(told).data})


@api_view(["POST"])
def undo(request: Request, pk: int) -> Response:
    """Takes it back; names the entities that were touched since and stay as they are."""
    found = _found(request, pk, Right.EDIT_REGISTER)
    kept = undo_bulk(found, by=request.post, on=timezone.localdate())  # type: ignore[attr-defined]
    return Response({"id": found.pk, "kept": kept})


def _found(request: Request, pk: int, right: Right) -> BulkChange:
    post = acting(request, right)
    found = get_object_or_404(BulkChange.objects.select_related("made_by", "undone_by", "jurisdiction"), pk=pk)
    require(may(post, right, found.place))
    return found


def _line(line: BulkLine) -> dict[str, Any]:
    return {"entity": line.entity_id, "name": line.name, "old": line.old, "new": line.new, "refusal": line.refusal}


def _answer(found: BulkChange) -> dict[str, Any]:
    names = ("kind", "value", "said", "conditions", "counts", "made_on", "undone_on")
    return {"id": found.pk, "made_by": str(found.made_by), **{name: getattr(found, name) for name in names}}
