"""Acts on the lines beside an entity: licences, people, insurance, codes of other systems, penalties.

One way for every kind: written on the state of the entity its person had before him, told in the entity's trail, and a
line entered by mistake is struck so that it can be put back.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from entities.actions.grades import settle
from entities.actions.naming import follow_people
from entities.actions.register import locked, version_of
from entities.models import RECORDS, Contact, Entity, Flag, Licence, Record
from entities.queries.people import names_by_role
from entities.queries.records import told
from entities.rules.station import status_after
from tenancy import audit
from tenancy.fields import Phone
from tenancy.models import AuditEvent, Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused

KINDS = {model: kind for kind, model in RECORDS.items()}


def add_record(entity: Entity, kind: str, values: Mapping[str, Any], *, by: Post, on: date, seen: str) -> Record:
    """One more line of a kind beside the entity."""
    entity = locked(entity, seen)
    record = RECORDS[kind](entity=entity, place=entity.place)
    people = names_by_role(entity, on)
    if isinstance(record, Licence):
        # What was struck under the same number gives way to the new line.
        Licence.every.filter(entity=entity, number=values["number"], struck_on__isnull=False).delete()
    _lay(record, values, on)
    _write(record)
    _follow(entity, record, people, by=by, on=on)
    _tell("added", entity, record, by=by, after=told(record))
    return record


def change_record(
    record: Record, values: Mapping[str, Any], *, by: Post, on: date, seen: str, forget_phone: bool = False
) -> Record:
    """Makes the line as typed; a blank telephone stays unless forgotten. Nothing is written when nothing differs."""
    entity = locked(record.entity, seen)
    record = _again(record, entity)
    people, before, phone = names_by_role(entity, on), told(record), _phone_index(record)
    _lay(record, values, on)
    if forget_phone and isinstance(record, Contact):
        record.phone = ""
    after = told(record)
    changed = [key for key in after if after[key] != before[key] or (key == "phone" and _phone_index(record) != phone)]
    if changed:
        _write(record)
        _follow(entity, record, people, by=by, on=on)
        was, now = ({key: facts[key] for key in changed} for facts in (before, after))
        _tell("changed", entity, record, by=by, before=was, after=now)
    return record


def strike_record(record: Record, *, by: Post, on: date, seen: str) -> Record:
    """Takes a line out that was entered by mistake; what merely ended gets its last day instead."""
    entity = locked(record.entity, seen)
    record = _again(record, entity)
    people = names_by_role(entity, on)
    record.struck_on, record.struck_by = on, by
    record.save(update_fields=["struck_on", "struck_by"])
    _follow(entity, record, people, by=by, on=on)
    _tell("struck", entity, record, by=by, before=told(record))
    return record


def restore_record(record: Record, *, by: Post, on: date) -> Record:
    """Puts a struck line back."""
    entity = Entity.objects.select_for_update(of=("self",), no_key=True).select_related("jurisdiction")
    owner = entity.get(pk=record.entity_id)
    record = type(record).every.select_for_update(of=("self",), no_key=True).get(pk=record.pk)
    if record.struck_on is None:
        raise Refused(_("这一条没有被删除，不用恢复。"), code="not-struck")
    people = names_by_role(owner, on)
    record.struck_on = record.struck_by = None
    _write(record)
    _follow(owner, record, people, by=by, on=on)
    _tell("restored", owner, record, by=by, after=told(record))
    return record


def reveal_contact(contact: Contact, *, by: Post, on: date) -> str:
    """The full number of a person; that it was seen is written down once for each post and day."""
    trail = AuditEvent.objects.filter(subject=Contact._meta.label_lower, subject_id=contact.pk, by_post=by.pk)
    if not trail.filter(action="entities.phone.revealed", after__day=on.isoformat()).exists():
        at = contact.entity.jurisdiction
        audit.record("entities.phone.revealed", contact, by=by, at=at, after={"day": on.isoformat()})
    return cast(Phone, contact.phone).reveal()


def _again(record: Record, entity: Entity) -> Record:
    """The line as it stands under the lock of its entity. Raises Refused when somebody has struck it."""
    found = type(record).objects.filter(pk=record.pk).first()
    if found is None:
        raise Refused(_("“%s”已被别人删除，没有保存；请刷新后再看。") % record, code="struck")
    found.entity = entity
    return cast(Record, found)


def _lay(record: Record, values: Mapping[str, Any], on: date) -> None:
    for name in record.typed:
        if name in values and (name != "phone" or values[name]):
            setattr(record, name, values[name])
    if isinstance(record, Flag):
        kinds = plan_in_force(record.place, on).value.penalty_kinds
        record.stops_as = status_after(record.measures, kinds)


def _write(record: Record) -> None:
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        if "_once" not in str(error):
            raise
        raise Refused(_twice(record), code="record-twice") from error


def _twice(record: Record) -> str:
    if isinstance(record, Licence):
        return _("这家已登记编号“%s”的证照，同一编号只登记一次；请修改原来那条。") % record.number
    return _("“%s”已登记在本地区另一家主体名下，一个编码只对应一家；请核对编码，或先在那一家删除。") % record


def _follow(entity: Entity, record: Record, people: dict[str, list[str]], *, by: Post, on: date) -> None:
    """What a line means for the entity: its names, and the grade where a licence shows a high-risk class.

    Saving gives the entity its next version, so that a page opened before is told so.
    """
    if isinstance(record, Contact):
        follow_people(entity, people, on=on)
    if isinstance(record, Licence):
        settle(entity, by=by, on=on)
    entity.save()


def _tell(
    verb: str,
    entity: Entity,
    record: Record,
    *,
    by: Post,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    known = {"record": str(record), "version": version_of(entity)}
    action = f"entities.{KINDS[type(record)]}.{verb}"
    audit.record(action, entity, by=by, before=before, after={**(after or {}), **known})


def _phone_index(record: Record) -> str:
    return record.who[1] if isinstance(record, Contact) else ""
