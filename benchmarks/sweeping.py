"""The reminder sweep: one statement for a tenant against a bare INSERT … SELECT, and nothing at all the second time."""

from collections.abc import Iterator

from django.db import connection

from benchmarks.district import AT, DUE, District
from benchmarks.measuring import Limit, Line, Timer, clock_with_database, compare, counted
from supervision.actions.reminding import write_reminders
from tenancy.models import Notice

BARE = """INSERT INTO bare_notice SELECT cadre.place, cadre.post_id, 'quarter', count(*), min(owed.due_on), %s
    FROM supervision_obligation owed
    JOIN cadres_assignment held ON held.entity_id = owed.entity_id AND held.valid @> %s::date
    JOIN cadres_cadre cadre ON cadre.id = held.cadre_id
    WHERE owed.fulfilled_by_id IS NULL GROUP BY cadre.place, cadre.post_id"""
TABLE = """CREATE TEMPORARY TABLE bare_notice (place text, post_id bigint, key text, owed int, due_on date,
    created_at timestamptz) ON COMMIT DROP"""


def sweep(city: District) -> Iterator[Line]:
    city.peopled()
    written: list[int] = []

    def first(timer: Timer) -> None:
        with city.undone():
            with timer():
                write_reminders(city.place, on=DUE, at=AT)
            if not Notice.objects.exists():
                raise AssertionError("the sweep wrote nothing")

    def bare(timer: Timer) -> None:
        with city.undone(), connection.cursor() as cursor:
            cursor.execute(TABLE)
            with timer():
                cursor.execute(BARE, [AT, DUE])

    def second(timer: Timer) -> None:
        with city.undone():
            write_reminders(city.place, on=DUE, at=AT)
            with timer():
                written.append(write_reminders(city.place, on=DUE, at=AT))

    clock = clock_with_database()
    note = f"{city.rows} visits owed; peer: the same digest by INSERT … SELECT into a bare table"
    yield compare("sweep", first, bare, Limit(6), rounds=city.rounds, clock=clock, note=note)
    note = "the second run of a day; peer: the first"
    yield compare("sweep-again", second, first, Limit(0.2), rounds=city.rounds, clock=clock, note=note)
    yield counted("sweep-again-rows", max(written), city.rows, Limit(0), note="reminders written by the second run")
