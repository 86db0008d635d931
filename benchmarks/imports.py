"""The ledger import: reading and staging against reading and COPY, the whole against bare INSERTs, and against a library."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.district import AT, HEADER, ON, District, Row
from benchmarks.measuring import Limit, Line, Side, Timer, clock_with_database, compare, counted, not_run
from demo import suining
from entities.actions.ledger import LEDGER
from entities.models import Entity
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook, stage_workbook
from tenancy.actions.mending import map_columns, titles_at
from tenancy.models import ImportBatch
from tenancy.rules.headers import PASSED_OVER
from tenancy.scoping import copy_rows
from tenancy.workbooks import read_table

# A floor says what the machine needs for the rows as they are: no check, no grade, no seal, no sort key.
CELLS = ", ".join(f"c{n} text" for n in range(len(HEADER)))
ENTITY = """INSERT INTO entities_entity (id, place, jurisdiction_id, name, uscc, business_type, staff, revenue, address,
      principal, phone, phone_index, phone_last4, director, officer, status, grade, sort_key, further_types, tags,
      risk_level, pinyin, oddities, batch_id, changed_at)
    SELECT id, place, area, c1, c2, 'retail', c5::int, c6::numeric, c9, c10, c11, c11, right(c11, 4), '', c13, 'active',
      'D', c1, '{}', '{}', '', c1, '{}', %(batch)s, %(at)s FROM floor_row"""
LICENCE = """INSERT INTO entities_licence (place, entity_id, number, batch_id)
    SELECT place, id, c3, %(batch)s FROM floor_row"""
GRADE = """INSERT INTO entities_graderecord (place, entity_id, base, effective, size, rule, clause, reason,
      corrected_from, raised_by, raise_clause, raise_reason, valid, recorded_at, recorded_by_id, batch_id)
    SELECT place, id, 'D', 'D', 'micro', 'floor', '条款', '说明', '', '', '', '', daterange(%(on)s, NULL), %(at)s, %(by)s,
      %(batch)s FROM floor_row"""
STATUS = """INSERT INTO entities_statusrecord (place, entity_id, status, source, valid, recorded_at, recorded_by_id, batch_id)
    SELECT place, id, 'active', 'import', daterange(%(on)s, NULL), %(at)s, %(by)s, %(batch)s FROM floor_row"""
STAGED_CELLS = """INSERT INTO tenancy_importrow (place, batch_id, number, cells, problems, refused, skipped, verdict)
    SELECT %(place)s, %(batch)s, number, to_jsonb(ARRAY[c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14]),
      '[]', false, false, 'new' FROM floor_row"""


def stage(city: District) -> Iterator[Line]:
    """stage_workbook against reading the same file and COPY of its cells."""
    _point_out(city, city.wide_workbook)
    yield _staging(city, "import-stage", city.wide_workbook, Limit(2))
    # With few columns reading is cheap and every cell is checked: the same work weighs more.
    yield _staging(city, "import-stage-narrow", city.workbook, None)
    yield _staging(city, "import-stage-walled", city.workbook, Limit(2), walled=True)


def _staging(city: District, bench: str, file: bytes, limit: Limit | None, *, walled: bool = False) -> Line:
    def ours(timer: Timer) -> None:
        with city.emptied():
            batch = _received(city, file)
            with timer(), city.acting():
                stage_workbook(batch, LEDGER, on=ON)
            _expect(batch.counts, read=city.rows, new=city.rows)

    def floor(timer: Timer) -> None:
        with city.emptied():
            batch = _received(city, file)
            with timer(), city.acting(), connection.cursor() as cursor:
                columns = _copied_cells(cursor, file)
                if walled:
                    cursor.execute(STAGED_CELLS, {"place": city.place.path, "batch": batch.pk})
        notes.append(columns)

    notes: list[int] = []
    line = compare(bench, ours, floor, limit, rounds=city.rounds, clock=clock_with_database())
    how = "read_table of the same file, COPY of the same cells into a temporary table"
    how += ", INSERT … SELECT into the walled staging table, which refuses COPY" if walled else ""
    return replace(line, note=f"{city.rows} rows of {notes[0]} columns; peer: {how}")


def _copied_cells(cursor: Any, file: bytes) -> int:
    rows = read_table(file, "台账.xlsx").sheets[0].rows[1:]
    columns = [f"c{n}" for n in range(len(rows[0][1]))]
    cursor.execute(f"CREATE TEMPORARY TABLE floor_row (number int, {' text, '.join(columns)} text) ON COMMIT DROP")
    lines = "".join(f"{number}\t{_joined(cells)}\n" for number, cells in rows)
    copy_rows("floor_row", ["number", *columns], StringIO(lines))
    return len(columns)


def commit(city: District) -> Iterator[Line]:
    """The whole import against the same rows by COPY and one INSERT … SELECT for each walled table."""
    file = city.workbook
    floor_rows = [(*city.area_ids[row[8]], row) for row in city.ledger]

    def ours(timer: Timer) -> None:
        with city.emptied():
            _import(city, file, timer)

    def floor(timer: Timer) -> None:
        with city.emptied():
            batch = _received(city, file)
            with timer(), city.acting():
                _bare_inserts(city, batch, floor_rows)

    note = (
        f"{city.rows} rows; ours reads, checks, grades, seals and writes entity, licence, grade, status and staged rows;"
        " floor: the rows from memory by COPY, then INSERT … SELECT into the same walled tables"
    )
    yield compare("import-commit", ours, floor, Limit(3), rounds=city.rounds, clock=clock_with_database(), note=note)


def peer(city: District) -> Iterator[Line]:
    """The whole import against django-import-export: into the Entity table alone, and to the same end."""
    try:
        from benchmarks import library_import as library  # noqa: PLC0415 -- the library may be missing
    except ImportError:
        yield not_run("import-peer", "django-import-export is not installed")
        yield not_run("import-peer-entity", "django-import-export is not installed")
        return
    file = city.workbook
    tenth = city.ledger[:: min(10, max(1, city.rows // 10))]

    def ours(timer: Timer) -> None:
        with city.emptied():
            _import(city, file, timer)

    def theirs(rows_into: Callable[[District, list[Row], Timer], None]) -> Side:
        def side(timer: Timer) -> None:
            with city.emptied():
                rows_into(city, tenth, timer)
                with city.acting():
                    _expect({"written": Entity.objects.count()}, written=len(tenth))

        return side

    # Only the peer that ends where ours ends is judged; one table out of five is shown beside it.
    for bench, rows_into, what, limit in (
        (
            "import-peer",
            library.import_ledger,
            "dry run, then entity, licence, grade and status",
            Limit(10, at_least=True),
        ),
        ("import-peer-entity", library.import_entities, "one pass into the Entity table alone", None),
    ):
        note = f"{city.rows} rows; peer: django-import-export with use_bulk and skip_diff, {what}"
        yield compare(
            bench, ours, theirs(rows_into), limit, rounds=city.rounds, clock=clock_with_database(),
            share=len(tenth) / city.rows, peer_over_ours=True, note=note,
        )  # fmt: skip


def queries(city: District) -> Iterator[Line]:
    """Statements of a whole import, against those of a tenth of its rows."""
    sizes = (min(city.rows, 4000), max(1, min(city.rows, 4000) // 10))
    counts = []
    for size in sizes:
        file = suining.workbook("台账", HEADER, iter(city.ledger[:size]))
        with city.emptied(), CaptureQueriesContext(connection) as caught:
            _import(city, file, Timer(), rows=size)
        counts.append(len(caught))
    note = f"statements of importing {sizes[0]} rows; peer: {sizes[1]} rows"
    yield counted("import-queries", counts[0], counts[1], Limit(1), note=note)


def _received(city: District, file: bytes) -> ImportBatch:
    with city.acting():
        return receive_workbook(city.place, kind="ledger", filename="台账.xlsx", data=file, by=city.clerk)


def _point_out(city: District, file: bytes) -> None:
    """What the office's own columns hold is said once and remembered, as an office does with its first sheet."""
    with city.emptied():
        batch = _received(city, file)
        with city.acting():
            stage_workbook(batch, LEDGER, on=ON)
            if batch.state != "unmapped":
                return
            known = {at: key for key, at in batch.columns.items()}
            titles = titles_at(batch, batch.sheet, batch.header_row)
            meanings = {at: known.get(at, PASSED_OVER) for at in titles}
            where = {"sheet": batch.sheet, "header_row": batch.header_row, "meanings": meanings}
            map_columns(batch, LEDGER, **where, by=city.clerk)


def _import(city: District, file: bytes, timer: Timer, *, rows: int | None = None) -> None:
    batch = _received(city, file)
    with timer():
        with city.acting():
            stage_workbook(batch, LEDGER, on=ON)
        with city.acting():
            confirm_batch(batch, by=city.clerk, clean_only=True)
        with city.acting():
            batch = commit_batch(batch, LEDGER, on=ON, at=AT)
    _expect(batch.counts, written=rows or city.rows, ungraded=0)


def _expect(counts: dict[str, int], **wanted: int) -> None:
    """A benchmark of work that was not done proves nothing."""
    found = {name: counts[name] for name in wanted}
    if found != wanted:
        raise AssertionError(f"the measured run did {found} instead of {wanted}")


def _joined(cells: list[object]) -> str:
    return "\t".join("\\N" if cell is None else str(cell) for cell in cells)


def _columns() -> list[str]:
    return [f"c{n}" for n in range(len(HEADER))]


def _bare_inserts(city: District, batch: ImportBatch, rows: list[tuple[int, str, tuple[object, ...]]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'CREATE TEMPORARY TABLE floor_row (id bigint, number int, area bigint, place varchar COLLATE "C",'
            f" {CELLS}) ON COMMIT DROP"
        )
        cursor.execute("SELECT nextval('entities_entity_id_seq') FROM generate_series(1, %s)", [len(rows)])
        ids = [row[0] for row in cursor.fetchall()]
        lines = (
            f"{pk}\t{number}\t{area}\t{path}\t{_joined(list(cells))}\n"
            for number, (pk, (area, path, cells)) in enumerate(zip(ids, rows, strict=True), start=2)
        )
        copy_rows("floor_row", ["id", "number", "area", "place", *_columns()], StringIO("".join(lines)))
        facts = {"batch": batch.pk, "by": city.clerk.pk, "on": ON, "at": AT, "place": city.place.path}
        for statement in (ENTITY, LICENCE, GRADE, STATUS, STAGED_CELLS):
            cursor.execute(statement, facts)
