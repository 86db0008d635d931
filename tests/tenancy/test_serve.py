"""`manage.py serve` in a folder of its own: three processes that come and go together."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from tests.workers import wait_until

PATIENCE = 30.0


@dataclass
class Served:
    port: int
    process: subprocess.Popen[str]
    var: Path

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, word: str) -> psutil.Process:
        own = psutil.Process(self.process.pid).children()
        return next(child for child in own if word in child.cmdline())

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def gone(processes: list[psutil.Process]) -> bool:
    return not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in processes)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A trial of its own, whatever servers the other tests are given."""
    theirs = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "BAOBAO_TEST_DB")
    kept = {name: value for name, value in os.environ.items() if name not in theirs}
    kept["BAOBAO_VAR"] = str(tmp_path_factory.mktemp("served"))
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=settings.BASE_DIR, env=kept, check=True)
    return kept


@pytest.fixture
def served(environment: dict[str, str]) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--port", str(port)],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: answers(port) or process.poll() is not None)
    yield Served(port, process, Path(environment["BAOBAO_VAR"]))
    if process.poll() is None:
        process.kill()
    process.communicate(timeout=PATIENCE)


def test_it_serves_pages_and_leaves_nothing_running_when_stopped(served: Served) -> None:
    assert [served.status("/livez"), served.status("/login/")] == [200, 200]
    everybody = served.children()
    assert len([child for child in everybody if child.ppid() == served.process.pid]) == 3

    served.process.send_signal(signal.SIGINT)

    assert served.process.wait(timeout=PATIENCE) == 0
    assert gone(everybody)
    assert not answers(served.port)
    assert sorted(log.name for log in (served.var / "log").iterdir()) == ["beat.log", "web.log", "worker.log"]


def test_one_process_that_ends_ends_all_and_is_named(served: Served) -> None:
    everybody = served.children()

    served.named("beat").kill()

    assert served.process.wait(timeout=PATIENCE) == 1
    assert "beat 意外停止" in served.process.stderr.read()
    assert gone(everybody)


def test_a_killed_supervisor_takes_its_processes_along(served: Served) -> None:
    everybody = served.children()

    served.process.kill()

    wait_until(lambda: gone(everybody))
