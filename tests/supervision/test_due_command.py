"""`manage.py due`: the dates in force at a place, each with its reason, and sentences for what it cannot answer."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from supervision.actions.quarters import open_quarter
from tenancy.actions.calendar import correct_calendar
from tenancy.actions.plans import adopt_plan
from tenancy.plans import shipped_plan
from tenancy.rules.corrections import Change, Correction
from tenancy.rules.periods import Quarter
from tenancy.scoping import acting_in
from tests.cast import SINCE
from tests.supervision.desk import date

ON = "2026-09-24"


@pytest.fixture
def street(cast):
    place = cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=None)
    return place


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("due", *arguments, stdout=out)
    return out.getvalue()


def dates(*arguments: str) -> dict[str, str | None]:
    return {each["rule"]: each["date"] for each in json.loads(run(*arguments, "--json"))["dates"]}


@pytest.mark.req("GM-42", "GM-07")
def test_a_street_lists_its_quarter_package_and_every_clock_of_its_plan(street):
    """From Thursday 2026-09-24: 5 working days end on 10-09; the station's 1, 1 and 20 on 09-28, 09-29, 11-02."""
    assert run("东城区/甲街道", "--on", ON).splitlines() == [
        "东城区/甲街道，2026-09-24：",
        "2026-09-30  季度督导期限  闵古办〔2022〕40号 三（二）",
        "2026-09-25  季度材料报送日  闵古办〔2022〕40号 五（二）",
        "2026-09-02  提醒包保干部  全国默认 系统默认",
        "2026-09-22  提醒包保干部  全国默认 系统默认",
        "2026-10-08  提醒包保干部  全国默认 系统默认",
        "2026-10-13  提醒经办单位  全国默认 系统默认",
        "及时          督导后签字和填报：在任务清单签字确认  闵古办〔2022〕40号 三（二）",
        "及时          督导后签字和填报：在信息系统上填报  闵古办〔2022〕40号 三（二）",
        "及时          行政处罚通报包保干部：定期向包保干部通报  闵古办〔2022〕40号 三（一）",
        "2026-10-09  干部变动调整：重新确定包保干部  闵古办〔2022〕40号 三（一）",
        "2026-09-28  问题移交处置：报到  全国默认 系统默认",
        "2026-09-29  问题移交处置：开始处置  全国默认 系统默认",
        "2026-11-02  问题移交处置：反馈结果  全国默认 系统默认",
    ]


def test_each_date_explains_itself_when_asked(street):
    told = run("东城区/甲街道", "--on", ON, "--explain")
    assert (
        "2026-10-09  干部变动调整：重新确定包保干部  闵古办〔2022〕40号 三（一）\n"
        "    规则：干部变动调整：重新确定包保干部\n"
        "    依据：闵古办〔2022〕40号 三（一）\n"
        "    由谁办：街道食药安办\n"
        "    起算：2026-09-24 假定当天：包保干部调整、人事变动\n"
        "    计算：5 个工作日，起算当日不计\n"
        "    跳过 10 天：2026-09-25 中秋节；2026-09-26 至 09-27 周末；2026-10-01 至 10-03 国庆节；"
    ) in told
    assert "    说明：本季还没有启动" in told


def test_a_place_below_reads_what_stands_above_and_a_code_finds_a_place(street):
    assert dates("东城区/甲街道/一社区", "--on", ON)["季度材料报送日"] == "2026-09-25"
    assert "季度材料报送日" not in dates("990102", "--on", ON)


def test_own_corrections_and_unpublished_years_are_told(street, cast):
    with acting_in(street.path):
        day = Correction(date(2026, 10, 9), is_workday=False, reason="停电检修")
        correct_calendar(street, Change((day,)), by=cast.bian)
    assert dates("东城区/甲街道", "--on", ON)["干部变动调整：重新确定包保干部"] == "2026-10-10"
    assert "用到的更正：2026-10-09 本地调整为休息日（甲街道更正：停电检修）" in run(
        "东城区/甲街道", "--on", ON, "--explain"
    )
    marked = run("东城区/甲街道", "--on", "2026-12-30").splitlines()
    assert "2027-01-07  干部变动调整：重新确定包保干部（推定）  闵古办〔2022〕40号 三（一）" in marked


def test_an_opened_quarter_keeps_its_own_plan_and_days(street, cast):
    with acting_in(street.path):
        open_quarter(street, Quarter(2026, 3), on=date(2026, 9, 1))
        adopt_plan(street, shipped_plan("suining"), since=date(2026, 9, 10), by=None)
    told = json.loads(run("东城区/甲街道", "--on", ON, "--json"))
    by_rule = {each["rule"]: each for each in told["dates"]}
    assert by_rule["季度材料报送日"]["basis"] == "闵古办〔2022〕40号 五（二）"
    assert by_rule["季度督导期限"]["notes"] == ["季度任务于 2026-09-01 启动"]
    assert "三个必调整" in by_rule["干部变动调整：重新确定包保干部"]["basis"]
    assert (told["place"], told["on"]) == ("东城区/甲街道", ON)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("查无此地",), "没有“查无此地”这个地方：请用区划代码，或从上到下用“/”连接的名称。"),
        (("东城区/甲街道/查无",), "没有“东城区/甲街道/查无”这个地方：请用区划代码，或从上到下用“/”连接的名称。"),
        (("东城区", "--on", "昨天"), "“昨天”不是日期，应写成 2026-10-09 的样子。"),
        (("东城区", "--on", "2026-02-30"), "“2026-02-30”不是日期，应写成 2026-10-09 的样子。"),
        (("东城区", "--on", "1900-01-01"), "没有 1900 年的工作日历：可以查看和更正的是 2001 至 2100 年，请改选年份。"),
        (("东城区", "--on", "9999-12-31"), "没有 9999 年的工作日历：可以查看和更正的是 2001 至 2100 年，请改选年份。"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence_and_code_two(cast, arguments, sentence):
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert (str(refused.value), refused.value.returncode) == (sentence, 2)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("due", *arguments, "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"error": sentence}
