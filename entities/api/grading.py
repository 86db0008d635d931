"""Endpoints of grading: a trial, the grade of a day, decisions on one entity, regrading a place."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions.deciding import correct_grade, upgrade_entity, withdraw_decision
from entities.actions.register import version_of
from entities.actions.regrading import regrade, undo_regrading
from entities.api.pieces import acting, body_of, entity_of, unfit, unfit_form
from entities.forms import CorrectionForm, RegradeForm, TrialForm, UpgradeForm, WithdrawForm
from entities.forms.days import DAY_ERRORS, asked_day
from entities.models import Entity, GradeDecision, GradeRecord, RegradedEntity, Regrading
from entities.policies import may_try_grading
from entities.queries.grades import decisions_of, grade_on, grades_of
from entities.queries.regrading import GradeChange, regrade_preview, regraded_lines, standing_ahead
from entities.queries.trials import offered, trial_as_json
from entities.rules.vocabulary import DecisionKind, Grade
from tenancy.api import Pages
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

BAD_DAY = {"on": [str(DAY_ERRORS["invalid"])]}
ACTS = {
    DecisionKind.UPGRADE.value: (UpgradeForm, upgrade_entity),
    DecisionKind.CORRECTION.value: (CorrectionForm, correct_grade),
}


def _day(request: Request) -> date | None:
    return asked_day(request.query_params.get("on"), timezone.localdate())


@api_view(["GET"])
def try_grading(request: Request) -> Response:
    """GET /api/grading/?business_types=catering&staff=60&revenue=600&unit=万元&on=: the trial page's answer.

    Without a fact: what may be sent.
    """
    post = request.post  # type: ignore[attr-defined]
    require(may_try_grading(post))
    day = _day(request)
    if day is None:
        return unfit(BAD_DAY)
    plan = plan_in_force(post.jurisdiction.path, day)
    if not TrialForm.is_asked(request.query_params):
        return Response({"on": day, "plan": plan.cite("grading_rules"), **offered(plan.value)})
    form = TrialForm(request.query_params, plan=plan)
    if not form.is_valid():
        return unfit_form(form)
    answer = trial_as_json(form.trial(), plan)
    return Response({"on": day, **answer, "warnings": [finding.as_json() for finding in form.warnings]})


@api_view(["GET"])
def grades(request: Request, pk: int) -> Response:
    """GET /api/entities/1/grades/ gives the whole history, with ?on= the grade of that day (null when it had none)."""
    post = acting(request, Right.VIEW_REGISTER)
    entity = entity_of(post, Right.VIEW_REGISTER, pk)
    if request.query_params.get("on"):
        day = _day(request)
        if day is None:
            return unfit(BAD_DAY)
        found = grade_on(entity, day)
        return Response({"on": day, "grade": _record(found) if found else None})
    decisions = [_decision(each) for each in decisions_of(entity)]
    return Response({"grades": [_record(each) for each in grades_of(entity)], "decisions": decisions})


@api_view(["POST"])
def decide(request: Request, pk: int) -> Response:
    """POST {kind: upgrade | correction, grade, reason, approver, document, until, version} raises or corrects."""
    post = acting(request, Right.EDIT_REGISTER)
    entity = entity_of(post, Right.EDIT_REGISTER, pk)
    body = body_of(request)
    if body.get("kind") not in ACTS:
        return unfit({"kind": ["kind 只能是 upgrade（个案提级）或 correction（人工改级）。"]})
    make, act = ACTS[str(body["kind"])]
    form = make(body)
    if not form.is_valid():
        return unfit_form(form)
    grade, seen = Grade(form.cleaned_data["grade"]), str(body.get("version", ""))
    entity = act(entity, grade, form.grounds(), by=post, on=timezone.localdate(), seen=seen)
    return Response(_graded(entity), status=201)


@api_view(["POST"])
def withdraw(request: Request, pk: int) -> Response:
    """POST {reason} takes a decision back from today on."""
    post = acting(request, Right.EDIT_REGISTER)
    decision = get_object_or_404(GradeDecision, pk=pk)
    require(may(post, Right.EDIT_REGISTER, decision.place))
    form = WithdrawForm(body_of(request))
    if not form.is_valid():
        return unfit_form(form)
    return Response(
        _graded(withdraw_decision(decision, reason=form.cleaned_data["reason"], by=post, on=timezone.localdate()))
    )


@api_view(["GET", "POST"])
def regrading(request: Request) -> Response:
    """GET ?on=&change=D-C previews a regrading of the acting place, POST {on, seen} does it."""
    right = Right.EDIT_REGISTER if request.method == "POST" else Right.VIEW_REGISTER
    post = acting(request, right)
    place = post.jurisdiction
    require(may(post, right, place.path))
    form = RegradeForm(body_of(request) if request.method == "POST" else _asked(request))
    if not form.is_valid():
        return unfit_form(form)
    since = form.cleaned_data["on"]
    plan = plan_in_force(place.path, since)
    if request.method == "POST":
        seen = form.cleaned_data["seen"]
        made = regrade(place, plan, by=post, on=timezone.localdate(), since=since, seen=seen)
        return Response(_regrading(made), status=201)
    preview, ahead = regrade_preview(place, plan, since), standing_ahead(place, since)
    kind = request.query_params.get("change")
    pages = Pages()
    page = pages.paginate_queryset([each for each in preview.changes if kind in (None, each.kind)], request) or []
    listed = pages.get_paginated_response([_change(each) for each in page]).data
    told = {
        "on": since, "plan": plan.cite("grading_rules"), "seen": preview.digest, "total": preview.total,
        "counts": preview.counts, "recited": preview.recited, "ahead": ahead.since if ahead else None,
    }  # fmt: skip
    return Response({**told, **listed})


def _asked(request: Request) -> dict[str, Any]:
    return {"on": request.query_params.get("on") or timezone.localdate().isoformat()}


def _found(request: Request, pk: int, right: Right) -> Regrading:
    post = acting(request, right)
    found = get_object_or_404(Regrading.objects.select_related("made_by", "undone_by", "jurisdiction"), pk=pk)
    require(may(post, right, found.place))
    return found


@api_view(["GET"])
def show_regrading(request: Request, pk: int) -> Response:
    """GET /api/regradings/1/?change=D-C: what a regrading changed."""
    found = _found(request, pk, Right.VIEW_REGISTER)
    pages = Pages()
    lines = pages.paginate_queryset(regraded_lines(found, request.query_params.get("change", "")), request) or []
    return Response({**_regrading(found), **pages.get_paginated_response([_line(line) for line in lines]).data})


@api_view(["POST"])
def undo(request: Request, pk: int) -> Response:
    """POST /api/regradings/1/undo/ takes it back; names the entities that were touched since and stay as they are."""
    found = _found(request, pk, Right.EDIT_REGISTER)
    kept = undo_regrading(found, by=request.post, on=timezone.localdate())  # type: ignore[attr-defined]
    return Response({"id": found.pk, "kept": kept})


def _graded(entity: Entity) -> dict[str, Any]:
    today = grade_on(entity, timezone.localdate())
    return {
        "id": entity.pk, "grade": entity.grade, "version": version_of(entity), "today": _record(today) if today else None,
        "decisions": [_decision(each) for each in decisions_of(entity)],
    }  # fmt: skip


def _record(record: GradeRecord) -> dict[str, Any]:
    names = (
        "base", "effective", "corrected_from", "size", "rule", "clause", "reason", "raised_by", "raise_clause",
        "raise_reason",
    )  # fmt: skip
    return {
        "since": record.valid.lower, "until": record.valid.upper, **{name: getattr(record, name) for name in names},
        "by": str(record.recorded_by or ""), "batch": record.batch_id, "regrading": record.regrading_id,
    }  # fmt: skip


def _decision(decision: GradeDecision) -> dict[str, Any]:
    names = ("kind", "grade", "over", "reason", "approver", "document", "cited", "withdrawn_on", "withdrawn_reason")
    return {
        "id": decision.pk, "since": decision.valid.lower, "until": decision.valid.upper,
        **{name: getattr(decision, name) for name in names}, "by": str(decision.decided_by or ""),
    }  # fmt: skip


def _change(change: GradeChange) -> dict[str, Any]:
    names = (
        "name", "old_base", "old_effective", "old_clause", "new_base", "new_effective", "new_clause", "reason",
    )  # fmt: skip
    return {"entity": change.entity_id, "change": change.kind, **{name: getattr(change, name) for name in names}}


def _line(line: RegradedEntity) -> dict[str, Any]:
    names = ("old_base", "old_effective", "new_base", "new_effective", "clause", "reason")
    return {"entity": line.entity_id, "name": line.entity.name, **{name: getattr(line, name) for name in names}}


def _regrading(found: Regrading) -> dict[str, Any]:
    return {
        "id": found.pk, "since": found.since, "plan": found.plan_source, "counts": found.counts, "made_on": found.made_on,
        "made_by": str(found.made_by), "undone_on": found.undone_on,
    }  # fmt: skip
