"""Acts on doors: make one, take it back, go through it.

A token is shown once, to whoever asked for it. Going through opens the wall on the door's one place and hands out an
`Opening`, which knows one subject; every use is counted, and the first of a day is on the trail.
"""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.utils.timezone import get_current_timezone

from tenancy import audit
from tenancy.models import Door, Jurisdiction, Post
from tenancy.models.doors import COUNTED_BY_THEIR_ACT
from tenancy.rules.doors import token_digest
from tenancy.scoping import acting_in

logger = logging.getLogger(__name__)
Row = TypeVar("Row", bound=Model)


class DoorClosed(Exception):
    """Nothing opens with this token: never given, of another kind, used, run out or taken back. Nobody is told which."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a token opened: one subject in one place. Its holder reads this subject and nothing beside it."""

    door_id: int
    kind: str
    place: str
    subject_id: int
    read_only: bool

    def subject(self, rows: QuerySet[Row]) -> Row:
        """The one row among these the door is about; raises DoorClosed when it is there no more."""
        found = rows.filter(pk=self.subject_id).first()
        if found is None:
            raise DoorClosed
        return found


def new_door(kind: str, place: Jurisdiction, subject_id: int, *, expires_at: datetime | None) -> tuple[Door, str]:
    """A door that is not saved yet, with its token."""
    token = secrets.token_urlsafe(32)
    door = Door(
        kind=kind,
        jurisdiction=place,
        place=place.path,
        subject_id=subject_id,
        expires_at=expires_at,
        token_hash=token_digest(token),
    )
    return door, token


def issue_door(
    kind: str,
    place: Jurisdiction,
    subject: Model,
    *,
    expires_at: datetime | None,
    by: Post,
    name: str = "",
    read_only: bool = True,
) -> tuple[Door, str]:
    """A new door to one subject, with the token that is never shown again."""
    door, token = new_door(kind, place, subject.pk, expires_at=expires_at)
    door.name, door.read_only = name, read_only
    door.save()
    until = expires_at.isoformat() if expires_at else None
    facts = {"kind": kind, "subject": subject.pk, "until": until, "name": name, "read_only": read_only}
    audit.record("tenancy.door.issued", door, by=by, at=place, after=facts)
    return door, token


def revoke_door(door: Door, *, by: Post, at: datetime) -> Door:
    """From now on its token opens nothing; a second time changes nothing."""
    if Door.objects.filter(pk=door.pk, revoked_at__isnull=True).update(revoked_at=at):
        audit.record("tenancy.door.revoked", door, by=by, at=door.jurisdiction, after={"kind": door.kind})
    door.refresh_from_db()
    return door


@contextmanager
def open_door(token: str, kind: str, *, at: datetime) -> Iterator[Opening]:
    """Opens the door's place for the block, narrowed to its subject; raises DoorClosed whatever the reason."""
    door, first_today = _counted(token, kind, at)
    with acting_in(door.place):
        if first_today:
            audit.record("tenancy.door.opened", door, by=None, at=door.jurisdiction, after={"kind": kind})
        yield Opening(door.pk, kind, door.place, door.subject_id, door.read_only)


def _counted(token: str, kind: str, at: datetime) -> tuple[Door, bool]:
    """The open door of this token, and whether this is its first use of the day.

    One query decides, the same for every reason a door is closed. The count is a transaction of its own: whoever uses
    one token twice at once shall not wait for his own answer.
    """
    with transaction.atomic():
        found = Door.objects.open_at(at).filter(token_hash=token_digest(token), kind=kind)
        door = found.select_related("jurisdiction").select_for_update(of=("self",), no_key=True).first()
        if door is None:
            logger.info("a closed door of kind %s was tried", kind)
            raise DoorClosed
        if kind in COUNTED_BY_THEIR_ACT:
            return door, False
        Door.objects.filter(pk=door.pk).update(uses=F("uses") + 1, used_at=at)
    return door, door.used_at is None or day_of(door.used_at) != day_of(at)


def day_of(moment: datetime) -> object:
    """The calendar day of a moment where the office stands."""
    return moment.astimezone(get_current_timezone()).date()
