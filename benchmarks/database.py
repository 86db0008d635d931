"""A database of the benchmarks' own: made empty by the owner role, migrated, dropped at the end.

The sides run as the runtime role, so both stand behind the same wall.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

NAME = "bench_baobao"


def choose(name: str) -> None:
    """Before Django is set up: settings read the name from the environment."""
    if not name.startswith("bench_"):
        raise SystemExit(f"benchmarks: {name} is dropped when they end, so it must be called bench_…")
    os.environ["BAOBAO_DATABASE_NAME"] = name
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baobao.settings")


@contextmanager
def own_database() -> Iterator[None]:
    """The migrated database while the block lasts."""
    _as_owner(f"DROP DATABASE IF EXISTS {_name()}", f"CREATE DATABASE {_name()}", somewhere_else=True)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        connections.close_all()
        _as_owner(f"DROP DATABASE IF EXISTS {_name()}", somewhere_else=True)


def backend_cpu() -> float | None:
    """CPU seconds of this process's database backend so far; None when it runs elsewhere or is not connected."""
    backend = connection.connection
    try:
        process = Path(f"/proc/{backend.info.backend_pid}")
        if "postgres" not in (process / "comm").read_text():
            return None
        return int((process / "schedstat").read_text().split()[0]) / 1e9
    except (AttributeError, OSError):
        return None


def emptied(*tables: str) -> None:
    """Takes back what a round committed, so that a later round finds what the first one found."""
    _as_owner(f"TRUNCATE {', '.join(tables)} CASCADE")


def swept(*tables: str) -> None:
    """Clears away what rolled-back rounds left behind, so that a later round does not pay for an earlier one."""
    _as_owner(*(f"VACUUM (ANALYZE) {table}" for table in tables))


def _name() -> str:
    return connection.ops.quote_name(connection.settings_dict["NAME"])


def _as_owner(*statements: str, somewhere_else: bool = False) -> None:
    """Runs each statement on its own connection of the owner, in no transaction."""
    owner: Any = connection.copy()
    owner.settings_dict.update({key: settings.DATABASE_OWNER[key] for key in ("USER", "PASSWORD", "OPTIONS")})
    try:
        with owner._nodb_cursor() if somewhere_else else owner.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        owner.close()
