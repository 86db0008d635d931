"""Taking back what was written to many: what stood before is kept whole beside the line, and put back as it was.

Raw SQL over whole rows as JSON, so that a column added to a table is kept and restored without a word here.
"""

from typing import Any

from django.db import connection, models  # noqa: TID251 -- see above

from entities.models import (
    Contact,
    Difference,
    Entity,
    EntityChange,
    GradeRecord,
    Licence,
    OutsideRow,
    SizeFact,
    StatusRecord,
)
from entities.rules.reconciling import Answer, DifferenceKind
from tenancy.models import ImportBatch, ImportRow

# What a ledger writes beside the entity.
RECORDS: tuple[type[models.Model], ...] = (Licence, Contact, GradeRecord, StatusRecord, EntityChange, SizeFact)


def keep_before(cursor: Any) -> None:
    """Keeps every entity that the rows in `ledger_row` will change, with its records, in the staged row."""
    whole = _whole("SELECT entity_id FROM ledger_row WHERE NOT is_new")
    cursor.execute(
        f"UPDATE tenancy_importrow AS i SET before = k.before FROM (SELECT r.row_id, w.before FROM ledger_row AS r"
        f" JOIN ({whole}) AS w ON w.entity_id = r.entity_id WHERE NOT r.is_new) AS k WHERE i.id = k.row_id"
    )


def keep_lines(bulk_id: int) -> None:
    """Keeps every entity of a bulk change that is about to be made, with its records, in its line."""
    whole = _whole("SELECT entity_id FROM entities_bulkchangedentity WHERE bulk_id = %(bulk)s")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE entities_bulkchangedentity AS l SET before = w.before FROM ({whole}) AS w"
            " WHERE l.bulk_id = %(bulk)s AND l.entity_id = w.entity_id",
            {"bulk": bulk_id},
        )


def _whole(ids: str) -> str:
    """Entities with their records as JSON; ids: the statement that names them."""
    kept = ", ".join(f"'{_table(model)}', coalesce({_table(model)}_kept.rows, '[]')" for model in RECORDS)
    joins = " ".join(
        f"LEFT JOIN (SELECT entity_id, jsonb_agg(to_jsonb(t)) AS rows FROM {_table(model)} AS t"
        f" WHERE entity_id IN ({ids}) GROUP BY entity_id)"
        f" AS {_table(model)}_kept ON {_table(model)}_kept.entity_id = e.id"
        for model in RECORDS
    )
    whole = f"jsonb_build_object('{_table(Entity)}', to_jsonb(e), {kept})"
    return f"SELECT e.id AS entity_id, {whole} AS before FROM entities_entity AS e {joins} WHERE e.id IN ({ids})"


def take_back(batch: ImportBatch) -> list[Entity]:
    """Removes entities the batch brought and restores those it changed; returns those touched since, left alone."""
    touched = _touched_since(batch)
    kept = [entity.pk for entity in touched]
    rows = ImportRow.objects.filter(batch=batch, subject_id__isnull=False).exclude(subject_id__in=kept)
    new = list(rows.filter(before__isnull=True).values_list("subject_id", flat=True))
    with connection.cursor() as cursor:
        for model in RECORDS:
            cursor.execute(f"DELETE FROM {_table(model)} WHERE entity_id = ANY(%s)", [new])
        cursor.execute("DELETE FROM entities_entity WHERE id = ANY(%s)", [new])
        _put_back(
            cursor,
            "SELECT DISTINCT ON (subject_id) subject_id, before FROM tenancy_importrow"
            " WHERE batch_id = %s AND before IS NOT NULL AND NOT subject_id = ANY(%s)",
            [batch.pk, kept],
        )
    return touched


def open_differences(batch: ImportBatch, kept: list[int]) -> None:
    """What the batch took over from outside lists is open again, and no list points at an entity that is gone."""
    rows = ImportRow.objects.filter(batch=batch, subject_id__isnull=False).exclude(subject_id__in=kept)
    gone = list(rows.filter(before__isnull=True).values_list("subject_id", flat=True))
    OutsideRow.objects.filter(entity__in=gone).update(entity=None)
    Difference.objects.filter(entity__in=gone).exclude(kind=DifferenceKind.ONLY_THERE.value).delete()
    Difference.objects.filter(entity__in=gone).update(entity=None)
    taken = Difference.objects.filter(batch=batch).exclude(entity__in=kept)
    taken.update(
        answer=Answer.OPEN.value, batch=None, reason="", answered_by=None, answered_by_name="", answered_on=None
    )


def put_lines_back(bulk_id: int, but: list[int]) -> None:
    """Every entity of a bulk change as its line kept it, except those named."""
    with connection.cursor() as cursor:
        _put_back(
            cursor,
            "SELECT entity_id AS subject_id, before FROM entities_bulkchangedentity"
            " WHERE bulk_id = %s AND NOT entity_id = ANY(%s)",
            [bulk_id, but],
        )


def _put_back(cursor: Any, kept: str, parameters: list[Any]) -> None:
    cursor.execute(f"CREATE TEMPORARY TABLE ledger_before ON COMMIT DROP AS {kept}", parameters)
    _restore_entities(cursor)
    for model in RECORDS:
        _restore_records(cursor, model)
    cursor.execute("DROP TABLE ledger_before")


def _touched_since(batch: ImportBatch) -> list[Entity]:
    """Entities of a batch that a later act changed, or that something beside their records points at by now."""
    subjects = ImportRow.objects.filter(batch=batch, subject_id__isnull=False)
    found = Entity.every.filter(pk__in=subjects.values("subject_id"))
    later = found.exclude(batch=batch) | found.filter(changed_at__gt=batch.committed_at)
    ids = set(later.values_list("pk", flat=True))
    # What existed before may well be pointed at: it is only changed back, not removed.
    brought = Entity.every.filter(pk__in=subjects.filter(before__isnull=True).values("subject_id"))
    for relation in Entity._meta.related_objects:
        model, field = relation.related_model, relation.field
        if model not in RECORDS:
            held = model._base_manager.filter(**{f"{field.name}__in": brought})
            ids |= set(held.values_list(field.attname, flat=True))
    return list(found.filter(pk__in=ids).order_by("sort_key"))


def _restore_entities(cursor: Any) -> None:
    columns = ", ".join(_columns(Entity, but=("id", "place")))
    # The place follows the jurisdiction, which may have moved since; a column younger than the batch stays as it is.
    cursor.execute(
        f"UPDATE entities_entity AS e SET ({columns}, place) = (SELECT {_named(columns, 'was')}, j.path"
        f" FROM jsonb_populate_record(e, b.before->'{_table(Entity)}') AS was"
        " JOIN tenancy_jurisdiction AS j ON j.id = was.jurisdiction_id)"
        " FROM ledger_before AS b WHERE e.id = b.subject_id"
    )


def _restore_records(cursor: Any, model: type[models.Model]) -> None:
    """Records that came since go, those that were changed are as before, those that went come back."""
    table, columns = _table(model), ", ".join(_columns(model, but=("id", "place")))
    was = f"SELECT r.* FROM ledger_before AS b, jsonb_populate_recordset(NULL::{table}, b.before->'{table}') AS r"
    cursor.execute(
        f"DELETE FROM {table} WHERE entity_id IN (SELECT subject_id FROM ledger_before)"
        f" AND id NOT IN (SELECT id FROM ({was}) AS was)"
    )
    cursor.execute(
        f"UPDATE {table} AS t SET ({columns}) = ROW({_named(columns, 'was')}) FROM ({was}) AS was WHERE t.id = was.id"
    )
    cursor.execute(
        f"INSERT INTO {table} (id, place, {columns}) SELECT was.id, e.place, {_named(columns, 'was')}"
        f" FROM ({was}) AS was JOIN entities_entity AS e ON e.id = was.entity_id"
        f" WHERE NOT EXISTS (SELECT 1 FROM {table} AS t WHERE t.id = was.id)"
    )


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


def _columns(model: type[models.Model], but: tuple[str, ...]) -> list[str]:
    return [column for field in model._meta.concrete_fields if (column := field.column) and column not in but]


def _named(columns: str, alias: str) -> str:
    return ", ".join(f"{alias}.{column.strip()}" for column in columns.split(","))
