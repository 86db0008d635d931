"""One act on many entities: all of a filter or picked ones, in sets, with one event; taken back where nobody touched."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from entities.actions.changes import Written, open_many
from entities.actions.grades import BATCH, Change, grade_of, show_grade_of_day, write_lines
from entities.actions.ledger_undo import keep_lines, put_lines_back
from entities.models import BulkChange, BulkChangedEntity, Entity, GradeRecord, StatusRecord
from entities.queries.bulk import BulkPreview, bulk_preview, bulk_touched
from entities.queries.changes import facts_kept
from entities.queries.grades import outlook, rows_of, subjects_of
from entities.rules.bulk import BulkKind, Wish, refuse_unfounded
from entities.rules.standing import rewrite, timeline
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.plans import PlanDocument
from tenancy.rules.refusals import Refused
from tenancy.scoping import refresh_statistics

NAMED = 50


def change_many(
    chosen: QuerySet[Entity], wish: Wish, doc: PlanDocument, *, by: Post, on: date, conditions: str, seen: str = ""
) -> BulkChange:
    """Does one thing to all the chosen that it changes and that are not refused.

    Under the digest of a preview (`seen`) exactly what was shown is written. Raises Refused when the register changed
    meanwhile, above the limit, without reason or paper where one entity needs them, and when nothing would change.
    """
    refuse_unfounded(wish, on)
    refuse_too_many(chosen.count())
    with transaction.atomic():
        ids = list(chosen.order_by("pk").values_list("pk", flat=True))
        locked = Entity.objects.filter(pk__in=ids)
        list(locked.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
        preview = bulk_preview(wish, locked, doc, by=by)
        if seen and seen != preview.digest:
            raise Refused(_("这些主体在您查看之后有变化，没有办理；请看过最新的变动再确认。"), code="stale")
        if not preview.changes:
            raise Refused(_("没有要变动的主体：不是已经如此，就是不能办理；请换一批或换一个办理事项。"), code="nothing")
        return _write(preview, by=by, on=on, conditions=conditions)


def refuse_too_many(count: int) -> None:
    """Raises Refused above the limit of one act."""
    if count > settings.BULK_ENTITIES:
        words = {"most": settings.BULK_ENTITIES, "count": count}
        raise Refused(_("一次最多办理 %(most)d 家，现在选了 %(count)d 家；请加条件分批办理。") % words, code="too-many")


def _write(preview: BulkPreview, *, by: Post, on: date, conditions: str) -> BulkChange:
    wish, changes = preview.wish, preview.changes
    bulk = BulkChange.objects.create(
        jurisdiction=by.jurisdiction,
        place=by.jurisdiction.path,
        kind=wish.kind.value,
        value=wish.value,
        said=wish.said[:120],
        conditions=conditions[:400],
        counts=preview.counts,
        made_on=on,
        made_at=Now(),
        made_by=by,
    )
    bulk.refresh_from_db()
    lines = (
        BulkChangedEntity(bulk=bulk, entity_id=line.entity_id, place=line.place, old=line.old[:400], new=line.new[:400])
        for line in changes
    )
    BulkChangedEntity.objects.bulk_create(lines, batch_size=BATCH)
    # Else the planner takes the lines that were just written for none, and joins each of them by itself.
    refresh_statistics(BulkChangedEntity)
    keep_lines(bulk.pk)
    ids = [line.entity_id for line in changes]
    before = _facts(ids) if wish.kind.fact else {}
    _lay(wish, ids, by=by, on=on)
    if wish.kind.regrades:
        _settle(ids, by=by, on=on)
    Entity.objects.filter(pk__in=ids).update(changed_at=bulk.made_at)
    if before:
        version = bulk.made_at.isoformat()
        open_many(_written(before), by.jurisdiction.path, wish.occasion(on), by=by, on=on, version=version)
    refresh_statistics(GradeRecord, StatusRecord)
    names = [line.name for line in changes[:NAMED]]
    why = {key: said for key, said in (("reason", wish.reason), ("document", wish.document)) if said}
    after = {
        "what": wish.kind.label,
        "to": wish.said,
        "conditions": conditions,
        **why,
        **bulk.counts,
        "entities": names,
    }
    audit.record("entities.bulk.changed", bulk, by=by, after=after)
    return bulk


def _facts(ids: Sequence[int]) -> dict[int, tuple[str, dict[str, Any]]]:
    """Where entities lie, with the facts by which their changes are told."""
    return {entity.pk: (entity.place, facts_kept(entity)) for entity in Entity.objects.filter(pk__in=ids)}


def _written(before: dict[int, tuple[str, dict[str, Any]]]) -> Iterator[Written]:
    for pk, (place, facts) in _facts(list(before)).items():
        yield Written(pk, place, before[pk][1], facts)


def _lay(wish: Wish, ids: Sequence[int], *, by: Post, on: date) -> None:
    found = Entity.objects.filter(pk__in=ids)
    if wish.kind is BulkKind.RISK:
        found.update(risk_level=wish.value)
    elif wish.kind is BulkKind.MOVE:
        area = Jurisdiction.objects.get(pk=int(wish.value))
        # Their records follow through their keys before new ones are written beside them.
        found.update(jurisdiction=area, place=area.path)
    elif wish.kind is BulkKind.CLUSTER:
        # A stall's number is one of the cluster it stood in.
        found.update(cluster=int(wish.value), stall="")
    elif wish.kind is BulkKind.STATUS:
        found.update(status=wish.value)
        _hold_status(ids, wish.value, by=by, on=on)
    else:
        function = "array_append" if wish.kind is BulkKind.ADD_TAG else "array_remove"
        found.update(tags=Func(F("tags"), Value(wish.value), function=function))


def _hold_status(ids: Sequence[int], status: str, *, by: Post, on: date) -> None:
    """From the day on the status holds, as for one entity: the same day's record is replaced, an older one ends.

    Where the day before already said the same, that record goes on instead of a second one beside it.
    """
    records = StatusRecord.objects.filter(entity__in=ids)
    held = records.filter(valid__upper_inf=True)
    held.filter(valid__startswith__gte=on).delete()
    begin = Func(F("valid"), function="lower", output_field=DateField())
    held.update(valid=Func(begin, Value(on, output_field=DateField()), function="daterange"))
    going_on = records.filter(valid__endswith=on, status=status)
    kept = set(going_on.values_list("entity", flat=True))
    going_on.update(valid=Func(begin, Value(None, output_field=DateField()), function="daterange"))
    places = Entity.objects.filter(pk__in=ids).exclude(pk__in=kept).values_list("pk", "place")
    facts = {"status": status, "source": "office", "valid": DateRange(on, None), "recorded_by": by}
    made = [StatusRecord(entity_id=pk, place=place, **facts) for pk, place in places]
    StatusRecord.objects.bulk_create(made, batch_size=BATCH)


def _settle(ids: Sequence[int], *, by: Post, on: date) -> None:
    """Brings grade lines and grades to what plan, facts and decisions say from the day on."""
    home = by.jurisdiction.path
    here, rows = outlook(home, on), rows_of(Q(entity__in=ids), on)
    changes, grades = [], defaultdict(list)
    for pk, place, subject in subjects_of(ids, on):
        plans = here if place.startswith(home) else outlook(place, on)
        lines = timeline(subject, plans.segments(place))
        changes.append(Change(pk, place, rewrite(rows.get(pk, []), lines, on)))
        grades[grade_of(lines, on)].append(pk)
    write_lines(changes, by=by)
    for grade, members in grades.items():
        Entity.objects.filter(pk__in=members).exclude(grade=grade).update(grade=grade)


def undo_bulk(bulk: BulkChange, *, by: Post, on: date) -> list[str]:
    """Puts every entity back as it was; returns the names of those touched since, which are left alone.

    Raises Refused when it was undone already, and when somebody touched every one of them.
    """
    with transaction.atomic():
        locked = BulkChange.objects.select_for_update(of=("self",), no_key=True)
        bulk = locked.select_related("jurisdiction").get(pk=bulk.pk)
        if bulk.undone_on is not None:
            raise Refused(_("这次批量办理已于 %s 撤销，不用再办。") % bulk.undone_on.isoformat(), code="undone")
        entities = Entity.objects.filter(pk__in=bulk.lines.values("entity")).order_by("pk")
        list(entities.select_for_update(of=("self",), no_key=True).values_list("pk"))
        touched = dict(bulk_touched(bulk).values_list("pk", "name"))
        ids = list(bulk.lines.exclude(entity__in=touched).values_list("entity", flat=True))
        if not ids:
            raise Refused(_("这些主体之后都又有改动，没有可以撤销的；请逐家修改。"), code="undo-late")
        put_lines_back(bulk.pk, list(touched))
        show_grade_of_day(ids, on)
        bulk.undone_on, bulk.undone_by = on, by
        bulk.save(update_fields=["undone_on", "undone_by"])
        after = {"undone": len(ids), "kept": len(touched), "entities": list(touched.values())[:NAMED]}
        audit.record("entities.bulk.undone", bulk, by=by, after=after)
    return list(touched.values())
