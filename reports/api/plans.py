"""Putting a plan in force and taking it back, which ask what the apps below have done under it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from reports.queries.plans import opened_since, uses_of
from tenancy.actions import drafts as acts
from tenancy.api.plans import acting, drafting, sent, telling_faults, told_plan
from tenancy.queries.papers import drafts_for, plans_for


class InForce(serializers.Serializer[Any]):
    """The day, and the version of the draft its person had before him."""

    version = serializers.IntegerField()
    since = serializers.DateField()


@extend_schema(request=InForce)
@api_view(["POST"])
@telling_faults
def put_in_force(request: Request, draft_id: int) -> Response:
    """The draft becomes the place's plan from a day on."""
    post = drafting(request)
    draft, given = get_object_or_404(drafts_for(post), pk=draft_id), sent(InForce, request)
    since, at = given["since"], timezone.now()
    opened = opened_since(draft.place, since)
    on = timezone.localdate(at)
    plan = acts.put_in_force(draft, since=since, seen=given["version"], opened=opened, by=post, on=on, at=at)
    return Response(told_plan(plan), status=201)


@api_view(["POST"])
def withdraw_plan(request: Request, plan_id: int) -> Response:
    """A plan that nothing has used is a draft again."""
    post = acting(request)
    plan = get_object_or_404(plans_for(post), pk=plan_id)
    draft = acts.withdraw_plan(plan, used=uses_of(plan), by=post, at=timezone.now())
    return Response({"draft": draft.pk, "version": draft.version})
