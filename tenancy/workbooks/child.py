"""Parses one upload in a process of its own: file bytes on stdin, msgpack frames on stdout.

Run as a script and isolated, so it imports nothing of the project: start-up must cost less than the reading.
"""

import csv
import datetime as dt
import gc
import importlib
import io
import math
import posixpath
import re
import resource
import struct
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgpack
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

BATCH = 500
# Numbers from here on have lost digits in every spreadsheet program.
EXACT_BELOW = 1e15
ENCODINGS = ("utf_16", "utf_16_le", "utf_16_be", "utf_8_sig", "gb18030")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
EXPONENT = re.compile(r"\s*\d(?:\.\d+)?E\+1[5-9]\s*")
FORMULA = re.compile(rb"<f[ />]")
ERROR = re.compile(rb"\bt=[\"']e[\"']")
HIDDEN = re.compile(rb"<row [^>]*\bhidden=[\"'](?:1|true)[\"']")
REF = re.compile(rb"\br=[\"']([A-Z]*)(\d+)[\"']")
PREFIX = re.compile(rb"<(\w+:)worksheet\b")


class Refused(Exception):
    """A code of the parent's messages, with its facts."""


def limit(limits: dict[str, int], *, new_files: int = 0) -> None:
    """From here on no memory, time or file beyond these. Without new file numbers there is no socket either."""
    wanted = {
        resource.RLIMIT_AS: limits["memory_bytes"],
        resource.RLIMIT_CPU: limits["cpu_seconds"],
        resource.RLIMIT_NOFILE: 3 + new_files,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in wanted.items():
        hard = value + 1 if kind == resource.RLIMIT_CPU else value
        # macOS knows some of these limits by name only.
        try:
            resource.setrlimit(kind, (value, hard))
        except (ValueError, OSError):
            continue


def say(*frame: Any) -> None:
    body = msgpack.packb(frame)
    sys.stdout.buffer.write(len(body).to_bytes(4, "little") + body)


def heard() -> tuple[dict[str, Any], bytes]:
    size = int.from_bytes(sys.stdin.buffer.read(4), "little")
    options = msgpack.unpackb(sys.stdin.buffer.read(size), strict_map_key=False)
    return options, sys.stdin.buffer.read()


class Rows:
    """Turns raw cells into what may travel, and sends them in batches."""

    def __init__(self, where: str, limits: dict[str, int]) -> None:
        self.where = where
        self.limits = limits
        self.clear()

    def clear(self) -> None:
        self.numbers: list[int] = []
        self.cells: list[list[Any]] = []
        self.dates: list[int] = []
        self.specials: list[tuple[int, int, str, str]] = []
        self.long_numbers: list[tuple[int, int]] = []

    def send(self, rows: Iterable[list[Any]], first: int, errors: dict[int, dict[int, str]]) -> None:
        for number, row in enumerate(rows, first):
            self.tidy(number, row)
            for column, text in errors.get(number, {}).items():
                self.special(column, "error", text)
            if row.count(None) < len(row) or self.is_special():
                self.keep(number, row)
        self.flush()

    def tidy(self, number: int, row: list[Any]) -> None:
        """Changes cells in place: this loop runs half a million times for a city."""
        longest = self.limits["cell_characters"]
        for column, value in enumerate(row):
            kind = type(value)
            if kind is str and not value:
                row[column] = None
            elif kind is str and value.isprintable() and len(value) <= longest and "E+1" not in value:
                continue
            elif kind is float and -EXACT_BELOW < value < EXACT_BELOW and value.is_integer():
                row[column] = int(value)
            elif kind is dt.date:
                self.dates += (len(self.cells), column)
                row[column] = value.toordinal()
            elif kind is not bool:
                row[column] = self.odd(value, number, column)

    def keep(self, number: int, row: list[Any]) -> None:
        self.numbers.append(number)
        self.cells.append(row)
        if len(self.cells) >= BATCH:
            self.flush()

    def flush(self) -> None:
        if self.cells:
            say("rows", self.numbers, self.cells, self.dates, self.specials, self.long_numbers)
            self.clear()

    def is_special(self) -> bool:
        return bool(self.specials) and self.specials[-1][0] == len(self.cells)

    def special(self, column: int, kind: str, value: str) -> None:
        self.specials.append((len(self.cells), column, kind, value))

    def odd(self, value: Any, number: int, column: int) -> Any:
        """What travels in the cell; the cell of a special is filled by the parent."""
        if isinstance(value, str):
            return self.odd_text(value, number, column)
        if isinstance(value, float):
            return self.odd_number(value, number, column)
        if isinstance(value, dt.datetime):
            self.special(column, "datetime", value.isoformat())
            return None
        return value if isinstance(value, int) else str(value)

    def odd_text(self, value: str, number: int, column: int) -> str | None:
        longest = self.limits["cell_characters"]
        if len(value) > longest:
            facts = {"where": self.where, "row": number, "column": column + 1, "limit": longest}
            raise Refused("cell-too-long", facts)
        if CONTROL.search(value):
            self.special(column, "error", "含有不可见的控制字符")
            return None
        if EXPONENT.fullmatch(value):
            self.long_numbers.append((number, column))
        return value

    def odd_number(self, value: float, number: int, column: int) -> float | None:
        if not math.isfinite(value):
            self.special(column, "error", "数字超出范围")
            return None
        if abs(value) >= EXACT_BELOW:
            self.long_numbers.append((number, column))
        return value


class Sheet:
    """What the reader does not tell: formulas, error cells and hidden rows, found in the sheet's own XML."""

    def __init__(self, xml: bytes = b"") -> None:
        if prefix := PREFIX.search(xml[:2000]):
            xml = xml.replace(b"<" + prefix[1], b"<").replace(b"</" + prefix[1], b"</")
        self.xml = xml

    def formulas(self) -> list[tuple[int, int]]:
        places = (self.cell_around(match.start())[0] for match in FORMULA.finditer(self.xml))
        return [place for place in places if place]

    def errors(self) -> dict[int, dict[int, str]]:
        found: dict[int, dict[int, str]] = {}
        for match in ERROR.finditer(self.xml):
            place, start = self.cell_around(match.start())
            cell = self.xml[start : self.xml.find(b"</c>", start)]
            if place and (value := re.search(rb"<v[^>]*>([^<]*)", cell)):
                found.setdefault(place[0], {})[place[1]] = value[1].decode(errors="replace")[:20]
        return found

    def hidden_rows(self) -> list[int]:
        refs = (REF.search(match[0]) for match in HIDDEN.finditer(self.xml))
        return [int(ref[2]) for ref in refs if ref]

    def cell_around(self, at: int) -> tuple[tuple[int, int] | None, int]:
        """Some writers leave the references out: then the place in the row counts."""
        row_start = self.xml.rfind(b"<row", 0, at)
        start = max(self.xml.rfind(b"<c ", row_start, at), self.xml.rfind(b"<c>", row_start, at))
        if row_start < 0 or start < 0:
            return None, start
        ref = REF.search(self.xml, start, self.xml.find(b">", start))
        if ref and ref[1]:
            return (int(ref[2]), column_index(ref[1])), start
        row = REF.search(self.xml, row_start, self.xml.find(b">", row_start))
        before = self.xml.count(b"<c ", row_start, start) + self.xml.count(b"<c>", row_start, start)
        return ((int(row[2]), before) if row else None), start


def column_index(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def closer_looks(data: bytes, notable: list[str]) -> dict[str, str]:
    """Member of each sheet, for the sheets worth a closer look."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415 -- the gate refused every declaration

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")).lstrip("/") for link in links}
    found = {}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            link = next((value for name, value in sheet.items() if name.endswith("}id")), None)
            member = posixpath.normpath(targets.get(link, ""))
            if member in notable:
                found[sheet.get("name", "")] = member
    return found


def read_workbook(data: bytes, options: dict[str, Any]) -> None:
    limits = options["limits"]
    members = closer_looks(data, options["notable"]) if options["notable"] else {}
    old = old_looks(data) if options["kind"] == "xls" else []
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if any(sheet.typ in (SheetTypeEnum.MacroSheet, SheetTypeEnum.Vba) for sheet in book.sheets_metadata):
        raise Refused("active-content", {"what": "macro"})
    if len(sheets) > limits["sheets"]:
        raise Refused("too-many", {"where": "workbook", "what": "sheets", "limit": limits["sheets"]})
    for at, facts in enumerate(sheets):
        looked = old[at] if at < len(old) else Sheet(member_bytes(data, members.get(facts.name)))
        send_sheet(book, facts, looked, limits)


def old_looks(data: bytes) -> list[Any]:
    old_format = importlib.import_module("old_format")
    try:
        return old_format.old_sheets(data)
    except old_format.Locked:
        raise Refused("encrypted", {}) from None
    except (struct.error, IndexError):
        return []


def member_bytes(data: bytes, member: str | None) -> bytes:
    if not member:
        return b""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(member)


def send_sheet(book: CalamineWorkbook, facts: Any, looked: Any, limits: dict[str, int]) -> None:
    sheet = book.get_sheet_by_name(facts.name)
    where = f"“{facts.name}”"
    _top, left = sheet.start or (0, 0)
    bottom, right = sheet.end or (-1, -1)
    for what, last in (("rows", bottom), ("columns", right)):
        if last >= limits[what]:
            raise Refused("too-many", {"where": where, "what": what, "limit": limits[what]})
    merged = [(a + 1, b, min(c, bottom) + 1, min(d, right)) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
    details = {"merged": merged, "formulas": looked.formulas(), "hidden_rows": looked.hidden_rows()}
    say("sheet", facts.name, facts.visible != SheetVisibleEnum.Visible, details)
    # It counts rows from the first of the sheet, but columns from the first used one.
    rows: Iterable[list[Any]] = sheet.iter_rows()
    if left:
        rows = ([""] * left + row for row in rows)
    Rows(where, limits).send(rows, 1, looked.errors())


def read_csv(data: bytes, options: dict[str, Any]) -> None:
    limits = options["limits"]
    text = decoded(data)
    if CONTROL.search(text):
        raise Refused("encoding", {})
    # Long fields are refused with their row and column further down.
    csv.field_size_limit(len(data) + 1)
    say("sheet", "", False, {"merged": [], "formulas": [], "hidden_rows": []})
    Rows("", limits).send(even(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter(text)), limits), 1, {})


def decoded(data: bytes) -> str:
    """Excel saves CSV as GBK, as UTF-8 with a mark, or as UTF-16; GB18030 is GBK and more."""
    encodings = ["utf-8-sig", "gb18030"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif data[:200].count(b"\0") > len(data[:200]) // 4:
        # Commas and digits have their zero byte behind them or before them.
        zeros_behind = data[1:200:2].count(b"\0") > data[0:200:2].count(b"\0")
        encodings = ["utf-16-le" if zeros_behind else "utf-16-be"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("encoding", {})


def delimiter(text: str) -> str:
    """The mark that most lines of the beginning agree on."""
    lines = [line for line in text[:20_000].splitlines()[:20] if line.strip()]
    return max(",\t;", key=lambda mark: sum(line.count(mark) > 0 for line in lines) * 1000 + text[:20_000].count(mark))


def even(rows: Iterator[list[str]], limits: dict[str, int]) -> Iterator[list[str]]:
    """Ragged rows are filled up; a quoted line break inside a cell does not count as a row."""
    width = 0
    for number, row in enumerate(rows, 1):
        while len(row) > limits["columns"] and not row[-1]:
            row.pop()
        width = max(width, len(row))
        if width > limits["columns"] or number > limits["rows"]:
            what = "columns" if width > limits["columns"] else "rows"
            raise Refused("too-many", {"where": "workbook", "what": what, "limit": limits[what]})
        row.extend([""] * (width - len(row)))
        yield row


def get_ready(options: dict[str, Any]) -> None:
    """Imports what this upload needs and others do not: under the limits no file can be opened any more."""
    needed = [] if options["kind"] == "xlsx" else ["old_format", *(f"encodings.{name}" for name in ENCODINGS)]
    if options["notable"]:
        # Names of zip members are read in the oldest of encodings.
        needed += ["xml.etree.ElementTree", "encodings.cp437"]
    # Isolated, so our own folder is not there by itself.
    sys.path.insert(0, posixpath.dirname(posixpath.abspath(__file__)))
    for module in needed:
        importlib.import_module(module)


def guarded(work: Callable[[], None]) -> None:
    """Does the work and says how it ended. Parsers raise anything, and Rust panics are not even Exceptions."""
    try:
        work()
        say("end")
    except Refused as refused:
        say("refused", *refused.args)
    except PasswordError:
        say("refused", "encrypted", {})
    except MemoryError:
        say("refused", "too-large", {})
    except BaseException as error:  # noqa: BLE001
        damaged = isinstance(error, CalamineError | zipfile.BadZipFile | LookupError)
        huge = "capacity overflow" in str(error)
        say("refused", "too-large" if huge else "damaged" if damaged else "unreadable", {})


def main() -> None:
    # Nothing here forms cycles, and the process is short-lived.
    gc.disable()
    options, data = heard()
    get_ready(options)
    limit(options["limits"])
    guarded(lambda: (read_csv if options["kind"] == "csv" else read_workbook)(data, options))


if __name__ == "__main__":
    main()
