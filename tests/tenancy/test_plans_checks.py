"""Every check of a plan file against the smallest file that fails it: exact sentence, line and key.

The cases stand in fixtures/plan-faults.yaml. The tests below hold the catalogue itself to account: no check, no kind
of fault and no sentence may stand in the code without a case that hears it.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from tenancy.plans import check, checking, consistency, shipped_plan
from tenancy.plans.consistency.findings import Check
from tenancy.plans.yamltext import UNKEPT_SENTENCE

ROOT = Path(__file__).resolve().parents[2]
CASES = yaml.safe_load((ROOT / "tests/fixtures/plan-faults.yaml").read_text(encoding="utf-8"))
HEADER = "header: {title: 某地方案}\n"


def text_of(case: dict) -> str:
    return case.get("text") or HEADER + "values:\n" + re.sub(r"(?m)^", "  ", case["values"].rstrip("\n")) + "\n"


def told(text: str | bytes) -> list[str]:
    return [str(problem) for problem in check(text)]


def name_of(each: Check) -> str:
    return f"{each.verdict.__module__.rpartition('.')[2]}.{each.verdict.__name__}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['check']}:{case['what']}")
def test_the_smallest_bad_file_gets_exactly_its_sentences(case):
    assert told(text_of(case)) == case["faults"]


@pytest.mark.parametrize("each", consistency.CHECKS, ids=name_of)
def test_without_a_check_one_of_its_cases_goes_unheard(each, monkeypatch):
    cases = [case for case in CASES if case["check"] == name_of(each)]
    monkeypatch.setattr(consistency, "CHECKS", tuple(other for other in consistency.CHECKS if other is not each))
    assert [case["what"] for case in cases if told(text_of(case)) == case["faults"]] == []
    assert cases


def test_every_kind_of_misshapen_value_has_its_own_sentence(monkeypatch):
    heard: set[str] = set()

    class Heard(dict):
        def get(self, kind, default=None):
            heard.add(kind)
            return super().get(kind, default)

    monkeypatch.setattr(checking, "SENTENCES", Heard(checking.SENTENCES))
    for case in CASES:
        told(text_of(case))
    told(TOO_MANY_RULES)
    assert heard == set(checking.SENTENCES)


LONG_LIST = f"{HEADER}values:\n  duties: [{', '.join(['x'] * 501)}]\n"
RULES = "".join(f"    - {{code: r{n}, name: 第{n}条, grade: A, when: {{tags: [t{n}]}}}}\n" for n in range(121))
TOO_MANY_RULES = f"{HEADER}values:\n  grading_rules:\n{RULES}"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nheader: {title: 某地方案}\n"
UNREADABLE = [
    ("GBK", HEADER.encode("gbk"), "全文：文件不是 UTF-8 编码，请另存为 UTF-8"),
    ("UTF-16", HEADER.encode("utf-16"), "全文：文件不是 UTF-8 编码，请另存为 UTF-8"),
    ("UTF-16 without its mark", b"a\0:\0 \0b\0", "全文：文件里有不能读的字符，请另存为 UTF-8 纯文本"),
    ("a picture", b"\x89PNG\r\n\x1a\n\0\0", "全文：文件不是 UTF-8 编码，请另存为 UTF-8"),
    ("nothing", b"", "全文：文件是空的"),
    ("only a comment", "# 方案\n".encode(), "全文：文件是空的"),
    ("ten megabytes", b"x" * 10_000_000, "全文：文件 10000000 字节，超过 1000000 字节的上限"),
    ("a tab as indent", b"header:\n\ttitle: x\n", "第 2 行：这一行有制表符（Tab），请改成空格"),
    ("a tab behind a colon", b"header:\n  title:\tx\n", "第 2 行：这一行有制表符（Tab），请改成空格"),
    ("an open bracket", b"header: [\n", "第 2 行：读不下去：请核对这一行前后的缩进、冒号、引号和括号"),
    ("two documents", b"a: 1\n---\nb: 1\n", "第 2 行：读不下去：请核对这一行前后的缩进、冒号、引号和括号"),
    ("anchors that multiply", BOMB, "第 2 行：方案里不能用 YAML 引用（& 与 *），请把内容写全"),
    ("a Python object", b"a: !!python/object:os.system x\n", "第 1 行 a：“x”不是方案里能用的写法；若是文字请加引号"),
    ("deep nests", "[" * 10_000, "第 1 行：嵌套超过 20 层，方案用不到这么深，请核对缩进和括号"),
    ("a list on top", "- 1\n", "第 1 行：方案文件要分 header、values、clauses 三部分"),
    ("a list without end", LONG_LIST, "第 3 行 values.duties：这里有 501 项，一个列表最多 500 项"),
    ("rules without end", TOO_MANY_RULES, "第 3 行 values.grading_rules：这里有 121 项，最多 120 项"),
]


@pytest.mark.parametrize(("raw", "sentence"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_what_cannot_be_read_is_told_in_one_sentence(raw, sentence):
    assert told(raw) == [sentence]


TWELVE = """\
header: {title: 某地方案, issued: 2026-02-30}
values:
  cadre_cpa: 10
  tier_map: {A: moon}
  caps: [{tier: moon, cap: 5}]
  frequency: [{times: 2, when: {grades: [A]}}]
  performance_board: person
  stages: [{code: a, name: 准备, goal: 建档, from: 2026-05-01, until: 2026-04-01}]
  clocks: [{code: a, name: 换人, trigger: cadre_change, steps: [{code: s, name: 定人, limit_wd: 5}]}]
  sanctions: [{code: a, name: 约谈}, {code: a, name: 通报}]
  filing_calendar: [{code: a, item: 名单, recipient: 区食安办, rule: once}]
  extra_windows: [{code: a, name: 开学, from: 09-10, until: 08-25}]
  quarter_package: {enabled: true, day: 二十五}
"""
RANKED = "“person” 不能用：不得对个人晒排名（《关于防治“指尖上的形式主义”的若干意见》），只能写 off 或 unit"


def test_twelve_planted_faults_are_told_at_once_and_nothing_else():
    assert told(TWELVE) == [
        "第 1 行 header.issued：“2026-02-30”不是日期，请写成 2026-11-22",
        "第 3 行 values.cadre_cpa：没有“cadre_cpa”这个键，请核对写法",
        "第 4 行 values.tier_map.A：A 级对应的层级“moon”没有在 tiers 里写明，请补上或改正",
        "第 5 行 values.caps.0：层级“moon”没有在 tiers 里写明，请补上或改正",
        "第 6 行 values.frequency：最后一条督导频次要不带条件",
        f"第 7 行 values.performance_board：{RANKED}",
        "第 8 行 values.stages.0.until：“准备”的结束 2026-04-01 早于开始 2026-05-01，请改正",
        "第 9 行 values.clocks.0.steps.0：“换人”的“定人”没有写由谁办（bearer），请写上单位名称",
        "第 10 行 values.sanctions.1.code：代码“a”和第 1 项相同，请改成不同的代码",
        "第 11 行 values.filing_calendar.0：“名单”是“一次”报送，要写明 date",
        "第 12 行 values.extra_windows.0：“开学”的结束 08-25 早于开始 09-10，请改正；跨年的请写成两段",
        "第 13 行 values.quarter_package.day：“二十五”不是整数",
    ]


def test_a_fault_is_judged_over_the_layers_the_plan_will_lie_on():
    street = [shipped_plan("national").layer(), shipped_plan("gumei").layer()]
    text = HEADER + "values:\n  caps: [{tier: community, cap: 5}]\n"
    assert check(text, street) == []
    assert told(text) == ["第 3 行 values.caps.0：层级“community”没有在 tiers 里写明，请补上或改正"]


def is_chinese(text: str) -> bool:
    return re.search("[一-鿿]{2}", text) is not None


def strings(node: ast.AST) -> Iterator[str]:
    """Every Chinese string below a node as a pattern; docstrings are no sentences."""
    if isinstance(node, ast.JoinedStr):
        parts = [re.escape(part.value) if isinstance(part, ast.Constant) else ".*" for part in node.values]
        yield "".join(parts)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.sub(r"\\{\w+\\}", ".*", re.escape(node.value))
    elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        for child in ast.iter_child_nodes(node):
            yield from strings(child)


def sentences() -> Iterator[str]:
    """What the checks can say: every string of the consistency checks, what validators raise, the words of shape."""
    plans = ROOT / "tenancy" / "plans"
    for path in [*(plans / "consistency").glob("*.py"), plans / "checking.py", plans / "yamltext.py"]:
        yield from strings(ast.parse(path.read_text(encoding="utf-8")))
    for path in [plans / "conditions.py", plans / "reading.py", *(plans / "document").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValueError":
                yield from strings(node)


@cache
def heard() -> str:
    return "\n".join([*(fault for case in CASES for fault in case["faults"]), *(row[2] for row in UNREADABLE)])


def test_no_sentence_stands_in_the_code_that_no_case_hears():
    # The last resort for a kind of fault that the schema does not know today, and what only text typed into a page holds.
    last_resort = {"写法不对：.*", re.escape(UNKEPT_SENTENCE)}
    unheard = {pattern for pattern in sentences() if is_chinese(pattern) and not re.search(pattern, heard())}
    assert unheard == last_resort
