"""One incoming scan, a picture or a PDF: its pages as pictures for the reviewer, and the codes printed on it."""

import hashlib
import os
import subprocess
import sys
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgpack

from tenancy.scans.pictures import read_picture
from tenancy.scans.unreadable import MIB, PAGES, UnreadablePicture, kind_of, refuse_size

CHILD = Path(__file__).parent / "child.py"
# The child learns nothing of the parent's secrets.
PASSED_ON = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
LONGEST_SIDE = 1600
LIMITS = {"memory_bytes": 1024 * MIB, "cpu_seconds": 30, "result_bytes": 64 * MIB}
WALL_SECONDS = 60
NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that may be kept: pages are JPEG pictures drawn here, sha256 is that of the bytes as they came."""

    kind: Literal["pdf", "picture"]
    sha256: str
    filename: str
    pages: tuple[bytes, ...]
    codes: tuple[str, ...]

    @property
    def page_count(self) -> int:
        return len(self.pages)


def read_scan(data: bytes, filename: str) -> Scan:
    """The pages of an uploaded scan. Raises UnreadablePicture; what the file is called never decides what it is."""
    refuse_size(data)
    kind: Literal["pdf", "picture"] = "pdf" if kind_of(data) == "pdf" else "picture"
    shown = data if kind == "pdf" else _picture(data)
    pages, codes = _opened_apart(shown, kind)
    return Scan(
        kind=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        filename=clean_filename(filename),
        pages=tuple(pages),
        codes=tuple(codes),
    )


def _picture(data: bytes) -> bytes:
    try:
        return read_picture(data).jpeg
    except UnreadablePicture as error:
        if error.code == "unsupported":
            raise UnreadablePicture(error.code, **{**error.facts, "also": "或PDF文件"}) from error
        raise


def _opened_apart(data: bytes, kind: str) -> tuple[list[bytes], list[str]]:
    """Runs the child on the bytes; whatever happens to it, the caller gets pages or UnreadablePicture."""
    head = msgpack.packb({"kind": kind, "pages": PAGES, "longest": LONGEST_SIDE, "limits": LIMITS})
    with tempfile.TemporaryFile() as out:
        try:
            done = subprocess.run(  # noqa: S603 -- our own interpreter and script
                [sys.executable, "-I", str(CHILD)],
                input=len(head).to_bytes(4, "little") + head + data,
                stdout=out,
                stderr=subprocess.DEVNULL,
                env=PASSED_ON,
                timeout=WALL_SECONDS,
                check=False,
            )
        except (subprocess.TimeoutExpired, BrokenPipeError) as error:
            raise UnreadablePicture("too-complex") from error
        out.seek(0)
        answer = out.read()
    if done.returncode != 0 or not answer:
        raise UnreadablePicture("too-complex")
    return _understood(msgpack.unpackb(answer))


def _understood(answer: list[Any]) -> tuple[list[bytes], list[str]]:
    if answer[0] == "refused":
        raise UnreadablePicture(answer[1], **answer[2])
    return answer[1], answer[2]


def clean_filename(name: str) -> str:
    """The user's own name for a file, as words only: no path, no control or direction characters, at most 120."""
    bare = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in bare if unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}).strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    if len(kept) > NAME_LENGTH and dot and len(suffix) <= 10:
        kept = f"{stem[: NAME_LENGTH - len(suffix) - 1]}.{suffix}"
    return kept[:NAME_LENGTH] or "scan"
