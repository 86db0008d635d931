"""Grading a whole place anew from a day on: one act, one event, in sets; taken back while nobody touched its entities."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from entities.actions.grades import BATCH, Change, kept_rows, put_back, show_grade_of_day, write_lines
from entities.models import Entity, GradeRecord, RegradedEntity, Regrading
from entities.queries.grades import under
from entities.queries.regrading import Regraded, RegradePreview, regraded, standing_ahead, summed_up, touched_since
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.plans import ResolvedPlan
from tenancy.rules.refusals import Refused
from tenancy.scoping import refresh_statistics

FARTHEST = 366
NAMED = 50


def regrade(
    place: Jurisdiction,
    what: ResolvedPlan | RegradePreview,
    *,
    by: Post,
    on: date,
    since: date | None = None,
    seen: str = "",
) -> Regrading:
    """Lays down the grades of a place under a plan from a day on, the day of the act unless another is named.

    Of a preview, or under the digest of one (`seen`), exactly what was shown is written. Raises Refused when the
    register changed meanwhile, when the day has passed, when a later regrading stands, when nothing would change.
    """
    if isinstance(what, RegradePreview):
        return regrade(place, what.plan, by=by, on=on, since=what.on, seen=what.digest)
    plan, since = what, since or on
    _refuse_day(since, on)
    with transaction.atomic():
        _lock(place)
        _refuse_ahead(place, since)
        found = regraded(place, plan, since)
        now = summed_up(place, plan, since, found)
        if seen and seen != now.digest:
            raise Refused(_("台账或方案在您查看之后有变化，没有重新分级；请看过最新的变动再确认。"), code="stale")
        if now.is_empty:
            raise Refused(_("按这个方案没有主体的等级要变，不用重新分级。"), code="nothing-to-regrade")
        return _write(now, [each for each in found if not each.rewrite.is_empty], by=by, on=on)


def _refuse_day(since: date, on: date) -> None:
    """A regrading begins today or later, within a year: grades of days past are what people answered for."""
    if since < on:
        raise Refused(
            _("%s 已经过去，过去的等级是当时的责任依据，不能改写；请从今天或以后起算。") % since.isoformat(),
            code="day-past",
        )
    if (since - on).days > FARTHEST:
        raise Refused(_("%s 太远，最多提前一年；请改一个近些的日期。") % since.isoformat(), code="day-far")


def _lock(place: Jurisdiction) -> None:
    """The entities of the place, so that edits and other regradings wait; those who waited see what was written."""
    Jurisdiction.objects.select_for_update(of=("self",), no_key=True).get(pk=place.pk)
    list(
        Entity.objects.filter(under(place.path))
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .values_list("pk")
    )


def _refuse_ahead(place: Jurisdiction, since: date) -> None:
    ahead = standing_ahead(place, since)
    if ahead is not None:
        words = {"day": ahead.since.isoformat(), "place": ahead.jurisdiction.name}
        raise Refused(
            _("%(place)s已有 %(day)s 起的重新分级；请先撤销那一次，或从那天以后起算。") % words, code="regrading-ahead"
        )


def _write(preview: RegradePreview, found: Sequence[Regraded], *, by: Post, on: date) -> Regrading:
    place, since = preview.place, preview.on
    counts = {"total": preview.total, "changed": len(preview.changes), "recited": preview.recited}
    regrading = Regrading.objects.create(
        jurisdiction=place,
        place=place.path,
        since=since,
        plan_source=preview.plan.cite("grading_rules")[:200],
        plan_digest=preview.plan.digest,
        counts=counts | {"kinds": dict(preview.counts)},
        made_on=on,
        made_at=Now(),
        made_by=by,
    )
    regrading.refresh_from_db()
    changes = [Change(each.entity_id, each.place, each.rewrite) for each in found]
    kept = kept_rows(changes)
    RegradedEntity.objects.bulk_create((_line(regrading, each, kept) for each in found), batch_size=BATCH)
    write_lines(changes, by=by, regrading=regrading.pk)
    _show(found, regrading, today=since == on)
    refresh_statistics(GradeRecord, RegradedEntity)
    after = {"since": since.isoformat(), "plan": regrading.plan_source, **regrading.counts}
    audit.record("entities.place.regraded", regrading, by=by, at=place, after=after)
    return regrading


def _line(regrading: Regrading, each: Regraded, kept: dict[int, list[dict[str, object]]]) -> RegradedEntity:
    old, new = each.old, each.new
    return RegradedEntity(
        regrading=regrading,
        entity_id=each.entity_id,
        place=each.place,
        old_base=old.base if old else "",
        old_effective=old.effective if old else "",
        new_base=new.base if new else "",
        new_effective=new.effective if new else "",
        clause=new.clause if new else "",
        reason=new.reason if new else each.unknown[:200],
        before=kept.get(each.entity_id, []),
    )


def _show(found: Sequence[Regraded], regrading: Regrading, *, today: bool) -> None:
    """The register's copy: the new grade where it holds from today, and in any case the moment of the change."""
    groups: dict[str | None, list[int]] = defaultdict(list)
    for each in found:
        moved = today and each.changes_grade
        groups[(each.new.effective if each.new else "") if moved else None].append(each.entity_id)
    for grade, ids in groups.items():
        shown = F("grade") if grade is None else Value(grade)
        Entity.objects.filter(pk__in=ids).update(grade=shown, changed_at=regrading.made_at)


def undo_regrading(regrading: Regrading, *, by: Post, on: date) -> list[str]:
    """Puts every entity's lines back as they were; returns the names of those touched since, which are left alone.

    Raises Refused when it was undone already, and when somebody touched every one of them.
    """
    with transaction.atomic():
        regrading = (
            Regrading.objects.select_for_update(of=("self",), no_key=True)
            .select_related("jurisdiction")
            .get(pk=regrading.pk)
        )
        if regrading.undone_on is not None:
            raise Refused(_("这次重新分级已于 %s 撤销，不用再办。") % regrading.undone_on.isoformat(), code="undone")
        _lock(regrading.jurisdiction)
        touched = dict(touched_since(regrading).values_list("pk", "name"))
        lines = regrading.lines.exclude(entity__in=touched)
        kept = dict(lines.values_list("entity", "before"))
        if not kept:
            raise Refused(_("这次重新分级的主体之后都又有改动，没有可以撤销的；请逐家核对等级。"), code="undo-late")
        put_back(kept, regrading.since)
        show_grade_of_day(list(kept), on)
        regrading.undone_on, regrading.undone_by = on, by
        regrading.save(update_fields=["undone_on", "undone_by"])
        after = {"undone": len(kept), "kept": len(touched), "entities": list(touched.values())[:NAMED]}
        audit.record("entities.place.regrading_undone", regrading, by=by, at=regrading.jurisdiction, after=after)
    return list(touched.values())
