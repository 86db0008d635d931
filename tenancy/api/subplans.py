"""Endpoints beside the pages of what is filed under a plan: same policy, same act, same sentence."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.actions import subplans as acts
from tenancy.api.plans import acting, sent
from tenancy.models import Jurisdiction, Milestone, Plan, Post, SubPlan
from tenancy.policies import reads_every_plan
from tenancy.queries.papers import plans_for
from tenancy.queries.subplans import Filer, filers_of, milestones_of
from tenancy.rules.refusals import Forbidden
from tenancy.rules.stages import NOTED, StageState
from tenancy.scans.unreadable import FILE_BYTES


class MilestoneLine(serializers.Serializer[Any]):
    """One line of a timetable."""

    what = serializers.CharField(max_length=200)
    due_on = serializers.DateField()


class SubPlanBody(serializers.Serializer[Any]):
    """What is filed: JSON with `text`, or multipart with `file`; `place` is one's own unless named."""

    title = serializers.CharField(max_length=200)
    responsible = serializers.CharField(max_length=60)
    text = serializers.CharField(required=False, default="", allow_blank=True, max_length=100_000)
    file = serializers.FileField(required=False, default=None, allow_null=True)
    milestones = MilestoneLine(many=True, required=False, default=list)
    place = serializers.IntegerField(required=False)

    def validate_file(self, file: Any) -> Any:
        if file and file.size > FILE_BYTES:
            raise serializers.ValidationError(_("文件超过 20 MB 上限，请压缩或分开后再传。"))
        return file


class Unit(serializers.Serializer[Any]):
    """A department."""

    unit = serializers.CharField(max_length=60)


class Done(serializers.Serializer[Any]):
    """The day a line was done; null opens it again."""

    done_on = serializers.DateField(allow_null=True)


class StageBody(serializers.Serializer[Any]):
    """How far a stage has come."""

    stage = serializers.CharField(max_length=40)
    state = serializers.ChoiceField(choices=[state.value for state in NOTED])
    note = serializers.CharField(max_length=200)


def office_of(request: Request) -> Post:
    """The acting post of an office."""
    post = acting(request)
    if not reads_every_plan(post):
        raise Forbidden(_("下级方案只供办公室查看；如工作需要，请联系当地食安办。"))
    return post


def _plan(request: Request, plan_id: int) -> Plan:
    return get_object_or_404(plans_for(office_of(request)), pk=plan_id)


def _facts(given: dict[str, Any]) -> acts.SubPlanFacts:
    file = (given["file"].read(), given["file"].name) if given["file"] else None
    lines = tuple((line["what"], line["due_on"]) for line in given["milestones"])
    return acts.SubPlanFacts(given["title"], given["responsible"], given["text"], file, lines)


def _told(row: SubPlan) -> dict[str, Any]:
    names = ("id", "unit", "title", "responsible", "text", "filed_on", "filename", "sha256")
    lines = [
        {"id": line.pk, "what": line.what, "due_on": line.due_on, "done_on": line.done_on}
        for line in milestones_of(row)
    ]
    return {**{name: getattr(row, name) for name in names}, "plan": row.plan_id, "milestones": lines}


def _told_filer(filer: Filer) -> dict[str, Any]:
    return {
        "unit": filer.unit,
        "place": filer.place.pk if filer.place else None,
        "has_filed": filer.has_filed,
        "sub_plan": filer.sub_plan.pk if filer.sub_plan else None,
        "milestones": filer.milestones,
        "done": filer.done,
        "late": filer.late,
    }


@extend_schema(request=SubPlanBody)
@api_view(["GET", "POST"])
def sub_plans(request: Request, plan_id: int) -> Response:
    """Who owes a plan under this one; POST files one's own."""
    plan, post, today = _plan(request, plan_id), office_of(request), timezone.localdate()
    if request.method == "GET":
        return Response({"filers": [_told_filer(filer) for filer in filers_of(plan, post, today)]})
    given = sent(SubPlanBody, request)
    place = get_object_or_404(Jurisdiction.objects.under(post.place), pk=given.get("place", post.jurisdiction_id))
    row = acts.file_sub_plan(plan, place, _facts(given), by=post, on=today)
    return Response(_told(row), status=201)


@extend_schema(request=Unit)
@api_view(["POST"])
def expect_sub_plan(request: Request, plan_id: int) -> Response:
    """Writes down a department that owes a plan."""
    row = acts.expect_sub_plan(_plan(request, plan_id), sent(Unit, request)["unit"], by=office_of(request))
    return Response(_told(row), status=201)


@extend_schema(request=SubPlanBody)
@api_view(["GET", "PUT"])
def sub_plan(request: Request, sub_plan_id: int) -> Response:
    """One filed plan; PUT files it anew."""
    post = office_of(request)
    row = get_object_or_404(SubPlan.objects.select_related("jurisdiction"), pk=sub_plan_id)
    if request.method == "PUT":
        row = acts.file_awaited(row, _facts(sent(SubPlanBody, request)), by=post, on=timezone.localdate())
    return Response(_told(row))


@extend_schema(request=Done)
@api_view(["POST"])
def mark_milestone(request: Request, milestone_id: int) -> Response:
    """Ticks a line of a timetable off, or opens it again."""
    post = office_of(request)
    line = get_object_or_404(Milestone, pk=milestone_id)
    line = acts.mark_milestone(line, sent(Done, request)["done_on"], by=post, on=timezone.localdate())
    return Response({"id": line.pk, "done_on": line.done_on})


@extend_schema(request=StageBody)
@api_view(["POST"])
def note_stage(request: Request, plan_id: int) -> Response:
    """Writes down how far a stage of the plan has come."""
    plan, given = _plan(request, plan_id), sent(StageBody, request)
    state = StageState(given["state"])
    note = acts.note_stage(plan, given["stage"], state, given["note"], by=office_of(request), on=timezone.localdate())
    return Response({"stage": note.stage, "state": note.state, "note": note.note}, status=201)
