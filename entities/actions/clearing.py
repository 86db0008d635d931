"""查无下落: a shop nobody could find leaves the figures only after a second person has looked at the proof."""

from datetime import date, datetime
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from entities.actions.register import change_status, version_of
from entities.models import Clearance, Entity
from entities.policies import may_confirm_clearance
from entities.rules.changes import Occasion, refuse_occasion
from entities.rules.vocabulary import OperatingStatus
from tenancy import audit
from tenancy.models import Post
from tenancy.rules.refusals import Refused, require
from tenancy.scans import UnreadablePicture, read_scan


def ask_clearance(
    entity: Entity,
    data: bytes,
    filename: str,
    *,
    status: OperatingStatus,
    occasion: Occasion,
    by: Post,
    on: date,
    at: datetime,
) -> Clearance:
    """Puts a shop that was looked for in vain before a second person. In the register nothing changes yet."""
    refuse_occasion(occasion, on)
    if entity.status != OperatingStatus.ACTIVE:
        raise Refused(
            _("“%(name)s”现在是“%(status)s”，已经不列入督导，不用再清理。")
            % {"name": entity.name, "status": entity.get_status_display()},
            code="not-active",
        )
    Entity.objects.select_for_update(of=("self",), no_key=True).get(pk=entity.pk)
    if Clearance.objects.filter(entity=entity, state="waiting").exists():
        raise Refused(_("“%s”已经提出查无下落，正等待复核；请先办完那一次。") % entity.name, code="clearance-waiting")
    asked = Clearance(entity=entity, place=entity.place, looked_on=occasion.since, reason=occasion.reason[:200])
    asked.status = status.value
    _keep(asked, data, filename)
    asked.asked_by, asked.asked_by_name, asked.asked_at = by, str(by)[:120], at
    asked.save()
    after = {"reason": asked.reason, "status": asked.status, "sha256": asked.sha256}
    audit.record("entities.clearance.asked", entity, by=by, after=after)
    return asked


def _keep(asked: Clearance, data: bytes, filename: str) -> None:
    """The proof as a file that may be shown: a PDF as it came, a picture drawn again."""
    try:
        scan = read_scan(data, filename)
    except UnreadablePicture as error:
        raise Refused(error.message, code=error.code) from error
    asked.is_pdf, asked.sha256, asked.filename = scan.kind == "pdf", scan.sha256, scan.filename[:120]
    kept = data if asked.is_pdf else scan.pages[0]
    asked.stored = default_storage.save(f"{asked.place}clearances/{uuid4()}", ContentFile(kept))


def confirm_clearance(asked: Clearance, *, by: Post, on: date, at: datetime) -> Clearance:
    """The shop is gone: the register says so from the day it was looked for, as far as that is still free."""
    asked = _taken_up(asked, by)
    entity = Entity.every.select_related("jurisdiction").get(pk=asked.entity_id)
    record = entity.status_records.filter(valid__upper_inf=True).first()
    since = max(asked.looked_on, record.valid.lower) if record else asked.looked_on
    if entity.status == OperatingStatus.ACTIVE:
        reason = _("查无下落：%s") % asked.reason
        status, seen = OperatingStatus(asked.status), version_of(entity)
        change_status(entity, status, reason=reason[:200], document=asked.filename, by=by, on=since, seen=seen)
    return _decided(asked, "confirmed", "", by=by, at=at)


def reject_clearance(asked: Clearance, *, answer: str, by: Post, at: datetime) -> Clearance:
    """The shop stays; whoever asked reads why."""
    if not answer.strip():
        raise Refused(_("请写明为什么没有通过复核，如“已联系上店主”，提出人会看到。"), code="reason-missing")
    return _decided(_taken_up(asked, by), "rejected", answer.strip()[:200], by=by, at=at)


def _taken_up(asked: Clearance, by: Post) -> Clearance:
    """Locked and read again, so that of two people the second sees what the first has decided."""
    asked = Clearance.objects.select_for_update(of=("self",), no_key=True).get(pk=asked.pk)
    if asked.state != "waiting":
        raise Refused(_("这一次已经办成“%s”，请刷新后再看。") % asked.get_state_display(), code="clearance-decided")
    require(may_confirm_clearance(by, asked))
    return asked


def _decided(asked: Clearance, state: str, answer: str, *, by: Post, at: datetime) -> Clearance:
    asked.state, asked.answer = state, answer
    asked.decided_by, asked.decided_by_name, asked.decided_at = by, str(by)[:120], at
    asked.save()
    entity = Entity.every.select_related("jurisdiction").get(pk=asked.entity_id)
    after = {"state": state, "answer": answer, "status": asked.status}
    audit.record(f"entities.clearance.{state}", entity, by=by, after=after)
    return asked
