"""The rows of an entity ledger (包保主体台账): its columns, what a row may hold, and when it is the same entity again.

One checker serves the staged import, its commit, the form and the API, so that all four say the same.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from entities.rules.codes import MOBILE, check_licence, check_phone, check_uscc, normal_code, normal_phone
from entities.rules.identity import CONFLICT, Match, key_of, sentence_of
from entities.rules.vocabulary import OperatingStatus
from tenancy.plans import PlanDocument, codes_by_word, plain
from tenancy.plans.words import Named
from tenancy.rules.importing import Column, Finding, Level
from tenancy.rules.names import tidy

COLUMNS = (
    Column("name", "主体名称", ("单位名称", "企业名称", "经营者名称", "店名", "名称", "市场主体名称"), required=True),
    Column("uscc", "统一社会信用代码", ("信用代码", "社会信用代码", "统一信用代码")),
    Column("licence", "许可证编号", ("许可证号", "食品经营许可证编号", "证书编号", "许可/备案编号")),
    Column("business_type", "主体业态", ("业态", "经营业态", "主体类型", "经营类型"), required=True),
    Column("staff", "从业人员", ("从业人数", "员工人数", "从业人员数")),
    Column("revenue", "年营业收入", ("营业收入", "年营业额", "营业额")),
    Column("diners", "用餐人数", ("供餐人数", "就餐人数")),
    Column(
        "area", "所属居民区", ("居民区", "所属社区", "社区", "村社区", "所属村居", "所属村", "所属区域"), required=True,
        fills_down=True,
    ),
    Column("address", "经营地址", ("地址", "经营场所", "生产经营地址", "住所")),
    Column("principal", "负责人", ("主要负责人", "法定代表人", "法人", "经营者", "联系人")),
    Column("phone", "联系电话", ("电话", "手机", "手机号", "负责人电话", "联系方式"), private=True),
    Column("director", "食品安全总监", ("总监",)),
    Column("officer", "食品安全员", ("安全员",)),
    Column("status", "经营状态", ("状态", "营业状态", "主体状态")),
)  # fmt: skip
# Printed by our own ledger and not read from one: computed, or kept elsewhere.
OWN_TITLES = ("等级", "有效期至", "包保干部姓名", "包保干部职务", "包保干部层级", "姓名", "职务", "层级")
KEYS = tuple(column.key for column in COLUMNS)
REQUIRED = frozenset(column.key for column in COLUMNS if column.required)
TITLES = {column.key: column.title for column in COLUMNS}
CLEAR = "清空"
LIMITS = {"name": 120, "address": 200, "principal": 40, "director": 40, "officer": 40, "licence": 40, "phone": 20}
# As every place calls them unless its plan has other words.
STATUS_WORDS = {
    "在营": OperatingStatus.ACTIVE, "停业": OperatingStatus.STOPPED, "歇业": OperatingStatus.DORMANT,
    "注销": OperatingStatus.CANCELLED, "吊销": OperatingStatus.REVOKED,
}  # fmt: skip
LONG_NUMBER = re.compile(r"\d{7,}")
MAX_COUNT = 1_000_000
MAX_REVENUE = Decimal(10) ** 11


@dataclass(slots=True)
class LedgerRow:
    """A checked row. None means the cell was blank: on an update the register keeps what it has.

    cleared: the fields whose cell asked for an empty value.
    """

    name: str = ""
    uscc: str | None = None
    licence: str | None = None
    business_type: str = ""
    staff: int | None = None
    revenue: Decimal | None = None
    diners: int | None = None
    area: int = 0
    address: str | None = None
    principal: str | None = None
    phone: str | None = None
    director: str | None = None
    officer: str | None = None
    status: str | None = None
    cleared: tuple[str, ...] = ()
    # Where its area may lie while more than one bears the name.
    areas: tuple[int, ...] = ()


@dataclass(frozen=True)
class Area:
    """A place a ledger may name: its id, path and name."""

    pk: int
    path: str
    name: str


@dataclass
class LedgerChecker:
    """Checks rows one after another and remembers their identities."""

    types: Mapping[str, str]
    statuses: Mapping[str, str]
    areas: Mapping[str, list[Area]]
    area_word: str
    # Names of areas, told apart by the place above where two bear the same.
    area_names: Mapping[int, str]
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)
    near: dict[str, str] = field(default_factory=dict)

    def check(self, number: int, cells: Sequence[Any], faults: Mapping[int, str]) -> tuple[LedgerRow, list[Finding]]:
        """The row as far as it can be read, and everything there is to say about it."""
        row, findings = LedgerRow(), []
        full = (*cells, *[None] * (len(KEYS) - len(cells)))
        for index, (key, cell) in enumerate(zip(KEYS, full, strict=True)):
            if index in faults:
                findings.append(_fault(key, faults[index], cell))
            elif (cell is not None or key in REQUIRED) and (found := READERS[key](self, row, key, cell)):
                findings += found
        if not findings or not has_error(findings):
            findings += self.repeated(number, row)
        return row, findings

    def repeated(self, number: int, row: LedgerRow) -> list[Finding]:
        """An error when an earlier row was about the same entity."""
        first = self.seen.setdefault(key_of(row), number)
        return [] if first == number else [repeats(first)]

    def guess(self, text: str, known: Iterable[str]) -> str:
        """The known word nearest to an unknown one as a question, empty when none is near."""
        if text not in self.near:
            found = difflib.get_close_matches(text, list(known), n=1, cutoff=0.5) if text else []
            self.near[text] = f"，是否为“{found[0]}”" if found else ""
        return self.near[text]


def has_error(findings: Iterable[Finding]) -> bool:
    return any(finding.level is Level.ERROR for finding in findings)


def repeats(first: int) -> Finding:
    message = f"与第{first}行是同一主体；一个主体只留一行，请删除其中一行"
    return Finding("name", Level.ERROR, "duplicate-in-file", message)


def doubt_about(match: Match) -> Finding | None:
    """What is said of a row whose numbers lead to another entity than itself, or to two."""
    if not match.doubt:
        return None
    level = Level.ERROR if match.doubt == CONFLICT else Level.WARNING
    return Finding("licence", level, match.doubt, sentence_of(match, TITLES))


def checker(plan: PlanDocument, areas: Sequence[Area]) -> LedgerChecker:
    """A checker for one batch; areas are the places the office may enter entities in, each first by its proper name."""
    by_name: dict[str, list[Area]] = {}
    for area in areas:
        namesakes = by_name.setdefault(plain(area.name), [])
        namesakes.append(area)
        # As the place is written, so that most cells are found without being made plain first.
        by_name[area.name] = namesakes
    paths = {area.path: area.name for area in reversed(areas)}
    full = {area.pk: _full_name(area, paths) for area in reversed(areas)}
    names = {area.pk: area.name if len(by_name[area.name]) == 1 else full[area.pk] for area in reversed(areas)}
    for area in areas:
        by_name.setdefault(plain(full[area.pk]), [area])
    statuses = {word: status.value for word, status in STATUS_WORDS.items()} | _words(plan.statuses)
    return LedgerChecker(_words(plan.business_types), statuses, by_name, plan.names.area, names)


def _full_name(area: Area, names: Mapping[str, str]) -> str:
    parent = area.path.rstrip("/").rpartition("/")[0] + "/"
    return f"{names[parent]}/{area.name}" if parent in names else area.name


def _words(items: Sequence[Named]) -> dict[str, str]:
    """Codes by the words as they are written and by their plain forms."""
    plain_words = codes_by_word(items)
    return plain_words | {word: plain_words[plain(word)] for item in items for word in (item.name, *item.aliases)}


def _fault(key: str, code: str, cell: Any) -> Finding:
    title = TITLES[key]
    if code == "formula-cell":
        return Finding(key, Level.ERROR, "formula-cell", f"“{title}”是公式；请复制后用“粘贴为数值”，再重新上传")
    if code == "error-cell":
        message = f"“{title}”是错误值（{cell}）；请照原件重填，没有就留空"
        return Finding(key, Level.ERROR, "error-cell", message)
    if key in ("uscc", "licence", "phone"):
        message = f"“{title}”被表格软件改成了数字，后几位已经丢失；请把这一列设为文本格式，照原证重填"
        return Finding(key, Level.ERROR, "code-lost-precision", message)
    return Finding(key, Level.ERROR, "number-unreadable", f"“{title}”的数字位数过多，请核对后重填")


def quoted(text: str) -> str:
    """A word as messages may quote it: short, and without a number that could be somebody's."""
    short = text if len(text) <= 30 else f"{text[:30]}…"
    return f"“{LONG_NUMBER.sub(lambda digits: masked_text(digits[0]), short)}”"


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return tidy(cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else tidy(str(cell))


def _too_long(key: str, text: str) -> list[Finding]:
    limit = LIMITS.get(key)
    if limit is None or len(text) <= limit:
        return []
    message = f"“{TITLES[key]}”有{len(text)}个字，最多{limit}个；请缩短"
    return [Finding(key, Level.ERROR, "text-too-long", message)]


def _cleared(row: LedgerRow, key: str, text: str) -> bool:
    """Whether the cell asks for an empty value; what must be there cannot be cleared."""
    if text != CLEAR or key in REQUIRED:
        return False
    row.cleared = (*row.cleared, key)
    return True


def _read_text(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    if _cleared(row, key, text):
        setattr(row, key, "")
        return []
    if found := _too_long(key, text):
        return found
    setattr(row, key, text if text or cell == "" else None)
    return []


def _read_name(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    found = _read_text(checks, row, key, cell)
    if not found and not row.name:
        found = [Finding(key, Level.ERROR, "name-missing", "没有主体名称；请按营业执照填写")]
    row.name = row.name or ""
    return found


def _coded(check: Callable[[str], Iterable[Any]]) -> "Reader":
    def read(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
        text = normal_code(_text(cell))
        if not text or _cleared(row, key, text):
            return []
        if found := _too_long(key, text):
            return found
        setattr(row, key, text)
        return [Finding(key, Level(fault.level), fault.code, fault.message) for fault in check(text)]

    return read


def _read_phone(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    if not text or _cleared(row, key, text):
        return []
    if MOBILE.fullmatch(text):
        row.phone = text
        return []
    number = normal_phone(text)
    if found := _too_long(key, number):
        return found
    row.phone = number
    # The number itself never stands in a message.
    return [
        Finding(key, Level(fault.level), fault.code, fault.message.replace(text, masked_text(text)))
        for fault in check_phone(text)
    ]


def masked_text(text: str) -> str:
    """A number as messages may show it."""
    return "****" + text[-2:] if len(text) > 4 else "****"


def _read_type(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    code = (checks.types.get(text) or checks.types.get(plain(text))) if text else None
    if code is None:
        said = f"不认识的主体业态{quoted(text)}{checks.guess(text, checks.types)}" if text else "没有主体业态"
        return [Finding(key, Level.ERROR, "type-unknown", f"{said}；请改用方案里的业态名称，或先在方案中添加别名")]
    row.business_type = code
    return []


def _read_area(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    found = (checks.areas.get(text) or checks.areas.get(plain(text), [])) if text else []
    if len(found) > 1:
        row.areas = tuple(area.pk for area in found)
        names = "、".join(checks.area_names[pk] for pk in row.areas)
        message = f"{quoted(text)}在辖区内不止一个；请写明是哪一个：{names}"
        return [Finding(key, Level.ERROR, "area-ambiguous", message)]
    if not found:
        said = f"没有填所属{checks.area_word}"
        if text:
            said = f"辖区内没有{quoted(text)}{checks.guess(text, checks.area_names.values())}"
        return [
            Finding(key, Level.ERROR, "area-unknown", f"{said}；请核对名称，新设的{checks.area_word}请先在机构里添加")
        ]
    row.area = found[0].pk
    return []


def _read_status(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    if not text:
        return []
    row.status = checks.statuses.get(text) or checks.statuses.get(plain(text))
    if row.status is None:
        said = f"不认识的经营状态{quoted(text)}{checks.guess(text, checks.statuses)}"
        return [Finding(key, Level.ERROR, "status-unknown", f"{said}；请改用方案里的状态名称")]
    return []


def _read_count(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    if type(cell) is int and 0 <= cell <= MAX_COUNT:
        setattr(row, key, cell)
        return []
    if isinstance(cell, str) and _cleared(row, key, _text(cell)):
        return []
    value, finding = _number(key, cell)
    if finding or value is None:
        return [finding] if finding else []
    if value != value.to_integral_value() or value > MAX_COUNT:
        return [Finding(key, Level.ERROR, "number-unreadable", f"“{TITLES[key]}”应为不超过{MAX_COUNT}的整数，请核对")]
    setattr(row, key, int(value))
    return []


def _read_revenue(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    if isinstance(cell, str) and _cleared(row, key, _text(cell)):
        return []
    value, finding = _number(key, cell)
    if finding or value is None:
        return [finding] if finding else []
    if value > MAX_REVENUE:
        return [Finding(key, Level.ERROR, "number-unreadable", "年营业收入过大；单位是万元，请核对是否填成了元")]
    row.revenue = value.quantize(Decimal("0.01"))
    return []


def _number(key: str, cell: Any) -> tuple[Decimal | None, Finding | None]:
    text = _text(cell).replace(",", "").replace("，", "")
    if not text:
        return None, None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        message = f"“{TITLES[key]}”不是数字（{quoted(text)}）；请填阿拉伯数字"
        return None, Finding(key, Level.ERROR, "number-unreadable", message)
    if value < 0:
        return None, Finding(key, Level.ERROR, f"{key}-negative", f"“{TITLES[key]}”不能是负数；没有就留空")
    return value, None


Reader = Callable[[LedgerChecker, LedgerRow, str, Any], list[Finding]]
READERS: dict[str, Reader] = {
    "name": _read_name,
    "uscc": _coded(check_uscc),
    "licence": _coded(check_licence),
    "business_type": _read_type,
    "staff": _read_count,
    "revenue": _read_revenue,
    "diners": _read_count,
    "area": _read_area,
    "address": _read_text,
    "principal": _read_text,
    "phone": _read_phone,
    "director": _read_text,
    "officer": _read_text,
    "status": _read_status,
}
