"""The statements that write a whole ledger into the register. Taking it back is `ledger_undo`.

Raw SQL, because a ledger is written as sets: COPY into a temporary table, then one INSERT … SELECT for each table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.db import connection  # noqa: TID251 -- see above

from entities.actions.grades import Change, write_lines
from entities.actions.ledger_undo import keep_before
from entities.models import Entity, GradeRecord, Licence, SizeFact, StatusRecord
from entities.rules.ledger import LedgerRow
from entities.rules.naming import BETWEEN_NAMES
from entities.rules.quality import Oddity, odd_values
from entities.rules.standing import Rewrite, Standing
from tenancy.fields import blind_index, seal
from tenancy.models import ImportBatch, Post
from tenancy.rules.names import search_key, sort_key
from tenancy.scoping import copy_rows, lines_to_copy, refresh_statistics

PHONE_LABEL = "entities_entity.phone"


@dataclass(frozen=True, slots=True)
class Planned:
    """One row to write: the staged row, the full values, the entity it changes (None for a new one), the grade of the
    day and what has to be written of its grade lines."""

    row_id: int
    values: LedgerRow
    entity_id: int | None
    grade: str
    lines: Rewrite


# What the first line of a new entity says; base is empty without a grade.
SAYS = ("base", "effective", "size", "rule", "clause", "reason", "raised_by", "raise_clause", "raise_reason")
COLUMNS = {
    "row_id": "bigint", "entity_id": "bigint", "is_new": "bool", "jurisdiction_id": "bigint",
    "place": 'varchar COLLATE "C"', "name": "text", "sort_key": "text", "pinyin": "text", "uscc": "text", "business_type": "text",
    "staff": "int", "revenue": "numeric", "diners": "int", "address": "text", "principal": "text", "phone": "text",
    "phone_index": "text", "phone_last4": "text", "director": "text", "officer": "text", "status": "text",
    "licence": "text", "further_types": "text[]", "tags": "text[]", "risk_level": "text", "oddities": "text[]", "grade": "text",
    "until": "date",
    **dict.fromkeys(SAYS, "text"), "no_phone": "bool", "no_licence": "bool",
}  # fmt: skip
FACTS = (
    "name, sort_key, pinyin, uscc, business_type, staff, revenue, diners, address, principal, director, officer, status,"
    " further_types, tags, risk_level"
)
SAID = ", ".join(SAYS)


def write(
    batch: ImportBatch, planned: Sequence[Planned], paths: Mapping[int, str], *, by: Post | None, on: date
) -> None:
    """Inserts new entities and updates changed ones with their dated records."""
    with connection.cursor() as cursor:
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        cursor.execute(f"CREATE TEMPORARY TABLE ledger_row ({columns}) ON COMMIT DROP")
        ids = _new_ids(cursor, sum(plan.entity_id is None for plan in planned))
        with _lines(planned, paths, ids, on) as lines:
            copy_rows("ledger_row", list(COLUMNS), lines)
        cursor.execute("ANALYZE ledger_row")
        keep_before(cursor)
        for statement in STATEMENTS:
            cursor.execute(
                statement,
                {
                    "batch": batch.pk,
                    "by": by.pk if by else None,
                    "on": on,
                    "at": batch.committed_at,
                    "between": BETWEEN_NAMES,
                },
            )
        cursor.execute("DROP TABLE ledger_row")
    write_lines(_further_lines(planned, paths, ids, on), by=by, batch=batch)
    refresh_statistics(Entity, Licence, GradeRecord, SizeFact, StatusRecord)


def _first_line(plan: Planned, on: date) -> Standing | None:
    """The line of a new entity that begins today, which the statements write."""
    made = plan.lines.made if plan.entity_id is None else []
    return made[0] if made and made[0].since == on else None


def _further_lines(planned: Sequence[Planned], paths: Mapping[int, str], ids: list[int], on: date) -> Iterator[Change]:
    """What the statements leave to write: lines of changed entities, and later ones of new entities."""
    fresh = iter(ids)
    for plan in planned:
        entity_id = plan.entity_id or next(fresh)
        lines = plan.lines
        if first := _first_line(plan, on):
            lines = Rewrite(made=[line for line in lines.made if line is not first])
        if not lines.is_empty:
            yield Change(entity_id, paths[plan.values.area], lines)


def _new_ids(cursor: Any, count: int) -> list[int]:
    cursor.execute("SELECT nextval('entities_entity_id_seq') FROM generate_series(1, %s)", [count])
    return [row[0] for row in cursor.fetchall()]


def _lines(planned: Sequence[Planned], paths: Mapping[int, str], ids: list[int], on: date) -> IO[str]:
    fresh = iter(ids)
    lines = lines_to_copy()
    for plan in planned:
        entity_id = plan.entity_id or next(fresh)
        lines.write("\t".join(map(_copied, _cells(plan, entity_id, paths, on))))
        lines.write("\n")
    lines.seek(0)
    return lines


def _cells(plan: Planned, entity_id: int, paths: Mapping[int, str], on: date) -> tuple[object, ...]:
    row, line = plan.values, _first_line(plan, on)
    index = blind_index(row.phone) if row.phone else ""
    sealed = seal(row.phone, PHONE_LABEL, index) if row.phone else ""
    return (
        plan.row_id, entity_id, plan.entity_id is None, row.area, paths[row.area], row.name,
        sort_key(row.name), search_key(row.name), row.uscc or "", row.business_type, row.staff, row.revenue, row.diners, row.address or "",
        row.principal or "", sealed, index, row.phone[-4:] if row.phone else "", row.director or "",
        row.officer or "", row.status, row.licence or "", row.further_types or [], row.tags or [], row.risk_level or "",
        odd_values(name=row.name, uscc=row.uscc or "", licence=row.licence or "", phone=row.phone or ""), plan.grade, line.until if line else None, *(getattr(line, name, "") for name in SAYS),
        "phone" in row.cleared, "licence" in row.cleared,
    )  # fmt: skip


ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _copied(value: object) -> str:
    if isinstance(value, str):
        return value if value.isprintable() and "\\" not in value else value.translate(ESCAPED)
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return _copied(_array(value))
    return str(value)


def _array(values: list[str]) -> str:
    """A text array as PostgreSQL writes one; COPY's own escapes come on top."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


FIRST = "l.id = (SELECT min(id) FROM entities_licence AS f WHERE f.entity_id = r.entity_id AND f.struck_on IS NULL)"

STATEMENTS = (
    f"""INSERT INTO entities_entity (id, place, jurisdiction_id, phone, phone_index, phone_last4, {FACTS}, oddities,
          grade, batch_id, changed_at)
        SELECT entity_id, place, jurisdiction_id, phone, phone_index, phone_last4, {FACTS}, oddities, grade, %(batch)s,
          %(at)s
        FROM ledger_row WHERE is_new""",
    # Before the figures are written over: what moves is kept with its day, in step with the columns.
    """INSERT INTO entities_sizefact (place, entity_id, kind, value, source, known_on, recorded_at, recorded_by_id,
          batch_id)
        SELECT e.place, e.id, f.kind, f.value, 'import', %(on)s, now(), %(by)s, %(batch)s
        FROM ledger_row AS r JOIN entities_entity AS e ON e.id = r.entity_id CROSS JOIN LATERAL (VALUES
          ('staff', r.staff::numeric, e.staff::numeric), ('revenue', r.revenue, e.revenue),
          ('diners', r.diners, e.diners)) AS f (kind, value, stood)
        WHERE CASE WHEN r.is_new THEN f.value IS NOT NULL ELSE f.value IS DISTINCT FROM f.stood END""",
    # A blank telephone cell leaves the stored number alone, one that asks for it takes it out.
    f"""UPDATE entities_entity AS e SET (place, jurisdiction_id, {FACTS}, grade, batch_id, changed_at)
          = (SELECT r.place, r.jurisdiction_id, {", ".join(f"r.{name.strip()}" for name in FACTS.split(","))},
             r.grade, %(batch)s, %(at)s),
          phone = CASE WHEN r.phone = '' AND NOT r.no_phone THEN e.phone ELSE r.phone END,
          phone_index = CASE WHEN r.phone = '' AND NOT r.no_phone THEN e.phone_index ELSE r.phone_index END,
          phone_last4 = CASE WHEN r.phone = '' AND NOT r.no_phone THEN e.phone_last4 ELSE r.phone_last4 END,
          oddities = r.oddities || CASE WHEN r.phone = '' AND NOT r.no_phone AND '{Oddity.PHONE}' = ANY(e.oddities)
            THEN '{{{Oddity.PHONE}}}' ELSE '{{}}' END::varchar[]
        FROM ledger_row AS r WHERE NOT r.is_new AND e.id = r.entity_id""",
    # A number that was struck comes back as a new line.
    """DELETE FROM entities_licence AS l USING ledger_row AS r WHERE l.entity_id = r.entity_id AND l.number = r.licence
          AND l.struck_on IS NOT NULL""",
    # The first number is the one ledgers and forms show: a new one stands instead of it, as in the form.
    f"""UPDATE entities_licence AS l SET number = r.licence, valid_until = NULL, batch_id = %(batch)s
        FROM ledger_row AS r WHERE NOT r.is_new AND r.licence <> '' AND l.entity_id = r.entity_id AND {FIRST}
          AND NOT EXISTS (SELECT 1 FROM entities_licence AS n WHERE n.entity_id = r.entity_id AND n.number = r.licence)""",
    f"""DELETE FROM entities_licence AS l USING ledger_row AS r WHERE r.no_licence AND l.entity_id = r.entity_id
          AND {FIRST}""",
    """INSERT INTO entities_licence (place, entity_id, number, batch_id)
        SELECT place, entity_id, licence, %(batch)s FROM ledger_row WHERE licence <> ''
        ON CONFLICT (entity_id, number) DO NOTHING""",
    # Whom the ledger no longer names has left the day before; who would have come today never did.
    """UPDATE entities_contact AS c SET until = CASE WHEN c.since = %(on)s THEN c.until ELSE %(on)s::date - 1 END,
          struck_on = CASE WHEN c.since = %(on)s THEN %(on)s::date END
        FROM ledger_row AS r WHERE NOT r.is_new AND c.entity_id = r.entity_id AND c.struck_on IS NULL
          AND coalesce(c.since, %(on)s) <= %(on)s AND coalesce(c.until, %(on)s) >= %(on)s
          AND c.name <> ALL (regexp_split_to_array(CASE c.role WHEN 'principal' THEN r.principal
            WHEN 'director' THEN r.director WHEN 'officer' THEN r.officer ELSE c.name END, %(between)s))""",
    f"""INSERT INTO entities_graderecord (place, entity_id, {SAID}, corrected_from, valid, recorded_at, recorded_by_id,
          batch_id)
        SELECT place, entity_id, {SAID}, '', daterange(%(on)s, until), now(), %(by)s, %(batch)s
        FROM ledger_row WHERE is_new AND base <> ''""",
    # The same day's record is corrected in place, an older one ends the day before.
    """UPDATE entities_statusrecord AS s SET status = r.status, source = 'import', batch_id = %(batch)s,
          recorded_by_id = %(by)s
        FROM ledger_row AS r WHERE NOT r.is_new AND s.entity_id = r.entity_id AND lower(s.valid) = %(on)s
          AND upper_inf(s.valid) AND s.status <> r.status""",
    """UPDATE entities_statusrecord AS s SET valid = daterange(lower(s.valid), %(on)s)
        FROM ledger_row AS r WHERE NOT r.is_new AND s.entity_id = r.entity_id AND upper_inf(s.valid)
          AND lower(s.valid) < %(on)s AND s.status <> r.status""",
    """INSERT INTO entities_statusrecord (place, entity_id, status, source, valid, recorded_at, recorded_by_id, batch_id)
        SELECT place, entity_id, status, 'import', daterange(%(on)s, NULL), now(), %(by)s, %(batch)s
        FROM ledger_row AS r WHERE is_new OR NOT EXISTS (SELECT 1 FROM entities_statusrecord AS s
          WHERE s.entity_id = r.entity_id AND upper_inf(s.valid))""",
    """UPDATE tenancy_importrow AS i SET subject_id = r.entity_id FROM ledger_row AS r WHERE i.id = r.row_id""",
)
