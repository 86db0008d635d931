import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tenancy.workbooks import UnreadableWorkbook, annotate, limits_in_force, read_table
from tests.tenancy import attack_files as files

GIB = 1024 * 1024 * 1024
CORNER = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def long_string(declared: int | None = None) -> bytes:
    before, after = b"<sst><si><t>", b"</t></si></sst>"
    body = files.repeated(b"x", GIB, before=before, after=after)
    return files.with_raw_member("xl/sharedStrings.xml", body, declared=declared or GIB + len(before + after))


def empties(rows: int, columns: int) -> bytes:
    names = [chr(65 + n) if n < 26 else chr(64 + n // 26) + chr(65 + n % 26) for n in range(columns)]
    lines = (
        f'<row r="{row}">' + "".join(f'<c r="{name}{row}" s="1"/>' for name in names) + "</row>"
        for row in range(1, rows + 1)
    )
    return files.workbook("".join(lines))


ATTACKS = {
    "billion laughs in the strings": (lambda: files.billion_laughs(in_strings=True), "unsafe-xml"),
    "billion laughs in the sheet": (lambda: files.billion_laughs(in_strings=False), "unsafe-xml"),
    "quadratic entity": (files.quadratic, "unsafe-xml"),
    "entity from a file": (lambda: files.outside_entity("file:///etc/passwd"), "unsafe-xml"),
    "entity from the network": (lambda: files.outside_entity("http://192.0.2.1/x"), "unsafe-xml"),
    "entity behind UTF-16": (files.entity_in_utf16, "unsafe-xml"),
    "entity far behind the beginning": (lambda: files.workbook(after=" " * 300_000 + "<!ENTITY a 'b'>"), "unsafe-xml"),
    "string of 1 GiB": (long_string, "too-large"),
    "string of 1 GiB that claims to be small": (lambda: long_string(500_000), "damaged"),
    "unused member that is larger than it says": (
        lambda: files.with_raw_member("xl/unused.bin", files.repeated(b"\0", GIB), declared=1000),
        "damaged",
    ),
    "cell in the farthest corner": (lambda: files.workbook(CORNER), "too-many"),
    "cells in both corners": (lambda: files.workbook(files.ONE_CELL + CORNER), "too-large"),
    "3 million strings": (
        lambda: files.packed(files.parts(strings="<sst>" + "<si><t/></si>" * 3_000_000)),
        "too-large",
    ),
    "strings above the cap that compress badly": (
        lambda: files.packed(files.parts(strings="<sst>" + "".join(f"<si>{n}</si>" for n in range(4_500_001)))),
        "too-complex",
    ),
    "merge of the whole sheet": (lambda: files.merges("A1:XFD1048576"), "too-complex"),
    "10,001 merges": (lambda: files.merges(*(f"A{n}:B{n}" for n in range(1, 10_002))), "too-complex"),
    "100,000 conditional formats": (lambda: files.many_rules(100_000), "too-complex"),
    "100,001 styles": (
        lambda: files.with_parts(xl__styles_dot_xml="".join(f'<xf numFmtId="{n}"/>' for n in range(100_001))),
        "too-complex",
    ),
    "string index beyond the table": (
        lambda: files.workbook('<row r="1"><c r="A1" t="s"><v>9</v></c></row>'),
        "damaged",
    ),
    "string index below zero": (lambda: files.workbook('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>'), "damaged"),
    "rows out of order and row zero": (
        lambda: files.workbook('<row r="5"><c r="A5"><v>5</v></c></row><row r="0"><c r="A0"><v>2</v></c></row>'),
        "damaged",
    ),
    "the same member twice": (files.duplicate_member, "damaged"),
    "path out of the folder": (lambda: files.packed(files.parts() | {"xl/../../../etc/cron.d/x": "x"}), "damaged"),
    "absolute path": (lambda: files.packed(files.parts() | {"/etc/cron.d/x": "x"}), "damaged"),
    "locked member": (files.encrypted_member, "encrypted"),
    "truncated": (lambda: files.workbook()[:-40], "damaged"),
    "bytes behind the end": (lambda: files.workbook() + b"PK\x03\x04", "damaged"),
    "empty": (lambda: b"", "empty"),
    "31 MiB": (lambda: b"PK\x03\x04" + b"x" * 31 * 1024 * 1024, "too-big"),
    "text": ("名称,电话\n".encode, "wrong-type"),
    "zeros": (lambda: b"\0" * 4096, "damaged"),
    "web page": (lambda: b"<html><table></table></html>", "wrong-type"),
    "Word document": (lambda: files.packed({"word/document.xml": "x"}), "wrong-type"),
    "binary workbook": (lambda: files.packed({"xl/workbook.bin": b"x"}), "wrong-type"),
    "PDF": (lambda: b"%PDF-1.7", "wrong-type"),
    "old workbook": (files.old_workbook, "wrong-type"),
    "old Word document": (lambda: files.compound_file({"WordDocument": b"x"}), "wrong-type"),
    "workbook behind a password": (
        lambda: files.compound_file({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}),
        "encrypted",
    ),
    "macro": (lambda: files.with_parts(xl__vbaProject_dot_bin=b"x"), "active-content"),
    "macro in other letters": (lambda: files.with_parts(XL__VBAPROJECT_dot_BIN=b"x"), "active-content"),
    "external link": (lambda: files.with_parts(xl__externalLinks__externalLink1_dot_xml="<a/>"), "active-content"),
    "embedded object": (lambda: files.with_parts(xl__embeddings__oleObject1_dot_bin=b"x"), "active-content"),
    "ActiveX": (lambda: files.with_parts(xl__activeX__activeX1_dot_xml="<a/>"), "active-content"),
    "1,000 sheets": (lambda: files.packed(files.parts({f"s{n}": files.sheet() for n in range(1000)})), "too-many"),
    "300 members": (lambda: files.packed(files.parts() | {f"x{n}": "" for n in range(300)}), "too-complex"),
    "cell of 9 million bytes": (
        lambda: files.workbook(files.text_row("".join(chr(0x4E00 + n * 7 % 20_000) for n in range(3_000_000)))),
        "cell-too-long",
    ),
    "50,001 rows": (
        lambda: files.workbook("".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 50_002))),
        "too-many",
    ),
    "61 columns": (
        lambda: files.workbook('<row r="1"><c r="A1"><v>1</v></c><c r="BI1"><v>1</v></c></row>'),
        "too-many",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_with_its_code_and_a_chinese_sentence(name):
    build, code = ATTACKS[name]

    with pytest.raises(UnreadableWorkbook) as refused:
        read_table(build(), "台账.xlsx")

    assert refused.value.code == code
    assert len(re.findall("[\u4e00-\u9fff]", refused.value.message)) > 10
    assert "%" not in refused.value.message


@pytest.mark.parametrize(
    ("name", "build", "code"),
    [
        ("a.xlsm", files.workbook, "unsupported"),
        ("a", files.workbook, "unsupported"),
        ("a.xls", files.workbook, "wrong-type"),
        ("a.csv", files.workbook, "wrong-type"),
        ("a.csv", files.old_workbook, "wrong-type"),
        ("a.xls", lambda: files.old_workbook(locked=True), "encrypted"),
        ("a.xls", lambda: files.compound_file({"Workbook": b"x", "_VBA_PROJECT_CUR": b"x"}), "active-content"),
        ("a.xls", lambda: files.compound_file({"Workbook": b"x" * 5000}), "damaged"),
        ("a.csv", lambda: b"a,b\n\0,c\n", "encoding"),
        ("a.csv", lambda: b"a,b\n\xff\xff\xff,c\n", "encoding"),
        ("a.csv", lambda: b"a," + b"x" * 9_000_000, "cell-too-long"),
        ("a.csv", lambda: b"a\n" * 50_001, "too-many"),
        ("a.csv", lambda: b",".join([b"a"] * 61), "too-many"),
    ],
)
def test_the_name_must_tell_the_truth_and_other_formats_are_judged_too(name, build, code):
    with pytest.raises(UnreadableWorkbook) as refused:
        read_table(build(), name)

    assert refused.value.code == code
    assert len(re.findall("[\u4e00-\u9fff]", refused.value.message)) > 10


def test_the_four_ways_of_being_no_workbook_get_four_different_sentences():
    sentences = set()
    for name in ("truncated", "text", "Word document", "workbook behind a password"):
        with pytest.raises(UnreadableWorkbook) as refused:
            read_table(ATTACKS[name][0](), "台账.xlsx")
        sentences.add(refused.value.message)

    assert len(sentences) == 4


@pytest.mark.parametrize(
    ("build", "rows"),
    [
        (lambda: files.workbook(before='<dimension ref="A1:XFD1048576"/>'), [(1, [1])]),
        (lambda: files.workbook("".join(f'<row r="{n}"/>' for n in range(1, 1_000_001))), []),
        (lambda: empties(10_000, 30), []),
        (lambda: empties(100_000, 50), []),
        (lambda: files.packed(files.parts(), method=0), [(1, [1])]),
    ],
    ids=[
        "lying dimension",
        "a million empty rows",
        "300,000 styled empties",
        "5 million of them",
        "stored without compression",
    ],
)
def test_an_odd_but_harmless_file_is_read(build, rows):
    assert read_table(build(), "台账.xlsx").sheets[0].rows == rows


@pytest.mark.parametrize(
    ("name", "limit", "build", "sentence"),
    [
        (
            "IMPORT_MIB", 1, lambda: b"PK\x03\x04" + b"x" * 2 * 1024 * 1024,
            "文件有2.0 MB，超过1 MB的上限。请删去图片和无关的工作表，或按街道（乡镇）分成几个文件分别上传。",
        ),
        (
            "IMPORT_UNPACKED_MIB", 5, lambda: empties(10_000, 50),
            "文件展开后有9 MB，超过5 MB的上限。请把数据以“值”粘贴到新的工作簿，或按街道（乡镇）分成几个文件分别上传。",
        ),
        (
            "IMPORT_ROWS", 2, lambda: files.workbook("".join(files.text_row("x", n) for n in range(1, 4))),
            "“表”的行数超过2行的上限。请按街道（乡镇）分成几个文件分别上传。",
        ),
        (
            "IMPORT_ROWS", 2, lambda: b"a\nb\nc\n", "工作簿的行数超过2行的上限。请按街道（乡镇）分成几个文件分别上传。",
        ),
    ],
    ids=["packed", "unpacked", "rows of a sheet", "rows of a text"],
)  # fmt: skip
def test_the_installations_limits_are_settings_and_their_refusals_name_them(settings, name, limit, build, sentence):
    setattr(settings, name, limit)

    with pytest.raises(UnreadableWorkbook) as refused:
        read_table(data := build(), "台账.xlsx" if data.startswith(b"PK") else "台账.csv")

    assert refused.value.message == sentence


def test_what_the_reading_process_may_use_grows_with_what_may_be_unpacked(settings):
    found = []
    for unpacked in (100, 300):
        settings.IMPORT_UNPACKED_MIB = unpacked
        limits = limits_in_force()
        found.append((limits.memory_bytes // 2**20, limits.cpu_seconds, limits.wall_seconds, limits.rows))
    assert found == [(712, 30, 50, 50_000), (1112, 50, 90, 50_000)]


def test_time_by_the_clock_is_limited():
    with pytest.raises(UnreadableWorkbook) as refused:
        read_table(empties(10_000, 50), "台账.xlsx", limits=replace(limits_in_force(), wall_seconds=0))

    assert refused.value.code == "too-slow"


def test_time_of_the_processor_is_limited():
    data = empties(10_000, 50)

    with pytest.raises(UnreadableWorkbook) as refused:
        annotate(data, {2: ["缺少名称"]}, header_row=1, limits=replace(limits_in_force(), cpu_seconds=1))

    assert refused.value.code == "too-slow"


def test_memory_is_limited_for_the_child():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="BH{n}"><v>1</v></c></row>' for n in range(1, 40_001))

    with pytest.raises(UnreadableWorkbook) as refused:
        read_table(files.workbook(rows), "台账.xlsx", limits=replace(limits_in_force(), memory_bytes=60 * 1024 * 1024))

    assert refused.value.code == "too-large"


def memory(field: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) // 1024


def test_the_parent_stays_small_and_alive_through_all_attacks():
    built = [ATTACKS[name][0]() for name in ("string of 1 GiB that claims to be small", "100,000 conditional formats")]
    built += [ATTACKS[name][0]() for name in ("cells in both corners", "cell of 9 million bytes")]
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")

    for data in built:
        with pytest.raises(UnreadableWorkbook):
            read_table(data, "台账.xlsx")

    assert memory("VmHWM") - before < 50


def test_no_child_outlives_its_reading():
    with pytest.raises(UnreadableWorkbook):
        read_table(files.workbook(files.ONE_CELL + CORNER), "台账.xlsx")
    read_table(files.workbook(), "台账.xlsx")

    # A timer that was not cancelled would keep its thread.
    time.sleep(0.05)
    assert children_of_this_process() == []


def children_of_this_process() -> list[str]:
    names = []
    for task in Path("/proc/self/task").iterdir():
        for child in (task / "children").read_text().split():
            line = Path(f"/proc/{child}/cmdline").read_text()
            names += [line] if "workbooks" in line else []
    return names
