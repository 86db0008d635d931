"""Endpoints of the tree and the trail: the pages' policies, forms, acts and sentences."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.actions import trail as trail_acts
from tenancy.actions import tree
from tenancy.api import answer_unfit, fields_of
from tenancy.api.administration import by_post
from tenancy.forms.places import AddPlacesForm, PlaceForm, TrailFilterForm
from tenancy.models import AuditEvent, Jurisdiction, Post
from tenancy.policies import may, may_edit_place
from tenancy.queries.trail import chain_of, difference, events, page_of, subject_name
from tenancy.queries.tree import Node, child_levels, in_sight, known_under, nodes_under, open_places, place_shown
from tenancy.rules.paths import tenant_of
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.rules.trail import act_name, without_numbers

MANAGE = Right.MANAGE_ACCOUNTS


def _place(place: Jurisdiction) -> dict[str, Any]:
    return {
        "id": place.pk, "name": place.name, "code": place.code, "level": place.level, "path": place.path,
        "parent": place.parent_id, "closed_on": place.closed_on,
    }  # fmt: skip


def _below(by: Post, place_id: int) -> Jurisdiction:
    place = get_object_or_404(in_sight().select_related("parent"), pk=place_id)
    require(may_edit_place(by, place))
    return place


def _node(node: Node) -> dict[str, Any]:
    return {**_place(node.place), "below": node.below, "people": node.people}


@api_view(["GET"])
def list_places(request: Request) -> Response:
    """GET ?at=: a place with two layers under it."""
    by = by_post(request, MANAGE, Right.EDIT_PLAN)
    place = place_shown(by, request.query_params.get("at", ""))
    return Response([_node(node) for node in nodes_under(place, timezone.localdate())])


@api_view(["POST"])
def add_places(request: Request, place_id: int) -> Response:
    """{level, lines}: new places under this one, a line for each."""
    by = by_post(request, MANAGE)
    parent = get_object_or_404(in_sight(), pk=place_id)
    require(may(by, MANAGE, parent.path))
    levels = child_levels(parent, timezone.localdate())
    form = AddPlacesForm(fields_of(request), levels=levels, known=known_under(parent))
    if not form.is_valid():
        return answer_unfit(form)
    made = tree.add_places(parent, form.divisions, level=form.cleaned_data["level"], by=by)
    return Response([_place(place) for place in made], status=201)


@api_view(["PATCH"])
def rename_place(request: Request, place_id: int) -> Response:
    """{name, code}: another name or code."""
    by = by_post(request, MANAGE)
    place = _below(by, place_id)
    now = {"name": place.name, "code": place.code}
    form = PlaceForm(now | dict(fields_of(request).items()), place=place, known=known_under(place.parent, but=place))
    if not form.is_valid():
        return answer_unfit(form)
    return Response(_place(tree.rename_place(place, **form.cleaned_data, by=by)))


@api_view(["POST"])
def reopen_place(request: Request, place_id: int) -> Response:
    """Takes a closing back."""
    by = by_post(request, MANAGE)
    return Response(_place(tree.reopen_place(_below(by, place_id), by=by)))


@api_view(["GET"])
def list_events(request: Request) -> Response:
    """GET ?who=&act=&subject=&words=&since=&until=&area=&before=|after=: 50 events, newest first, by keyset."""
    by = by_post(request, Right.READ_AUDIT)
    trail_acts.read_trail(by=by, on=timezone.localdate())
    form = TrailFilterForm(request.query_params, places=open_places())
    asked = form.asked()
    if form.errors:
        return answer_unfit(form)
    keys = {name: _key(request.query_params.get(name, "")) for name in ("before", "after")}
    page = page_of(events(asked), **keys)
    return Response({"older": page.older, "newer": page.newer, "events": [_event(event) for event in page.events]})


def _key(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _event(event: AuditEvent) -> dict[str, Any]:
    changed = [{"name": name, "before": before, "after": after} for name, before, after in difference(event)]
    return {
        "id": event.pk, "at": event.at, "by": event.by_name, "on_behalf_of": event.on_behalf_of,
        "place": event.jurisdiction.name, "action": event.action, "act": act_name(event.action),
        "subject": subject_name(event.subject), "name": without_numbers(event.subject_name), "changes": changed,
    }  # fmt: skip


@api_view(["GET", "POST"])
def verify_trail(request: Request) -> Response:
    """GET: the last seal, to be noted down elsewhere. POST: computes the chain again."""
    by = by_post(request, Right.READ_AUDIT)
    tenant = Jurisdiction.objects.get(path=tenant_of(by.place))
    if request.method == "POST":
        verdict = trail_acts.verify_trail(by=by)
        whole = verdict.broken_at is None
        return Response({"whole": whole, "first": verdict.first, "last": verdict.last, "broken_at": verdict.broken_at})
    chain = chain_of(tenant)
    last = chain.last
    seal = {"sequence": last.sequence, "digest": last.digest, "sealed_at": last.sealed_at} if last else None
    return Response({"seal": seal, "waiting": chain.waiting})
