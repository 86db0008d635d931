"""Endpoints of 摸底 beside its pages: same policies, forms, acts and sentences."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities import policies
from entities.actions import surveys as acts
from entities.api.pieces import acting, body_of, unfit_form
from entities.forms.surveys import LineForm, ReturnForm, SurveyForm
from entities.models import Survey, SurveyLine
from entities.queries.checking import cells_of, entity_checks
from entities.queries.surveys import TABS, kept_sums, line_counts, lines_of, sums_of, surveys
from tenancy.api import Pages
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET", "POST"])
def list_surveys(request: Request) -> Response:
    """GET the rounds, fifty at most. POST {name, starts_on, ends_on, surveyors} opens one over the acting place."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    if request.method == "GET":
        return Response({"surveys": [_survey(each) for each in surveys()[:50]]})
    require(may(post, Right.EDIT_REGISTER, post.place))
    form = SurveyForm(body_of(request), today=today)
    if not form.is_valid():
        return unfit_form(form)
    return Response(_survey(acts.open_survey(post.jurisdiction, **form.cleaned_data, by=post, on=today)), status=201)


def _fetched(request: Request, survey_id: int) -> tuple[Post, Survey]:
    post = acting(request, Right.VIEW_REGISTER)
    return post, get_object_or_404(surveys(), pk=survey_id)


@api_view(["GET"])
def show_survey(request: Request, survey_id: int) -> Response:
    """The sums by line of business, and the lines in the tab asked for (listed, drafted, confirmed, applied, all)."""
    _post, survey = _fetched(request, survey_id)
    tab, pages = request.query_params.get("tab", ""), Pages()
    found = pages.paginate_queryset(lines_of(survey, tab if tab in TABS else "all"), request) or []
    sums = kept_sums(sums_of(survey, plan_in_force(survey.place, timezone.localdate()).value))
    answer = pages.get_paginated_response([_line(each) for each in found])
    answer.data |= {"survey": _survey(survey), "counts": line_counts(survey), "sums": sums}
    return answer


@api_view(["POST"])
def add_line(request: Request, survey_id: int) -> Response:
    """POST the cells of a ledger row with {outcome: new, grade, note}: a shop the register does not know."""
    post, survey = _fetched(request, survey_id)
    require(policies.may_draft_line(post))
    today = timezone.localdate()
    form = LineForm({"outcome": "new", **body_of(request)}, checks=entity_checks(post.jurisdiction, today))
    if not form.is_valid() or form.row is None:
        return unfit_form(form)
    return Response(_line(acts.add_line(survey, form.found(), by=post, on=today)), status=201)


@api_view(["POST"])
def confirm_lines(request: Request, survey_id: int) -> Response:
    """POST {lines: [1, 2]} confirms these, without it all that the post may confirm."""
    post, survey = _fetched(request, survey_id)
    require(policies.may_confirm_lines(post))
    asked = body_of(request).get("lines")
    ids = [each for each in asked if isinstance(each, int)] if isinstance(asked, list) else None
    return Response({"confirmed": acts.confirm_lines(survey, ids, by=post, on=timezone.localdate())})


@api_view(["POST"])
def close_survey(request: Request, survey_id: int) -> Response:
    """Drafts become facts and grades; 409 says what is still open."""
    post, survey = _fetched(request, survey_id)
    require(policies.may_close_survey(post, survey.place))
    return Response(_survey(acts.close_survey(survey, by=post, on=timezone.localdate())))


def _one(request: Request, line_id: int) -> tuple[Post, SurveyLine]:
    post = acting(request, Right.VIEW_REGISTER)
    found = SurveyLine.objects.select_related("survey", "jurisdiction", "entity__jurisdiction")
    return post, get_object_or_404(found, pk=line_id)


@api_view(["POST"])
def draft_line(request: Request, line_id: int) -> Response:
    """POST {outcome, grade, note}, with the cells that moved where the outcome is changed."""
    post, line = _one(request, line_id)
    require(policies.may_draft_line(post, line.place))
    checks = entity_checks(post.jurisdiction, timezone.localdate())
    standing = cells_of(line.entity, checks.plan.value) if line.entity else dict(line.cells)
    form = LineForm({**standing, **body_of(request)}, checks=checks, line=line)
    if not form.is_valid():
        return unfit_form(form)
    return Response(_line(acts.draft_line(line, form.found(), by=post, on=timezone.localdate())))


@api_view(["POST"])
def return_line(request: Request, line_id: int) -> Response:
    """POST {reason}: back to the officer."""
    post, line = _one(request, line_id)
    require(policies.may_confirm_lines(post, line.place))
    form = ReturnForm(body_of(request))
    if not form.is_valid():
        return unfit_form(form)
    return Response(_line(acts.return_line(line, reason=form.cleaned_data["reason"], by=post)))


def _survey(survey: Survey) -> dict[str, Any]:
    names = ("name", "starts_on", "ends_on", "surveyors", "opened_on", "closed_on")
    return {"id": survey.pk, "place": survey.jurisdiction.name, **{name: getattr(survey, name) for name in names}}


def _line(line: SurveyLine) -> dict[str, Any]:
    names = (
        "name",
        "business_type",
        "state",
        "outcome",
        "computed",
        "grade",
        "note",
        "drafted_on",
        "returned",
        "result",
    )
    said = {"drafted_by": line.drafted_by_name, "confirmed_by": line.confirmed_by_name, "cells": line.cells}
    return {"id": line.pk, "entity": line.entity_id, **{name: getattr(line, name) for name in names}, **said}
