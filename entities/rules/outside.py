"""外部名单: the columns of a list that another office keeps, and how one of its rows is read.

A row is never kept out for a number that cannot be right: it is compared without that number, and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from entities.rules.doubles import bare
from entities.rules.ledger import COLUMNS as LEDGER_COLUMNS
from entities.rules.ledger import LedgerChecker, LedgerRow, repeats
from entities.rules.ledger_cells import READERS, fault_in, quoted
from entities.rules.vocabulary import OperatingStatus
from tenancy.rules.importing import Column, Finding, Level
from tenancy.rules.names import tidy


class Source(StrEnum):
    """Who keeps the list."""

    LICENCES = "licences"
    PLATFORM = "platform"
    OTHER = "other"


SOURCE_LABELS = {Source.LICENCES: "许可部门获证名单", Source.PLATFORM: "国家平台导出", Source.OTHER: "其他名单"}

_LEDGER = {column.key: column for column in LEDGER_COLUMNS}


def _column(key: str, *aliases: str, required: bool = False) -> Column:
    known = _LEDGER[key]
    return replace(known, aliases=(*known.aliases, *aliases), required=required, fills_down=False)


COLUMNS = (
    _column("name", "申请人名称", "许可证持有人", "被许可人名称", required=True),
    _column("uscc", "社会信用代码（身份证号码）"),
    _column("licence", "备案编号", "许可编号"),
    _column("business_type", "主体业态类别"),
    _column("area", "所属街道", "所属乡镇", "街道（乡镇）", "属地"),
    _column("address", "经营场所地址"),
    _column("principal", "法定代表人（负责人）"),
    Column("valid_until", "有效期至", ("有效期", "有效期限", "有效期截止", "有效期止", "许可证有效期至", "截止日期")),
    _column("status", "证照状态", "许可状态", "登记状态", "企业状态"),
)  # fmt: skip
# What such lists print as well and no comparison asks for.
OWN_TITLES = (
    "联系电话", "电话", "手机", "发证日期", "发证机关", "许可日期", "有效期自", "有效期起", "经营项目", "许可范围", "经营范围",
    "日常监督管理机构", "从业人员", "年营业收入", "用餐人数", "食品安全总监", "食品安全员", "等级", "标签",
)  # fmt: skip
KEYS = tuple(column.key for column in COLUMNS)
TITLES = {column.key: column.title for column in COLUMNS}
# Words of lists for what a plan calls otherwise. 有效 is said of the licence, and nothing of whether the shop is open.
STATUS_WORDS = {
    "存续": OperatingStatus.ACTIVE, "在业": OperatingStatus.ACTIVE, "开业": OperatingStatus.ACTIVE,
    "营业": OperatingStatus.ACTIVE, "已停业": OperatingStatus.STOPPED, "已歇业": OperatingStatus.DORMANT,
    "已注销": OperatingStatus.CANCELLED, "已吊销": OperatingStatus.REVOKED, "有效": None, "正常": None,
}  # fmt: skip
GONE = frozenset({OperatingStatus.CANCELLED.value, OperatingStatus.REVOKED.value})
DAY_FORMS = ("%Y-%m-%d", "%Y年%m月%d日", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
ENDLESS = frozenset({"长期", "长期有效", "永久"})
# Read as a ledger reads them.
ALIKE = ("name", "uscc", "licence", "address", "principal")


@dataclass(slots=True)
class OutsideFacts:
    """What a list says of one business; empty where it says nothing."""

    name: str = ""
    uscc: str = ""
    licence: str = ""
    business_type: str = ""
    area: str = ""
    address: str = ""
    principal: str = ""
    valid_until: date | None = None
    status: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """What must not come twice in one list: a business has a row for each of its licences."""
        return self.uscc, self.licence, bare(self.name), bare(self.address)


@dataclass
class OutsideChecker:
    """Reads rows one after another and remembers them to find those that come twice."""

    words: LedgerChecker
    seen: dict[tuple[str, ...], int]

    def check(self, number: int, cells: Sequence[Any], faults: Mapping[int, str]) -> tuple[OutsideFacts, list[Finding]]:
        """The row as far as it can be read, and everything there is to say about it."""
        row, findings, given = LedgerRow(), [], dict(zip(KEYS, cells, strict=False))
        for key, fault in ((KEYS[at], fault) for at, fault in faults.items()):
            # A formula or a number cut off by the program says nothing that could be compared.
            findings.append(_at_most_warned(_fault(key, fault, given[key])))
            given[key] = None
        for key in ALIKE:
            found = READERS[key](self.words, row, key, given.get(key))
            findings += [each if key == "name" else _at_most_warned(each) for each in found]
            if any(each.level is Level.ERROR for each in found):
                setattr(row, key, "")
        facts = OutsideFacts()
        for key in ALIKE:
            setattr(facts, key, getattr(row, key) or "")
        facts.business_type, facts.area = (_text(given.get(key))[:60] for key in ("business_type", "area"))
        findings += self._day(facts, given.get("valid_until")) + self._status(facts, given.get("status"))
        if facts.name and (first := self.seen.setdefault(facts.key, number)) != number:
            findings.append(repeats(first))
        return facts, findings

    def _day(self, facts: OutsideFacts, cell: Any) -> list[Finding]:
        text = _text(cell)
        if not text or text in ENDLESS:
            return []
        facts.valid_until = day_of(text)
        if facts.valid_until is None:
            message = f"“有效期至”不是日期（{quoted(text)}），比对时不看这一项；日期请写成 2026-10-09 这样"
            return [Finding("valid_until", Level.WARNING, "day-unreadable", message)]
        return []

    def _status(self, facts: OutsideFacts, cell: Any) -> list[Finding]:
        text = _text(cell)
        if not text or text in STATUS_WORDS:
            facts.status = (STATUS_WORDS.get(text) or "") if text else ""
            return []
        row = LedgerRow()
        found = READERS["status"](self.words, row, "status", text)
        facts.status = row.status or ""
        return [_at_most_warned(each) for each in found]


def _fault(key: str, fault: str, cell: Any) -> Finding:
    if key in _LEDGER:
        return fault_in(key, fault, cell)
    return Finding(key, Level.WARNING, fault, f"“{TITLES[key]}”不是直接填写的值；请粘贴为数值")


def _at_most_warned(finding: Finding) -> Finding:
    if finding.level is not Level.ERROR:
        return finding
    return replace(finding, level=Level.WARNING, message=f"{finding.message}（比对时不看这一项）")


def _text(cell: Any) -> str:
    return "" if cell is None else tidy(str(cell))


def day_of(text: str) -> date | None:
    """A day as lists write it, the last one of a range; None for what is none."""
    last = tidy(text.replace("～", "至").replace("~", "至").rpartition("至")[2])
    for form in DAY_FORMS:
        try:
            return datetime.strptime(last, form).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    return None


def outside_checker(words: LedgerChecker) -> OutsideChecker:
    """A checker for one list, with the words of its place."""
    return OutsideChecker(words, {})
