"""Endpoints of 外部名单 beside its pages: same policies, forms, acts and sentences."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities import policies
from entities.actions.accepting import accept_differences, taking_preview
from entities.actions.differences import answer_difference, settle_differences
from entities.actions.outside import compare_again, end_basis, receive_list, set_basis
from entities.api.pieces import acting, body_of, unfit, unfit_form
from entities.forms.outside import ManyForm, OutsideForm, TakenForm, TakingForm, filter_form
from entities.models import Difference, OutsideList
from entities.queries.checking import entity_checks, status_names
from entities.queries.outside import (
    difference_counts,
    differences,
    outside_lists,
    proposed_cells,
    row_counts,
    words_of,
)
from entities.rules.reconciling import Answer, DifferenceKind
from entities.tasks import nudge_ledger
from tenancy.api import Pages
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

VERBS = ("accept", "reject", "keep", "reopen")


@api_view(["GET", "POST"])
def outside(request: Request) -> Response:
    """GET the lists. POST {file, source, name, listed_on} sends one; go on with the import it names in `batch`."""
    today = timezone.localdate()
    if request.method == "GET":
        acting(request, Right.VIEW_REGISTER)
        pages = Pages()
        found = pages.paginate_queryset(outside_lists(), request) or []
        return pages.get_paginated_response([list_answer(each) for each in found])
    post = acting(request, Right.APPROVE_LIST)
    require(policies.may_keep_list(post, post.place))
    form = OutsideForm(request.POST, request.FILES, today=today)
    if not form.is_valid():
        return unfit_form(form)
    file = form.cleaned_data["file"]
    known = OutsideList.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    made = receive_list(post.jurisdiction, form.origin(), filename=file.name, data=file.read(), by=post, on=today)
    if made.batch.state == "uploaded":
        nudge_ledger(made.batch_id)
    return Response(list_answer(made), status=201 if made.pk > known else 200)


def _fetched(pk: int) -> OutsideList:
    """A list of the acting place or of one above it that was compared."""
    return get_object_or_404(outside_lists().filter(state="compared"), pk=pk)


@api_view(["GET"])
def show(request: Request, pk: int) -> Response:
    """The differences of a list under the filter of its page (kind, field, area, answer, q), and the counts."""
    post = acting(request, Right.VIEW_REGISTER)
    found, pages = _fetched(pk), Pages()
    doc = plan_in_force(post.jurisdiction.path, timezone.localdate()).value
    form = filter_form(request.query_params, post, doc)
    rows = pages.paginate_queryset(differences(found, form.asked()), request) or []
    answer = pages.get_paginated_response([difference_answer(each, status_names(doc)) for each in rows])
    answer.data |= {"list": list_answer(found), "rows": row_counts(found), "counts": difference_counts(found)}
    return answer


@api_view(["POST"])
def compare(request: Request, pk: int) -> Response:
    """Against the register of this moment."""
    post = acting(request, Right.VIEW_REGISTER)
    found = _fetched(pk)
    require(policies.may_keep_list(post, found.place))
    compare_again(found, by=post, on=timezone.localdate(), at=timezone.now())
    return Response({"list": list_answer(found), "counts": difference_counts(found)})


@api_view(["POST"])
def basis(request: Request, pk: int) -> Response:
    """POST {basis: true} makes the list the denominator of 数据归集率, {basis: false} ends that."""
    post = acting(request, Right.VIEW_REGISTER)
    found = _fetched(pk)
    require(policies.may_keep_list(post, found.place))
    if body_of(request).get("basis") is False:
        return Response(list_answer(end_basis(found, by=post)))
    return Response(list_answer(set_basis(found, by=post, on=timezone.localdate())))


@api_view(["POST"])
def accept(request: Request, pk: int) -> Response:
    """POST {kind, field, area, q, business_type}: what would be taken over, with a digest; with it as `seen` it is done.

    201 names the batch, to be taken back as an import. With {answer: rejected | kept, reason, count} instead every open
    difference of the filter is answered so.
    """
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    found, sent = _fetched(pk), body_of(request)
    require(policies.may_settle_difference(post))
    doc = plan_in_force(post.jurisdiction.path, today).value
    asked, words = filter_form({**sent, "answer": ""}, post, doc).exactly(), TakingForm(sent, doc=doc).words()
    if "answer" in sent:
        many = ManyForm(sent)
        if not many.is_valid():
            return unfit_form(many)
        given = many.cleaned_data
        answer, reason = Answer(given["answer"]), given["reason"]
        done = settle_differences(found, asked, answer, reason=reason, count=given["count"], by=post, on=today)
        return Response({"settled": done})
    if sent.get("seen"):
        batch = accept_differences(found, asked, by=post, on=today, at=timezone.now(), seen=str(sent["seen"]), **words)
        return Response({"batch": batch.pk, "counts": batch.counts}, status=201)
    preview, _checks = taking_preview(found, asked, by=post, on=today, **words)
    refused = [{"name": line.name, "reason": line.refusal} for line in preview.refused]
    changes = [{"name": line.name, "change": line.said} for line in preview.changes]
    return Response({"seen": preview.digest, "counts": preview.counts, "changes": changes, "refused": refused})


@api_view(["GET", "POST"])
def difference(request: Request, pk: int) -> Response:
    """POST {answer: accept | reject | keep | reopen, reason}; to accept a business the register lacks also its cells."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    found = get_object_or_404(
        Difference.objects.select_related("outside__jurisdiction", "row", "entity", "jurisdiction"), pk=pk
    )
    checks = entity_checks(post.jurisdiction, today)
    if request.method == "POST":
        sent, row = body_of(request), None
        verb = str(sent.get("answer", ""))
        if verb not in VERBS:
            return unfit({"answer": [_("请写 %s 之一。") % "、".join(VERBS)]})
        if verb == "accept" and found.kind == DifferenceKind.ONLY_THERE and found.row:
            proposed = proposed_cells(found.row, checks)
            form = TakenForm({**proposed.cells, **sent}, checks=checks, proposed=proposed)
            if not form.is_valid():
                return unfit_form(form)
            row = form.row
        answer_difference(found, verb, reason=str(sent.get("reason", "")), row=row, by=post, on=today)
        found.refresh_from_db()
    return Response(difference_answer(found, status_names(checks.plan.value)))


def list_answer(each: OutsideList) -> dict[str, Any]:
    """One list."""
    names = ("name", "source", "listed_on", "state", "rows_read", "compared_at", "basis_on", "basis_by_name")
    facts = {
        "id": each.pk,
        "place": each.jurisdiction.name,
        "batch": each.batch_id,
        "uploaded_by": each.uploaded_by_name,
    }
    return facts | {name: getattr(each, name) for name in names}


def difference_answer(each: Difference, statuses: dict[str, str]) -> dict[str, Any]:
    """One difference."""
    there, here = words_of(each, statuses)
    row, names = each.row, ("kind", "field", "answer", "reason", "answered_by_name", "answered_on")
    facts = {"id": each.pk, "place": each.jurisdiction.name, "entity": each.entity_id, "there": there, "here": here}
    said = {"row": row.number, "name": row.name, "uscc": row.uscc, "licence": row.licence} if row else {}
    return facts | said | {name: getattr(each, name) for name in names}
