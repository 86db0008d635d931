"""Plans as text: written, read back unchanged, and printed with the source of every value."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenancy.plans import PlanFile, PlanLayer, check, read_plan, resolve, shipped_codes, shipped_plan
from tenancy.plans.document import PlanDocument
from tenancy.plans.labels import label, sections, word
from tenancy.plans.showing import shown, shown_header
from tenancy.plans.writing import parts_text, plan_text, resolved_text, resolved_values
from tenancy.plans.yamltext import read_yaml

NATIONAL = shipped_plan("national").layer()
GUMEI = resolve([NATIONAL, shipped_plan("gumei").layer()])
# Whatever a database keeps; half a pair of surrogates and the NUL it does not.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
numbers = st.integers(-(10**13), 10**13) | st.floats(0, 10**6, allow_nan=False).map(lambda x: round(x, 3))
trees = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(texts, inside, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("code", shipped_codes())
def test_a_shipped_plan_is_written_and_read_back_unchanged(code):
    plan = shipped_plan(code)
    assert read_plan(plan_text(plan)) == plan
    assert read_plan(plan_text(plan)).values == plan.values
    assert check(plan_text(plan)) == []


@settings(max_examples=300)
@given(st.dictionaries(texts, trees, max_size=4), st.dictionaries(texts, texts, max_size=3))
def test_any_text_and_number_is_read_back_as_it_was(values, clauses):
    written = parts_text({"title": "某地方案"}, clauses, values)
    assert read_yaml(written).data == {"header": {"title": "某地方案"}, "clauses": clauses, "values": values}


def test_an_absent_key_and_a_cleared_one_stay_two_things():
    plan = PlanFile.model_validate({"header": {"title": "某地方案"}, "values": {"cadre_cap": None, "cap_mode": "off"}})
    assert read_plan(plan_text(plan)).values == {"cadre_cap": None, "cap_mode": "off"}


@pytest.mark.parametrize("text", ['"a\\0b"', '"\\ud800"'])
def test_what_no_database_keeps_is_refused_with_its_line(text):
    problems = check(f"header:\n  title: {text}\n")
    assert [(each.line, each.message) for each in problems] == [
        (2, "这里有不能保存的字符（空字符或残缺的字），请删去重新输入")
    ]


def test_every_value_in_force_is_followed_by_its_source():
    lines = resolved_text(GUMEI, "某街道 2026-11-20 施行的规定").splitlines()
    assert lines[:2] == ["header:", "  title: 某街道 2026-11-20 施行的规定"]
    for line in (
        "  cadre_cap: 10  # 闵古办〔2022〕40号 三（一）",
        "    A: external  # 闵古办〔2022〕40号 三（一）（未列入本街道包保，由区包保）",
        "  tiers:  # 闵古办〔2022〕40号 三（一）",
        "  boundary_tie: higher  # 全国默认 系统默认，“以上”“以下”都含本数，归高一级",
        # Nobody wrote this key, though the plan wrote others of the same map.
        "    task_list: 任务清单  # 系统默认",
    ):
        assert line in lines
    assert len(lines) > 150


def test_what_is_shown_reads_back_as_the_same_values():
    text = resolved_text(GUMEI, "全部规定")
    assert check(text) == []
    assert resolve([read_plan(text).layer()]).value == GUMEI.value


def test_a_source_with_line_breaks_and_odd_signs_stays_a_comment():
    odd = PlanLayer("某地\n方案\x07\u2028", "", {"cadre_cap": 9, "names": {"area": "两\n行"}}, {"cadre_cap": "三\r四"})
    text = resolved_text(resolve([odd]), "全部规定")
    assert read_plan(text).values["cadre_cap"] == 9
    assert read_plan(text).values["names"]["area"] == "两\n行"
    assert "  cadre_cap: 9  # 某地 方案 三 四" in text.splitlines()


def test_every_key_of_the_schema_stands_once_under_a_heading_with_a_chinese_label():
    keys = [key for section in sections() for key in section.keys]
    assert sorted(keys) == sorted(PlanDocument.model_fields)
    assert [key for key in keys if label((key,)).isascii()] == []


def test_values_are_told_in_words():
    assert word(("cap_mode",), "soft") == "超过要写理由"
    assert word(("tiers", "", "level"), "village") == "村级（村、社区）"
    assert (word(("cadre_cap",), None), word(("x",), True), word(("x",), 20.0)) == ("不设", "是", "20")


def test_a_page_tells_own_values_from_inherited_ones_and_names_items_by_their_name():
    lines = {line.key: line for _title, part in shown(GUMEI) for line in part}
    cap, types = lines["cadre_cap"], lines["business_types"]
    assert (cap.label, cap.text, cap.own, cap.cite) == (
        "每名干部最多包保几户",
        "10",
        True,
        "闵古办〔2022〕40号 三（一）",
    )
    assert (types.own, types.cite) == (False, "全国默认 系统默认")
    pair = lines["signing_pairs"].lines[4]
    assert (pair.label, pair.cite) == ("居民区两委委员", "三（四）5")
    assert "签订对方：居民区书记、主任；对方可以委托他人签：否" in pair.text
    assert [line.own for line in lines["names"].lines if line.key in ("names.area", "names.task_list")] == [False, True]


def test_a_cleared_value_is_the_plan_s_own_word():
    cleared = resolve([NATIONAL, PlanLayer("某地方案", "某办〔2026〕1号", {"cadre_change_wd": None}, {})])
    (line,) = (line for _title, part in shown(cleared) for line in part if line.key == "cadre_change_wd")
    assert (line.text, line.own, line.cite) == ("不设", True, "某办〔2026〕1号")


@pytest.mark.req("GM-01", "GM-49")
def test_the_paper_of_a_plan_is_told_whole():
    assert [(name, text) for _key, name, text in shown_header(shipped_plan("gumei").header)] == [
        ("标题", "古美路街道建立健全分层分级精准防控末端发力终端见效工作机制实施方案"),
        ("文号", "闵古办〔2022〕40号"),
        ("发文机关", "闵行区古美路街道办事处"),
        ("拟定单位", "街道社区管理办公室"),
        ("批准机关", "街道办事处"),
        ("成文日期", "2022-12-13"),
        ("施行日期", "2022-12-13"),
        ("公开属性", "主动公开"),
        ("依据", "食安委发〔2022〕7号；食安办发〔2022〕4号；闵行区建立健全分层分级精准防控末端发力终端见效工作机制实施方案"),
        ("主送", "机关各部门；各企事业单位；各居民区"),
        ("抄送", "闵行区市场监督管理局"),
        ("备案", "报谁备案：区食药安委"),
        (
            "附件",
            ("附件1 古美路街道建立健全分层分级精准防控末端发力终端见效工作机制领导小组名单；"
            "附件2 统计上大中小微型企业划分标准（2017）；附件3 任务清单；附件4 督查清单；附件5 食品安全责任与任务承诺书"),
        ),
    ]  # fmt: skip


def test_resolved_values_hold_every_key_once():
    assert list(resolved_values(GUMEI)) == list(PlanDocument.model_fields)
