"""A fault names its key as the schema calls it, step by step, beside the key itself."""

import pytest

from tenancy.plans import check
from tenancy.plans.labels import way


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("values.staffing_rules.0.until", "人员配备 · 第 1 项 · 废止日期（不含）"),
        ("values.bodies.2.roles.1.most", "机构 · 第 3 项 · 组成 · 第 2 项 · 最多几人"),
        ("values.tier_map.A", "层级对应 · A级"),
        ("values.frequency.0.when.diners.min", "督导频次 · 第 1 项 · 哪些主体 · 用餐人数 · 至少（含）"),
        ("header.annexes.0.kind", "方案原件 · 附件 · 第 1 项 · 种类"),
        ("clauses.tiers", "条款对照 · 层级"),
        # What the schema does not know has no other name than its own.
        ("values.moon", "moon"),
        ("values", ""),
        ("", ""),
    ],
)
def test_a_key_in_words(key: str, words: str) -> None:
    assert way(key) == words


def test_every_fault_of_a_file_tells_both_names() -> None:
    text = "header: {title: 例}\nvalues:\n  cadre_cap: 0\n  staffing_rules:\n    - {code: a, name: 甲, officers_min: 100}\n"
    assert [problem.told for problem in check(text)] == [
        "第 3 行 values.cadre_cap（每名干部最多包保几户）：“0”太小，不能小于 1",
        "第 5 行 values.staffing_rules.0.officers_min（人员配备 · 第 1 项 · 食品安全员至少几名）：“100”太大，不能大于 99",
    ]
