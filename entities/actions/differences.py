"""What somebody makes of one difference: taken over into the register, not taken over, kept, opened again.

Taking over is the register's own act on that one business, with the list as its reason; many at once are `accepting`.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from entities.actions.records import change_record
from entities.actions.register import add_entity, change_entity, change_status, version_of
from entities.models import ANSWERS, Difference, Entity, Licence, OutsideList, OutsideRow
from entities.policies import may_settle_difference
from entities.queries.checking import cells_of, entity_checks, status_names
from entities.queries.outside import DifferenceFilter, differences, printed
from entities.rules.changes import Occasion
from entities.rules.ledger import LedgerRow
from entities.rules.reconciling import Answer, DifferenceKind, licence_meant
from entities.rules.vocabulary import OperatingStatus
from entities.workbooks import differences_workbook
from tenancy import audit
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.importing import Level
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right


def answer_difference(
    difference: Difference, verb: str, *, by: Post, on: date, reason: str = "", row: LedgerRow | None = None
) -> None:
    """What a button or a program says: accept, keep, reopen, and reject for anything else."""
    if verb == "accept":
        accept_difference(difference, by=by, on=on, row=row)
    elif verb == "keep":
        keep_difference(difference, reason=reason, by=by, on=on)
    elif verb == "reopen":
        reopen_difference(difference, by=by)
    else:
        reject_difference(difference, reason=reason, by=by, on=on)


def accept_difference(difference: Difference, *, by: Post, on: date, row: LedgerRow | None = None) -> Entity:
    """The register says from now on what the list says.

    row: the checked facts of a business the register does not have. Raises Refused when the register no longer says
    what was compared, and for a business the list does not have.
    """
    require(may(by, Right.EDIT_REGISTER, difference.place))
    difference = _open(difference)
    if difference.kind == DifferenceKind.ONLY_HERE:
        message = _("“%s”只在本台账，名单上没有可采纳的内容；还在经营请选“保留”，不在了请办理查无下落或变更状态。")
        raise Refused(message % difference.here, code="nothing-there")
    if difference.kind == DifferenceKind.ONLY_THERE:
        entity = _added(difference, row, by=by, on=on)
    else:
        entity = _changed(difference, by=by, on=on)
    _answer(difference, Answer.ACCEPTED, reason_of(difference), by=by, on=on)
    return entity


def reason_of(difference: Difference) -> str:
    """Why the register was changed."""
    outside = difference.outside
    return _("外部名单“%(name)s”，数据截至 %(day)s") % {"name": outside.name, "day": outside.listed_on.isoformat()}


def _added(difference: Difference, row: LedgerRow | None, *, by: Post, on: date) -> Entity:
    if row is None:
        message = _("登记“%s”还要主体业态和所属地方；请打开这一条补全后登记。")
        raise Refused(message % difference.there, code="facts-missing")
    entity = add_entity(row, by=by, on=on)
    home = {"entity": entity, "jurisdiction": entity.jurisdiction_id, "place": entity.place}
    OutsideRow.objects.filter(pk=difference.row_id or 0).update(**home)
    difference.entity, difference.jurisdiction, difference.place = entity, entity.jurisdiction, entity.place
    return entity


def _changed(difference: Difference, *, by: Post, on: date) -> Entity:
    entity = Entity.objects.select_related("jurisdiction").filter(pk=difference.entity_id or 0).first()
    if entity is None:
        raise Refused(_("这家已不在台账里，请重新比对后再办。"), code="outside-stale")
    occasion, seen = Occasion(on, reason_of(difference), difference.outside.name), version_of(entity)
    if difference.field == "valid_until":
        licence = _licence_of(difference, entity)
        values = {name: getattr(licence, name) for name in licence.typed}
        until = date.fromisoformat(difference.there)
        return change_record(licence, {**values, "valid_until": until}, by=by, on=on, seen=seen).entity
    _refuse_stale(entity.status if difference.field == "status" else _said(entity, difference.field), difference)
    if difference.field == "status":
        status = OperatingStatus(difference.there)
        return change_status(
            entity, status, reason=occasion.reason, document=occasion.document, by=by, on=on, seen=seen
        )
    return change_entity(entity, checked_row(difference, entity, by, on), by=by, on=on, seen=seen, occasion=occasion)


def _said(entity: Entity, field: str) -> str:
    if field == "licence":
        first = entity.licences.order_by("pk").first()
        return first.number if first else ""
    return str(getattr(entity, field))


def _licence_of(difference: Difference, entity: Entity) -> Licence:
    """The licence whose last day the list tells otherwise. Raises Refused when it says something else by now."""
    held = {licence.number: licence for licence in entity.licences.order_by("pk")}
    number = difference.row.licence if difference.row else ""
    meant = licence_meant(number, {key: licence.valid_until for key, licence in held.items()})
    until = held[meant].valid_until if meant else None
    _refuse_stale((until.isoformat() if until else "") if meant else None, difference)
    return held[meant]


def _refuse_stale(now: str | None, difference: Difference) -> None:
    if now is None or now[:200] != difference.here:
        message = _("“%s”在台账里比对之后又改过，不能照原来的差异采纳；请重新比对后再看。")
        raise Refused(message % difference.get_field_display(), code="outside-stale")


def checked_row(difference: Difference, entity: Entity, by: Post, on: date) -> LedgerRow:
    """The business as it stands with the one field of the list, checked as a form is. Raises Refused on an error."""
    checks = entity_checks(by.jurisdiction, on)
    cells = cells_of(entity, checks.plan.value) | {difference.field: difference.there}
    row, findings = checks.check(cells, but=entity.pk)
    error = next((finding for finding in findings if finding.level is Level.ERROR), None)
    if error is not None:
        raise Refused(error.message, code=error.code)
    return row


def reject_difference(difference: Difference, *, reason: str, by: Post, on: date) -> Difference:
    """The register stays; the same difference of a later list is not asked about again."""
    require(may_settle_difference(by, difference.place))
    if not reason.strip():
        raise Refused(
            _("请写明为什么不采纳，如“已实地核实，名单未更新”；以后同样的差异不再提示。"), code="reason-missing"
        )
    return _answer(_open(difference), Answer.REJECTED, reason.strip(), by=by, on=on)


def keep_difference(difference: Difference, *, reason: str, by: Post, on: date) -> Difference:
    """A business the list lacks stays in the register, and is known to be lacking there."""
    require(may_settle_difference(by, difference.place))
    difference = _open(difference)
    if difference.kind != DifferenceKind.ONLY_HERE:
        raise Refused(_("“保留”只用于只在本台账的主体；其他差异请选采纳或不采纳。"), code="not-only-here")
    return _answer(difference, Answer.KEPT, reason.strip() or _("名单漏列，本台账保留"), by=by, on=on)


def reopen_difference(difference: Difference, *, by: Post) -> Difference:
    """Back to be answered, in every list that brought it."""
    require(may_settle_difference(by, difference.place))
    difference = _locked(difference)
    if difference.answer not in (Answer.REJECTED, Answer.KEPT):
        message = _("这一条是“%s”，不用重新处理；采纳后要改回，请在台账里改，或撤销那次批量采纳。")
        raise Refused(message % difference.get_answer_display(), code="not-answered")
    before = {"answer": difference.answer, "reason": difference.reason}
    alike = Difference.objects.filter(
        outside__jurisdiction=difference.outside.jurisdiction_id, fingerprint=difference.fingerprint
    ).exclude(answer=Answer.ACCEPTED.value)
    alike.update(answer=Answer.OPEN.value, reason="", answered_by=None, answered_by_name="", answered_on=None)
    difference.refresh_from_db()
    audit.record("entities.difference.reopened", difference, by=by, before=before)
    return difference


def _open(difference: Difference) -> Difference:
    """Locked and read again, so that of two people the second sees what the first has decided."""
    difference = _locked(difference)
    if difference.outside.state != "compared":
        raise Refused(_("这份名单已撤回，不能再处理；请用最新的名单。"), code="outside-state")
    if difference.answer != Answer.OPEN:
        message = _("这一条已经是“%(answer)s”（%(who)s %(day)s），请刷新后再看。")
        words = {
            "answer": difference.get_answer_display(),
            "who": difference.answered_by_name,
            "day": difference.answered_on,
        }
        raise Refused(message % words, code="difference-answered")
    return difference


def _locked(difference: Difference) -> Difference:
    mine = Difference.objects.select_for_update(of=("self",), no_key=True)
    return mine.select_related("outside", "row", "jurisdiction").get(pk=difference.pk)


def _answer(difference: Difference, answer: Answer, reason: str, *, by: Post, on: date) -> Difference:
    difference.answer, difference.reason = answer.value, reason[:200]
    difference.answered_by, difference.answered_by_name, difference.answered_on = by, str(by)[:120], on
    difference.save()
    after: dict[str, Any] = {"list": difference.outside.name, "reason": difference.reason}
    said = {"field": difference.field, "there": difference.there, "here": difference.here}
    after |= {key: value for key, value in said.items() if value}
    audit.record(f"entities.difference.{answer.value}", difference, by=by, after=after)
    return difference


def settle_differences(
    outside: OutsideList, asked: DifferenceFilter, answer: Answer, *, reason: str, count: int, by: Post, on: date
) -> int:
    """Rejects or keeps every open difference of a filter, one event; returns how many.

    count: how many its person saw. Raises Refused when there are others by now.
    """
    require(may_settle_difference(by))
    if not reason.strip():
        raise Refused(_("请写明说明，如“已逐家核实，名单未更新”；以后同样的差异不再提示。"), code="reason-missing")
    kind = {"kind": DifferenceKind.ONLY_HERE.value} if answer is Answer.KEPT else {}
    found = differences(outside, replace(asked, answer=Answer.OPEN.value, **kind)).select_related(None)
    ids = list(found.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    if len(ids) != count:
        raise Refused(_("这些差异在您查看之后有变化，没有办理；请看过最新的再确认。"), code="stale")
    if not ids:
        raise Refused(_("没有待处理的差异可办；请换一个条件。"), code="nothing")
    facts = {"answered_by": by, "answered_by_name": str(by)[:120], "answered_on": on, "reason": reason.strip()[:200]}
    Difference.objects.filter(pk__in=ids).update(answer=answer.value, **facts)
    after = {"list": outside.name, "answer": ANSWERS[answer.value], "count": len(ids), "reason": reason.strip()[:200]}
    audit.record("entities.outside.settled", outside, by=by, at=by.jurisdiction, after=after)
    return len(ids)


def export_differences(outside: OutsideList, asked: DifferenceFilter, conditions: str, *, by: Post, on: date) -> bytes:
    """Exactly the differences of a filter as the post reads them, as a workbook."""
    doc = plan_in_force(by.jurisdiction.path, on).value
    rows = [printed(each, status_names(doc)) for each in differences(outside, asked)]
    after = {"rows": len(rows), "conditions": conditions}
    audit.record("entities.outside.exported", outside, by=by, at=by.jurisdiction, after=after)
    footer = f"{outside.name} {by.jurisdiction.name} {on.isoformat()} {conditions}".replace("&", "&&")[:250]
    return differences_workbook(footer, rows, area_word=doc.names.area)
