"""The rows of an entity ledger (包保主体台账): its columns, what a row may hold, and when it is the same entity again.

One checker serves the staged import, its commit, the form and the API, so that all four say the same.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from entities.rules.codes import MOBILE, check_licence, check_phone, check_uscc, normal_code, normal_phone
from entities.rules.sizing import MOST_PER_HEAD, REVENUE_UNITS, in_wan, likely_words, slip_sentence, unit_slip
from entities.rules.vocabulary import RiskLevel
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
    Column("revenue", "年营业收入", ("营业收入", "年营业额", "营业额"), unit="万元", other_units=tuple(REVENUE_UNITS)),
    Column("diners", "用餐人数", ("供餐人数", "就餐人数")),
    Column("area", "所属居民区", ("居民区", "所属社区", "社区", "村社区", "所属村居", "所属村"), required=True),
    Column("address", "经营地址", ("地址", "经营场所", "生产经营地址", "住所")),
    Column("principal", "负责人", ("主要负责人", "法定代表人", "法人", "经营者", "联系人")),
    Column("phone", "联系电话", ("电话", "手机", "手机号", "负责人电话", "联系方式"), private=True),
    Column("director", "食品安全总监", ("总监",)),
    Column("officer", "食品安全员", ("安全员",)),
    Column("status", "经营状态", ("状态", "营业状态", "主体状态")),
    Column("further_types", "兼营业态", ("兼营", "兼营项目", "其他业态")),
    Column("tags", "标签", ("主体标签", "重点类别")),
    Column("risk_level", "食品安全风险等级", ("风险等级", "风险分级", "食品安全风险分级")),
)
KEYS = tuple(column.key for column in COLUMNS)
REQUIRED = frozenset(column.key for column in COLUMNS if column.required)
TITLES = {column.key: column.title for column in COLUMNS}
CLEAR = "清空"
LIMITS = {"name": 120, "address": 200, "principal": 40, "director": 40, "officer": 40, "licence": 40}
MAX_COUNT = 1_000_000
# 万元; more than any company on earth takes in a year.
MAX_REVENUE = Decimal(10) ** 9
CENT = Decimal("0.01")
SEPARATORS = re.compile(r"[、,，;；/|]")
MAX_TAGS, TAG_LENGTH = 10, 32


@dataclass(slots=True)
class LedgerRow:
    """A checked row. None means the cell was blank: on an update the register keeps what it has."""

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
    further_types: list[str] | None = None
    tags: list[str] | None = None
    risk_level: str | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """The natural key: the credit code, else the licence, else name, place and address."""
        if self.uscc:
            return ("uscc", self.uscc)
        if self.licence:
            return ("licence", self.licence)
        return ("name", self.name, str(self.area), self.address or "")


ROW_FIELDS = tuple(spec.name for spec in fields(LedgerRow))


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
    # Business types whose entities may serve meals.
    serving: frozenset[str]
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)

    def check(self, number: int, cells: Sequence[Any], faults: Mapping[int, str]) -> tuple[LedgerRow, list[Finding]]:
        """The row as far as it can be read, and everything there is to say about it."""
        row, findings = LedgerRow(), []
        full = (*cells, *[None] * (len(KEYS) - len(cells)))
        for index, (key, cell) in enumerate(zip(KEYS, full, strict=True)):
            if index in faults:
                findings.append(_fault(key, faults[index]))
            elif (cell is not None or key in REQUIRED) and (found := READERS[key](self, row, key, cell)):
                findings += found
        if row.diners or (row.revenue is not None and row.revenue > MOST_PER_HEAD):
            findings += self._compared(row)
        if not findings or not any(finding.level is Level.ERROR for finding in findings):
            findings += self._repeated(number, row)
        return row, findings

    def read(self, cells: Mapping[str, Any], types: Sequence[str]) -> tuple[LedgerRow, list[Finding]]:
        """Single cells without a row around them, of an entity with these business types."""
        row, findings = LedgerRow(), []
        row.business_type, row.further_types = next(iter(types), ""), list(types[1:])
        for key, cell in cells.items():
            findings += READERS[key](self, row, key, cell)
        return row, findings + self._compared(row)

    def _compared(self, row: LedgerRow) -> list[Finding]:
        """Figures that cannot be right beside one another; a person may keep them all the same."""
        findings = []
        if row.revenue is not None and (slip := unit_slip(row.revenue, row.staff)):
            findings.append(Finding("revenue", Level.WARNING, "revenue-unit", slip_sentence(row.revenue, slip)))
        if (
            row.diners
            and row.business_type
            and self.serving.isdisjoint((row.business_type, *(row.further_types or ())))
        ):
            message = (
                f"这类主体不供餐，所填用餐人数{row.diners}人不参与分级；有食堂的请改业态或填写兼营业态，没有就清空"
            )
            findings.append(Finding("diners", Level.WARNING, "diners-unused", message))
        return findings

    def _repeated(self, number: int, row: LedgerRow) -> list[Finding]:
        first = self.seen.setdefault(row.identity, number)
        if first == number:
            return []
        message = f"与第{first}行是同一主体；一个主体只留一行，请删除其中一行"
        return [Finding("name", Level.ERROR, "duplicate-in-file", message)]


def checker(plan: PlanDocument, areas: Iterable[Area]) -> LedgerChecker:
    """A checker for one batch; areas are the places the office may enter entities in."""
    by_name: dict[str, list[Area]] = {}
    for area in areas:
        namesakes = by_name.setdefault(plain(area.name), [])
        namesakes.append(area)
        # As the place is written, so that most cells are found without being made plain first.
        by_name[area.name] = namesakes
    serving = frozenset(kind.code for kind in plan.business_types if kind.diners or kind.domain == "catering")
    return LedgerChecker(_words(plan.business_types), _words(plan.statuses), by_name, plan.names.area, serving)


def _words(items: Sequence[Named]) -> dict[str, str]:
    """Codes by the words as they are written and by their plain forms."""
    plain_words = codes_by_word(items)
    return plain_words | {word: plain_words[plain(word)] for item in items for word in (item.name, *item.aliases)}


def _fault(key: str, code: str) -> Finding:
    title = TITLES[key]
    if code == "formula-cell":
        message = f"“{title}”这一格是公式；请用“粘贴为数值”改成文字后再传"
        return Finding(key, Level.ERROR, "formula-cell", message)
    if key in ("uscc", "licence", "phone"):
        message = f"“{title}”被表格软件改成了数字，后几位已经丢失；请把这一列设为文本格式，照原证重填"
        return Finding(key, Level.ERROR, "code-lost-precision", message)
    return Finding(key, Level.ERROR, "number-unreadable", f"“{title}”的数字位数过多，请核对后重填")


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return tidy(cell)
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else tidy(str(cell))


def _read_text(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    if text == CLEAR:
        text, cell = "", ""
    limit = LIMITS[key]
    if len(text) > limit:
        message = f"“{TITLES[key]}”有{len(text)}个字，最多{limit}个；请缩短"
        return [Finding(key, Level.ERROR, "text-too-long", message)]
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
        if not text:
            return []
        setattr(row, key, text)
        return [Finding(key, Level(fault.level), fault.code, fault.message) for fault in check(text)]

    return read


def _read_phone(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    if not text:
        return []
    if MOBILE.fullmatch(text):
        row.phone = text
        return []
    row.phone = normal_phone(text)
    # The number itself never stands in a message.
    return [
        Finding(key, Level(fault.level), fault.code, fault.message.replace(text, masked_text(text)))
        for fault in check_phone(text)
    ]


def masked_text(text: str) -> str:
    """A number as messages may show it."""
    return "****" + text[-2:] if len(text) > 4 else "****"


def _type_of(checks: LedgerChecker, text: str) -> str | None:
    return checks.types.get(text) or checks.types.get(plain(text))


def _read_type(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    """One type, or several in one cell, of which the first is the main one."""
    text = _text(cell)
    code = _type_of(checks, text) if text else None
    if code is None and SEPARATORS.search(text):
        first, *further = _listed(text)
        found = _read_type(checks, row, key, first)
        return found or _read_further(checks, row, key, "、".join(further))
    if code is None:
        said = f"不认识的主体业态“{text}”" if text else "没有主体业态"
        return [Finding(key, Level.ERROR, "type-unknown", f"{said}；请改用方案里的业态名称，或先在方案中添加别名")]
    row.business_type = code
    return []


def _read_further(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    """The other activities under the same licence; the main one is not repeated among them."""
    text = _text(cell)
    if text == CLEAR:
        row.further_types = []
        return []
    words = _listed(text)
    codes = [_type_of(checks, word) for word in words]
    if unknown := [word for word, code in zip(words, codes, strict=True) if code is None]:
        message = f"不认识的兼营业态“{'、'.join(unknown)}”；请改用方案里的业态名称，多个用顿号隔开"
        return [Finding(key, Level.ERROR, "type-unknown", message)]
    known = dict.fromkeys((*(row.further_types or ()), *(code for code in codes if code)))
    if known:
        row.further_types = [code for code in known if code != row.business_type]
    return []


def _listed(text: str) -> list[str]:
    return [word for part in SEPARATORS.split(text) if (word := part.strip())]


def _read_tags(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    words = [] if text == CLEAR else list(dict.fromkeys(_listed(text)))
    if len(words) > MAX_TAGS or any(len(word) > TAG_LENGTH for word in words):
        message = f"标签最多{MAX_TAGS}个，每个最多{TAG_LENGTH}个字，用顿号隔开；请精简"
        return [Finding(key, Level.ERROR, "tags-too-many", message)]
    if words or text == CLEAR:
        row.tags = words
    return []


def _read_risk(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    """A to D of the food-risk grading; it says nothing about the grade."""
    text = plain(_text(cell)).upper()
    if not text or text == CLEAR:
        row.risk_level = "" if text else None
        return []
    letter = text.removesuffix("风险").removesuffix("级")
    if letter not in RiskLevel.__members__:
        message = f"不认识的风险等级“{text}”；请填 A、B、C、D（A 风险最低，与包保等级是两回事）"
        return [Finding(key, Level.ERROR, "risk-unknown", message)]
    row.risk_level = RiskLevel[letter].value
    return []


def _read_area(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    found = (checks.areas.get(text) or checks.areas.get(plain(text), [])) if text else []
    if len(found) > 1:
        names = "、".join(area.path for area in found)
        message = f"“{text}”在辖区内不止一个（{names}），请写明上级，如“某街道/{text}”"
        return [Finding(key, Level.ERROR, "area-ambiguous", message)]
    if not found:
        said = f"辖区内没有“{text}”" if text else f"没有填所属{checks.area_word}"
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
        return [Finding(key, Level.ERROR, "status-unknown", f"不认识的经营状态“{text}”；请改用方案里的状态名称")]
    return []


def _read_count(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    if type(cell) is int and 0 <= cell <= MAX_COUNT:
        setattr(row, key, cell)
        return []
    value, finding = _number(key, cell)
    if finding or value is None:
        return [finding] if finding else []
    if value != value.to_integral_value() or value > MAX_COUNT:
        return [Finding(key, Level.ERROR, "number-unreadable", f"“{TITLES[key]}”应为不超过{MAX_COUNT}的整数，请核对")]
    setattr(row, key, int(value))
    return []


def _read_revenue(checks: LedgerChecker, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    """In 万元; a cell that names its own unit is brought to it."""
    if type(cell) is int and 0 <= cell <= MAX_REVENUE:
        row.revenue = Decimal(cell).quantize(CENT)
        return []
    text, worth = in_wan(_text(cell)) if isinstance(cell, str) else (cell, Decimal(1))
    value, finding = _number(key, text)
    if finding or value is None:
        return [finding] if finding else []
    # Held against the bound before it is multiplied: a cell may hold a number of any length.
    if value > MAX_REVENUE / worth:
        likely = likely_words(unit_slip(value, row.staff) if worth == 1 else None)
        return [Finding(key, Level.ERROR, "number-unreadable", f"年营业收入过大；{likely}")]
    row.revenue = (value * worth).quantize(CENT)
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
        message = f"“{TITLES[key]}”不是数字（“{text[:20]}”）；请填阿拉伯数字"
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
    "further_types": _read_further,
    "tags": _read_tags,
    "risk_level": _read_risk,
}
