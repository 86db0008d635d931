"""Real servers for tests, started from the installed binaries in a folder that the test gives.

What a test gets from its settings anyway does not belong here; the database starts itself.
"""

import atexit
import re
import secrets
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 20.0


class NotStarted(RuntimeError):
    """The server ended, or did not answer in time; the message carries the end of its log."""


@dataclass
class RedisServer:
    """A redis-server on loopback that keeps its writes in `folder`, so that it can be killed and started again."""

    folder: Path
    port: int
    password: str = field(repr=False)
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        return self.process.pid

    def client(self) -> redis.Redis:
        """One that reports a dead server at once instead of trying again."""
        return redis.Redis.from_url(
            self.url, socket_timeout=PATIENCE, decode_responses=True, retry=Retry(NoBackoff(), retries=0)
        )

    def stop(self) -> None:
        """As a restart of the machine does it: Redis finishes its writes and ends."""
        self.process.terminate()
        self._wait()

    def kill(self) -> None:
        """As a power cut does it to the process: nothing is finished."""
        self.process.kill()
        self._wait()

    def _wait(self) -> None:
        self.process.wait(timeout=PATIENCE)
        atexit.unregister(self.stop)


def start_redis(folder: Path) -> RedisServer:
    """Start Redis with its append-only file in `folder`; a second start there keeps port, password and data."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    config = folder / "redis.conf"
    if not config.exists():
        _write_config(config, port=_free_port(), password=secrets.token_hex(16))
    settings = dict(re.findall(r"^(port|requirepass) (\S+)$", config.read_text(), re.MULTILINE))
    server = RedisServer(folder, int(settings["port"]), settings["requirepass"], _launch(config))
    atexit.register(server.stop)
    try:
        _wait_until_ready(server)
    except NotStarted:
        server.kill()
        raise
    return server


def find_redis() -> str:
    """The server's binary. Debian's redis-tools holds it under the name of its checker, without the service."""
    found = shutil.which("redis-server") or shutil.which("redis-check-rdb")
    if found is None:
        raise NotStarted("no redis-server: run `make test`, which installs redis-tools")
    return found


def _launch(config: Path) -> subprocess.Popen[bytes]:
    # The binary looks at the name it was called by to know what it is.
    return subprocess.Popen(
        ["redis-server", str(config)], executable=find_redis(), cwd=config.parent, stdin=subprocess.DEVNULL
    )


def _write_config(config: Path, *, port: int, password: str) -> None:
    lines = [
        f"port {port}",
        "bind 127.0.0.1",
        f"requirepass {password}",
        f'dir "{config.parent.resolve()}"',
        f'logfile "{config.parent.resolve() / "redis.log"}"',
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "maxmemory-policy noeviction",
    ]
    config.touch(mode=0o600)
    config.write_text("\n".join(lines) + "\n")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: RedisServer) -> None:
    deadline = time.monotonic() + PATIENCE
    with server.client() as client:
        while server.process.poll() is None and time.monotonic() < deadline:
            try:
                client.ping()
            except redis.ConnectionError:  # refused, or still loading what it kept
                time.sleep(0.02)
            else:
                return
    log = server.folder / "redis.log"
    raise NotStarted(log.read_text()[-2000:] if log.exists() else "redis-server left no log")
