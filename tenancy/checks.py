"""Refuses to run with a database role that the wall does not hold, or with settings that name no role."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from tenancy.rules.roles import Role

UNSAFE_ROLE = (
    "SELECT rolsuper, rolbypassrls, EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public'"
    " AND tableowner = current_user) FROM pg_roles WHERE rolname = current_user"
)
NAKED_TABLES = (
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'place'"
    " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'tenancy_door'"
    " AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1"
)


def faults(alias: str = "default") -> list[Error]:
    """What is wrong with the running database role and its tables."""
    with connections[alias].cursor() as cursor:
        cursor.execute(UNSAFE_ROLE)
        superuser, bypasses, owns = cursor.fetchone()
        cursor.execute(NAKED_TABLES)
        naked = [name for (name,) in cursor.fetchall()]
    found = []
    if superuser or bypasses:
        found.append(
            Error("数据库账号是超级用户或可绕过行级安全，拒绝运行。", hint="改用普通账号。", id="tenancy.E001")
        )
    if owns:
        found.append(
            Error("数据库账号拥有数据表，拒绝运行。", hint="表归属主账号，运行账号只读写。", id="tenancy.E002")
        )
    if naked:
        found.append(
            Error(f"这些表没有行级安全：{'、'.join(naked)}。", hint="执行 manage.py migrate。", id="tenancy.E003")
        )
    return found


@register(Tags.database)
def check_role(databases: Sequence[str] | None, **_: Any) -> list[CheckMessage]:
    """Runs with `check --database` and before serving; `migrate` itself runs as the owner and is let through."""
    return [
        fault
        for alias in databases or ()
        if connections[alias].settings_dict["USER"] != "baobao_owner"
        for fault in faults(alias)
    ]


@register(Tags.security)
def check_factor_roles(**_: Any) -> list[CheckMessage]:
    """A misspelt role would quietly ask nobody for a second factor."""
    unknown = sorted(set(settings.SECOND_FACTOR_ROLES) - {role.value for role in Role})
    if not unknown:
        return []
    hint = "可用的角色代码见 tenancy/rules/roles.py。"
    return [Error(f"SECOND_FACTOR_ROLES 里没有这些角色：{'、'.join(unknown)}。", hint=hint, id="tenancy.E004")]
