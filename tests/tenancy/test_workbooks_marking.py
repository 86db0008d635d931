import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from tenancy.workbooks import UnreadableWorkbook, annotate, read_table
from tests.tenancy import attack_files as files

LEDGER = Path(__file__).parent.parent / "fixtures" / "ledger-gumei.xlsx"


@pytest.fixture(scope="module")
def original() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "台账"
    page.append(["某街道台账"])
    page.append(["名称", "代码"])
    for number in range(1, 5):
        page.append([f"店{number}", f"0{number}"])
    page["A4"].font = Font(bold=True, color="FF00AA00")
    page["A6"].value, page["A6"].data_type = "=cmd|x", "s"
    page.merge_cells("A1:B1")
    page.row_dimensions[4].height = 33
    page.column_dimensions["A"].width = 41
    book.create_sheet("旧表").sheet_state = "hidden"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def opened(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


def values(data: bytes) -> list[list[object]]:
    return [[cell.value for cell in row] for row in opened(data).worksheets[0].iter_rows()]


def test_reasons_stand_behind_the_columns_and_nothing_else_changes(original):
    data = annotate(original, {4: ["代码少一位", "名称重复"], 6: ["名称不合规"]}, header_row=2)

    assert values(data) == [
        ["某街道台账", None, None],
        ["名称", "代码", "原因"],
        ["店1", "01", None],
        ["店2", "02", "代码少一位；名称重复"],
        ["店3", "03", None],
        ["=cmd|x", "04", "名称不合规"],
    ]


def test_styles_merges_sheets_and_inert_text_survive(original):
    book = opened(annotate(original, {6: ["名称不合规"]}, header_row=2))
    page = book["台账"]

    assert (page["A4"].font.bold, page["A4"].font.color.rgb) == (True, "FF00AA00")
    assert (page.row_dimensions[4].height, page.column_dimensions["A"].width) == (33, 41)
    assert ([str(area) for area in page.merged_cells.ranges], page["A6"].data_type) == (["A1:B1"], "s")
    assert book["旧表"].sheet_state == "hidden"


def test_comments_stand_on_the_named_cell_or_beside_the_reason(original):
    page = opened(annotate(original, {4: [(1, "代码少一位"), "名称重复"]}, header_row=2))["台账"]

    assert (page["B4"].comment.text, page["C4"].comment.text) == ("代码少一位", "名称重复")
    assert page["C4"].value == "代码少一位；名称重复"


def test_only_bad_rows_can_be_given_back(original):
    data = annotate(original, {4: ["代码少一位"], 6: ["名称不合规"]}, header_row=2, only_bad=True)
    page = opened(data)["台账"]

    assert values(data) == [
        ["某街道台账", None, None],
        ["名称", "代码", "原因"],
        ["店2", "02", "代码少一位"],
        ["=cmd|x", "04", "名称不合规"],
    ]
    assert (page["A3"].font.bold, page["A4"].font.bold, page["A4"].data_type) == (True, False, "s")
    assert (page.row_dimensions[3].height, page["C4"].comment.text) == (33, "名称不合规")


def test_a_second_answer_replaces_the_first(original):
    first = annotate(original, {4: [(1, "代码少一位")], 5: ["名称重复"]}, header_row=2)

    second = annotate(first, {5: ["还是重复"]}, header_row=2)

    page = opened(second)["台账"]
    assert [row[2] for row in values(second)] == [None, "原因", None, None, "还是重复", None]
    assert (page["B4"].comment, page["C5"].comment.text) == (None, "还是重复")


def test_reasons_never_become_formulas(original):
    page = opened(annotate(original, {3: ["=1+1"]}, header_row=2))["台账"]

    assert (page["C3"].value, page["C3"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        ("名称,代码\n店,007\n".encode("gbk"), [["名称", "代码", "原因"], ["店", "007", "不合规"]]),
        (
            files.old_workbook(),
            [["名称", "原因"], ["平南小吃店", "不合规"]],
        ),
    ],
    ids=["csv", "xls"],
)
def test_other_formats_come_back_as_a_workbook(data, rows):
    marked = annotate(data, {2: ["不合规"]}, header_row=1)

    assert [[cell for cell in row if cell not in (None, 7)] for row in values(marked)][:2] == rows


def test_a_named_sheet_is_the_one_marked():
    data = files.packed(files.parts({"甲": files.sheet(), "乙": files.sheet()}))

    book = opened(annotate(data, {2: ["不合规"]}, header_row=1, sheet="乙"))

    assert [page["B1"].value for page in book] == [None, "原因"]


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (lambda: files.many_rules(3_000), "too-complex"),
        (lambda: files.merges("A1:XFD1048576"), "too-complex"),
        (lambda: files.billion_laughs(in_strings=True), "unsafe-xml"),
        (lambda: files.workbook('<row r="1"><c r="A1" t="s"><v>9</v></c></row>'), "damaged"),
        (lambda: files.workbook('<row r="1"><c r="A1"><v>abc</v></c></row>'), "unreadable"),
        (lambda: b"%PDF", "wrong-type"),
    ],
)
def test_a_hostile_workbook_is_refused_here_too(build, code):
    with pytest.raises(UnreadableWorkbook) as refused:
        annotate(build(), {1: ["x"]}, header_row=1)

    assert refused.value.code == code


def test_the_ledger_comes_back_and_can_be_read_again():
    data = annotate(LEDGER.read_bytes(), {75: [(2, "校验码不符")], 311: [(1, "公式")]}, header_row=4, only_bad=True)

    sheet = read_table(data, "ledger.xlsx").sheets[0]

    assert [number for number, _cells in sheet.rows] == [1, 2, 4, 5, 6]
    assert [cells[15] for _number, cells in sheet.rows[2:]] == ["原因", "校验码不符", "公式"]
    assert sheet.formula_cells == {(6, 1)}
