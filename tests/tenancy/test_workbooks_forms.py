import datetime as dt
import io

import openpyxl
import pytest

from tenancy.workbooks import Column, read_table, write_form

DAY = dt.date(2026, 10, 8)
HEADER = [Column("包保主体"), Column("统一社会信用代码"), Column("走访次数", "int"), Column("走访日期", "date")]
ROWS = [("平南小吃店", "92310112MA1XXXXX0A", 2, DAY), ("=cmd|x", "00123", None, None)]


def page_of(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


@pytest.fixture(scope="module")
def form():
    return page_of(write_form("包保主体台账", "平南街道食药安办", DAY, HEADER, ROWS, totals=[None, None, 2, None]))


def test_the_form_reads_from_title_to_signatures(form):
    rows = [[cell.value for cell in row] for row in form.iter_rows()]

    assert rows == [
        ["包保主体台账", None, None, None, None],
        ["填报单位（盖章）：平南街道食药安办", None, "填报日期：2026年10月8日", None, None],
        ["序号", "包保主体", "统一社会信用代码", "走访次数", "走访日期"],
        [1, "平南小吃店", "92310112MA1XXXXX0A", 2, dt.datetime(2026, 10, 8)],  # noqa: DTZ001 -- cells have no zone
        [2, "=cmd|x", "00123", None, None],
        ["合计", None, None, 2, None],
        ["填表人：        审核人：        负责人：        联系电话：", None, None, None, None],
    ]


def test_the_form_is_ruled_frozen_and_merged(form):
    assert sorted(str(area) for area in form.merged_cells.ranges) == ["A1:E1", "A2:B2", "A7:E7", "C2:E2"]
    assert {form.cell(row, column).border.left.style for row in range(3, 7) for column in range(1, 6)} == {"thin"}
    assert (form.freeze_panes, form["A3"].font.bold, form["A1"].font.size) == ("A4", True, 18)


def test_codes_are_text_and_dates_are_dates(form):
    assert [form.cell(4, column).number_format for column in range(1, 6)] == ["0", "@", "@", "0", "yyyy-mm-dd"]


def test_text_that_looks_like_a_formula_is_inert(form):
    assert (form["B5"].data_type, form["B5"].quotePrefix) == ("s", True)


def test_the_form_prints_on_one_page_width_with_its_header_repeated(form):
    setup = form.page_setup

    assert (setup.orientation, setup.fitToWidth, setup.fitToHeight) == ("landscape", 1, 0)
    assert form.sheet_properties.pageSetUpPr.fitToPage
    assert (form.print_title_rows, form.oddFooter.center.text) == ("$3:$3", "第 &P 页 共 &N 页")


def test_a_wide_form_prints_on_the_larger_paper():
    wide = [Column(f"第{number}列", width=30) for number in range(10)]

    assert page_of(write_form("宽表", "单位", DAY, wide, [])).page_setup.paperSize == 8


def test_grouped_columns_share_a_heading():
    header = [Column("包保主体"), Column("姓名", group="包保干部"), Column("电话", group="包保干部")]

    page = page_of(write_form("表", "单位", DAY, header, [("店", "人", "19900001234")]))

    assert [cell.value for cell in page[3]] == ["序号", "包保主体", "包保干部", None]
    assert [cell.value for cell in page[4]] == [None, None, "姓名", "电话"]
    assert {"A3:A4", "B3:B4", "C3:D3"} < {str(area) for area in page.merged_cells.ranges}
    assert page.freeze_panes == "A5"


def test_a_form_with_its_own_numbers_and_no_rows_is_whole():
    data = write_form("空表", "单位", DAY, [Column("序号", "int"), Column("名称")], [])

    assert read_table(data, "a.xlsx").sheets[0].rows[2:] == [
        (3, ["序号", "名称"]),
        (4, ["填表人：        审核人：        负责人：        联系电话：", None]),
    ]
