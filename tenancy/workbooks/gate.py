"""The gate before any parser: what a file is, how far it unfolds, what hides in it.

It reads bytes only and streams every zip member once, in constant memory. Counts are by byte patterns, so a crafted
file may slip under a cap; the limits of the child process are the backstop.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from tenancy.workbooks.unreadable import MIB, Limits, UnreadableWorkbook

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DIRECTORY_END = b"PK\x05\x06"
OTHER_BEGINNINGS = {
    b"%PDF": "pdf",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
    b"PK": "archive",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
}
PIECE, CHUNK, OVERLAP = 64 * 1024, 256 * 1024, 256
# Small members may compress well without being a bomb.
RATIO_FROM = MIB

WORKBOOK, WORD = "xl/workbook.xml", "word/document.xml"
FORBIDDEN_PARTS = {
    "vbaproject": "macro",
    "macrosheets/": "macro",
    "externallinks/": "external",
    "embeddings/": "embedded",
    "activex/": "control",
}
# Written without the opening bracket so that a namespace prefix hides nothing.
COUNTED = (
    ("rules", (b"conditionalFormatting ", b"cfRule ", b"dataValidation ")),
    ("merges", (b"mergeCell ",)),
    ("strings", (b"/si>", b"si/>")),
    ("styles", (b"xf ",)),
    ("sheets", (b"<sheet ", b":sheet ")),
)
HIDDEN_ROW = re.compile(rb"<row [^>]*hidden=\"(?:1|true)\"")
MERGE = re.compile(rb"mergeCell\s+ref=[\"']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")
STRANGE_NAME = re.compile(r"^/|[\\:\x00]|(?:^|/)\.\.(?:/|$)")
ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']+)")


@dataclass(slots=True)
class Passed:
    """A file let through: its kind, and the members whose cells deserve a closer look (formulas, errors, hidden)."""

    kind: str
    notable: list[str] = field(default_factory=list)


def check(data: bytes, filename: str, limits: Limits) -> Passed:
    """Lets a file pass or raises UnreadableWorkbook; the name must tell the truth about the content."""
    suffix = PurePath(filename.strip().lower()).suffix
    if suffix not in {".xlsx", ".xls", ".csv"}:
        raise UnreadableWorkbook("unsupported", {"suffix": suffix or filename[-12:]})
    passed = check_content(data, limits, suffix=suffix)
    if "." + passed.kind != suffix:
        raise UnreadableWorkbook("wrong-type", {"suffix": suffix, "actual": passed.kind})
    return passed


def check_content(data: bytes, limits: Limits, *, suffix: str = "") -> Passed:
    """The same without a claim about the kind; `suffix` only words the refusal."""
    if not data:
        raise UnreadableWorkbook("empty")
    if len(data) > limits.file_bytes:
        size = f"{len(data) / MIB:.1f}"
        raise UnreadableWorkbook("too-big", {"size": size, "limit": limits.file_bytes // MIB})
    if data.startswith(ZIP):
        return _check_zip(data, limits, suffix)
    if data.startswith(OLE):
        return _check_ole(data, suffix)
    if actual := _other_kind(data):
        raise UnreadableWorkbook("wrong-type", {"suffix": suffix, "actual": actual})
    if suffix and suffix != ".csv":
        # WPS and Excel fill a failed save with zeros; that is no text.
        if b"\0" in data[:512]:
            raise UnreadableWorkbook("damaged")
        raise UnreadableWorkbook("wrong-type", {"suffix": suffix, "actual": "text"})
    return Passed("csv")


def check_kept(data: bytes, limits: Limits) -> Passed:
    """A workbook (.xlsx) or Word document (.docx) that is only kept and handed out again: the same look inside it."""
    if data.startswith(ZIP) and WORD.encode() in data:
        passed = _check_zip(data, limits, ".docx", WORD)
        if _fetches_template(data, limits):
            raise UnreadableWorkbook("active-content", {"what": "template"})
        return passed
    return check_content(data, limits)


def _fetches_template(data: bytes, limits: Limits) -> bool:
    """A document that brings its macros from elsewhere while it is opened."""
    rels = (info for info in _members(data, limits) if info.filename.lower().endswith(".rels"))
    return any(b"attachedtemplate" in b"".join(_inflated(data, info)).lower() for info in rels)


def _other_kind(data: bytes) -> str | None:
    for beginning, kind in OTHER_BEGINNINGS.items():
        if data.startswith(beginning):
            return kind
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "web" if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")) else None


def _check_ole(data: bytes, suffix: str) -> Passed:
    """Directory entries are 128 bytes inside 512-byte sectors, so a stream's name never breaks apart."""
    if _has_stream(data, "EncryptedPackage") or _has_stream(data, "EncryptionInfo"):
        raise UnreadableWorkbook("encrypted")
    if _has_stream(data, "_VBA_PROJECT_CUR"):
        raise UnreadableWorkbook("active-content", {"what": "macro"})
    if re.search(rb"M\0B\0D\0(?:[0-9A-F]\0){8}", data):
        raise UnreadableWorkbook("active-content", {"what": "embedded"})
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return Passed("xls")
    if _has_stream(data, "WordDocument"):
        raise UnreadableWorkbook("wrong-type", {"suffix": suffix, "actual": "word"})
    if len(data) < 1536:
        raise UnreadableWorkbook("damaged")
    raise UnreadableWorkbook("wrong-type", {"suffix": suffix, "actual": "other"})


def _has_stream(data: bytes, name: str) -> bool:
    return name.encode("utf-16-le") + b"\0\0" in data


def _check_zip(data: bytes, limits: Limits, suffix: str, main: str = WORKBOOK) -> Passed:
    members = _members(data, limits)
    _check_names([info.filename.lower() for info in members], limits, suffix, main)
    _check_declared(members, limits)
    scan = _Scan(limits)
    for info in members:
        scan.begin(info.filename)
        for chunk in _inflated(data, info):
            scan.look(chunk)
    return Passed("xlsx" if main == WORKBOOK else "docx", scan.notable)


def _members(data: bytes, limits: Limits) -> list[zipfile.ZipInfo]:
    """The central directory, taken only when it is the single one every reader must find."""
    end = data.rfind(DIRECTORY_END)
    if end < 0 or len(data) < end + 22 or len(data) != end + 22 + int.from_bytes(data[end + 20 : end + 22], "little"):
        raise UnreadableWorkbook("damaged")
    # zipfile builds an object for each entry, so a huge directory is refused unread.
    if int.from_bytes(data[end + 12 : end + 16], "little") > limits.members * 1024:
        raise UnreadableWorkbook("too-complex", {"what": "members"})
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError) as error:
        raise UnreadableWorkbook("damaged") from error


def _check_names(names: list[str], limits: Limits, suffix: str, main: str) -> None:
    if len(set(names)) != len(names) or any(STRANGE_NAME.search(name) for name in names):
        raise UnreadableWorkbook("damaged")
    for part, what in FORBIDDEN_PARTS.items():
        if any(part in name for name in names):
            raise UnreadableWorkbook("active-content", {"what": what})
    if main not in names:
        raise UnreadableWorkbook("wrong-type", {"suffix": suffix, "actual": _other_package(names)})
    if sum(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in names) > limits.sheets:
        raise UnreadableWorkbook("too-many", {"where": "workbook", "what": "sheets", "limit": limits.sheets})
    if len(names) > limits.members:
        raise UnreadableWorkbook("too-complex", {"what": "members"})


def _other_package(names: list[str]) -> str:
    marks = {"word/document.xml": "word", "ppt/presentation.xml": "slides", "xl/workbook.bin": "xlsb"}
    return next((kind for name, kind in marks.items() if name in names), "archive")


def _check_declared(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    for info in members:
        if info.flag_bits & 0x1:
            raise UnreadableWorkbook("encrypted")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise UnreadableWorkbook("damaged")
        if info.file_size > max(RATIO_FROM, info.compress_size * limits.ratio):
            raise UnreadableWorkbook("too-large")
    if sum(info.file_size for info in members) > limits.inflated_bytes:
        raise UnreadableWorkbook("too-large")


def _inflated(data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's real bytes in small chunks; one byte more or less than declared is refused."""
    head = data[info.header_offset : info.header_offset + 30]
    if len(head) < 30 or not head.startswith(ZIP):
        raise UnreadableWorkbook("damaged")
    name_size, extra_size = struct.unpack("<HH", head[26:30])
    start = info.header_offset + 30 + name_size + extra_size
    packed = memoryview(data)[start : start + info.compress_size]
    size = 0
    for chunk in _stored(packed) if info.compress_type == zipfile.ZIP_STORED else _deflated(packed):
        size += len(chunk)
        if size > info.file_size:
            raise UnreadableWorkbook("damaged")
        yield chunk
    if size != info.file_size:
        raise UnreadableWorkbook("damaged")


def _stored(packed: memoryview) -> Iterator[bytes]:
    for at in range(0, len(packed), CHUNK):
        yield bytes(packed[at : at + CHUNK])


def _deflated(packed: memoryview) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-15)
    try:
        for at in range(0, len(packed), PIECE):
            rest: bytes | memoryview = packed[at : at + PIECE]
            while rest:
                yield inflater.decompress(rest, CHUNK)
                rest = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error as error:
        raise UnreadableWorkbook("damaged") from error


class _Scan:
    """Counts what makes parsers slow, member by member, over chunks that overlap a little.

    Nine bytes in ten are cells, so each pattern is sought only where it can stand, behind a cheaper look for one byte.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.notable: list[str] = []
        self.counts = dict.fromkeys((what for what, _tokens in COUNTED), 0)
        self.merged_cells = 0

    def begin(self, name: str) -> None:
        self.name = name
        self.is_xml = name.lower().endswith((".xml", ".rels", ".vml"))
        self.is_sheet = name.lower().startswith("xl/worksheets/") and self.is_xml
        self.counted = [(what, tokens) for what, tokens in COUNTED if self.is_xml and _lives_in(what, name.lower())]
        self.among_cells = False
        self.tail = b""

    def look(self, chunk: bytes) -> None:
        if not self.is_xml or not chunk:
            return
        if not self.tail:
            _check_beginning(chunk)
        window = self.tail + chunk
        if b"!" in window and (b"<!DOCTYPE" in window or b"<!ENTITY" in window):
            raise UnreadableWorkbook("unsafe-xml")
        if self.is_sheet:
            self._look_at_sheet(window)
        else:
            self._count(window)
        self.tail = window[-OVERLAP:]

    def _look_at_sheet(self, window: bytes) -> None:
        if self.name not in self.notable and (_is_unusual(self.tail, window) or _has_notable_cells(window)):
            self.notable.append(self.name)
        edge = window.rfind(b"sheetData")
        if edge >= 0 or not self.among_cells:
            self._count(window)
            self._measure_merges(window)
        if edge >= 0:
            tag = window.rfind(b"<", 0, edge)
            self.among_cells = not window.startswith(b"/", tag + 1) and not window.startswith(b"/>", edge + 9)

    def _count(self, window: bytes) -> None:
        for what, tokens in self.counted:
            self.counts[what] += sum(window.count(token) - self.tail.count(token) for token in tokens)
            if self.counts[what] > getattr(self.limits, what):
                raise self._too_much(what)

    def _too_much(self, what: str) -> UnreadableWorkbook:
        if what == "sheets":
            return UnreadableWorkbook("too-many", {"where": "workbook", "what": what, "limit": self.limits.sheets})
        return UnreadableWorkbook("too-complex", {"what": what})

    def _measure_merges(self, window: bytes) -> None:
        for match in MERGE.finditer(window) if b"mergeCell" in window else ():
            if match.end() > len(self.tail):
                left, top, right, bottom = match.groups()
                width = abs(_column(right) - _column(left)) + 1
                self.merged_cells += width * (abs(int(bottom) - int(top)) + 1)
        if self.merged_cells > self.limits.merged_cells:
            raise UnreadableWorkbook("too-complex", {"what": "merges"})


def _lives_in(what: str, name: str) -> bool:
    if what in {"rules", "merges"}:
        return name.startswith("xl/worksheets/")
    return {"strings": "sharedstrings", "styles": "styles", "sheets": "xl/workbook.xml"}[what] in name


def _is_unusual(tail: bytes, window: bytes) -> bool:
    """Prefixed names or single quotes at the beginning: the marks below would not be found by their bytes."""
    return not tail and (b":worksheet" in window[:2000] or b"='" in window[:2000])


def _has_notable_cells(window: bytes) -> bool:
    """Formulas, error values and hidden rows."""
    if b"f" in window and b"<f" in window and any(mark in window for mark in (b"<f>", b"<f ", b"<f/")):
        return True
    if b"#" in window and b't="e"' in window:
        return True
    return b'hidden="' in window and HIDDEN_ROW.search(window) is not None


def _check_beginning(chunk: bytes) -> None:
    """Only UTF-8: in any other encoding the byte patterns above would be blind."""
    if b"\0" in chunk[:4] or chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableWorkbook("unsafe-xml")
    head = chunk[:200].split(b"?>")[0]
    declared = ENCODING.search(head) if b"<?xml" in head else None
    if declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}:
        raise UnreadableWorkbook("unsafe-xml")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
