import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from tenancy.workbooks import Column, Sheet, csv_safe, read_table, write_table, write_table_plainly

HEADER = [
    Column("主体名称"),
    Column("代码", width=22),
    Column("人数", "int"),
    Column("年营业收入", "number"),
    Column("完成率", "percent"),
    Column("走访日期", "date"),
    Column("记录时间", "datetime"),
]
NOON = dt.datetime(2026, 1, 2, 12, 30)  # noqa: DTZ001 -- cells have no zone
ROW = ("平南小吃店", "92310112MA1XXXXX0A", 7, Decimal("12.5"), 0.9512, dt.date(2026, 1, 2), NOON)

both_writers = pytest.mark.parametrize("write", [write_table, write_table_plainly])


def written(write, *sheets: Sheet) -> bytes:
    file = io.BytesIO()
    write(file, sheets)
    return file.getvalue()


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


@both_writers
def test_values_come_back_as_they_were(write):
    data = written(write, Sheet("台账", HEADER, [ROW]))

    name, code, number, income, rate, day, _noon = ROW
    assert read_table(data, "a.xlsx").sheets[0].rows == [
        (1, [column.name for column in HEADER]),
        (2, [name, code, number, float(income), rate, day, NOON]),
    ]


@both_writers
def test_columns_have_their_formats_and_the_header_its_look(write):
    page = opened(written(write, Sheet("台账", HEADER, [ROW])))["台账"]

    formats = [page.cell(2, column).number_format for column in range(1, 8)]
    assert formats == ["@", "@", "0", "General", "0.00%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:G2")
    assert (page["A1"].font.bold, page["A1"].fill.fgColor.rgb) == (True, "FFDDE8F3")
    assert round(page.column_dimensions["B"].width) in {22, 23}
    assert (page.page_setup.orientation, page.print_title_rows) == ("landscape", "$1:$1")


@both_writers
@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "@SUM(A1)", "+1", "-1", "{=1}", "http://a.example", "\t=1"]
)
def test_user_text_never_becomes_a_formula_or_a_link(write, text):
    data = written(write, Sheet("表", [Column("说明")], [(text,)]))

    cell = opened(data)["表"]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert b"<f" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


@both_writers
def test_what_no_cell_can_hold_is_left_out(write):
    header = [Column("说明"), Column("数", "number")]
    rows = [("a\x00b\x0bc\ud800d", float("nan")), ("x" * 40_000, float("inf")), (None, None), (12345678901234567890, 1)]

    page = opened(written(write, Sheet("表", header, rows)))["表"]

    assert [page.cell(row, 1).value for row in (2, 4, 5)] == ["abcd", None, "12345678901234567890"]
    assert page["A3"].value == "x" * 32_766 + "…"
    assert [page.cell(row, 2).value for row in (2, 3, 4, 5)] == [None, None, None, 1]


@both_writers
def test_an_empty_table_has_its_header(write):
    book = read_table(written(write, Sheet("空表", HEADER, []), Sheet("有", [Column("a")], iter([("1",)]))), "a.xlsx")

    assert [sheet.rows for sheet in book.sheets] == [[(1, [c.name for c in HEADER])], [(1, ["a"]), (2, ["1"])]]


@both_writers
def test_equal_column_titles_keep_their_own_values(write):
    data = written(write, Sheet("表", [Column("联系电话"), Column("联系电话")], [("a", "b")]))

    rows = read_table(data, "a.xlsx").sheets[0].rows
    assert [str(cell).strip() for cell in rows[0][1]] == ["联系电话", "联系电话"]
    assert rows[1] == (2, ["a", "b"])


@both_writers
def test_sheet_titles_are_made_acceptable_and_different(write):
    data = written(
        write, *(Sheet(title, [Column("a")], [("x",)]) for title in ("2026/3:[四]季度", "名" * 40, "名" * 40, ""))
    )

    assert opened(data).sheetnames == ["2026 3  四 季度", "名" * 31, "名" * 28 + "(2)", "表"]


@pytest.mark.parametrize("count", [1_048_577, None], ids=["counted before", "counted on the way"])
def test_a_table_longer_than_a_sheet_goes_on_in_the_next(tmp_path, count):
    rows = ((number,) for number in range(1_048_577))
    target = tmp_path / "long.xlsx"

    write_table(target, [Sheet("长表", [Column("号", "int")], rows, count=count)])

    with zipfile.ZipFile(target) as archive:
        sheets = [archive.read(f"xl/worksheets/sheet{number}.xml") for number in (1, 2)]
    assert [sheet.count(b"<row ") for sheet in sheets] == [1_048_576, 3]
    assert opened_titles(target) == ["长表", "长表(2)"]


def opened_titles(target) -> list[str]:
    with zipfile.ZipFile(target) as archive:
        return [part.split('"')[1] for part in archive.read("xl/workbook.xml").decode().split("<sheet name=")[1:]] or []


def test_rows_beyond_a_wrong_count_are_not_lost_in_silence(monkeypatch):
    monkeypatch.setattr("tenancy.workbooks.writing.SHEET_ROWS", 3)

    with pytest.raises(ValueError, match="more rows came than were counted"):
        written(write_table, Sheet("表", [Column("a")], iter([("x",)] * 5), count=2))


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u3000=", "\x00="]
)
def test_csv_text_that_could_run_is_disarmed(start):
    safe = csv_safe(start + "cmd|' /C calc'!A0")

    assert safe.startswith("'")
    assert "\x00" not in safe


@pytest.mark.parametrize(
    ("value", "safe"), [(None, ""), (-5, -5), (0.5, 0.5), ("平南", "平南"), ("021-5", "021-5"), ("", "")]
)
def test_csv_keeps_what_is_harmless(value, safe):
    assert csv_safe(value) == safe


def test_disarmed_csv_reads_back_without_a_formula():
    file = io.StringIO()
    csv.writer(file).writerow([csv_safe("名称"), csv_safe("=1+1")])

    assert read_table(file.getvalue().encode("utf-8-sig"), "a.csv").sheets[0].rows == [(1, ["名称", "'=1+1"])]
