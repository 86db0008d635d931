"""Endpoints: cadres, assignments, who answers for an entity on a day, proposals. Same policies, rules and sentences as the pages."""

from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action, api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from cadres.actions.approving import approve
from cadres.actions.proposing import propose
from cadres.forms import ProposeForm
from cadres.models import Assignment, Cadre, Proposal
from cadres.policies import acting
from cadres.queries.coverage import Holder, assignments_seen_by, entities_seen_by, holder_on, scope_of
from cadres.queries.people import CadreFilter, cadres_with_loads
from cadres.queries.proposals import line_counts
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


class CadreRow(serializers.ModelSerializer[Cadre]):
    """A cadre in post; telephones are not given out here."""

    name = serializers.CharField(source="post.person_name")
    unit = serializers.CharField(source="post.jurisdiction.name")
    title = serializers.CharField(source="post.title")
    load = serializers.IntegerField()

    class Meta:
        model = Cadre
        fields = ("id", "name", "unit", "title", "tier", "category", "sectors", "load")


class AssignmentRow(serializers.ModelSerializer[Assignment]):
    """One assignment in force, as its list prints it."""

    entity_name = serializers.CharField(source="entity.name")
    since = serializers.DateField(source="valid.lower")
    until = serializers.DateField(source="valid.upper", allow_null=True)

    class Meta:
        model = Assignment
        fields = (
            "id", "entity", "entity_name", "cadre", "cadre_name", "cadre_title", "tier", "since", "until", "reason"
        )  # fmt: skip


class HolderRow(serializers.Serializer[Holder]):
    """Who answers, under which list and plan."""

    cadre_id = serializers.IntegerField()
    name = serializers.CharField()
    title = serializers.CharField()
    tier = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    reason = serializers.CharField()
    list_number = serializers.IntegerField(allow_null=True)
    plan_source = serializers.CharField()


class ReasonRow(serializers.Serializer[Any]):
    cadre = serializers.IntegerField()
    reason = serializers.CharField(max_length=200, allow_blank=True)


class Approval(serializers.Serializer[Any]):
    """Why cadres carry more than the cap."""

    reasons = ReasonRow(many=True, required=False)


def _post(request: Request) -> Any:
    """The acting post, set by the middleware on the request underneath."""
    return getattr(request, "post", None)


def day_asked(request: Request) -> date:
    """?on=2026-10-09, today when it is left out."""
    text = request.query_params.get("on", "")
    if not text:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError({"on": [_("日期请写成 2026-10-09 这样。")]}) from error


class Cadres(GenericViewSet[Cadre]):
    """GET /api/cadres/?q=&tier=&tab="""

    serializer_class = CadreRow
    queryset = Cadre.objects.none()

    def list(self, request: Request) -> Response:
        post = acting(_post(request), Right.VIEW_CADRES)
        asked = request.query_params
        wanted = CadreFilter(words=asked.get("q", ""), tier=asked.get("tier", ""), tab=asked.get("tab", ""))
        today = timezone.localdate()
        page = self.paginate_queryset(cadres_with_loads(wanted, today, cap=scope_of(post.jurisdiction, today).cap))
        return self.get_paginated_response(CadreRow(page, many=True).data)


class Assignments(GenericViewSet[Assignment]):
    """GET /api/assignments/?on=: those of the entities the post may see; a cadre gets his own."""

    serializer_class = AssignmentRow
    queryset = Assignment.objects.none()

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(assignments_seen_by(_post(request), day_asked(request)))
        return self.get_paginated_response(AssignmentRow(page, many=True).data)


@api_view(["GET"])
def holder(request: Request, entity_id: int) -> Response:
    """GET /api/entities/1/holder/?on=: who answered for it on the day; null when nobody did."""
    day = day_asked(request)
    entity = get_object_or_404(entities_seen_by(_post(request), timezone.localdate()), pk=entity_id)
    found = holder_on(entity, day)
    return Response({"on": day, "holder": HolderRow(found).data if found else None})


class Proposals(GenericViewSet[Proposal]):
    """POST /api/proposals/ makes a draft, POST /api/proposals/1/approve/ puts it in force."""

    serializer_class = Approval
    queryset = Proposal.objects.none()

    def create(self, request: Request) -> Response:
        post = acting(_post(request), Right.ASSIGN)
        today = timezone.localdate()
        asked = request.data if isinstance(request.data, dict) else {}
        form = ProposeForm({"on": asked.get("on", today)}, today=today)
        if not form.is_valid():
            raise ValidationError({field: [str(text) for text in errors] for field, errors in form.errors.items()})
        proposal = propose(post.jurisdiction, by=post, on=form.cleaned_data["on"])
        return Response(_shown(proposal), status=201)

    def retrieve(self, request: Request, pk: str) -> Response:
        proposal = _found(pk)
        require(may(_post(request), Right.VIEW_CADRES, proposal.place))
        return Response(_shown(proposal))

    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str) -> Response:
        proposal = _found(pk)
        require(may(_post(request), Right.APPROVE_LIST, proposal.place))
        given = Approval(data=request.data)
        given.is_valid(raise_exception=True)
        reasons = {row["cadre"]: row["reason"] for row in given.validated_data.get("reasons", [])}
        version = approve(proposal, by=_post(request), on=timezone.localdate(), over_cap_reasons=reasons)
        return Response({"list": version.pk, "number": version.number, "counts": version.counts})


def _found(pk: str) -> Proposal:
    if not pk.isdecimal():
        raise Http404
    return get_object_or_404(Proposal.objects.select_related("jurisdiction"), pk=pk)


def _shown(proposal: Proposal) -> dict[str, Any]:
    return {"id": proposal.pk, "state": proposal.state, "on": proposal.on, "counts": line_counts(proposal)}
