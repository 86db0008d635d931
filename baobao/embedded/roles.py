"""The three plain roles, their SQL, and the 0600 files their generated passwords are kept in.

Both engines use it. No connection is opened here.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DATABASE = "baobao"
OWNER = "baobao_owner"
RUNTIME = "baobao"
BACKUP = "baobao_backup"
ATTRIBUTES = {OWNER: "LOGIN CREATEDB", RUNTIME: "LOGIN", BACKUP: "LOGIN BYPASSRLS"}
READ_ALL = f"GRANT pg_read_all_data TO {BACKUP}"


def create_role(role: str, password: str) -> str:
    return f"CREATE ROLE {role} {ATTRIBUTES[role]} PASSWORD '{password}'"


def generated(*names: str) -> dict[str, str]:
    """Passwords of letters, digits, `-` and `_`: safe inside a quoted SQL string."""
    return {name: secrets.token_urlsafe(32) for name in names}


def write_secret(path: Path, text: str) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


def write_json(path: Path, value: object) -> None:
    write_secret(path, json.dumps(value, indent=1))


def read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return {}


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time; unlocked by name, since a child forked meanwhile holds a copy of the handle."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
