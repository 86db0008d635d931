"""Acts on one entity: added, changed, closed or opened again, raised, its telephone shown. Ledgers stand in `ledger`.

Every act says which state of the entity its person had before him; a stale one is refused.
"""

from datetime import date
from typing import Any, cast

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from entities.models import Dated, Entity, GradeRecord, Licence, StatusRecord
from entities.queries.checking import grading_of, licence_of, shown_number
from entities.rules.grading import Grading
from entities.rules.ledger import LedgerRow
from entities.rules.upgrading import carried_over, effective_grades
from entities.rules.vocabulary import Grade, OperatingStatus
from tenancy import audit
from tenancy.fields import Phone
from tenancy.models import AuditEvent, Jurisdiction, Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.names import sort_key
from tenancy.rules.refusals import Refused

TEXTS = ("uscc", "address", "principal", "director", "officer")
NUMBERS = ("staff", "revenue", "diners")


def add_entity(row: LedgerRow, *, by: Post, on: date) -> Entity:
    """A new entity from a checked row, graded under the plan of the office, with its first dated records."""
    area = Jurisdiction.objects.get(pk=row.area)
    entity = Entity(jurisdiction=area, place=area.path, status=row.status or OperatingStatus.ACTIVE.value)
    _lay(entity, row)
    entity.phone = row.phone or ""
    entity.save()
    _set_licence(entity, row.licence or "")
    _hold(StatusRecord, entity, {"status": entity.status}, {"source": "office"}, by=by, on=on)
    _regrade(entity, by=by, on=on)
    entity.save()
    after = {key: value for key, value in _told(entity).items() if value not in ("", None)}
    audit.record("entities.entity.added", entity, by=by, after=after)
    return entity


def change_entity(
    entity: Entity, row: LedgerRow, *, by: Post, on: date, seen: str, forget_phone: bool = False
) -> Entity:
    """Makes the entity as the checked row says: a blank fact is cleared, a blank telephone stays unless forgotten.

    Raises Refused when the entity was changed since its person opened it.
    """
    entity = _locked(entity, seen)
    before, phone = _told(entity), cast(Phone, entity.phone).index
    if row.area != entity.jurisdiction_id:
        entity.jurisdiction = Jurisdiction.objects.get(pk=row.area)
        entity.place = entity.jurisdiction.path
        # Its records follow through their keys before new ones are written beside them.
        entity.save()
    _lay(entity, row)
    if row.phone or forget_phone:
        entity.phone = row.phone or ""
    if row.status and row.status != entity.status:
        entity.status = row.status
        _hold(StatusRecord, entity, {"status": row.status}, {"source": "office"}, by=by, on=on)
    _set_licence(entity, row.licence or "")
    _regrade(entity, by=by, on=on)
    after = _told(entity)
    changed = [
        key
        for key in after
        if after[key] != before[key] or (key == "phone" and cast(Phone, entity.phone).index != phone)
    ]
    if changed:
        entity.save()
        was, now = ({key: facts[key] for key in changed} for facts in (before, after))
        audit.record("entities.entity.changed", entity, by=by, before=was, after=now)
    return entity


def change_status(entity: Entity, status: OperatingStatus, *, reason: str, by: Post, on: date, seen: str) -> Entity:
    """Closes an entity or opens it again from a day on, as the office writes it down."""
    entity = _locked(entity, seen)
    if entity.status == status.value:
        said = entity.get_status_display()
        raise Refused(
            _("“%(name)s”现在就是“%(said)s”，不用再登记。") % {"name": entity.name, "said": said}, code="same-status"
        )
    before = entity.status
    _put_status(entity, status.value, by=by, on=on)
    after = {"status": status.value, "reason": reason, "version": version_of(entity)}
    audit.record("entities.status.changed", entity, by=by, before={"status": before}, after=after)
    return entity


def undo_status(entity: Entity, *, by: Post, on: date) -> Entity:
    """Takes the person's own last change of status back while nothing came after it."""
    entity = (
        Entity.objects.select_for_update(of=("self",), no_key=True).select_related("jurisdiction").get(pk=entity.pk)
    )
    trail = AuditEvent.objects.filter(subject=Entity._meta.label_lower, subject_id=entity.pk)
    last = trail.filter(action="entities.status.changed", by_post=by.pk).order_by("-pk").first()
    if last is None or (last.after or {}).get("version") != version_of(entity):
        raise Refused(_("“%s”之后又有改动，不能撤销；请直接变更经营状态。") % entity.name, code="undo-late")
    before = entity.status
    _put_status(entity, str((last.before or {})["status"]), by=by, on=on)
    audit.record("entities.status.undone", entity, by=by, before={"status": before}, after={"status": entity.status})
    return entity


def upgrade_entity(
    entity: Entity, grade: Grade, *, reason: str, approver: str, by: Post, on: date, seen: str
) -> Entity:
    """提级 by case: another effective grade over the same base, as far as the plan allows; or back to the base."""
    entity = _locked(entity, seen)
    plan = plan_in_force(by.jurisdiction.path, on)
    modes = plan.value.upgrade_modes
    cited = plan.cite("upgrade_modes", modes.clause)
    record = entity.grade_records.filter(valid__upper_inf=True).first()
    if record is None:
        raise Refused(_("“%s”还没有基础等级，不能提级；请先补全规模或用餐人数。") % entity.name, code="ungraded")
    if not modes.by_case or grade not in effective_grades(Grade(record.base), modes.max_steps):
        limits = {"base": record.base, "steps": modes.max_steps if modes.by_case else 0, "cited": cited}
        raise Refused(
            _("基础等级 %(base)s 级的主体最多提 %(steps)d 级（%(cited)s）；确需再提，请先调整方案。") % limits,
            code="upgrade-limit",
        )
    if grade.value == entity.grade:
        raise Refused(_("“%(name)s”现在就是 %(grade)s 级。") % {"name": entity.name, "grade": grade}, code="same-grade")
    before, words = entity.grade, {"reason": reason, "who": approver, "cited": cited}
    facts = {"base": record.base, "effective": grade.value, "rule": record.rule, "clause": record.clause}
    text = _("%(reason)s，%(who)s批准（%(cited)s）") % words
    _hold(GradeRecord, entity, facts, {"size": record.size, "reason": text[:200]}, by=by, on=on)
    entity.grade = grade.value
    entity.save()
    after = {"grade": grade.value, "reason": text, "approver": approver}
    audit.record("entities.grade.upgraded", entity, by=by, before={"grade": before}, after=after)
    return entity


def reveal_phone(entity: Entity, *, by: Post, on: date) -> str:
    """The full number; that it was seen is written down once for each person and day."""
    trail = AuditEvent.objects.filter(subject=Entity._meta.label_lower, subject_id=entity.pk, by_post=by.pk)
    if not trail.filter(action="entities.phone.revealed", after__day=on.isoformat()).exists():
        audit.record("entities.phone.revealed", entity, by=by, after={"day": on.isoformat()})
    return cast(Phone, entity.phone).reveal()


def version_of(entity: Entity) -> str:
    """The state a person had before him, to be sent back with his change."""
    return entity.changed_at.isoformat()


def _locked(entity: Entity, seen: str) -> Entity:
    locked = (
        Entity.objects.select_for_update(of=("self",), no_key=True).select_related("jurisdiction").get(pk=entity.pk)
    )
    if version_of(locked) != seen:
        message = _("“%s”在您打开之后已被别人改动，为免覆盖没有保存；请重新打开，核对最新内容后再改。")
        raise Refused(message % locked.name, code="stale")
    return locked


def _lay(entity: Entity, row: LedgerRow) -> None:
    entity.name, entity.sort_key, entity.business_type = row.name, sort_key(row.name), row.business_type
    for key in TEXTS:
        setattr(entity, key, getattr(row, key) or "")
    for key in NUMBERS:
        setattr(entity, key, getattr(row, key))


def _told(entity: Entity) -> dict[str, Any]:
    """The facts as the trail keeps them: words a person reads, the telephone masked."""
    told: dict[str, Any] = {key: getattr(entity, key) for key in ("name", "business_type", *TEXTS, "status", "grade")}
    numbers = {key: shown_number(getattr(entity, key)) for key in NUMBERS}
    rest = {"area": entity.jurisdiction.name, "licence": licence_of(entity), "phone": str(entity.phone)}
    return told | numbers | rest


def _set_licence(entity: Entity, number: str) -> None:
    """Corrects the number that forms show, the first one; blank takes it out."""
    first = entity.licences.order_by("pk").first()
    if first and not number:
        first.delete()
    elif first and first.number != number:
        entity.licences.filter(number=number).exclude(pk=first.pk).delete()
        first.number = number
        first.save(update_fields=["number"])
    elif number and not first:
        Licence.objects.create(entity=entity, place=entity.place, number=number)


def _put_status(entity: Entity, status: str, *, by: Post, on: date) -> None:
    entity.status = status
    _hold(StatusRecord, entity, {"status": status}, {"source": "office"}, by=by, on=on)
    entity.save()


def _regrade(entity: Entity, *, by: Post, on: date) -> None:
    """Brings the grade to what the plan says of the present facts; a decided upgrade stays a floor."""
    found = grading_of(entity, plan_in_force(by.jurisdiction.path, on))
    record = entity.grade_records.filter(valid__upper_inf=True).first()
    if found.base is None:
        _end(record, on)
        entity.grade = ""
    elif record is None or (record.base, record.clause) != (found.base.value, found.clause[:200]):
        entity.grade = _put_grade(entity, found, record, by=by, on=on)
    else:
        entity.grade = record.effective


def _put_grade(entity: Entity, found: Grading, record: GradeRecord | None, *, by: Post, on: date) -> str:
    assert found.base is not None, "an open grading is not written down"
    effective, reason = found.base, found.reason
    if record is not None:
        effective = carried_over(found.base, Grade(record.base), Grade(record.effective))
        if effective != found.base:
            reason += _("；保留原提级：%s") % record.reason
    facts = {
        "base": found.base.value,
        "effective": effective.value,
        "rule": found.rule_code,
        "clause": found.clause[:200],
    }
    rest = {"size": found.size.value if found.size else "", "reason": reason[:200]}
    _hold(GradeRecord, entity, facts, rest, by=by, on=on)
    return effective.value


def _end(record: Dated | None, on: date) -> None:
    if record is not None and record.valid.lower >= on:
        record.delete()
    elif record is not None:
        record.valid = DateRange(record.valid.lower, on)
        record.save(update_fields=["valid"])


def _hold(
    model: type[GradeRecord | StatusRecord],
    entity: Entity,
    facts: dict[str, Any],
    rest: dict[str, Any],
    *,
    by: Post,
    on: date,
) -> None:
    """From a day on these facts hold. What began that same day is replaced, what began earlier ends the day before.

    When the day before already said the same, that record goes on instead of a second one beside it.
    """
    records = model.objects.filter(entity=entity)
    _end(records.filter(valid__upper_inf=True).first(), on)
    before = records.filter(valid__endswith=on, **facts).first()
    if before is not None:
        before.valid = DateRange(before.valid.lower, None)
        before.save(update_fields=["valid"])
        return
    valid = DateRange(on, None)
    model.objects.create(entity=entity, place=entity.place, valid=valid, recorded_by=by, **facts, **rest)
