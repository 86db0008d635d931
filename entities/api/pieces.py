"""What the endpoints of this app share: the acting post, an entity inside the wall, pages, and a body that does not fit."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from entities.models import GROUPS, RECORDS, Entity, Group, Record
from entities.policies import may_keep_record
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


def acting(request: Request, right: Right) -> Post:
    """The acting post, once it carries the right somewhere; asked before anything is looked up."""
    post: Post = request.post  # type: ignore[attr-defined]
    require(may(post, right))
    return post


def entity_of(post: Post, right: Right, pk: int) -> Entity:
    """An entity inside the wall in whose place the post carries the right."""
    entities = Entity.objects.select_related("jurisdiction", "cluster", "chain").prefetch_related("licences")
    entity = get_object_or_404(entities, pk=pk)
    require(may(post, right, entity.place))
    return entity


def keeping(request: Request, kind: str) -> Post:
    """The acting post, once it may keep lines of this kind somewhere; asked before anything is looked up."""
    post: Post = request.post  # type: ignore[attr-defined]
    require(may_keep_record(post, kind))
    return post


def entity_to_keep(post: Post, kind: str, pk: int) -> Entity:
    """An entity inside the wall beside which the post may keep lines of this kind."""
    entities = Entity.objects.select_related("jurisdiction").prefetch_related("licences")
    entity = get_object_or_404(entities, pk=pk)
    require(may_keep_record(post, kind, entity.place))
    return entity


def record_to_keep(post: Post, kind: str, record_id: int, *, struck: bool = False) -> Record:
    """A line beside an entity inside the wall that the post keeps; anything else, an unknown kind too, is a missing one."""
    record = _line(kind, record_id, struck=struck)
    require(may_keep_record(post, kind, record.place))
    return record


def record_of(post: Post, right: Right, kind: str, record_id: int) -> Record:
    """A line beside an entity inside the wall; anything else, an unknown kind too, is a missing one."""
    record = _line(kind, record_id)
    require(may(post, right, record.place))
    return record


def _line(kind: str, record_id: int, *, struck: bool = False) -> Record:
    records = model_of(kind).every.filter(struck_on__isnull=not struck)
    record: Record = get_object_or_404(records.select_related("entity__jurisdiction"), pk=record_id)
    return record


def model_of(kind: str) -> type[Record]:
    """The table behind the word of an address."""
    if kind not in RECORDS:
        raise Http404
    return RECORDS[kind]


def body_of(request: Request) -> dict[str, Any]:
    """What was sent as an object; anything else counts as nothing."""
    return dict(request.data) if isinstance(request.data, dict) else {}


def unfit(fields: dict[str, list[str]], problems: list[dict[str, str]] | None = None) -> Response:
    """422 with a sentence for each field; nothing of the request is kept."""
    transaction.set_rollback(True)
    detail = "；".join(text for texts in fields.values() for text in texts)
    return Response(
        {"code": "entity-unfit", "detail": detail, "fields": fields, "problems": problems or []}, status=422
    )


def unfit_form(form: forms.Form) -> Response:
    """422 with the form's own sentences."""
    return unfit({name: [str(text) for text in texts] for name, texts in form.errors.items()})


def group_model(word: str) -> type[Group]:
    """Clusters or chains, by the word of an address."""
    if word not in GROUPS:
        raise Http404
    return GROUPS[word]


def group_of(word: str, pk: int) -> Group:
    """A cluster or chain in sight; anything else is a missing one."""
    found: Group = get_object_or_404(group_model(word).objects.select_related("jurisdiction"), pk=pk)
    return found
