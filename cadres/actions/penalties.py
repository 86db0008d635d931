"""Telling cadres of penalties that stop or end the businesses they answer for, and their receipts."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from cadres.models import Assignment, PenaltyNotice
from cadres.queries.penalties import PenaltyClocks, held_cadres, stopping
from entities.models import Flag
from tenancy import audit
from tenancy.models import Jurisdiction, Notice, Post

KIND = "penalty"
NAMED = 50


def tell_penalties(place: Jurisdiction, *, by: Post | None, on: date) -> int:
    """Tells whoever answers today of every penalty in sight he was not told of; gives how many notices that were.

    A penalty of a business nobody answers for waits until somebody does.
    """
    untold = stopping(on).filter(is_told=False, held_id__isnull=False)
    penalties = list(untold.select_related("entity").order_by("pk"))
    clocks, held = PenaltyClocks(on), held_cadres(penalties)
    told = [_told(penalty, held, clocks, by=by, on=on) for penalty in penalties if _held(penalty) in held]
    made = PenaltyNotice.objects.bulk_create(told, ignore_conflicts=True)
    if not made:
        return 0
    Notice.objects.bulk_create([_notice(each) for each in told], ignore_conflicts=True)
    named = [f"{each.penalty.entity.name} {each.penalty.document} → {each.cadre_name}" for each in told[:NAMED]]
    audit.record("cadres.penalty.told", place, by=by, at=place, after={"count": len(told), "penalties": named})
    return len(told)


def _held(penalty: Flag) -> int:
    return int(getattr(penalty, "held_id", 0))


def _told(
    penalty: Flag, held: dict[int, Assignment], clocks: PenaltyClocks, *, by: Post | None, on: date
) -> PenaltyNotice:
    assignment = held[_held(penalty)]
    due = clocks.due(penalty)
    return PenaltyNotice(
        penalty=penalty,
        place=penalty.place,
        cadre=assignment.cadre,
        cadre_place=assignment.cadre_place,
        cadre_name=assignment.cadre_name,
        told_on=on,
        told_by=by,
        due_on=due.date if due else None,
    )


def _notice(told: PenaltyNotice) -> Notice:
    penalty, post = told.penalty, told.cadre.post
    words = {"name": penalty.entity.name, "measures": "、".join(penalty.measures), "day": penalty.given_on.isoformat()}
    said = _("“%(name)s”于 %(day)s 受到%(measures)s的处罚。请打开核对，并确认已阅。") % words
    key = f"{KIND}:{penalty.pk}"
    return Notice(post=post, place=post.place, kind=KIND, key=key, text=said, url=reverse("cadres:my-penalties"))


def read_penalty(told: PenaltyNotice, *, by: Post, at: datetime) -> PenaltyNotice:
    """The cadre's receipt: who has read it and when; reading it again changes nothing."""
    told = PenaltyNotice.objects.select_for_update(of=("self",), no_key=True).get(pk=told.pk)
    if told.read_at is not None:
        return told
    told.read_at, told.read_by_name = at, str(by)[:120]
    told.save(update_fields=["read_at", "read_by_name"])
    Notice.objects.filter(post=by, key=f"{KIND}:{told.penalty_id}", read_at=None).update(read_at=at)
    audit.record("cadres.penalty.read", told, by=by, after={"penalty": str(told.penalty), "at": at.isoformat()})
    return told
