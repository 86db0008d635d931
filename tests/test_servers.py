"""The Redis of the tests is a real one that can be killed and comes back with what it had acknowledged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers import RedisServer, start_redis


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    running = start_redis(tmp_path / "redis")
    yield running
    running.stop()


def test_a_value_survives_a_kill_and_a_restart_in_the_same_folder(server: RedisServer) -> None:
    server.client().set("street", "古美路街道")
    server.kill()

    back = start_redis(server.folder)

    try:
        assert back.client().get("street") == "古美路街道"
        assert back.url == server.url
    finally:
        back.stop()


def test_a_stranger_without_the_password_is_refused(server: RedisServer) -> None:
    stranger = redis.Redis(port=server.port, retry=Retry(NoBackoff(), retries=0))

    with pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_two_servers_stand_side_by_side(server: RedisServer, tmp_path: Path) -> None:
    other = start_redis(tmp_path / "other")
    try:
        server.client().set("whose", "first")
        assert other.client().get("whose") is None
    finally:
        other.stop()
