"""The world stands for a whole module in one transaction that is never committed; every test leaves it as it was."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import time_machine
from django.db import connection, transaction
from django.test import override_settings

from tests.walls.world import NOW, World, build_world


def standing(blocker, media) -> Iterator[World]:
    """The world on whatever role the connection has now."""
    hasher = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with ExitStack() as stack:
        stack.enter_context(blocker.unblock())
        assert connection.settings_dict["NAME"].startswith("test"), "never on a database in use"
        # Time stands still, so no limit would ever let anybody in again.
        caches = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
        stack.enter_context(override_settings(MEDIA_ROOT=media, PASSWORD_HASHERS=hasher, CACHES=caches))
        stack.enter_context(time_machine.travel(NOW, tick=False))
        # Every refusal is a warning in the log.
        logging.disable(logging.WARNING)
        stack.callback(logging.disable, logging.NOTSET)
        with transaction.atomic():
            yield build_world()
            transaction.set_rollback(True)
        connection.close()


@pytest.fixture(scope="module")
def _world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    yield from standing(django_db_blocker, tmp_path_factory.mktemp("media"))


@pytest.fixture(autouse=True)
def _own_folders() -> None:
    """The world's files outlive one test."""


@pytest.fixture
def world(_world: World, db: None) -> World:
    return _world
