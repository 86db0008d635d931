"""Rows of a workbook that lay one line beside an entity: whom a row is about, and how its cells are read.

What the columns of one kind mean stands in `station` (penalties, checks) and `staff_rows`.
"""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from entities.rules.codes import check_phone, normal_code, normal_phone
from entities.rules.identity import Register, Stored
from tenancy.plans import plain
from tenancy.rules.importing import Column, Finding, Level
from tenancy.rules.names import tidy

WHO = (
    Column(
        "name", "主体名称",
        ("单位名称", "企业名称", "店名", "名称", "当事人", "当事人名称", "被处罚单位", "被检查单位", "市场主体名称"),
        required=True,
    ),
    Column("uscc", "统一社会信用代码", ("信用代码", "社会信用代码", "统一信用代码")),
    Column("licence", "许可证编号", ("许可证号", "食品经营许可证编号", "许可/备案编号")),
    Column("address", "经营地址", ("地址", "经营场所", "住所")),
    Column("entity", "台账编号", ("系统编号",)),
)  # fmt: skip
UNKNOWN, SEVERAL, REPEATED = "entity-unknown", "entity-several", "duplicate-in-file"
# What a person mends by choosing the entity.
CHOOSABLE = (UNKNOWN, SEVERAL)
NAMED = 3
DAY = re.compile(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})日?")
SEPARATORS = re.compile(r"[、，,；;/\n]+")


@dataclass(frozen=True, slots=True)
class Who:
    """What a row says of the entity it is about; empty where it says nothing."""

    name: str = ""
    uscc: str = ""
    licence: str = ""
    address: str = ""
    entity: str = ""


@dataclass
class Finder:
    """The entities of a place by whatever a foreign list may call them."""

    register: Register
    by_pk: dict[int, Stored] = field(init=False)
    by_name: dict[str, list[Stored]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_pk, self.by_name = {}, {}
        for entities in self.register.by_name.values():
            for entity in entities:
                self.by_pk.setdefault(entity.pk, entity)
                self.by_name.setdefault(plain(entity.name), []).append(entity)

    def find(self, who: Who) -> list[Stored]:
        """Every entity the row may be about: one when it is clear. A chosen one counts before all numbers."""
        if who.entity:
            chosen = self.by_pk.get(int(who.entity)) if who.entity.isdecimal() and len(who.entity) < 19 else None
            return [chosen] if chosen else []
        namesakes = self.by_name.get(plain(who.name), [])
        ways = (
            self.register.by_uscc.get(who.uscc, []) if who.uscc else [],
            self.register.by_licence.get(who.licence, []) if who.licence else [],
            [each for each in namesakes if not (who.uscc and each.uscc)],
        )
        return _narrowed(next((way for way in ways if way), []), who)

    def unlike(self, who: Who) -> Stored | None:
        """A namesake that bears another credit code."""
        return next(iter(self.by_name.get(plain(who.name), [])), None)


def _narrowed(found: Sequence[Stored], who: Who) -> list[Stored]:
    """Of several those of the row's name, then those of its address; each entity once."""
    left = list({each.pk: each for each in found}.values())
    name, address = plain(who.name), plain(who.address)
    if len(left) > 1:
        left = [each for each in left if plain(each.name) == name] or left
    if len(left) > 1 and address:
        left = [each for each in left if plain(each.address) == address] or left
    return left


def whose(finder: Finder, who: Who) -> tuple[Stored | None, list[Finding]]:
    """The entity of a row, or why it is nobody's yet and what to do."""
    found = finder.find(who)
    if len(found) == 1:
        return found[0], []
    if who.entity:
        message = f"台账里没有编号“{who.entity}”；请重新选择主体，或清空这一格按名称和代码查找"
        return None, [Finding("entity", Level.ERROR, UNKNOWN, message)]
    if found:
        named = "、".join(f"{each.name}（{each.address or '地址未登记'}）" for each in found[:NAMED])
        more = "等" if len(found) > NAMED else ""
        message = f"台账里有{len(found)}家符合：{named}{more}；请点“选择主体”指定是哪一家"
        return None, [Finding("name", Level.ERROR, SEVERAL, message)]
    if not who.name:
        return None, [Finding("name", Level.ERROR, "name-missing", "没有主体名称；请照文书填写当事人名称")]
    other = finder.unlike(who)
    doubt = f"；台账里的“{other.name}”信用代码是另一个" if other else ""
    message = f"按信用代码、许可证编号、名称和地址，台账里都没有“{who.name}”{doubt}；请核对，或点“选择主体”指定"
    return None, [Finding("name", Level.ERROR, UNKNOWN, message)]


@dataclass(frozen=True)
class Words:
    """What may stand in the columns whose words are a list: key -> plain word -> what is written down."""

    known: Mapping[str, Mapping[str, str]]

    def unknown(self, key: str, title: str, text: str) -> Finding:
        names = list(dict.fromkeys(self.known[key].values()))
        near = difflib.get_close_matches(plain(text), list(self.known[key]), n=1, cutoff=0.5)
        guess = f"，是否为“{self.known[key][near[0]]}”" if near else ""
        message = f"“{title}”里的“{text[:30]}”不认识{guess}；可填：{'、'.join(names)}"
        return Finding(key, Level.ERROR, "word-unknown", message)


# Column, cell, words -> the value, and what is wrong with it.
Reader = Callable[[Column, Any, Words], tuple[Any, Finding | None]]


def text_of(cell: Any) -> str:
    """A cell as words; a number that is whole bears no point."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    return "" if cell is None else tidy(str(cell))


def words(longest: int) -> Reader:
    """Any words up to a length."""

    def read(column: Column, cell: Any, _words: Words) -> tuple[str, Finding | None]:
        text = text_of(cell)
        if len(text) <= longest:
            return text, None
        message = f"“{column.title}”有{len(text)}个字，最多{longest}个；请缩短"
        return "", Finding(column.key, Level.ERROR, "text-too-long", message)

    return read


def day(column: Column, cell: Any, _words: Words) -> tuple[dt.date | None, Finding | None]:
    """A day, as a date or as people write one."""
    if isinstance(cell, dt.datetime):
        return cell.date(), None
    if isinstance(cell, dt.date):
        return cell, None
    text = text_of(cell)
    if not text:
        return None, None
    try:
        parts = DAY.fullmatch(text)
        return dt.date(*(int(part) for part in parts.groups())) if parts else _no_day(), None
    except ValueError:
        message = f"“{column.title}”里的“{text[:30]}”不是日期；请写成 2026-10-09 这样"
        return None, Finding(column.key, Level.ERROR, "day-unreadable", message)


def _no_day() -> dt.date:
    raise ValueError


def one_word(column: Column, cell: Any, known: Words) -> tuple[str, Finding | None]:
    """One word of a list, as its code."""
    text = text_of(cell)
    meant = known.known[column.key].get(plain(text)) if text else ""
    return (meant, None) if meant is not None else ("", known.unknown(column.key, column.title, text))


def some_words(column: Column, cell: Any, known: Words) -> tuple[list[str], Finding | None]:
    """Several words of a list in one cell, each once."""
    listed = [word for part in SEPARATORS.split(text_of(cell)) if (word := part.strip())]
    for word in listed:
        if plain(word) not in known.known[column.key]:
            return [], known.unknown(column.key, column.title, word)
    return list(dict.fromkeys(known.known[column.key][plain(word)] for word in listed)), None


def telephone(column: Column, cell: Any, _words: Words) -> tuple[str, Finding | None]:
    """Digits alone; the number itself never stands in a message."""
    text = text_of(cell)
    if not text:
        return "", None
    fault = next(iter(check_phone(text)), None)
    if fault is None:
        return normal_phone(text), None
    said = {"error": "不是电话号码；请只填一个号码", "warning": "位数不对，手机号应为 11 位；请核对"}[fault.level]
    finding = Finding(column.key, Level(fault.level), fault.code, f"“{column.title}”{said}")
    return "" if fault.level == "error" else normal_phone(text), finding


@dataclass(frozen=True)
class RowForm:
    """The columns of one kind behind those that say whose a row is, with their readers and what must hold of a row."""

    columns: tuple[Column, ...]
    readers: Mapping[str, Reader]
    # What is wrong with the values of a whole line, as (name of the value, code, sentence).
    check: Callable[[Mapping[str, Any], dt.date], Iterable[tuple[str, str, str]]]
    # Values that follow from the others where their cell is blank.
    fill: Callable[[dict[str, Any]], None] = lambda _values: None

    @property
    def whole(self) -> tuple[Column, ...]:
        return (*WHO, *self.columns)

    def read(
        self, cells: Sequence[Any], faults: Mapping[int, str], known: Words, on: dt.date
    ) -> tuple[Who, dict[str, Any], list[Finding]]:
        """Whom the row is about, its values by key, and everything there is to say about them."""
        full = [*cells, *[None] * (len(self.whole) - len(cells))]
        findings = [_fault(self.whole[at], code, full[at]) for at, code in sorted(faults.items())]
        spoilt = {finding.column for finding in findings}
        who = _who(full, spoilt)
        values: dict[str, Any] = {}
        for column, cell in zip(self.columns, full[len(WHO) :], strict=True):
            if column.key in spoilt:
                values[column.key] = None
                continue
            values[column.key], finding = self.readers[column.key](column, cell, known)
            findings += [finding] if finding else []
            if column.required and not finding and values[column.key] in (None, "", []):
                message = f"没有填写“{column.title}”；请照文书补填"
                findings.append(Finding(column.key, Level.ERROR, f"{column.key}-missing", message))
        if not any(finding.level is Level.ERROR for finding in findings):
            self.fill(values)
            findings += [Finding(key, Level.ERROR, code, said) for key, code, said in self.check(values, on)]
        return who, values, findings


def _who(cells: Sequence[Any], spoilt: set[str]) -> Who:
    texts = {
        column.key: "" if column.key in spoilt else text_of(cell) for column, cell in zip(WHO, cells, strict=False)
    }
    return Who(**texts | {key: normal_code(texts[key]) for key in ("uscc", "licence")})


def _fault(column: Column, code: str, cell: Any) -> Finding:
    """What the sheet itself did to a cell: a formula, an error, or digits already lost."""
    if code == "formula-cell":
        said = f"“{column.title}”是公式；请复制后用“粘贴为数值”，再重新上传"
    elif code == "error-cell":
        said = f"“{column.title}”是错误值（{cell}）；请照原件重填，没有就留空"
    else:
        code, said = (
            "code-lost-precision",
            f"“{column.title}”被表格软件改成了数字，后几位已经丢失；请设为文本格式后重填",
        )
    return Finding(column.key, Level.ERROR, code, said)


def repeated(first: int) -> Finding:
    """An earlier row says the same."""
    return Finding("name", Level.ERROR, REPEATED, f"与第{first}行是同一条；请删去其中一行")
