"""Plain roles and a database on a server whose administrator was given: made once, repeated without harm.

Their passwords are kept in `<var>/database-roles.json`, one entry for each server address.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler, DatabaseError, OperationalError

from baobao.embedded import roles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

# Two checkouts may prepare the same server at the same moment.
ONE_AT_A_TIME = "SELECT pg_advisory_lock(hashtext('baobao prepare'))"
NO_BACKUP_ROLE = (
    f"服务器不允许建立能跳过行级权限的备份角色 {roles.BACKUP}, 已略过。"
    "备份请改用服务器自带的备份, 或请它的管理员建立这个角色(LOGIN BYPASSRLS, 并授予 pg_read_all_data)。"
)

logger = logging.getLogger(__name__)


def prepare(url: str, var: Path) -> tuple[str, ...]:
    """Make the roles and the database where they are missing; returns what had to be left out, in sentences."""
    admin = administrator(url)
    var.mkdir(parents=True, exist_ok=True)
    with roles.locked(var / "database-roles.lock"):
        kept = roles.read_json(var / "database-roles.json")
        passwords = kept.setdefault(_key(admin), roles.generated(*roles.ATTRIBUTES))
        # Before the server learns them: a role whose password was lost could not be used again.
        roles.write_json(var / "database-roles.json", kept)
        notes = _on_server(admin, passwords)
    for note in notes:
        logger.warning(note)
    return notes


def password(url: str, var: Path, role: str) -> str | None:
    """None before the server was prepared."""
    kept: dict[str, str] = roles.read_json(var / "database-roles.json").get(_key(administrator(url)), {})
    return kept.get(role)


def administrator(url: str) -> dict[str, Any]:
    admin: dict[str, Any] = {**dj_database_url.parse(url)}
    if admin["USER"] in roles.ATTRIBUTES:
        raise ImproperlyConfigured(
            "只设置了 DATABASE_URL 时, 其中的角色应是服务器管理员, "
            f"不能叫 {admin['USER']}(本程序要建立同名的普通角色)。"
            "请换一个管理员角色; 若角色和数据库已经建好, 请同时设置 DATABASE_OWNER_URL。"
        )
    return {**admin, "NAME": admin["NAME"] or roles.DATABASE}


def _key(admin: Mapping[str, Any]) -> str:
    host = admin["HOST"] or admin.get("OPTIONS", {}).get("host", "")
    return f"{host}:{admin['PORT'] or 5432}/{admin['NAME']}"


def _on_server(admin: dict[str, Any], passwords: Mapping[str, str]) -> tuple[str, ...]:
    connection = _connected(admin)
    owner = _connected({**admin, "USER": roles.OWNER, "PASSWORD": passwords[roles.OWNER]})
    try:
        _query(connection, ONE_AT_A_TIME)
        for role in (roles.OWNER, roles.RUNTIME):
            _query(connection, _role_statement(connection, role, passwords[role]))
        notes = _make_backup_role(connection, passwords[roles.BACKUP])
        _make_database(connection, owner, admin["NAME"])
    except OperationalError:
        raise
    except DatabaseError as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL 里的角色 {admin['USER']} 不能在服务器上建立角色或数据库"
            f"(服务器的话: {str(error).splitlines()[0]})。"
            "请换成管理员角色; 或请管理员建好两个普通角色和数据库后, 同时设置 DATABASE_URL(运行角色)"
            "和 DATABASE_OWNER_URL(拥有者角色)。"
        ) from error
    finally:
        connection.close()
        owner.close()
    return notes


def _connected(settings: dict[str, Any]) -> BaseDatabaseWrapper:
    """A connection to the server's own database, outside the project's DATABASES; opened at its first query."""
    return ConnectionHandler({"default": {**settings, "NAME": "postgres"}})["default"]


def _open_quietly(connection: BaseDatabaseWrapper) -> None:
    """Connects without Django's signal: its listeners ask the project's own connection, which waits for this one."""
    if connection.connection is None:
        connection.connection = connection.get_new_connection(connection.get_connection_params())
        connection.run_on_commit = []
        connection.set_autocommit(True)


def _query(connection: BaseDatabaseWrapper, sql: str, *values: str) -> list[tuple[Any, ...]]:
    _open_quietly(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall()) if cursor.description else []


def _role_statement(connection: BaseDatabaseWrapper, role: str, password: str) -> str:
    if _query(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
        return f"ALTER ROLE {role} PASSWORD '{password}'"
    return roles.create_role(role, password)


def _make_backup_role(connection: BaseDatabaseWrapper, password: str) -> tuple[str, ...]:
    try:
        # One query, one transaction: the role comes with both rights or not at all.
        _query(connection, f"{_role_statement(connection, roles.BACKUP, password)}; {roles.READ_ALL}")
    except OperationalError:
        raise
    except DatabaseError:
        return (NO_BACKUP_ROLE,)
    return ()


def _make_database(connection: BaseDatabaseWrapper, owner: BaseDatabaseWrapper, name: str) -> None:
    quoted = connection.ops.quote_name(name)
    of = "SELECT pg_get_userbyid(datdba), (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
    found = _query(connection, f"{of} FROM pg_database WHERE datname = %s", name)
    if not found:
        # By the owner itself: an administrator who is no superuser may not give a database away.
        _query(owner, f"CREATE DATABASE {quoted} ENCODING 'UTF8' TEMPLATE template0")
    elif found[0][0] != roles.OWNER:
        join = "" if found[0][1] else f"GRANT {roles.OWNER} TO CURRENT_USER; "
        _query(connection, f"{join}ALTER DATABASE {quoted} OWNER TO {roles.OWNER}")
