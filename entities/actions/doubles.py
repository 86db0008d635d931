"""Two rows for one business become one, and apart again; two businesses that look alike are said to be two.

Nothing of the row that is taken up is rewritten: its visits, assignments and records stay its own.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.utils.translation import gettext as _

from entities.actions.grades import settle
from entities.actions.register import hold_status, lay_derived, refuse_merged, version_of
from entities.actions.size_history import keep_sizes
from entities.models import Clearance, DistinctPair, Entity, EntityMerge, Licence
from entities.queries.checking import licence_of
from entities.queries.doubles import values_of
from entities.queries.sizes import sizes_kept
from entities.rules.doubles import chosen_fields, differing_fields
from entities.rules.vocabulary import OperatingStatus
from tenancy import audit
from tenancy.fields import Phone
from tenancy.models import Jurisdiction, Post
from tenancy.rules.refusals import Refused

# Set as they stand; the others need more than an assignment.
PLAIN = (
    "name", "uscc", "business_type", "further_types", "staff", "diners", "address", "principal", "director", "officer",
    "tags", "risk_level",
)  # fmt: skip


def merge_entities(
    keeper: Entity, other: Entity, taken: Iterable[str], *, reason: str, by: Post, on: date, seen: tuple[str, str]
) -> EntityMerge:
    """The other row is taken up by the keeper, with the fields that are taken over from it.

    seen: the versions of both, the keeper's first. Raises Refused when either was changed since.
    """
    _said(reason)
    keeper, other = _both(keeper, other)
    _refuse_stale((keeper, other), seen)
    fields = chosen_fields(taken, differing_fields(values_of(keeper), values_of(other)))
    merge = EntityMerge(keeper=keeper, other=other, taken=fields, reason=reason.strip()[:200], made_on=on, made_by=by)
    merge.made_by_name = str(by)[:120]
    merge.before, sizes = _kept(keeper, fields) | {"other_status": other.status}, sizes_kept(keeper)
    _take_over(keeper, _kept(other, fields))
    keep_sizes(keeper, sizes, by=by, on=on)
    merge.added = _take_licences(keeper, other) if "licence" in fields else []
    _follow(keeper)
    settle(keeper, by=by, on=on)
    keeper.save()
    _put_away(other, keeper, by=by, on=on)
    merge.place, merge.version = keeper.place, version_of(keeper)
    merge.save()
    told = {"name": other.name, "reason": merge.reason, "keys": fields}
    audit.record("entities.entity.merged", keeper, by=by, after=told)
    audit.record("entities.entity.merged_away", other, by=by, after={"name": keeper.name, "reason": merge.reason})
    return merge


def undo_merge(merge: EntityMerge, *, by: Post, on: date) -> Entity:
    """Both rows as they were, while the keeper is as the merge left it."""
    merge = EntityMerge.objects.select_for_update(of=("self",), no_key=True).get(pk=merge.pk)
    if merge.undone_on is not None:
        raise Refused(_("这次合并已于 %s 撤销，不用再办。") % merge.undone_on.isoformat(), code="undone")
    rows = _locked(merge.keeper_id, merge.other_id)
    keeper, other = rows[merge.keeper_id], rows[merge.other_id]
    if version_of(keeper) != merge.version or keeper.merged_into_id is not None:
        raise Refused(
            _("“%s”在合并之后又有改动，不能撤销合并；确是两家的，请另行新增。") % keeper.name, code="undo-late"
        )
    Licence.objects.filter(pk__in=merge.added).delete()
    sizes = sizes_kept(keeper)
    _take_over(keeper, {key: value for key, value in merge.before.items() if key != "other_status"})
    keep_sizes(keeper, sizes, by=by, on=on)
    _follow(keeper)
    settle(keeper, by=by, on=on)
    keeper.save()
    other.merged_into, other.status = None, merge.before["other_status"]
    hold_status(other, by=by, on=merge.made_on)
    other.save()
    merge.refresh_from_db(fields=["place"])
    merge.undone_on, merge.undone_by = on, by
    merge.save(update_fields=["undone_on", "undone_by"])
    audit.record("entities.entity.unmerged", keeper, by=by, after={"name": other.name})
    audit.record("entities.entity.unmerged", other, by=by, after={"name": keeper.name})
    return other


def keep_apart(first: Entity, second: Entity, *, reason: str, by: Post, on: date) -> DistinctPair:
    """Two rows that look alike are two businesses; they are not proposed again."""
    _said(reason)
    if first.pk == second.pk:
        raise Refused(_("这是同一条记录，请选两家不同的主体。"), code="same-entity")
    first, second = sorted((first, second), key=lambda each: each.pk)
    pair, made = DistinctPair.objects.get_or_create(
        first=first,
        second=second,
        defaults={"place": first.place, "reason": reason.strip()[:200], "found_on": on, "found_by": by},
    )
    if made:
        after = {"name": second.name, "reason": pair.reason}
        audit.record("entities.entity.kept_apart", first, by=by, after=after)
    return pair


def _said(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("没有写理由；请写明怎样判断的，如“现场核实为同一家”。"), code="reason-missing")


def _locked(*ids: int) -> dict[int, Entity]:
    """The rows under a lock, always in the order of their ids, so that two people never wait for each other."""
    found = Entity.every.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    return {entity.pk: entity for entity in found.select_related("jurisdiction")}


def _both(keeper: Entity, other: Entity) -> tuple[Entity, Entity]:
    if keeper.pk == other.pk:
        raise Refused(_("这是同一条记录，请选两家不同的主体。"), code="same-entity")
    rows = _locked(keeper.pk, other.pk)
    for entity in rows.values():
        refuse_merged(entity)
        if Clearance.objects.filter(entity=entity, state="waiting").exists():
            raise Refused(_("“%s”正等待“查无下落”复核，请先办完再合并。") % entity.name, code="clearance-waiting")
    return rows[keeper.pk], rows[other.pk]


def _refuse_stale(rows: tuple[Entity, Entity], seen: tuple[str, str]) -> None:
    for entity, version in zip(rows, seen, strict=True):
        if version_of(entity) != version:
            raise Refused(
                _("“%s”在您打开之后已被别人改动，没有合并；请重新打开对照页，核对后再合并。") % entity.name,
                code="stale",
            )


def _kept(entity: Entity, fields: list[str]) -> dict[str, Any]:
    """Of a row what these fields hold, so that it can be laid down on another and back; a telephone stays sealed."""
    kept = {field: value for field, value in values_of(entity).items() if field in fields and field != "licence"}
    if "phone" in kept:
        phone = cast(Phone, entity.phone)
        # Whether the number looks odd goes with it, so that nobody has to open it.
        kept |= {"phone": [phone.sealed, phone.index, phone.last4], "oddities": list(entity.oddities)}
    return kept


def _take_over(entity: Entity, values: dict[str, Any]) -> None:
    for field in PLAIN:
        if field in values:
            setattr(entity, field, values[field])
    if "revenue" in values:
        entity.revenue = Decimal(values["revenue"]) if values["revenue"] else None
    if "phone" in values:
        # Sealed as it is kept, with the two columns that the field declares beside it.
        for name, value in zip(("phone", "phone_index", "phone_last4"), values["phone"], strict=True):
            setattr(entity, name, value)
        entity.oddities = values["oddities"]
    if "area" in values:
        entity.jurisdiction = Jurisdiction.objects.get(pk=values["area"])
        entity.place = entity.jurisdiction.path
        # Its records follow through their keys before new ones are written beside them.
        entity.save()


def _follow(keeper: Entity) -> None:
    """What lists go by follows the values the keeper has by now."""
    lay_derived(keeper, licence=licence_of(keeper), phone=None)


def _take_licences(keeper: Entity, other: Entity) -> list[int]:
    """The licences of the other row that the keeper lacks, beside its own; gives the rows made."""
    held = set(keeper.licences.values_list("number", flat=True))
    fresh = [each for each in other.licences.order_by("pk") if each.number not in held]
    # What was struck under the same number gives way, as when it is entered anew.
    struck = Licence.every.filter(entity=keeper, number__in=[each.number for each in fresh])
    struck.filter(struck_on__isnull=False).delete()
    return [
        Licence.objects.create(
            entity=keeper, place=keeper.place, **{name: getattr(each, name) for name in Licence.typed}
        ).pk
        for each in fresh
    ]


def _put_away(other: Entity, keeper: Entity, *, by: Post, on: date) -> None:
    """Out of the register's figures and lists; all that points at it stays."""
    if other.status == OperatingStatus.ACTIVE:
        other.status = OperatingStatus.CANCELLED.value
        hold_status(other, by=by, on=on)
    other.merged_into = keeper
    other.save()
