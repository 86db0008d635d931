"""A phone bound to a post: by an invitation and something the person knows, opened again by a PIN, taken back.

A wrong answer is no refusal that takes everything back: it is counted, so these acts give Denied with the sentence.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast

from django.contrib.auth.hashers import check_password, make_password
from django.utils.crypto import constant_time_compare
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.actions.doors import DoorClosed, Opening, new_door
from tenancy.fields import Phone
from tenancy.models import Door, Pin, Post, User
from tenancy.queries.doors import posts_that_enter
from tenancy.rules.doors import DEVICE_LASTS, LONGEST_ANSWER_WAIT, LONGEST_PIN_WAIT, spoken, wait_after
from tenancy.rules.names import tidy
from tenancy.rules.pins import weakness
from tenancy.rules.refusals import Denied, Refused


@dataclass(frozen=True, slots=True)
class Bound:
    """A phone that may go in: whose it is, the token for its cookie, its door."""

    user: User
    post: Post
    token: str
    door_id: int


def bind_device(opening: Opening, *, known: str, pin: str, on: date, at: datetime) -> Bound | Denied:
    """Uses an invitation up: sets the PIN and binds this phone. Of several at once one binds, the others find it used.

    known: the last four digits of the telephone in the roster, or the name where there is none.
    """
    door, post = _held(opening, on, at)
    if door.waits_until and door.waits_until > at:
        return Denied(_still_waits(door.waits_until - at))
    if not _knows(post, known):
        return _failed(door, post, at, longest=LONGEST_ANSWER_WAIT, what="answer")
    if reason := weakness(pin, cast("Phone", post.phone).last4):
        raise Refused(reason, code="pin-weak")
    Pin.objects.update_or_create(post=post, defaults={"place": post.place, "secret": make_password(pin), "set_at": at})
    door.uses, door.used_at = 1, at
    door.save(update_fields=["uses", "used_at"])
    device, token = new_door("device", post.jurisdiction, post.pk, expires_at=at + DEVICE_LASTS)
    device.used_at = _day(on)
    device.save()
    audit.record("tenancy.device.bound", post, by=post, after={"device": device.pk, "invitation": door.pk})
    assert post.user is not None
    return Bound(post.user, post, token, device.pk)


def unlock(opening: Opening, pin: str, *, token: str, on: date, at: datetime) -> Bound | Denied:
    """The PIN on a bound phone; a right one keeps the phone bound for another hundred days."""
    door, post = _held(opening, on, at)
    if door.waits_until and door.waits_until > at:
        return Denied(_still_waits(door.waits_until - at))
    kept = Pin.objects.filter(post=post).first()
    if kept is None or not check_password(pin, kept.secret):
        return _failed(door, post, at, longest=LONGEST_PIN_WAIT, what="pin")
    door.failures, door.waits_until = 0, None
    door.used_at, door.expires_at = _day(on), at + DEVICE_LASTS
    door.save(update_fields=["failures", "waits_until", "used_at", "expires_at"])
    audit.record("tenancy.device.unlocked", post, by=post, after={"device": door.pk})
    assert post.user is not None
    return Bound(post.user, post, token, door.pk)


def _held(opening: Opening, on: date, at: datetime) -> tuple[Door, Post]:
    """The door, locked and still open, and the post of somebody who may sign in today."""
    door = Door.objects.open_at(at).select_for_update(no_key=True).filter(pk=opening.door_id).first()
    if door is None:
        raise DoorClosed
    return door, opening.subject(posts_that_enter(on))


def _knows(post: Post, known: str) -> bool:
    expected = cast("Phone", post.phone).last4 or tidy(post.person_name)
    return constant_time_compare(tidy(known), expected)


def _still_waits(left: timedelta) -> str:
    return _("刚才输错了几次，请在%s后再试。不会锁死，您的记录都在。") % spoken(left)


def _failed(door: Door, post: Post, at: datetime, *, longest: timedelta, what: str) -> Denied:
    """Counts a wrong answer; the sentence says how long to wait."""
    door.failures += 1
    wait = wait_after(door.failures, longest)
    door.waits_until = at + wait
    door.save(update_fields=["failures", "waits_until"])
    facts = {"door": door.pk, "what": what, "failures": door.failures, "wait": int(wait.total_seconds())}
    audit.record("tenancy.device.refused", post, by=None, after=facts)
    words = {"pin": _("PIN不正确"), "answer": _("与名册上登记的不一致")}[what]
    if not wait:
        return Denied(_("%s，请核对后再试。") % words)
    return Denied(_("%(words)s，请在%(wait)s后再试。") % {"words": words, "wait": spoken(wait)})


def _day(on: date) -> datetime:
    """Midnight: of a phone the day is kept, not the hour."""
    return datetime.combine(on, time(), tzinfo=get_current_timezone())
