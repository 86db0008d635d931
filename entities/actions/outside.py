"""外部名单: a list is received, read through the staged import, and compared with the register. The register stays as it is.

What becomes of the differences stands in `differences` and `accepting`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction  # noqa: TID251 -- the rows of a list are placed as a set
from django.utils.translation import gettext as _

from entities.models import Difference, Entity, OutsideList, OutsideRow
from entities.queries.outside import businesses_within, facts_of_rows, placing_in
from entities.queries.register import areas_under
from entities.rules.ledger import checker
from entities.rules.outside import COLUMNS, OWN_TITLES, OutsideChecker, OutsideFacts, Source, outside_checker
from entities.rules.reconciling import Answer, Comparison, Found, compare
from tenancy import audit
from tenancy.actions.imports import Cells, ImportKind, receive_workbook
from tenancy.models import ImportBatch, ImportRow, Jurisdiction, Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.importing import Checked
from tenancy.rules.paths import within
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_places, copy_rows, lines_to_copy, refresh_statistics

BATCH = 2000
# As COPY reads it.
NULL = "\\N"
# What was decided about a difference, and goes on to later lists.
DECIDED = ("answer", "reason", "answered_by_id", "answered_by_name", "answered_on")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a list comes from, what it is called, and the day it shows."""

    source: Source
    name: str
    listed_on: date


def receive_list(
    place: Jurisdiction, origin: Origin, *, filename: str, data: bytes, by: Post | None, on: date
) -> OutsideList:
    """Keeps a list as it came; a worker reads it. The same bytes again give the earlier list."""
    if origin.listed_on > on:
        raise Refused(_("“数据截至”不能晚于今天；请照名单上写的日期填写。"), code="day-ahead")
    batch = receive_workbook(place, kind=OUTSIDE.name, filename=filename, data=data, by=by)
    earlier = OutsideList.objects.filter(batch=batch).first()
    if earlier is not None:
        return earlier
    outside = OutsideList.objects.create(
        jurisdiction=place,
        place=place.path,
        batch=batch,
        source=origin.source.value,
        name=origin.name,
        listed_on=origin.listed_on,
        uploaded_by=by,
        uploaded_by_name=str(by)[:120] if by else "",
        uploaded_on=on,
    )
    after = {"name": origin.name, "source": origin.source.value, "listed_on": origin.listed_on.isoformat()}
    audit.record("entities.outside.received", outside, by=by, after=after)
    return outside


@dataclass
class OutsideValidator:
    """Checks the rows of one list; each of them is new to it."""

    rows: OutsideChecker

    def check(self, number: int, cells: Cells, faults: Mapping[int, str]) -> Checked:
        _facts, findings = self.rows.check(number, cells, faults)
        return Checked(findings, "new")


def validator(batch: ImportBatch, on: date) -> OutsideValidator:
    """What a list is read by: the words of its place."""
    doc = plan_in_force(batch.place, on).value
    return OutsideValidator(outside_checker(checker(doc, areas_under(batch.jurisdiction))))


def write_list(batch: ImportBatch, by: Post | None, on: date) -> dict[str, int]:
    """Keeps the rows of a list and compares them; the register is only read."""
    outside = OutsideList.objects.select_related("jurisdiction").get(batch=batch)
    checks = validator(batch, on).rows
    staged = ImportRow.objects.filter(batch=batch).to_write()
    rows = [
        _row(outside, number, checks.check(number, cells, {})[0])
        for number, cells in staged.values_list("number", "cells")
    ]
    OutsideRow.objects.bulk_create(rows, batch_size=BATCH)
    outside.state, outside.rows_read = "compared", len(rows)
    _compared(outside, on=on, at=batch.committed_at)
    return {"written": len(rows)}


def _row(outside: OutsideList, number: int, facts: OutsideFacts) -> OutsideRow:
    said = {name: getattr(facts, name) for name in OutsideFacts.__slots__}
    return OutsideRow(
        outside=outside, place=outside.place, jurisdiction_id=outside.jurisdiction_id, number=number, **said
    )


def take_back_list(batch: ImportBatch, by: Post) -> list[str]:
    """The list counts no more; what was taken over from it stays. Raises Refused while a rate is counted by it."""
    outside = OutsideList.objects.select_for_update(no_key=True).get(batch=batch)
    if outside.basis_on is not None:
        message = _("“%s”正作为数据归集率的分母，不能撤销；请先取消作为分母。")
        raise Refused(message % outside.name, code="is-basis")
    outside.state = "withdrawn"
    outside.save(update_fields=["state"])
    return []


def compare_again(outside: OutsideList, *, by: Post | None, on: date, at: datetime) -> OutsideList:
    """Compares a list with the register of the moment. What was answered stays answered while the values are the same.

    Raises Refused for a post that acts in only a part of the list's place.
    """
    if not within(acting_places(), outside.place):
        message = _("这份名单是%(place)s的，只有负责整个%(place)s的经办人能重新比对。")
        raise Refused(message % {"place": outside.jurisdiction.name}, code="outside-partial")
    with transaction.atomic():
        outside = _standing(outside)
        counts = _compared(outside, on=on, at=at)
        audit.record("entities.outside.compared", outside, by=by, after=counts)
    return outside


def set_basis(outside: OutsideList, *, by: Post, on: date) -> OutsideList:
    """From this day on 数据归集率 is counted by the list, until a newer one is confirmed; closed periods stay."""
    outside = _standing(outside)
    if outside.basis_on is not None:
        message = _("“%(name)s”自 %(day)s 起已是数据归集率的分母，不用再办。")
        raise Refused(message % {"name": outside.name, "day": outside.basis_on.isoformat()}, code="is-basis")
    outside.basis_on, outside.basis_by, outside.basis_by_name = on, by, str(by)[:120]
    outside.save(update_fields=["basis_on", "basis_by", "basis_by_name"])
    after = {"name": outside.name, "listed_on": outside.listed_on.isoformat(), "rows": outside.rows_read}
    audit.record("entities.outside.basis_set", outside, by=by, after=after)
    return outside


def end_basis(outside: OutsideList, *, by: Post) -> OutsideList:
    """The rate is counted by the list confirmed before it, or by none."""
    outside = _standing(outside)
    if outside.basis_on is None:
        raise Refused(_("“%s”现在不是分母，不用取消。") % outside.name, code="no-basis")
    before = {"since": outside.basis_on.isoformat()}
    outside.basis_on, outside.basis_by, outside.basis_by_name = None, None, ""
    outside.save(update_fields=["basis_on", "basis_by", "basis_by_name"])
    audit.record("entities.outside.basis_ended", outside, by=by, before=before)
    return outside


def _standing(outside: OutsideList) -> OutsideList:
    """Locked and read again. Raises Refused for a list that was not compared or was taken back."""
    locked = OutsideList.objects.select_for_update(of=("self",), no_key=True)
    outside = locked.select_related("jurisdiction").get(pk=outside.pk)
    if outside.state != "compared":
        raise Refused(_("这份名单还没有读完或已撤回，不能办理。"), code="outside-state")
    return outside


def _compared(outside: OutsideList, *, on: date, at: datetime | None) -> dict[str, int]:
    """A constant number of statements, however long list and register are."""
    rows = facts_of_rows(outside)
    result = compare(rows, businesses_within(outside.place))
    _place_rows(outside, rows, result, on)
    refresh_statistics(OutsideRow)
    _write_differences(outside, result)
    refresh_statistics(Difference)
    outside.compared_at = at
    outside.save(update_fields=["state", "rows_read", "compared_at"])
    return {"rows": len(rows), "known": len(result.matches), "differences": len(result.found)}


def _place_rows(outside: OutsideList, rows: Mapping[int, OutsideFacts], result: Comparison, on: date) -> None:
    """Every row lies where the business it is about does, else where it says itself."""
    placing, lines = placing_in(outside, plan_in_force(outside.place, on).value), lines_to_copy()
    for pk, facts in rows.items():
        known = result.matches.get(pk)
        area = outside.jurisdiction_id if known else placing.of(facts).pk
        lines.write(f"{pk}\t{known or NULL}\t{area}\n")
    lines.seek(0)
    with connection.cursor() as cursor, lines:
        cursor.execute(
            "CREATE TEMPORARY TABLE placed (row_id bigint, entity_id bigint, jurisdiction_id bigint) ON COMMIT DROP"
        )
        copy_rows("placed", ["row_id", "entity_id", "jurisdiction_id"], lines)
        cursor.execute("ANALYZE placed")
        cursor.execute(
            "UPDATE entities_outsiderow AS r SET entity_id = p.entity_id, jurisdiction_id = j.id, place = j.path"
            " FROM placed AS p LEFT JOIN entities_entity AS e ON e.id = p.entity_id"
            " JOIN tenancy_jurisdiction AS j ON j.id = coalesce(e.jurisdiction_id, p.jurisdiction_id)"
            " WHERE r.id = p.row_id AND (r.entity_id, r.jurisdiction_id) IS DISTINCT FROM (p.entity_id, j.id)"
        )
        cursor.execute("DROP TABLE placed")


def _write_differences(outside: OutsideList, result: Comparison) -> None:
    """New ones are added under what was decided of them before, those that are gone go, answered ones that came back open."""
    found = {each.fingerprint: each for each in result.found}
    outside.differences.filter(answer=Answer.OPEN.value).exclude(fingerprint__in=found).delete()
    outside.differences.filter(answer=Answer.ACCEPTED.value, fingerprint__in=found).update(
        answer=Answer.OPEN.value, answered_on=None, batch=None, reason=""
    )
    known = set(outside.differences.values_list("fingerprint", flat=True))
    fresh = [each for key, each in found.items() if key not in known]
    homes = _homes(outside, result)
    decided = _decided(outside)
    Difference.objects.bulk_create((_difference(outside, each, homes, decided) for each in fresh), batch_size=BATCH)


def _homes(outside: OutsideList, result: Comparison) -> dict[str, dict[int, tuple[int, str]]]:
    """Where rows and businesses lie: id -> jurisdiction and path."""
    entities = Entity.objects.filter(pk__in=result.only_here).values_list("pk", "jurisdiction_id", "place")
    rows = outside.rows.values_list("pk", "jurisdiction_id", "place")
    return {
        "entity": {pk: (area, path) for pk, area, path in entities},
        "row": {pk: (area, path) for pk, area, path in rows},
    }


def _decided(outside: OutsideList) -> dict[str, dict[str, Any]]:
    """What was rejected or kept of earlier lists of the same place, by fingerprint; the latest decision counts."""
    earlier = Difference.objects.filter(
        outside__jurisdiction=outside.jurisdiction_id, answer__in=[Answer.REJECTED.value, Answer.KEPT.value]
    )
    rows = earlier.exclude(outside=outside).order_by("answered_on", "pk").values("fingerprint", *DECIDED)
    return {row.pop("fingerprint"): row for row in rows}


def _difference(
    outside: OutsideList,
    found: Found,
    homes: Mapping[str, Mapping[int, tuple[int, str]]],
    decided: Mapping[str, Mapping[str, Any]],
) -> Difference:
    area, path = homes["row"][found.row] if found.row is not None else homes["entity"][found.entity or 0]
    return Difference(
        outside=outside,
        jurisdiction_id=area,
        place=path,
        row_id=found.row,
        entity_id=found.entity,
        kind=found.kind.value,
        field=found.field,
        there=found.there[:200],
        here=found.here[:200],
        fingerprint=found.fingerprint,
        **decided.get(found.fingerprint, {}),
    )


def compare_all(path: str, *, on: date, at: datetime) -> int:
    """Every standing list of a subtree that is the latest of its source; returns how many there were."""
    latest: dict[tuple[int, str], OutsideList] = {}
    lists: Iterable[OutsideList] = OutsideList.objects.standing().filter(place__startswith=path)
    for outside in sorted(lists, key=lambda each: (each.listed_on, each.pk)):
        latest[outside.jurisdiction_id, outside.source] = outside
    for outside in latest.values():
        compare_again(outside, by=None, on=on, at=at)
    return len(latest)


OUTSIDE = ImportKind("reconcile", COLUMNS, validator, write_list, take_back_list, own_titles=OWN_TITLES)
