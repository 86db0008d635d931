"""What the reader leaves out of a .xls: formulas, error cells, hidden rows. Plain record walking, no parsing of values.

Used inside the child process only; imports nothing of the project.
"""

import struct
from collections.abc import Iterator

FORMULA, BOOLEAN_OR_ERROR, ROW, BOUNDSHEET, END, LOCK = 0x0006, 0x0205, 0x0208, 0x0085, 0x000A, 0x002F
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
FREE = 0xFFFFFFFA


class Locked(Exception):
    """The cells are scrambled: a password is needed."""


class OldSheet:
    """The same questions as to a newer sheet's XML."""

    def __init__(self, stream: bytes, start: int) -> None:
        self._formulas: list[tuple[int, int]] = []
        self._errors: dict[int, dict[int, str]] = {}
        self._hidden: list[int] = []
        for kind, body in records(stream, start):
            if kind == END:
                break
            self._note(kind, body)

    def _note(self, kind: int, body: bytes) -> None:
        if kind == FORMULA and len(body) >= 14:
            row, column = struct.unpack_from("<HH", body)
            self._formulas.append((row + 1, column))
            if body[6] == 2 and body[12:14] == b"\xff\xff":
                self._errors.setdefault(row + 1, {})[column] = ERRORS.get(body[8], "#")
        elif kind == BOOLEAN_OR_ERROR and len(body) >= 8 and body[7]:
            row, column = struct.unpack_from("<HH", body)
            self._errors.setdefault(row + 1, {})[column] = ERRORS.get(body[6], "#")
        elif kind == ROW and len(body) >= 14 and body[12] & 0x20:
            self._hidden.append(int.from_bytes(body[:2], "little") + 1)

    def formulas(self) -> list[tuple[int, int]]:
        return self._formulas

    def errors(self) -> dict[int, dict[int, str]]:
        return self._errors

    def hidden_rows(self) -> list[int]:
        return self._hidden


def old_sheets(data: bytes) -> list[OldSheet]:
    """Worksheets in workbook order; none when the container is one this walker does not know."""
    stream = workbook_stream(data)
    starts = []
    for kind, body in records(stream, 0):
        if kind == LOCK:
            raise Locked
        if kind == BOUNDSHEET and len(body) > 6 and body[5] == 0:
            starts.append(int.from_bytes(body[:4], "little"))
        elif kind == END:
            break
    return [OldSheet(stream, start) for start in starts]


def records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


def workbook_stream(data: bytes) -> bytes:
    """The stream Workbook (or Book) of a compound file; streams under 4 KiB live elsewhere and are not looked at."""
    size = 1 << int.from_bytes(data[30:32], "little")
    table = allocation_table(data, size)
    directory = chain(data, size, table, int.from_bytes(data[48:52], "little"))
    for at in range(0, len(directory), 128):
        entry = directory[at : at + 128]
        name = entry[: max(int.from_bytes(entry[64:66], "little") - 2, 0)].decode("utf-16-le", errors="replace")
        start, length = struct.unpack_from("<II", entry, 116)
        if name in {"Workbook", "Book"} and length >= int.from_bytes(data[56:60], "little"):
            return chain(data, size, table, start)[:length]
    return b""


def allocation_table(data: bytes, size: int) -> list[int]:
    sectors = list(struct.unpack_from("<109I", data, 76))
    more = int.from_bytes(data[68:72], "little")
    seen = set()
    while more < FREE and more not in seen:
        seen.add(more)
        further = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        sectors += further[:-1]
        more = further[-1]
    table: list[int] = []
    for sector in sectors:
        if sector < FREE:
            table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)
    return table


def chain(data: bytes, size: int, table: list[int], sector: int) -> bytes:
    pieces = []
    # A chain longer than the table runs in a circle.
    for _step in range(len(table)):
        if sector >= len(table):
            break
        pieces.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = table[sector]
    return b"".join(pieces)
