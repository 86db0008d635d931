"""Serves the trial on this machine: web server, worker and beat as three processes, started and ended together.

A production starts them one by one (docker-compose.yml); nothing here is needed there.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

HOST = "127.0.0.1"
PATIENCE = 10.0
LOOK_EVERY = 0.2
PR_SET_PDEATHSIG = 1


class Command(BaseCommand):
    help = "Serves the site on this machine with its worker and beat until it is stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-worker", action="store_true", help="the web server alone")

    def handle(self, *_args: Any, **options: Any) -> None:
        call_command("collectstatic", interactive=False, verbosity=0)
        stopping = asked_to_stop()
        with running(programs(options["port"], worker=not options["no_worker"])) as processes:
            self.stdout.write(f"http://{HOST}:{options['port']}/")
            self.stdout.flush()
            ended = watch(processes, stopping)
        if ended:
            self.stderr.write(f"{ended} 意外停止，其余进程已一并结束；详见 {log_of(ended)}")
            sys.exit(1)


def programs(port: int, *, worker: bool = True) -> dict[str, list[str]]:
    """What runs, by name."""
    web = ["gunicorn", "baobao.wsgi", "--bind", f"{HOST}:{port}", "--worker-class", "gthread", "--workers", "2"]
    found = {"web": [*web, "--threads", "4", "--graceful-timeout", "8", "--no-control-socket"]}
    if worker:
        celery = ["celery", "-A", "baobao.celery"]
        found["worker"] = [*celery, "worker", "--pool", "threads", "-c", "2", "-l", "warning", "--without-mingle"]
        found["beat"] = [*celery, "beat", "-l", "warning"]
    return found


@contextmanager
def running(commands: dict[str, list[str]]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """The commands as processes while the block lasts; afterwards none of them is left."""
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            processes[name] = start(name, command)
        yield processes
    finally:
        end(list(processes.values()))


def start(name: str, command: list[str]) -> subprocess.Popen[bytes]:
    """One Python program with its own log. It has a process group of its own, so that Ctrl-C reaches us alone."""
    with log_of(name).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 -- our own command lines
            [sys.executable, "-m", *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=settings.BASE_DIR,
            process_group=0,
            preexec_fn=_end_with(os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509 -- no threads here
        )


def _end_with(parent: int) -> Callable[[], None]:
    """Asks the kernel for TERM when the parent is killed and cannot end its children itself."""
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def log_of(name: str) -> Path:
    folder: Path = settings.VAR / "log"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.log"


def asked_to_stop() -> Callable[[], bool]:
    """From now on Ctrl-C and TERM are remembered instead of ending us; the answer tells whether one came."""
    seen: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, _frame: seen.append(signum))
    return lambda: bool(seen)


def watch(processes: dict[str, subprocess.Popen[bytes]], stopping: Callable[[], bool]) -> str:
    """Waits until somebody asks to stop ("") or a process ends by itself (its name)."""
    while not stopping():
        for name, process in processes.items():
            if process.poll() is not None:
                return name
        time.sleep(LOOK_EVERY)
    return ""


def end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """TERM to each by its own id, never to a group (a worker's children would die in their work); then the hard way."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
