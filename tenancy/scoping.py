"""The only writer of the database settings that the wall reads.

`acting_as(user)` lets a person find his own posts, `acting_in(place)` opens a place for a transaction. Both are called
by the middleware, by tasks and by commands, and `acting_in` by `open_door`; nowhere else. Both can only narrow.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import connection, transaction
from django.db.models import Model

from tenancy.rules.paths import PATH, reduced, within


class Widening(Exception):
    """Somebody tried to act in more than is open already; a programming error, never a user's."""


BUFFERED_BYTES = 2**20
SHOWN = "coalesce(current_setting('baobao.user', true), ''), coalesce(current_setting('baobao.place', true), '')"
Setting = tuple[str, str]


def _settings() -> Setting:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SHOWN}")
        row: Setting = cursor.fetchone()
    return row


def _swap(user: str | None, place: str) -> Setting:
    """Sets both and returns what stood there before; None as user keeps the person. One statement each way."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {SHOWN}, set_config('baobao.user', coalesce(%s, current_setting('baobao.user', true), ''), true),"
            " set_config('baobao.place', %s, true)",
            [user, place],
        )
        row = cursor.fetchone()
    return row[0], row[1]


@contextmanager
def _open(before: Setting) -> Iterator[None]:
    yield
    # An exception rolls the settings back with the savepoint; a released savepoint would keep them.
    if not connection.needs_rollback:
        _swap(*before)


@contextmanager
def acting_as(user_id: int) -> Iterator[None]:
    """Opens a transaction in which the person's own posts can be read, and nothing else."""
    with transaction.atomic():
        before = _swap(str(user_id), "")
        if before[1] or before[0] not in ("", str(user_id)):
            raise Widening("a person is chosen before a place")
        with _open(before):
            yield


@contextmanager
def acting_in(*places: str) -> Iterator[None]:
    """Opens a transaction inside the subtrees of one or several places.

    Raises Widening when a place lies outside what is open already, or is no path.
    """
    roots = reduced(places)
    if not roots or not all(PATH.fullmatch(root) for root in roots):
        raise Widening(f"not a place: {places!r}")
    with transaction.atomic():
        before = _swap(None, " ".join(roots))
        opened = before[1].split()
        if opened and not all(within(opened, root) for root in roots):
            raise Widening(f"{roots} lies outside {opened}")
        with _open(before):
            yield


def acting_places() -> list[str]:
    """The places the transaction acts in; empty when none is open."""
    return _settings()[1].split()


def refresh_statistics(*models: type[Model]) -> None:
    """Has the tables analysed by their owner.

    After a bulk write in the same transaction the planner would take the tables for empty, and join thousands of
    rows by nested loops.
    """
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.refresh_statistics(VARIADIC %s::text[]::regclass[])", [tables])


def lines_to_copy() -> IO[str]:
    """Where lines for `copy_rows` are gathered: a file without a name, so that a big ledger is not held in memory."""
    return TemporaryFile(mode="w+", encoding="utf-8", newline="", buffering=BUFFERED_BYTES)


def copy_rows(table: str, columns: Sequence[str], lines: Any) -> None:
    """COPY text lines into a temporary table; COPY into a walled table is refused by PostgreSQL.

    lines: a file-like object in COPY text format. Works with psycopg2 and psycopg 3 cursors.
    """
    statement = f"COPY {connection.ops.quote_name(table)} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor:
        if hasattr(cursor.cursor, "copy_expert"):
            cursor.cursor.copy_expert(statement, lines)
            return
        with cursor.cursor.copy(statement) as copy:
            while block := lines.read(1 << 20):
                copy.write(block)
