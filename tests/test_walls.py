"""Every table, every URL and every act stands behind the wall, or says here in a sentence why not."""

import pytest
from django.apps import apps
from django.db import connection, models

from tenancy.models import Counted, Located
from tenancy.wall import SamePlace, Wall

OURS = ("tenancy", "entities", "cadres", "supervision", "commitments", "reports")
EXEMPT_TABLES = {
    "auth_group": "Names of role groups only; which post holds one stands on the post.",
    "auth_group_permissions": "Empty: rights are granted on jurisdictions.",
    "auth_permission": "The list of rights, the same for everybody.",
    "axes_accessattempt": "Failed sign-ins before anybody is known.",
    "axes_accessattemptexpiration": "Failed sign-ins before anybody is known.",
    "axes_accessfailurelog": "Failed sign-ins before anybody is known.",
    "axes_accesslog": "Sign-ins before a place is known.",
    "django_content_type": "The list of tables.",
    "django_migrations": "The list of migrations.",
    "django_session": "Opaque, by a random key, before anybody is known.",
    "guardian_groupobjectpermission": "Empty: the direct table on jurisdictions is used.",
    "guardian_userobjectpermission": "Empty: the direct table on jurisdictions is used.",
    "tenancy_door": "Strangers' requests find their place by a token's hash here; the one table outside for them.",
    "tenancy_jurisdictiongrouppermission": "Grants to role groups; asked before a place is known.",
    "tenancy_jurisdictionuserpermission": "Empty: rights go to role groups.",
    "tenancy_user": "Login facts only; names and telephones stand on the post.",
    "tenancy_user_groups": "Empty: the group stands on the post.",
    "tenancy_user_user_permissions": "Empty: rights are granted on jurisdictions.",
}


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def tables(cursor) -> dict[str, dict]:
    cursor.execute(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS walled,"
        " EXISTS (SELECT 1 FROM pg_policies p WHERE p.tablename = c.relname AND p.cmd IN ('ALL', 'INSERT')"
        "   AND p.with_check ~ 'acting_from') AS writes,"
        " EXISTS (SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
        "   WHERE i.indrelid = c.oid AND a.attname IN ('place', 'path')) AS indexed"
        " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    )
    names = [column.name for column in cursor.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def test_every_table_is_forced_behind_the_wall_or_exempt_with_a_sentence(db: None) -> None:
    with connection.cursor() as cursor:
        found = tables(cursor)
    naked = {name for name, facts in found.items() if not facts["walled"]}
    assert naked == set(EXEMPT_TABLES) & set(found)
    assert set(EXEMPT_TABLES) <= set(found)
    weak = {name for name, facts in found.items() if facts["walled"] and not (facts["writes"] and facts["indexed"])}
    assert weak == set()


def test_every_model_of_ours_is_located_or_its_table_exempt() -> None:
    outside = {model._meta.db_table for model in our_models() if not issubclass(model, Located)}
    assert outside - set(EXEMPT_TABLES) == {"tenancy_jurisdiction"}


@pytest.mark.parametrize("model", [m for m in our_models() if issubclass(m, Located)], ids=lambda m: m._meta.label)
def test_every_located_model_declares_its_wall_and_its_parents_place(model: type[Located]) -> None:
    kinds = [type(constraint) for constraint in model._meta.constraints]
    assert kinds.count(Wall) == 1
    parents = [c.parent for c in model._meta.constraints if isinstance(c, SamePlace)]
    assert parents, "a row without a parent's place could lie about its own"
    assert any(not model._meta.get_field(parent).null for parent in parents)


def test_every_foreign_key_between_walled_tables_is_composite_or_listed(db: None) -> None:
    """A plain key ignores the wall: it may only point upward or sideways where a policy in the action looks first."""
    plain = {
        f"{model._meta.label_lower}.{field.name}"
        for model in our_models()
        if issubclass(model, Located)
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and issubclass(field.related_model, Located)
        and field.name not in {c.parent for c in model._meta.constraints if isinstance(c, SamePlace)}
    }
    assert plain == set(PLAIN_KEYS)


PLAIN_KEYS: dict[str, str] = {}


def test_the_runtime_role_is_plain(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole,"
            " (SELECT count(*) FROM pg_tables WHERE tableowner = current_user) FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, 0)


def test_facts_that_are_counted_freeze_what_they_count_for() -> None:
    counted = {model._meta.label for model in our_models() if issubclass(model, Counted)}
    assert counted == {"supervision.Obligation", "supervision.Visit", "supervision.Issue"}
