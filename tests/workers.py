"""A real Celery worker for tests, on the database of the test and a broker of its own.

Whoever starts one stops or kills it by its own process.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from celery import Celery
from django.conf import settings
from django.db import connection

from baobao.celeryconfig import filesystem_transport

PATIENCE = 25.0
QUEUE = "tests"


@dataclass
class Workshop:
    """A folder with its own queue; with `redis` the messages go there instead."""

    var: Path
    redis: str = ""
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "baobao.celery", "worker", "--pool", "threads", "-c", "1"]
        with (self.var / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, "--without-mingle", "--without-gossip", "-l", "info"],
                cwd=settings.BASE_DIR,
                env=self._environment(),
                stdout=log,
                stderr=log,
            )
        self.started.append(process)
        return process

    def send(self, task: str, *args: Any) -> None:
        """As the web server sends: by name, without waiting."""
        app = Celery(broker=self.redis or "filesystem://", set_as_current=False)
        if not self.redis:
            app.conf.broker_transport_options = filesystem_transport(self.var)
        app.send_task(task, args=args, queue=QUEUE)
        app.close()

    def stop(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _environment(self) -> dict[str, str]:
        connection.ensure_connection()
        at = connection.connection.info
        where = f"{quote(at.host, safe='')}:{at.port}/{at.dbname}"
        own = {
            "DATABASE_URL": f"postgresql://{at.user}:{quote(at.password, safe='')}@{where}",
            "DATABASE_OWNER_URL": f"postgresql://{settings.DATABASE_OWNER['USER']}@{where}",
            "BAOBAO_VAR": str(self.var),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "REDIS_URL": self.redis,
            "BAOBAO_QUEUE": QUEUE,
        }
        return {**os.environ, **own}


def wait_until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Looks again and again; fails when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
