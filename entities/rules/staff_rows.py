"""Rows of a list of 两员 and other people of businesses (两员名单)."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from entities.rules.record_rows import RowForm, Words, day, one_word, telephone, words
from entities.rules.vocabulary import ContactRole
from tenancy.plans import plain
from tenancy.rules.importing import Column

STAFF_COLUMNS = (
    Column("role", "身份", ("人员身份", "岗位", "职务", "人员类别", "类别"), required=True),
    Column("person", "姓名", ("人员姓名", "总监或安全员姓名"), required=True),
    Column("phone", "联系电话", ("电话", "手机", "手机号", "手机号码", "联系方式"), private=True),
    Column("shift", "专职或兼职", ("专兼职", "是否专职", "专职/兼职")),
    Column("since", "任职起", ("任命日期", "任职日期", "任职时间", "上岗日期")),
    Column("until", "任职止", ("离任日期", "离职日期")),
    Column("health_until", "健康证有效期至", ("健康证有效期", "健康证到期", "健康证有效期止")),
    Column("appointment", "任命文件", ("任命书", "任命文号", "任命书文号")),
)
ROLE_WORDS = {
    ContactRole.DIRECTOR: ("食品安全总监", "总监", "安全总监"),
    ContactRole.OFFICER: ("食品安全员", "安全员", "食品安全管理员", "食品安全管理人员"),
    ContactRole.PRINCIPAL: ("负责人", "主要负责人", "法定代表人"),
    ContactRole.CONTACT: ("联系人",),
    ContactRole.CONTRACTOR: ("承包方负责人",),
    ContactRole.OTHER: ("其他从业人员", "从业人员", "其他"),
}
SHIFT_WORDS = {"full": ("专职", "是"), "part": ("兼职", "否")}


def staff_words() -> Words:
    """The words for a person's role and for full or part time."""
    roles = {plain(word): role.value for role, named in ROLE_WORDS.items() for word in named}
    return Words({"role": roles, "shift": {word: code for code, named in SHIFT_WORDS.items() for word in named}})


def staff_faults(values: Mapping[str, Any], _on: dt.date) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the days of a person."""
    since, until = values.get("since"), values.get("until")
    if since and until and until < since:
        yield "until", "days-crossed", f"任职止 {until:%Y-%m-%d} 早于任职起 {since:%Y-%m-%d}；请核对两个日期"


STAFF_ROWS = RowForm(
    STAFF_COLUMNS,
    {
        "role": one_word, "person": words(30), "phone": telephone, "shift": one_word, "since": day, "until": day,
        "health_until": day, "appointment": words(60),
    },
    staff_faults,
)  # fmt: skip
