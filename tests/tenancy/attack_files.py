"""Builds the files that attack or merely annoy a spreadsheet reader, by hand, so that each lie can be told exactly."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'
ONE_CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'


def sheet(rows: str = ONE_CELL, *, before: str = "", after: str = "", doctype: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<worksheet xmlns="{MAIN}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    )


def text_cell(ref: str, text: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def parts(
    sheets: dict[str, str] | None = None, *, strings: str | None = None, hidden: Iterable[str] = ()
) -> dict[str, str | bytes]:
    """The members of a workbook; a test adds, replaces or drops some and packs them."""
    sheets = {"表": sheet()} if sheets is None else sheets
    marks = {name: ' state="hidden"' if name in hidden else "" for name in sheets}
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"{marks[name]}/>' for at, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{at}" Type="{LINKS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{OFFICE}.worksheet+xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{OFFICE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{OFFICE}.sharedStrings+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{OFFICE}.styles+xml"/>{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="rIdS" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="rIdT" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": strings if strings is not None else f'<sst xmlns="{MAIN}"/>',
    }
    members |= {f"xl/worksheets/sheet{at}.xml": xml for at, xml in enumerate(sheets.values(), 1)}
    return members


def packed(members: dict[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def workbook(rows: str = ONE_CELL, **options: str) -> bytes:
    return packed(parts({"表": sheet(rows, **options)}))


def with_parts(**extra: str | bytes) -> bytes:
    """A harmless workbook with more members; `__` in a name stands for `/`, `_dot_` for a dot."""
    return packed(parts() | {name.replace("__", "/").replace("_dot_", "."): body for name, body in extra.items()})


def billion_laughs(*, in_strings: bool) -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]>'
    if in_strings:
        strings = f'<?xml version="1.0"?>{doctype}<sst xmlns="{MAIN}"><si><t>&a9;</t></si></sst>'
        return packed(parts(strings=strings))
    return workbook(text_row("&a9;"), doctype=doctype)


def text_row(text: str, row: int = 1) -> str:
    return f'<row r="{row}">{text_cell(f"A{row}", text)}</row>'


def quadratic() -> bytes:
    return workbook(text_row("&a;" * 2000), doctype=f'<!DOCTYPE x [<!ENTITY a "{"x" * 50_000}">]>')


def outside_entity(address: str) -> bytes:
    return workbook(text_row("&x;"), doctype=f'<!DOCTYPE x [<!ENTITY x SYSTEM "{address}">]>')


def entity_in_utf16() -> bytes:
    xml = sheet(doctype='<!DOCTYPE x [<!ENTITY a "b">]>').replace("UTF-8", "UTF-16").encode("utf-16")
    return packed(parts() | {"xl/worksheets/sheet1.xml": xml})


def repeated(unit: bytes, times: int, *, before: bytes = b"", after: bytes = b"") -> bytes:
    """Deflated without ever holding the whole: gigabytes of zeros cost a second."""
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    block = unit * max(1, 1024 * 1024 // len(unit))
    per_block = len(block) // len(unit)
    out = [packer.compress(before)]
    out += [packer.compress(block) for _block in range(times // per_block)]
    out += [packer.compress(unit * (times % per_block)), packer.compress(after), packer.flush()]
    return b"".join(out)


def with_raw_member(name: str, body: bytes, *, declared: int) -> bytes:
    """A workbook with one already deflated member that claims to be `declared` bytes long."""
    members = {other: content for other, content in parts().items() if other != name}
    file = bytearray(packed(members))
    end = file.rfind(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HII", file, end + 10)
    raw = name.encode()
    facts = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(body), declared, len(raw), 0)
    local = b"PK\x03\x04" + facts + raw + body
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + facts + struct.pack("<HHHII", 0, 0, 0, 0, offset) + raw
    directory = file[offset : offset + size] + entry
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count + 1, count + 1, len(directory), offset + len(local), 0)
    return bytes(file[:offset]) + local + bytes(directory) + tail


def many_rules(count: int) -> bytes:
    """Numbers differ so that the file does not give itself away by compressing too well."""
    rules = "".join(
        f'<conditionalFormatting sqref="A{n}"><cfRule type="expression" priority="{n * 7919 % 999983}">'
        f"<formula>{n * 104729 % 1299709}</formula></cfRule></conditionalFormatting>"
        for n in range(1, count + 1)
    )
    return workbook(after=rules)


def merges(*areas: str) -> bytes:
    inside = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return workbook(after=f"<mergeCells>{inside}</mergeCells>")


def duplicate_member() -> bytes:
    members = parts()
    file = io.BytesIO(packed(members))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/worksheets/Sheet1.xml", sheet(text_row("另一张")))
    return file.getvalue()


def encrypted_member() -> bytes:
    """The flag that says a member is locked, set in both places it stands."""
    file = bytearray(packed(parts()))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        file[file.find(mark) + at] |= 1
    return bytes(file)


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A small OLE container, the box that .xls and locked .xlsx files come in."""
    table, entries, body = [0xFFFFFFFD, 0xFFFFFFFE], [], b""
    names = ["Root Entry", *streams]
    for at, (name, content) in enumerate([("Root Entry", b""), *streams.items()]):
        padded = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0") if at else b""
        start = len(table)
        sectors = len(padded) // 512
        table += [start + n + 1 for n in range(sectors - 1)] + [0xFFFFFFFE] * bool(sectors)
        right = at + 1 if 0 < at < len(names) - 1 else 0xFFFFFFFF
        child = 1 if at == 0 and streams else 0xFFFFFFFF
        raw = name.encode("utf-16-le") + b"\0\0"
        entry = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), 2 if at else 5, 1)
        entry += struct.pack("<III", 0xFFFFFFFF, right, child).ljust(48, b"\0")
        entries.append(entry + struct.pack("<IQ", start if at else 0xFFFFFFFE, len(padded)))
        body += padded
    directory = b"".join(entries).ljust(512, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0) + b"\xff" * 432
    fat = struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
    return head + fat + directory + body


def old_workbook(*, locked: bool = False) -> bytes:
    """A .xls with a text, a number, a formula, an error and a hidden row; or one that needs a password."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def label(row: int, column: int, text: str) -> bytes:
        return record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))

    begin = struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 6)
    name = "台账"
    bound = struct.pack("<IBBBB", 0, 0, 0, len(name), 1) + name.encode("utf-16-le")
    password = record(0x002F, struct.pack("<HHH", 0, 1, 2)) if locked else b""
    start = len(record(0x0809, begin)) + len(password) + len(record(0x0085, bound)) + 4
    bound = struct.pack("<I", start) + bound[4:]
    book = record(0x0809, begin) + password + record(0x0085, bound) + record(0x000A, b"")
    formula = struct.pack("<HHHdHIH", 2, 1, 0, 42.0, 0, 0, 3) + b"\x1e\x2a\x00"
    cells = record(0x0208, struct.pack("<HHHHHHHH", 1, 0, 2, 255, 0, 0, 0x0120, 15))
    cells += label(0, 0, "名称") + label(1, 0, "平南小吃店") + record(0x0203, struct.pack("<HHHd", 1, 1, 0, 7.0))
    cells += record(0x0006, formula) + record(0x0205, struct.pack("<HHHBB", 3, 0, 0, 0x2A, 1))
    cells += label(3, 1, "末行")
    page = record(0x0809, begin.replace(b"\x05\0", b"\x10\0", 1)) + cells + record(0x000A, b"")
    return compound_file({"Workbook": book + page})
