"""What an office writes down of a business's life: opened again or closed, another size or type, moved; and the way back.

Every act names the day since when, why and by which paper. Shops that nobody can find stand in `clearing`.
"""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from entities.actions.changes import mark_undone
from entities.actions.grades import settle
from entities.actions.register import change_entity, change_status, hold_status, version_of
from entities.actions.size_history import keep_sizes
from entities.models import Entity, EntityChange
from entities.queries.changes import facts_kept
from entities.queries.sizes import sizes_kept
from entities.rules.changes import ChangeKind, Occasion, kinds_between, refuse_occasion, refuse_without_paper
from entities.rules.ledger import LedgerRow
from entities.rules.vocabulary import OperatingStatus
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.rules.refusals import Refused


def register_status(
    entity: Entity,
    status: OperatingStatus,
    occasion: Occasion,
    *,
    by: Post,
    on: date,
    seen: str,
    source: str = "office",
) -> Entity:
    """Closes an entity or opens it again from the day it happened; opened again it is graded as it stands.

    source: what the office follows, where that is not its own knowledge.
    """
    record = entity.status_records.filter(valid__upper_inf=True).first()
    refuse_occasion(occasion, on, earliest=record.valid.lower if record else None)
    refuse_without_paper(status, occasion.document)
    entity = change_status(
        entity,
        status,
        reason=occasion.reason,
        document=occasion.document,
        by=by,
        on=occasion.since,
        seen=seen,
        source=source,
    )
    if status is OperatingStatus.ACTIVE:
        before = entity.grade
        settle(entity, by=by, on=on)
        # Without a save the version stays, so that the act can still be taken back.
        if entity.grade != before:
            Entity.objects.filter(pk=entity.pk).update(grade=entity.grade)
    return entity


def register_change(entity: Entity, row: LedgerRow, occasion: Occasion, *, by: Post, on: date, seen: str) -> Entity:
    """Another size, type or place, graded anew under the plan of today."""
    refuse_occasion(occasion, on)
    before = facts_kept(entity)
    entity = change_entity(entity, row, by=by, on=on, seen=seen, occasion=occasion)
    if not kinds_between(before, facts_kept(entity)):
        raise Refused(
            _("规模、业态和所在都没有变，没有可以登记的变动；只改电话、地址等资料请用“编辑”。"), code="nothing-changed"
        )
    return entity


def undo_change(change: EntityChange, *, by: Post, on: date) -> Entity:
    """Takes back everything one act changed, while the entity is as that act left it."""
    entity = (
        Entity.every.select_for_update(of=("self",), no_key=True)
        .select_related("jurisdiction")
        .get(pk=change.entity_id)
    )
    change = EntityChange.objects.select_for_update(of=("self",), no_key=True).get(pk=change.pk)
    _refuse_fixed(change, entity)
    made = list(EntityChange.objects.standing().filter(entity=entity, version=change.version).order_by("pk"))
    before = {fact: value for each in made for fact, value in each.before.items()}
    after = {fact: value for each in made for fact, value in each.after.items()}
    mark_undone(entity, change.version, by=by, on=on)
    _put_back(entity, before, change.since, by=by, on=on)
    named = {"kinds": [each.get_kind_display() for each in made]}
    audit.record("entities.change.undone", entity, by=by, before=after | named, after=before)
    return entity


def _refuse_fixed(change: EntityChange, entity: Entity) -> None:
    if change.undone_on is not None:
        raise Refused(_("这项变动已于 %s 撤销，不用再办。") % change.undone_on.isoformat(), code="undone")
    if change.kind == ChangeKind.OPENED:
        raise Refused(_("新增不能撤销，台账只增不删；登记错了请登记“注销”，写明原因。"), code="undo-opened")
    if change.batch_id is not None:
        raise Refused(_("这项变动是随台账导入写入的；请在导入记录里撤销那一次导入。"), code="undo-import")
    if version_of(entity) != change.version:
        raise Refused(
            _("“%s”在这项变动之后又有改动，不能撤销；请按现在的情况重新登记变动。") % entity.name, code="undo-late"
        )


def _put_back(entity: Entity, before: dict[str, object], since: date, *, by: Post, on: date) -> None:
    if "area" in before:
        entity.jurisdiction = Jurisdiction.objects.get(pk=int(str(before["area"])))
        entity.place = entity.jurisdiction.path
        # Its records follow through their keys before new ones are written beside them.
        entity.save()
    sizes = sizes_kept(entity)
    for fact in ("staff", "diners", "business_type", "further_types"):
        if fact in before:
            setattr(entity, fact, before[fact])
    if "revenue" in before:
        entity.revenue = Decimal(str(before["revenue"])) if before["revenue"] is not None else None
    keep_sizes(entity, sizes, by=by, on=on)
    if "status" in before:
        entity.status = str(before["status"])
        hold_status(entity, by=by, on=since)
    settle(entity, by=by, on=on)
    entity.save()
