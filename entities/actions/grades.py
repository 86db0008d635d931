"""Writes grade lines: of one entity after an act on it, of many in sets, back to what they were, and with the days.

The lines from a day on are computed whole; only rows that differ are written.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection  # noqa: TID251 -- rows are kept and put back as sets, whatever columns they have
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateField, F, Func, Q, Value
from django.db.models.functions import Now

from entities.models import Entity, GradeRecord
from entities.queries.grades import LINE, behind_the_day, outlook, rows_of, subject_of
from entities.rules.standing import Rewrite, Standing, rewrite, timeline
from tenancy import audit
from tenancy.models import ImportBatch, Jurisdiction, Post

BATCH = 5000
NAMED = 200
Kept = Mapping[int, list[dict[str, Any]]]
COLUMNS = tuple(str(field.column) for field in GradeRecord._meta.local_concrete_fields)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written of one entity's lines."""

    entity_id: int
    place: str
    rewrite: Rewrite


def settle(entity: Entity, *, by: Post, on: date) -> None:
    """Brings the entity's lines from a day on to what plan, facts and decisions say; its `grade` is set, not saved."""
    lines = timeline(subject_of(entity, on), outlook(entity.place, on).segments(entity.place))
    change = rewrite(rows_of(Q(entity=entity), on).get(entity.pk, []), lines, on)
    write_lines([Change(entity.pk, entity.place, change)], by=by)
    entity.grade = grade_of(lines, on)


def grade_of(lines: Iterable[Standing], on: date) -> str:
    """The effective grade among these lines on a day; empty where there is none."""
    holding = (line for line in lines if line.since <= on and (line.until is None or on < line.until))
    return next((line.effective for line in holding), "")


def write_lines(
    changes: Iterable[Change], *, by: Post | None, batch: ImportBatch | None = None, regrading: int | None = None
) -> None:
    """Removes, ends and adds rows: as many statements as there are different days, however many entities."""
    changes = [change for change in changes if not change.rewrite.is_empty]
    gone = [pk for change in changes for pk in change.rewrite.gone]
    if gone:
        GradeRecord.objects.filter(pk__in=gone).delete()
    ends: dict[date | None, list[int]] = defaultdict(list)
    for change in changes:
        for pk, until in change.rewrite.ends:
            ends[until].append(pk)
    for until, ids in ends.items():
        begin = Func(F("valid"), function="lower", output_field=DateField())
        upper = Value(until, output_field=DateField())
        GradeRecord.objects.filter(pk__in=ids).update(valid=Func(begin, upper, function="daterange"))
    made = [_record(change, line, by, batch, regrading) for change in changes for line in change.rewrite.made]
    GradeRecord.objects.bulk_create(made, batch_size=BATCH)


def _record(
    change: Change, line: Standing, by: Post | None, batch: ImportBatch | None, regrading: int | None
) -> GradeRecord:
    says = {name: getattr(line, name) for name in LINE if name != "regrading"}
    return GradeRecord(
        entity_id=change.entity_id,
        place=change.place,
        valid=DateRange(line.since, line.until),
        recorded_by=by,
        batch=batch,
        regrading_id=line.regrading or regrading,
        **says,
    )


def kept_rows(changes: Iterable[Change]) -> dict[int, list[dict[str, Any]]]:
    """Entity id -> the rows a change is about to remove or to end, whole, so that they can be put back."""
    ids = [pk for change in changes for pk in change.rewrite.touched]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entity_id, jsonb_agg(to_jsonb(g) ORDER BY id)::text FROM entities_graderecord AS g"
            " WHERE id = ANY(%s) GROUP BY entity_id",
            [ids],
        )
        return {entity_id: json.loads(rows) for entity_id, rows in cursor.fetchall()}


def put_back(kept: Kept, since: date) -> None:
    """The lines of these entities as they were before a change from that day on. Their places may have moved since."""
    columns = ", ".join(COLUMNS)
    picked = ", ".join("e.place" if name == "place" else f"r.{name}" for name in COLUMNS)
    whole = json.dumps({str(entity_id): rows for entity_id, rows in kept.items()}, ensure_ascii=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH kept AS (SELECT key::bigint AS entity_id, value AS rows FROM jsonb_each(%s::jsonb))"
            " DELETE FROM entities_graderecord AS g USING kept WHERE g.entity_id = kept.entity_id AND (lower(g.valid)"
            " >= %s OR g.id IN (SELECT (r ->> 'id')::bigint FROM jsonb_array_elements(kept.rows) AS r))",
            [whole, since],
        )
        cursor.execute(
            "WITH kept AS (SELECT key::bigint AS entity_id, value AS rows FROM jsonb_each(%s::jsonb))"
            f" INSERT INTO entities_graderecord ({columns}) SELECT {picked} FROM kept"
            " JOIN entities_entity AS e ON e.id = kept.entity_id"
            " CROSS JOIN LATERAL jsonb_populate_recordset(NULL::entities_graderecord, kept.rows) AS r",
            [whole],
        )


def show_grade_of_day(ids: list[int], on: date) -> None:
    """The register's copy of the grade of the day, for entities whose lines were put back."""
    held = dict(GradeRecord.objects.filter(entity__in=ids, valid__contains=on).values_list("entity", "effective"))
    groups: dict[str, list[int]] = defaultdict(list)
    for pk in ids:
        groups[held.get(pk, "")].append(pk)
    for grade, members in groups.items():
        Entity.objects.filter(pk__in=members).update(grade=grade, changed_at=Now())


def follow_grades(tenant: Jurisdiction, *, on: date) -> int:
    """Lets `grade` follow the lines of the day: ended upgrades, regradings that have begun. One event names them.

    The lines themselves are facts of their days and stay as they are; a second run finds nothing.
    """
    moved = list(behind_the_day(tenant.path, on).select_for_update(of=("self",), no_key=True).order_by("pk"))
    by_grade: dict[str, list[int]] = defaultdict(list)
    for entity in moved:
        by_grade[entity.grade_today].append(entity.pk)  # type: ignore[attr-defined]
    for grade, ids in by_grade.items():
        Entity.objects.filter(pk__in=ids).update(grade=grade)
    if moved:
        named = [f"{each.name}：{each.grade or '—'} → {each.grade_today or '—'}" for each in moved[:NAMED]]  # type: ignore[attr-defined]
        after = {"on": on.isoformat(), "count": len(moved), "entities": named}
        audit.record("entities.grade.followed", tenant, by=None, at=tenant, after=after)
    return len(moved)
