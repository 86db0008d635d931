"""What the pages of this app share: the acting post, an entity inside the wall, the answer about one day."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from entities.forms.days import DAY_ERRORS, asked_day
from entities.models import GROUPS, RECORDS, Entity, GradeRecord, Group, Record
from entities.policies import may_keep_record
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


def acting(request: HttpRequest, right: Right) -> Post:
    """The acting post, once it carries the right somewhere; asked before anything is looked up."""
    post: Post = request.post  # type: ignore[attr-defined]
    require(may(post, right))
    return post


def entity_of(post: Post, right: Right, entity_id: int, *, merged: bool = False) -> Entity:
    """An entity inside the wall in whose place the post carries the right; anything else is a missing one.

    merged: whether one that was taken up by another is found as well, to be read.
    """
    source = Entity.every if merged else Entity.objects
    entities = source.select_related("jurisdiction", "merged_into", "cluster", "chain").prefetch_related("licences")
    entity = get_object_or_404(entities, pk=entity_id)
    require(may(post, right, entity.place))
    return entity


def keeping(request: HttpRequest, kind: str) -> Post:
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


def grade_asked(text: str | None, grades: Iterable[GradeRecord]) -> dict[str, Any] | None:
    """What the page says of the day in its address: the record, or that there was none; None when no day is asked."""
    if not text:
        return None
    day = asked_day(text, date.max)
    if day is None:
        return {"error": DAY_ERRORS["invalid"], "text": text}
    holding = (
        each for each in grades if each.valid.lower <= day and (each.valid.upper is None or day < each.valid.upper)
    )
    return {"day": day, "text": text, "record": next(holding, None)}


def group_model(word: str) -> type[Group]:
    """Clusters or chains, by the word of an address."""
    if word not in GROUPS:
        raise Http404
    return GROUPS[word]


def group_of(word: str, pk: int) -> Group:
    """A cluster or chain in sight; anything else is a missing one."""
    found: Group = get_object_or_404(group_model(word).objects.select_related("jurisdiction"), pk=pk)
    return found
