"""Endpoints: cadres, assignments, who answers for an entity on a day, proposals. Same policies, rules and sentences as the pages."""

from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action, api_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from cadres.actions.approving import approve
from cadres.actions.cards import ask_for_cards
from cadres.actions.proposing import propose
from cadres.forms import ProposeForm
from cadres.models import Assignment, Cadre, InvitationSheet, Proposal
from cadres.policies import acting
from cadres.queries.access import AccessFilter, access
from cadres.queries.coverage import (
    Holder,
    assignments_seen_by,
    entities_seen_by,
    holder_on,
    my_entities,
    scope_of,
)
from cadres.queries.people import CadreFilter, cadres_seen_by, cadres_with_loads
from cadres.queries.proposals import line_counts
from cadres.tasks import nudge_sheet
from entities.actions.register import reveal_phone
from tenancy.actions.doors import revoke_door
from tenancy.actions.invitations import invite
from tenancy.api import DeviceRow, Pages, acting_person
from tenancy.models import Post
from tenancy.policies import may, may_invite
from tenancy.queries.doors import doors_of
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
        page = self.paginate_queryset(cadres_with_loads(wanted, today, caps=scope_of(post.jurisdiction, today).caps))
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


class AccessRow(serializers.ModelSerializer[Cadre]):
    """Whether a cadre has come in with his phone; no times."""

    name = serializers.CharField(source="post.person_name")
    unit = serializers.CharField(source="post.jurisdiction.name")
    opened = serializers.BooleanField()
    invited_until = serializers.DateTimeField(allow_null=True)

    class Meta:
        model = Cadre
        fields = ("id", "name", "unit", "opened", "invited_until")


class SheetRow(serializers.ModelSerializer[InvitationSheet]):
    """A printing of cards; its file is fetched from its page."""

    class Meta:
        model = InvitationSheet
        fields = ("id", "state", "cards", "error", "expires_at")


class AskedCards(serializers.Serializer[Any]):
    """For which area under the own place (its path), and whether cards that still open are made again."""

    area = serializers.CharField(required=False, max_length=120)
    again = serializers.BooleanField(default=False)


@api_view(["GET"])
def access_states(request: Request) -> Response:
    """GET /api/cadres/access?tab=new|invited|opened&q=: who has never opened his page."""
    acting(_post(request), Right.IMPORT_ROSTER)
    asked = AccessFilter(words=request.query_params.get("q", ""), tab=request.query_params.get("tab", ""))
    pages = Pages()
    page = pages.paginate_queryset(access(asked, timezone.localdate(), timezone.now()), request)
    return pages.get_paginated_response(AccessRow(page, many=True).data)


def _invited(request: Request, cadre_id: int) -> tuple[Post, Cadre]:
    """A cadre the acting person may give a card to, or take a phone from."""
    post = acting_person(request)
    cadre = get_object_or_404(cadres_seen_by(post), pk=cadre_id)
    require(may_invite(post, cadre.post))
    return post, cadre


@api_view(["POST"])
def invitation(request: Request, cadre_id: int) -> Response:
    """POST /api/cadres/1/invitation: a card, whose address is in this answer only; the one before opens nothing more."""
    post, cadre = _invited(request, cadre_id)
    made = invite(cadre.post, by=post, on=timezone.localdate(), at=timezone.now())
    url = request.build_absolute_uri(reverse("tenancy:open-invitation", args=[made.token]))
    return Response({"url": url, "expires_at": made.expires_at}, status=201)


@api_view(["GET"])
def devices(request: Request, cadre_id: int) -> Response:
    """GET /api/cadres/1/devices: his bound phones, with the days of first and last use."""
    _by, cadre = _invited(request, cadre_id)
    return Response({"devices": DeviceRow(doors_of("device", [cadre.post], timezone.now()), many=True).data})


@api_view(["POST"])
def revoke_device(request: Request, cadre_id: int, device_id: int) -> Response:
    """POST /api/cadres/1/devices/2/revoke: a lost phone."""
    post, cadre = _invited(request, cadre_id)
    now = timezone.now()
    device = get_object_or_404(doors_of("device", [cadre.post], now), pk=device_id)
    return Response(DeviceRow(revoke_door(device, by=post, at=now)).data)


@api_view(["POST"])
def cards(request: Request) -> Response:
    """POST /api/cards {area, again}: asks for the cards of everybody who has not come in; 202, drawn by a worker."""
    post = acting(acting_person(request), Right.IMPORT_ROSTER)
    given = AskedCards(data=request.data)
    given.is_valid(raise_exception=True)
    made = ask_for_cards(
        given.validated_data.get("area", post.place),
        again=given.validated_data["again"],
        origin=request.build_absolute_uri("/").rstrip("/"),
        by=post,
        on=timezone.localdate(),
        at=timezone.now(),
    )
    nudge_sheet(made)
    return Response(SheetRow(made).data, status=202)


@api_view(["GET"])
def sheet(request: Request, sheet_id: int) -> Response:
    """GET /api/cards/1: how far a printing has come, for whoever asked for it."""
    post = acting(acting_person(request), Right.IMPORT_ROSTER)
    return Response(SheetRow(get_object_or_404(InvitationSheet, pk=sheet_id, asked_by=post)).data)


@api_view(["POST"])
def phone(request: Request, entity_id: int) -> Response:
    """POST /api/my/entities/1/phone: the number of one of his own shops in force, for a cadre who is about to call."""
    post, today = _post(request), timezone.localdate()
    require(may(post, Right.VISIT))
    held = get_object_or_404(my_entities(post, today), entity_id=entity_id)
    return Response({"phone": reveal_phone(held.entity, by=post, on=today)})


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
