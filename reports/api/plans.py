"""Putting a plan in force and taking it back, which ask what the apps below have done under it."""

from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from reports.actions.plans import enforce_draft, take_back_plan
from reports.queries.plan_effects import effects_of_draft
from reports.queries.plans import readiness
from tenancy.api.plans import acting, drafting, sent, telling_faults, told_plan
from tenancy.plans.drafting import FaultyPlan
from tenancy.queries.papers import drafts_for, plans_for


class Since(serializers.Serializer[Any]):
    """The day a draft is tried on."""

    since = serializers.DateField(required=False)


class InForce(serializers.Serializer[Any]):
    """The day, and the version of the draft its person had before him."""

    version = serializers.IntegerField()
    since = serializers.DateField()
    grades = serializers.CharField(
        required=False, allow_null=True, help_text="digest of the grades that were shown; absent to leave grades alone"
    )


@extend_schema(request=InForce)
@api_view(["POST"])
@telling_faults
def put_in_force(request: Request, draft_id: int) -> Response:
    """The draft becomes the place's plan from a day on."""
    post = drafting(request)
    draft, given = get_object_or_404(drafts_for(post), pk=draft_id), sent(InForce, request)
    since, at = given["since"], timezone.now()
    plan = enforce_draft(
        draft, since=since, seen=given["version"], grades=given.get("grades"),
        by=post, on=timezone.localdate(at), at=at,
    )  # fmt: skip
    return Response(told_plan(plan), status=201)


@api_view(["GET"])
@telling_faults
def plan_effects(request: Request, draft_id: int) -> Response:
    """What the draft would change from `since` (today when absent), each kind as its page lists it."""
    post, today = drafting(request), timezone.localdate()
    draft = get_object_or_404(drafts_for(post), pk=draft_id, state="draft")
    asked = Since(data=request.query_params)
    asked.is_valid(raise_exception=True)
    since = asked.validated_data.get("since", today)
    if problems := readiness(draft, since, today).problems:
        raise FaultyPlan(problems)
    effects = effects_of_draft(draft, since, today)
    return Response(
        {
            "since": since,
            "grades_from": effects.grades_from,
            "digest": effects.grades.digest if effects.may_regrade else None,
            "grades": [asdict(each) for each in effects.grades.changes],
            "recited": effects.grades.recited,
            "total": effects.grades.total,
            "entities": [asdict(each) for each in effects.entities],
            "assignments": [asdict(each) for each in effects.assignments],
            "overloads": [asdict(each) for each in effects.overloads],
            "days": [asdict(each) for each in effects.days],
        }
    )


@api_view(["POST"])
def withdraw_plan(request: Request, plan_id: int) -> Response:
    """A plan that nothing has used is a draft again."""
    post = acting(request)
    plan = get_object_or_404(plans_for(post), pk=plan_id)
    draft = take_back_plan(plan, by=post, on=timezone.localdate(), at=timezone.now())
    return Response({"draft": draft.pk, "version": draft.version})
