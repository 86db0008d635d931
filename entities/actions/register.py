"""Acts on one entity: added, changed, closed or opened again, its telephone shown. Ledgers stand in `ledger`, grades
decided by an office in `deciding`.

Every act says which state of the entity its person had before him; a stale one is refused.
"""

from datetime import date
from typing import Any, cast

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from entities.actions.changes import mark_undone, open_added, open_changes
from entities.actions.grades import settle
from entities.actions.naming import end_unnamed
from entities.actions.size_history import keep_sizes
from entities.models import Entity, Licence, StatusRecord
from entities.queries.changes import facts_kept
from entities.queries.checking import licence_of, shown_number
from entities.queries.sizes import sizes_kept
from entities.rules.changes import Occasion
from entities.rules.ledger import LedgerRow
from entities.rules.quality import odd_values
from entities.rules.sizes import SizeSource
from entities.rules.vocabulary import OperatingStatus
from tenancy import audit
from tenancy.fields import Phone
from tenancy.models import AuditEvent, Jurisdiction, Post
from tenancy.rules.names import search_key, sort_key
from tenancy.rules.refusals import Refused

TEXTS = ("uscc", "address", "principal", "director", "officer", "risk_level")
NUMBERS = ("staff", "revenue", "diners")
LISTS = ("further_types", "tags")


def add_entity(row: LedgerRow, *, by: Post, on: date, source: SizeSource = SizeSource.OFFICE) -> Entity:
    """A new entity from a checked row, graded under the plan of the office, with its first dated records.

    source: where its figures come from.
    """
    area = Jurisdiction.objects.get(pk=row.area)
    entity = Entity(jurisdiction=area, place=area.path, status=row.status or OperatingStatus.ACTIVE.value)
    _lay(entity, row, phone=row.phone or "")
    entity.save()
    _set_licence(entity, row.licence or "")
    hold_status(entity, by=by, on=on)
    keep_sizes(entity, {}, by=by, on=on, source=source)
    settle(entity, by=by, on=on)
    entity.save()
    after = {key: value for key, value in _told(entity).items() if value not in ("", None)}
    audit.record("entities.entity.added", entity, by=by, after=after)
    open_added(entity, Occasion(on), by=by, on=on, version=version_of(entity))
    return entity


def change_entity(
    entity: Entity,
    row: LedgerRow,
    *,
    by: Post,
    on: date,
    seen: str,
    forget_phone: bool = False,
    occasion: Occasion | None = None,
    source: SizeSource = SizeSource.OFFICE,
) -> Entity:
    """Makes the entity as the checked row says: a blank fact is cleared, a blank telephone stays unless forgotten.

    occasion: since when and why size, type or place moved, where that is more than a correction of today.
    source: where its figures come from.
    Raises Refused when the entity was changed since its person opened it.
    """
    entity = locked(entity, seen)
    kept, before, phone = facts_kept(entity), _told(entity), cast(Phone, entity.phone).index
    sizes = sizes_kept(entity)
    if row.area != entity.jurisdiction_id:
        entity.jurisdiction = Jurisdiction.objects.get(pk=row.area)
        entity.place = entity.jurisdiction.path
        # Its records follow through their keys before new ones are written beside them.
        entity.save()
    _lay(entity, row, phone=row.phone or ("" if forget_phone else None))
    keep_sizes(entity, sizes, by=by, on=on, source=source)
    end_unnamed(entity, on=on)
    if row.status and row.status != entity.status:
        entity.status = row.status
        hold_status(entity, by=by, on=on)
    _set_licence(entity, row.licence or "")
    settle(entity, by=by, on=on)
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
        open_changes(entity, kept, occasion or Occasion(on), by=by, on=on, version=version_of(entity))
    return entity


def change_status(
    entity: Entity,
    status: OperatingStatus,
    *,
    reason: str,
    by: Post,
    on: date,
    seen: str,
    source: str = "office",
    document: str = "",
) -> Entity:
    """Closes an entity or opens it again from a day on, as the office writes it down; source says who saw it."""
    entity = locked(entity, seen)
    kept = facts_kept(entity)
    if entity.status == status.value:
        said = entity.get_status_display()
        raise Refused(
            _("“%(name)s”现在就是“%(said)s”，不用再登记。") % {"name": entity.name, "said": said}, code="same-status"
        )
    before = entity.status
    _put_status(entity, status.value, by=by, on=on, source=source)
    version = version_of(entity)
    after = {"status": status.value, "reason": reason, "version": version}
    audit.record("entities.status.changed", entity, by=by, before={"status": before}, after=after)
    open_changes(entity, kept, Occasion(on, reason, document), by=by, on=on, version=version, source=source)
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
    mark_undone(entity, version_of(entity), by=by, on=on)
    _put_status(entity, str((last.before or {})["status"]), by=by, on=on)
    audit.record("entities.status.undone", entity, by=by, before={"status": before}, after={"status": entity.status})
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


def refuse_merged(entity: Entity) -> None:
    """A row that another has taken up is history. Raises Refused."""
    if entity.merged_into_id is not None:
        raise Refused(_("“%s”已经并入另一家，只能查看；请到合并后的主体上办理。") % entity.name, code="merged-away")


def locked(entity: Entity, seen: str) -> Entity:
    """The entity read again under a lock. Raises Refused when it is no longer in the state the person saw."""
    mine = Entity.objects.select_for_update(of=("self",), no_key=True)
    found = mine.select_related("jurisdiction").get(pk=entity.pk)
    if version_of(found) != seen:
        message = _("“%s”在您打开之后已被别人改动，为免覆盖没有保存；请重新打开，核对最新内容后再改。")
        raise Refused(message % found.name, code="stale")
    return found


def lay_derived(entity: Entity, *, licence: str, phone: str | None) -> None:
    """What lists sort, search and doubt by, from the name, the credit code, the licence and the telephone.

    phone: None where the stored number stays.
    """
    entity.sort_key, entity.pinyin = sort_key(entity.name), search_key(entity.name)
    entity.oddities = odd_values(
        name=entity.name, uscc=entity.uscc, licence=licence, phone=phone, stored=entity.oddities
    )


def _lay(entity: Entity, row: LedgerRow, *, phone: str | None) -> None:
    """The row's values with what follows from them; a telephone of None stays as it is stored."""
    entity.name, entity.uscc, entity.business_type = row.name, row.uscc or "", row.business_type
    lay_derived(entity, licence=row.licence or "", phone=phone)
    if phone is not None:
        entity.phone = phone
    for key in TEXTS:
        setattr(entity, key, getattr(row, key) or "")
    for key in NUMBERS:
        setattr(entity, key, getattr(row, key))
    for key in LISTS:
        setattr(entity, key, list(getattr(row, key) or ()))


def _told(entity: Entity) -> dict[str, Any]:
    """The facts as the trail keeps them: words a person reads, the telephone masked."""
    told: dict[str, Any] = {key: getattr(entity, key) for key in ("name", "business_type", *TEXTS, "status", "grade")}
    numbers = {key: shown_number(getattr(entity, key)) for key in NUMBERS}
    lists = {key: "、".join(getattr(entity, key)) for key in LISTS}
    rest = {"area": entity.jurisdiction.name, "licence": licence_of(entity), "phone": str(entity.phone)}
    return told | numbers | lists | rest


def _set_licence(entity: Entity, number: str) -> None:
    """Corrects the number that forms show, the first one; blank takes it out."""
    first = entity.licences.order_by("pk").first()
    if first and not number:
        first.delete()
    elif first and first.number != number:
        Licence.every.filter(entity=entity, number=number).exclude(pk=first.pk).delete()
        first.number = number
        first.save(update_fields=["number"])
    elif number and not first:
        Licence.every.filter(entity=entity, number=number).delete()
        Licence.objects.create(entity=entity, place=entity.place, number=number)


def _put_status(entity: Entity, status: str, *, by: Post, on: date, source: str = "office") -> None:
    entity.status = status
    hold_status(entity, by=by, on=on, source=source)
    entity.save()


def hold_status(entity: Entity, *, by: Post, on: date, source: str = "office") -> None:
    """From a day on its status holds. What began that same day is replaced, what began earlier ends the day before.

    When the day before already said the same, that record goes on instead of a second one beside it.
    """
    records = StatusRecord.objects.filter(entity=entity)
    held = records.filter(valid__upper_inf=True).first()
    if held is not None and held.valid.lower >= on:
        held.delete()
    elif held is not None:
        held.valid = DateRange(held.valid.lower, on)
        held.save(update_fields=["valid"])
    before = records.filter(valid__endswith=on, status=entity.status).first()
    if before is not None:
        before.valid = DateRange(before.valid.lower, None)
        before.save(update_fields=["valid"])
        return
    facts = {"status": entity.status, "source": source, "valid": DateRange(on, None)}
    StatusRecord.objects.create(entity=entity, place=entity.place, recorded_by=by, **facts)
