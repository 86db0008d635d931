"""What an office makes of a hint that a shop's status is another: follows it in one act, or says why not."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from entities.actions.lifecycle import register_status
from entities.models import DismissedHint, Entity, StatusRecord
from entities.queries.hints import hint_of, hinting
from entities.rules.hints import HINT_LABELS, SOURCES, HintKind
from tenancy import audit
from tenancy.models import Post
from tenancy.rules.refusals import Refused


def take_hint(kind: HintKind, record_id: int, *, by: Post, on: date, seen: str) -> Entity:
    """Writes the status down that a record speaks for, with the record as its source."""
    record = _standing(kind, record_id, on)
    held = StatusRecord.objects.filter(entity=record.entity, valid__upper_inf=True).first()
    hint = hint_of(kind, record)
    occasion = hint.occasion(held.valid.lower if held else None)
    return register_status(
        record.entity, hint.status, occasion, by=by, on=on, seen=seen, source=SOURCES[kind]
    )  # fmt: skip


def dismiss_hint(kind: HintKind, record_id: int, reason: str, *, by: Post, on: date) -> DismissedHint:
    """The status stays as it is; the hint is not shown again."""
    record = _standing(kind, record_id, on)
    if not reason.strip():
        raise Refused(_("没有写不采用的理由；以后有人查到这条线索要能看懂，请补填。"), code="reason-missing")
    answer = DismissedHint.objects.create(
        entity=record.entity,
        place=record.entity.place,
        kind=kind.value,
        record=record.pk,
        reason=reason.strip()[:200],
        dismissed_by=by,
        dismissed_by_name=str(by)[:120],
        dismissed_on=on,
    )
    facts = {"kind": HINT_LABELS[kind], "reason": answer.reason, "record": str(record)}
    audit.record("entities.hint.dismissed", record.entity, by=by, after=facts)
    return answer


def _standing(kind: HintKind, record_id: int, on: date) -> Any:
    """The record while it still speaks against the register. Raises Refused once it no longer does."""
    record = hinting(kind, on).select_related("entity__jurisdiction").filter(pk=record_id).first()
    if record is None:
        raise Refused(_("这条线索已经办过，或者情况有了变化；请刷新列表再看。"), code="hint-gone")
    return record
