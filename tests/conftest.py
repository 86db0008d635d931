"""The test database is made by the owner and tested by the runtime role; the cast stands ready."""

from collections.abc import Iterator
from threading import Event

import pytest
from django.conf import settings
from django.db import connection

pytest_plugins = ["tests.requirements", "tests.cast"]


# Django's connection shares the dictionary in settings, so both roles are remembered before either is swapped in.
ROLE_KEYS = ("USER", "PASSWORD", "OPTIONS")
RUNTIME = {key: settings.DATABASES["default"][key] for key in ROLE_KEYS}
OWNER = {key: settings.DATABASE_OWNER[key] for key in ROLE_KEYS}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    connection.settings_dict.update(OWNER)


def show_everybody_out() -> None:
    """Ends what threads and worker processes of the tests left open; a database in use cannot be dropped."""
    others = "FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        for _ in range(50):
            cursor.execute(f"SELECT count(pg_terminate_backend(pid)) {others}")
            if cursor.fetchone() == (0,):
                return
            Event().wait(0.1)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            # Transactional tests end with a flush; only the test database grants it.
            cursor.execute(f"GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {settings.DATABASE_RUNTIME_ROLE}")
        connection.close()
        connection.settings_dict.update(RUNTIME)
    yield
    with django_db_blocker.unblock():
        show_everybody_out()
        connection.close()
        connection.settings_dict.update(OWNER)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, settings):
    """Files, caches and queues of a test live and die with it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": cache, "LOCATION": str(tmp_path)}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
