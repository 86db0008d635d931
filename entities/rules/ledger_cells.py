"""How each cell of an entity ledger is read: what it may hold, and what is said of one that holds something else."""

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from entities.rules.codes import MOBILE, check_licence, check_phone, check_uscc, normal_code, normal_phone
from entities.rules.ledger_rows import REQUIRED, TITLES, Area, LedgerRow
from entities.rules.sizing import in_wan, likely_words, unit_slip
from entities.rules.vocabulary import RiskLevel
from tenancy.plans import plain
from tenancy.rules.importing import Finding, Level
from tenancy.rules.names import tidy

CLEAR = "清空"
LIMITS = {"name": 120, "address": 200, "principal": 40, "director": 40, "officer": 40, "licence": 40, "phone": 20}
LONG_NUMBER = re.compile(r"\d{7,}")
MAX_COUNT = 1_000_000
# 万元; more than any company on earth takes in a year.
MAX_REVENUE = Decimal(10) ** 9
CENT = Decimal("0.01")
SEPARATORS = re.compile(r"[、,，;；/|]")
MAX_TAGS, TAG_LENGTH = 10, 32


@dataclass
class LedgerWords:
    """The words a place uses in its ledgers, and what they mean there."""

    types: Mapping[str, str]
    statuses: Mapping[str, str]
    areas: Mapping[str, list[Area]]
    area_word: str
    # Names of areas, told apart by the place above where two bear the same.
    area_names: Mapping[int, str]
    # Business types whose entities may serve meals.
    serving: frozenset[str]
    near: dict[tuple[str, str], str] = field(default_factory=dict)

    def guess(self, key: str, text: str, known: Iterable[str]) -> str:
        """The known word nearest to an unknown one as a question, empty when none is near."""
        if (key, text) not in self.near:
            found = difflib.get_close_matches(text, list(known), n=1, cutoff=0.5) if text else []
            self.near[key, text] = f"，是否为“{found[0]}”" if found else ""
        return self.near[key, text]


def fault_in(key: str, code: str, cell: Any) -> Finding:
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


def _read_text(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    if _cleared(row, key, text):
        setattr(row, key, "")
        return []
    if found := _too_long(key, text):
        return found
    setattr(row, key, text if text or cell == "" else None)
    return []


def _read_name(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    found = _read_text(checks, row, key, cell)
    if not found and not row.name:
        found = [Finding(key, Level.ERROR, "name-missing", "没有主体名称；请按营业执照填写")]
    row.name = row.name or ""
    return found


def _coded(check: Callable[[str], Iterable[Any]]) -> "Reader":
    def read(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
        text = normal_code(_text(cell))
        if not text or _cleared(row, key, text):
            return []
        if found := _too_long(key, text):
            return found
        setattr(row, key, text)
        return [Finding(key, Level(fault.level), fault.code, fault.message) for fault in check(text)]

    return read


def _read_phone(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
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


def _type_of(checks: LedgerWords, text: str) -> str | None:
    return checks.types.get(text) or checks.types.get(plain(text))


def _read_type(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    """One type, or several in one cell, of which the first is the main one."""
    text = _text(cell)
    code = _type_of(checks, text) if text else None
    if code is None and len(words := _listed(text)) > 1:
        found = _read_type(checks, row, key, words[0])
        return found or _read_further(checks, row, key, "、".join(words[1:]))
    if code is None:
        said = f"不认识的主体业态{quoted(text)}{checks.guess(key, text, checks.types)}" if text else "没有主体业态"
        return [Finding(key, Level.ERROR, "type-unknown", f"{said}；请改用方案里的业态名称，或先在方案中添加别名")]
    row.business_type = code
    return []


def _read_further(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    """The other activities under the same licence; the main one is not repeated among them."""
    text = _text(cell)
    if text == CLEAR:
        row.further_types = []
        return []
    words = _listed(text)
    codes = [_type_of(checks, word) for word in words]
    if unknown := [word for word, code in zip(words, codes, strict=True) if code is None]:
        message = f"不认识的兼营业态{quoted('、'.join(unknown))}；请改用方案里的业态名称，多个用顿号隔开"
        return [Finding(key, Level.ERROR, "type-unknown", message)]
    known = dict.fromkeys((*(row.further_types or ()), *(code for code in codes if code)))
    if known:
        row.further_types = [code for code in known if code != row.business_type]
    return []


def _listed(text: str) -> list[str]:
    return [word for part in SEPARATORS.split(text) if (word := part.strip())]


def _read_tags(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    words = [] if text == CLEAR else list(dict.fromkeys(_listed(text)))
    if len(words) > MAX_TAGS or any(len(word) > TAG_LENGTH for word in words):
        message = f"标签最多{MAX_TAGS}个，每个最多{TAG_LENGTH}个字，用顿号隔开；请精简"
        return [Finding(key, Level.ERROR, "tags-too-many", message)]
    if words or text == CLEAR:
        row.tags = words
    return []


def _read_risk(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    """A to D of the food-risk grading; it says nothing about the grade."""
    text = plain(_text(cell)).upper()
    if not text or text == CLEAR:
        row.risk_level = "" if text else None
        return []
    letter = text.removesuffix("风险").removesuffix("级")
    if letter not in RiskLevel.__members__:
        message = f"不认识的风险等级{quoted(text)}；请填 A、B、C、D（A 风险最低，与包保等级是两回事）"
        return [Finding(key, Level.ERROR, "risk-unknown", message)]
    row.risk_level = RiskLevel[letter].value
    return []


def _read_area(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
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
            said = f"辖区内没有{quoted(text)}{checks.guess(key, text, checks.area_names.values())}"
        return [
            Finding(key, Level.ERROR, "area-unknown", f"{said}；请核对名称，新设的{checks.area_word}请先在机构里添加")
        ]
    row.area = found[0].pk
    return []


def _read_status(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    text = _text(cell)
    if not text:
        return []
    row.status = checks.statuses.get(text) or checks.statuses.get(plain(text))
    if row.status is None:
        said = f"不认识的经营状态{quoted(text)}{checks.guess(key, text, checks.statuses)}"
        return [Finding(key, Level.ERROR, "status-unknown", f"{said}；请改用方案里的状态名称")]
    return []


def _read_count(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
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


def _read_revenue(checks: LedgerWords, row: LedgerRow, key: str, cell: Any) -> list[Finding]:
    """In 万元; a cell that names its own unit is brought to it."""
    if type(cell) is int and 0 <= cell <= MAX_REVENUE:
        row.revenue = Decimal(cell).quantize(CENT)
        return []
    if isinstance(cell, str) and _cleared(row, key, _text(cell)):
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
        message = f"“{TITLES[key]}”不是数字（{quoted(text)}）；请填阿拉伯数字"
        return None, Finding(key, Level.ERROR, "number-unreadable", message)
    if value < 0:
        return None, Finding(key, Level.ERROR, f"{key}-negative", f"“{TITLES[key]}”不能是负数；没有就留空")
    return value, None


Reader = Callable[[LedgerWords, LedgerRow, str, Any], list[Finding]]
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
