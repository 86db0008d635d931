import datetime as dt
import json
import os
from pathlib import Path

import pytest

from tenancy.workbooks import ErrorCell, SheetData, read_table
from tests.tenancy import attack_files as files

FIXTURES = Path(__file__).parent.parent / "fixtures"
DATE = '<c r="B2" s="1"><v>46000</v></c>'


def first(rows: str, **options: str) -> SheetData:
    return read_table(files.workbook(rows, **options), "台账.xlsx").sheets[0]


@pytest.fixture(scope="module")
def ledger():
    return read_table((FIXTURES / "ledger-gumei.xlsx").read_bytes(), "ledger-gumei.xlsx")


@pytest.fixture(scope="module")
def expected():
    return json.loads((FIXTURES / "ledger-gumei.expected.json").read_text())


def test_rows_keep_the_numbers_excel_shows_and_columns_count_from_a():
    sheet = first('<row r="4"><c r="C4"><v>1</v></c></row><row r="6"><c r="D6"><v>2</v></c></row>')

    assert sheet.rows == [(4, [None, None, 1, None]), (6, [None, None, None, 2])]


def test_values_keep_their_kinds():
    noon = dt.datetime(2025, 12, 9, 12)  # noqa: DTZ001 -- cells have no zone
    cells = (
        files.text_cell("A2", "平南小吃店") + DATE + '<c r="C2" s="1"><v>46000.5</v></c><c r="D2"><v>7</v></c>'
        '<c r="E2"><v>7.5</v></c><c r="F2" t="b"><v>1</v></c>' + files.text_cell("G2", "007")
    )

    assert first(f'<row r="2">{cells}</row>').rows == [
        (2, ["平南小吃店", dt.date(2025, 12, 9), noon, 7, 7.5, True, "007"])
    ]


def test_cells_without_a_usable_value_say_so():
    cells = '<c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="e"><f>A9</f><v>#REF!</v></c><c r="C1"><v>1e999999</v></c>'
    cells += files.text_cell("D1", "a_x0000_b")

    assert first(f'<row r="1">{cells}</row>').rows == [
        (1, [ErrorCell("#N/A"), ErrorCell("#REF!"), ErrorCell("数字超出范围"), ErrorCell("含有不可见的控制字符")])
    ]


def test_text_in_a_number_cell_and_an_impossible_date_stay_text():
    cells = '<c r="A1"><v>abc</v></c><c r="B1" t="d"><v>99999-99-99</v></c>'

    assert first(f'<row r="1">{cells}</row>').rows == [(1, ["abc", "99999-99-99"])]


def test_formulas_are_found_and_read_as_shown():
    cells = '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f t="shared" si="0"/><v>3</v></c><c r="C1"><v>4</v></c>'

    sheet = first(f'<row r="1">{cells}</row>')

    assert (sheet.rows, sheet.formula_cells) == ([(1, [2, 3, 4])], {(1, 0), (1, 1)})


def test_formulas_are_found_without_references_and_behind_prefixes():
    bare = '<row r="3"><c><v>1</v></c><c><f>1+1</f><v>2</v></c></row>'
    prefixed = files.sheet('<row r="1"><c r="B1"><f>1</f><v>1</v></c></row>')
    for name in ("worksheet", "sheetData", "row", "c ", "f>", "v>"):
        prefixed = prefixed.replace(f"<{name}", f"<x:{name}").replace(f"</{name}", f"</x:{name}")
    prefixed = prefixed.replace("</c>", "</x:c>").replace("xmlns=", "xmlns:x=")

    assert first(bare).formula_cells == {(3, 1)}
    assert read_table(files.packed(files.parts({"表": prefixed})), "a.xlsx").sheets[0].formula_cells == {(1, 1)}


def test_text_that_looks_like_a_formula_stays_text():
    sheet = first(files.text_row("=cmd|' /C calc'!A0"))

    assert (sheet.rows, sheet.formula_cells) == ([(1, ["=cmd|' /C calc'!A0"])], set())


def test_numbers_that_lost_digits_are_flagged_and_exact_ones_are_not():
    cells = '<c r="A1"><v>9.13E+17</v></c><c r="B1"><v>913101120000000000</v></c><c r="C1"><v>123456789012345</v></c>'
    cells += '<c r="D1"><v>1234567890123456</v></c><c r="E1"><v>0.30000000000000004</v></c>'
    cells += files.text_cell("F1", "9.13E+17") + files.text_cell("G1", "913101120000000000")

    sheet = first(f'<row r="1">{cells}</row>')

    assert sheet.long_numbers == {(1, 0), (1, 1), (1, 3), (1, 5)}
    assert sheet.rows[0][1][2] == 123456789012345
    assert sheet.rows[0][1][6] == "913101120000000000"


def test_hidden_rows_and_sheets_and_merges_are_told():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="B2"><v>2</v></c></row>'
    seen = files.sheet(rows, after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')
    data = files.packed(files.parts({"主表": seen, "旧表": files.sheet()}, hidden=["旧表"]))

    book = read_table(data, "台账.xlsx")

    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("主表", False), ("旧表", True)]
    assert (book.sheets[0].hidden_rows, book.sheets[0].merged) == ({2}, [(1, 0, 1, 1)])


def test_the_other_date_base_is_understood():
    members = files.parts({"表": files.sheet(f'<row r="2">{DATE}</row>')})
    book = str(members["xl/workbook.xml"]).replace("<sheets>", '<workbookPr date1904="1"/><sheets>')

    sheet = read_table(files.packed(members | {"xl/workbook.xml": book}), "a.xlsx").sheets[0]

    assert sheet.rows == [(2, [None, dt.date(2029, 12, 10)])]


def test_an_old_workbook_is_read_with_formulas_errors_and_hidden_rows():
    sheet = read_table(files.old_workbook(), "台账.XLS").sheets[0]

    assert sheet.rows == [
        (1, ["名称", None]),
        (2, ["平南小吃店", 7]),
        (3, [None, 42]),
        (4, [ErrorCell("#N/A"), "末行"]),
    ]
    assert (sheet.name, sheet.formula_cells, sheet.hidden_rows) == ("台账", {(3, 1)}, {2})


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_every_usual_encoding_and_delimiter(encoding, delimiter):
    text = f"名称{delimiter}代码\r\n古美路小吃店{delimiter}00123\r\n".encode(encoding)

    assert read_table(text, "台账.csv").sheets[0].rows == [(1, ["名称", "代码"]), (2, ["古美路小吃店", "00123"])]


def test_csv_values_stay_text_and_lost_digits_are_flagged():
    sheet = read_table("代码,金额\n9.13101E+17,=1+1\n\n店,\n".encode(), "a.csv").sheets[0]

    assert sheet.rows == [(1, ["代码", "金额"]), (2, ["9.13101E+17", "=1+1"]), (4, ["店", None])]
    assert sheet.long_numbers == {(2, 0)}


def test_ragged_csv_rows_and_line_breaks_in_quotes_are_taken():
    sheet = read_table(b'a,b\n"x\ny"\n1,2,3\n', "a.csv").sheets[0]

    assert sheet.rows == [(1, ["a", "b"]), (2, ["x\ny", None]), (3, ["1", "2", "3"])]


def test_the_ledger_has_its_sheets_header_and_data(ledger, expected):
    sheet = ledger.sheets[0]
    numbers = [number for number, _cells in sheet.rows]

    assert [(s.name, s.hidden) for s in ledger.sheets] == [("主体台账", False), ("填表说明", False), ("隐藏", True)]
    assert sheet.name == expected["sheet"]
    assert dict(sheet.rows)[expected["header_row"]][:3] == ["序号", "主体名称", "统一社会信用代码"]
    assert [number for number in numbers if number > 4][:: len(numbers)] == [5]
    assert sheet.merged == [(1, 0, 1, 14)]


@pytest.mark.parametrize(("kind", "code"), [("formula_cells", "formula-cell"), ("long_numbers", "code-lost-precision")])
def test_the_ledger_shows_its_formulas_and_lost_digits_on_the_right_rows(ledger, expected, kind, code):
    wanted = {problem["row"] for problem in expected["problems"] if problem["code"] == code}

    assert wanted
    assert {row for row, _column in getattr(ledger.sheets[0], kind)} == wanted


def test_trailing_styled_rows_of_the_ledger_are_left_out(ledger, expected):
    numbers = [number for number, _cells in ledger.sheets[0].rows]

    assert numbers[-1] <= 1292
    assert numbers == sorted(set(numbers))


def test_the_child_cannot_see_the_secrets_of_the_parent(monkeypatch):
    from tenancy.workbooks.process import PASSED_ON

    assert set(PASSED_ON) <= {"PATH", "LD_LIBRARY_PATH", "SYSTEMROOT"}
    assert set(os.environ) > set(PASSED_ON)
