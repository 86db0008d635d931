"""Which database: the embedded one, two plain roles on a given server, or roles to be made there by its administrator.

Reads the environment and writes dictionaries for `DATABASES`; connects to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from baobao.embedded import roles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Said aloud by the owner's connection only: the wall refuses an owner who does not say it.
EVERY_PLACE = "-c baobao.place=*"


@dataclass(frozen=True)
class Databases:
    runtime: dict[str, Any]
    owner: dict[str, Any]


def databases(environ: Mapping[str, str], var: Path) -> Databases:
    url, owner_url = environ.get("DATABASE_URL", ""), environ.get("DATABASE_OWNER_URL", "")
    if url and owner_url:
        return Databases(_parsed(url, "DATABASE_URL"), _everywhere(_parsed(owner_url, "DATABASE_OWNER_URL")))
    if owner_url:
        raise ImproperlyConfigured(
            "只设置了 DATABASE_OWNER_URL, 缺少 DATABASE_URL(运行角色的地址)。请两个都设置, 或都不设置(使用内置数据库)。"
        )
    shared = _to_be_prepared(url, var) if url else _embedded(var)
    return Databases({**shared, "USER": roles.RUNTIME}, _everywhere({**shared, "USER": roles.OWNER}))


def prepare_server(url: str, var: Path) -> tuple[str, ...]:
    """Make the plain roles and the database as the administrator in `url`; returns what was left out, in sentences."""
    from baobao.embedded import prepare  # noqa: PLC0415 - settings import this module before Django is ready

    return prepare.prepare(url, var)


def _embedded(var: Path) -> dict[str, Any]:
    return {
        "ENGINE": "baobao.embedded",
        "NAME": roles.DATABASE,
        "PASSWORD": "",
        "HOME": str(var / "postgres"),
        "OPTIONS": {},
    }


def _to_be_prepared(url: str, var: Path) -> dict[str, Any]:
    admin = _parsed(url, "DATABASE_URL")
    engine = {"ENGINE": "baobao.embedded.prepared", "SECRET_ADMIN_URL": url, "VAR": str(var)}
    return {**admin, **engine, "NAME": admin["NAME"] or roles.DATABASE, "PASSWORD": ""}


def _parsed(url: str, name: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = {**dj_database_url.parse(url)}
    except ValueError:
        parsed = {}
    if parsed.get("ENGINE") != "django.db.backends.postgresql":
        # Without the value: it holds a password.
        raise ImproperlyConfigured(
            f"环境变量 {name} 不是 PostgreSQL 的地址。"
            "请写成 postgres://角色:密码@主机:5432/数据库 (密码里的特殊字符写成 %XX)。"
        ) from None
    return {"OPTIONS": {}, **parsed}


def _everywhere(settings: dict[str, Any]) -> dict[str, Any]:
    options = " ".join(filter(None, (settings["OPTIONS"].get("options"), EVERY_PLACE)))
    return {**settings, "OPTIONS": {**settings["OPTIONS"], "options": options}}
