"""Corrections of working days as an office types or pastes them: what is read, and every fault at once."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy.rules.corrections import (
    AT_WORK,
    MOST_DAYS,
    OFF,
    Change,
    Correction,
    correction_of,
    read_corrections,
    year_in_reach,
)
from tenancy.rules.refusals import Refused

SHAPE = "应写成“2027-02-06 休 春节”：日期、休或班、事由或文号，中间用空格分开。"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def sentences(text: str, **more) -> list[str]:
    return [str(fault) for fault in read_corrections(text, **more).faults]


@pytest.mark.parametrize(
    "line",
    [
        "2027-02-06 休 春节",
        "2027/2/6 休息 春节",
        "2027.2.6，放假，春节",
        "２０２７年２月６日　休　春节",
        "  2027年2月6日 不上班  春节  ",
    ],
)
def test_a_day_is_read_in_every_form_an_office_writes(line):
    assert read_corrections(line).corrections == [Correction(day("2027-02-06"), is_workday=False, reason="春节")]


def test_a_span_is_one_correction_for_each_of_its_days():
    read = read_corrections("2027-02-06至2027-02-08 休 国办发明电〔2026〕9号\n\n2027-02-20 班 春节 调休")
    assert [str(each) for each in read.corrections] == [
        "2027-02-06 休息 国办发明电〔2026〕9号",
        "2027-02-07 休息 国办发明电〔2026〕9号",
        "2027-02-08 休息 国办发明电〔2026〕9号",
        "2027-02-20 上班 春节 调休",
    ]
    assert read.faults == []


def test_every_bad_line_is_named_at_once():
    lines = (
        "2027-02-30 休 春节",
        "2027-02-06 休",
        "2027-02-06 也许 春节",
        "胡说",
        "1900-01-01 休 元旦",
        "9999-12-31 休 元旦",
        "2027-02-10 休 一",
        "2027-02-10 班 二",
        "2027-03-01 休 已有",
        "2027-02-09至2027-02-08 休 倒",
        f"2027-02-11 休 {'长' * 61}",
        f"2027-02-12 休 {'长' * 300}",
    )
    assert sentences("\n".join(lines), standing={day("2027-03-01")}) == [
        "第 1 行：没有 2027 年 02 月 30 日这一天，请核对。",
        "第 2 行：没有写事由，请写明原因或文号，如“春节”“国办发明电〔2026〕9号”。",
        f"第 3 行：“也许”不是休也不是班，{SHAPE}",
        f"第 4 行：“胡说”看不懂，{SHAPE}",
        "第 5 行：1900 年不在可以更正的 2001 至 2100 年之内。",
        "第 6 行：9999 年不在可以更正的 2001 至 2100 年之内。",
        "第 8 行：2027-02-10 前面已经写过，请只留一行。",
        "第 9 行：2027-03-01 已有更正，要改请先撤回那一条。",
        "第 10 行：起止日期不对：后一天不能早于前一天，一段最多 32 天。",
        "第 11 行：事由有 61 个字，最多 60 个字。",
        f"第 12 行：“2027-02-12 休 {'长' * 17}…”看不懂，{SHAPE}",
    ]


def test_ten_thousand_lines_are_one_sentence():
    assert sentences("2027-01-01 休 元旦\n" * 10_000) == ["一次最多 400 行，现在有 10000 行，请分年或分几次贴入。"]
    months = "\n".join(f"20{year}-01-01至20{year}-01-31 休 停工" for year in range(30, 44))
    assert sentences(months) == [f"一次最多更正 {MOST_DAYS} 天，现在有 434 天，请分几次。"]


@pytest.mark.parametrize(("year", "known"), [(2001, True), (2100, True), (2000, False), (2101, False), (9999, False)])
def test_a_year_without_a_calendar_is_refused_with_the_reach(year, known):
    if known:
        assert year_in_reach(year) == year
    else:
        with pytest.raises(Refused, match=f"没有 {year} 年的工作日历：可以查看和更正的是 2001 至 2100 年"):
            year_in_reach(year)


def test_one_day_from_fields_is_held_to_the_same_rules():
    assert correction_of(day("2027-02-06"), is_workday=True, reason=" 补班 ").reason == "补班"
    with pytest.raises(ValueError, match="没有写事由"):
        correction_of(day("2027-02-06"), is_workday=True, reason="  ")
    with pytest.raises(ValueError, match="无法识别的字符"):
        correction_of(day("2027-02-06"), is_workday=True, reason="a\x00b")


@given(st.lists(st.tuples(st.dates(day("2001-01-01"), day("2100-12-31")), st.booleans()), unique_by=lambda p: p[0]))
def test_what_was_read_is_read_again_from_its_own_words(days):
    corrections = [Correction(each, is_workday=own, reason="国办 9号") for each, own in days]
    read = read_corrections("\n".join(map(str, corrections)))
    assert (read.corrections, read.faults) == (corrections, [])


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text):
    read = read_corrections(text)
    assert len({each.day for each in read.corrections}) <= len(read.corrections)


def test_a_change_knows_the_years_it_touches():
    change = Change((Correction(day("2027-01-01"), is_workday=False, reason="x"),), (day("2026-12-31"),))
    assert (change.years, bool(change), bool(Change())) == ([2026, 2027], True, False)
    assert not set(OFF) & set(AT_WORK)
