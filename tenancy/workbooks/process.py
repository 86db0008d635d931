"""Runs a script of this package in a process of its own and reads its answers as they come.

The child limits itself (memory, time, no new files or sockets) before it sees a byte of the upload; what it answers is
msgpack, which cannot carry code. Whatever happens to the child, the caller gets frames or UnreadableWorkbook.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

import msgpack

from tenancy.workbooks.unreadable import Limits, UnreadableWorkbook

HERE = Path(__file__).parent
# The child learns nothing of the parent's secrets.
PASSED_ON = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}


class Child:
    """One script at work, from its start to its certain end."""

    def __init__(self, script: str, limits: Limits) -> None:
        self.script = script
        self.limits = limits
        self.overdue = threading.Event()

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(  # noqa: S603 -- our own interpreter and script
            [sys.executable, "-I", str(HERE / self.script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pipesize=256 * 1024,
            env=PASSED_ON,
        )
        self.timer = threading.Timer(self.limits.wall_seconds, self._end)
        self.timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.timer.cancel()
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                if stream:
                    stream.close()

    def answers(self, options: dict[str, Any], data: bytes) -> Iterator[list[Any]]:
        """Frames one by one; ends only after the child said that it finished."""
        assert self.process.stdin
        assert self.process.stdout
        _tell(self.process.stdin, options, data)
        finished = yield from _heard(self.process.stdout, self.limits)
        if not finished:
            raise self._reason(self.process.wait())

    def _end(self) -> None:
        self.overdue.set()
        self.process.kill()

    def _reason(self, code: int) -> UnreadableWorkbook:
        if self.overdue.is_set() or code == -signal.SIGXCPU:
            return UnreadableWorkbook("too-slow")
        # Rust aborts when memory is refused; the kernel kills when the machine itself is short.
        if code in {-signal.SIGABRT, -signal.SIGKILL}:
            return UnreadableWorkbook("too-large")
        return UnreadableWorkbook("unreadable")


def _tell(stream: IO[bytes], options: dict[str, Any], data: bytes) -> None:
    """A child that died early is noticed by its missing answer, not here."""
    head = msgpack.packb(options)
    with suppress(OSError):
        stream.write(len(head).to_bytes(4, "little") + head)
        stream.write(data)
    with suppress(OSError):
        stream.close()


def _heard(stream: IO[bytes], limits: Limits) -> Generator[list[Any], None, bool]:
    total = 0
    while len(size := stream.read(4)) == 4:
        length = int.from_bytes(size, "little")
        total += length
        if total > limits.result_bytes:
            raise UnreadableWorkbook("too-large")
        body = stream.read(length)
        if len(body) < length:
            return False
        frame = msgpack.unpackb(body, strict_map_key=False)
        if frame[0] == "end":
            return True
        if frame[0] == "refused":
            raise UnreadableWorkbook(frame[1], frame[2])
        yield frame
    return False
