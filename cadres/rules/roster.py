"""A row of a cadre roster (包保干部名册): its columns, what is wrong with it and how to mend it.

The plan says which tiers and categories exist, the tree which units; neither is known here beforehand.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from entities.rules.codes import check_phone, normal_phone
from tenancy.plans import PlanDocument, codes_by_word, plain
from tenancy.rules.importing import Column, Finding, Level
from tenancy.rules.names import tidy

COLUMNS = (
    Column("name", "姓名", ("干部姓名", "包保干部", "包保干部姓名"), required=True),
    Column("tier", "层级", ("包保层级", "干部层级", "级别"), required=True),
    Column(
        "unit", "单位", ("工作单位", "所在单位", "所属居民区", "所属村社区", "单位名称"), required=True, fills_down=True
    ),
    Column("title", "职务", ("职务职级", "现任职务", "岗位")),
    Column("category", "类别", ("干部类别", "人员类别", "签订类别"), required=True),
    Column("sectors", "分管领域或联系区域", ("分管领域", "联系区域", "分管工作", "联系片区")),
    Column("phone", "联系电话", ("电话", "手机", "手机号", "手机号码", "联系方式"), private=True),
)
KEYS = tuple(column.key for column in COLUMNS)
TITLES = {column.key: column.title for column in COLUMNS}
SEPARATORS = re.compile(r"[、，,；;/\s]+")
LENGTHS = {"name": 40, "title": 60, "sector": 60}


@dataclass(frozen=True, slots=True)
class Unit:
    """A place a cadre can stand in."""

    id: int
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class RosterRow:
    """What a row says, in the plan's codes."""

    name: str
    tier: str
    unit_id: int
    title: str
    category: str
    sectors: tuple[str, ...]
    phone: str


@dataclass(slots=True)
class RosterWords:
    """The words a roster may use in this place: tiers, categories by tier, units."""

    document: PlanDocument
    units: Sequence[Unit]
    tiers: dict[str, str] = field(init=False)
    categories: dict[str, dict[str, str]] = field(init=False)
    places: dict[str, Unit] = field(init=False)

    def __post_init__(self) -> None:
        self.tiers = codes_by_word(self.document.tiers)
        self.categories = {scope.tier: codes_by_word(scope.categories) for scope in self.document.cadre_scopes}
        self.places = unit_words(self.units, self.document)

    def fits(self, unit: Unit, tier: str) -> bool:
        """A unit on no rung of the plan (a park, a zone) takes cadres of any tier."""
        rungs = {each.code for each in self.document.tiers if unit.level in (each.code, each.level.value)}
        return not rungs or tier in rungs

    def named_categories(self, tier: str) -> list[str]:
        return [c.name for scope in self.document.cadre_scopes if scope.tier == tier for c in scope.categories]


def unit_words(units: Sequence[Unit], document: PlanDocument) -> dict[str, Unit]:
    """Names of units, and the same without the tier's word behind (平吉一村居民区, 平吉一村) where that stays clear."""
    endings = [plain(word) for tier in document.tiers for word in (tier.name, *tier.aliases)]
    short: dict[str, list[Unit]] = {}
    for unit in units:
        name = plain(unit.name)
        ending = next((end for end in sorted(endings, key=len, reverse=True) if name.endswith(end)), "")
        short.setdefault(name.removesuffix(ending), []).append(unit)
    clear = {name: found[0] for name, found in short.items() if name and len(found) == 1}
    return clear | {plain(unit.name): unit for unit in units}


def read_row(cells: Sequence[Any], words: RosterWords) -> tuple[RosterRow | None, list[Finding]]:
    """The row in codes, None when something essential is missing, and everything there is to say about it."""
    texts = {key: _text(cell) for key, cell in zip(KEYS, cells, strict=True)}
    findings = [*_name_findings(texts["name"])]
    tier = words.tiers.get(plain(texts["tier"]), "")
    if not tier:
        findings.append(_unknown_tier(texts["tier"], words))
    unit = words.places.get(plain(texts["unit"]))
    if unit is None:
        findings.append(_unknown_unit(texts["unit"], words))
    elif tier and not words.fits(unit, tier):
        findings.append(_wrong_level(texts, unit))
    category = _category(texts["category"], tier, words)
    if tier and not category:
        findings.append(_unknown_category(texts["category"], tier, words))
    findings += _phone_findings(texts["phone"])
    if unit is None or not tier or any(finding.level is Level.ERROR for finding in findings):
        return None, findings
    sectors = tuple(part[: LENGTHS["sector"]] for part in SEPARATORS.split(texts["sectors"]) if part)
    title = texts["title"][: LENGTHS["title"]]
    return RosterRow(texts["name"], tier, unit.id, title, category, sectors, normal_phone(texts["phone"])), findings


def is_secretary(row: RosterRow, document: PlanDocument) -> bool:
    """Whether the title is one before whom the lowest tier signs in its own community."""
    lowest = min(document.tiers, key=lambda tier: tier.rank, default=None)
    if lowest is None or row.tier != lowest.code:
        return False
    heads = [each for each in document.counterparties if each.tier == lowest.code and each.same_place]
    return plain(row.title) in {plain(title) for each in heads for title in each.titles}


def twice(first_row: int) -> Finding:
    return Finding(
        "name",
        Level.ERROR,
        "duplicate-in-file",
        f"与第{first_row}行是同一人（单位、姓名、职务都相同）。请删去一行；如确是同名的两个人，请分别填写联系电话。",
    )


def namesakes(first_row: int) -> Finding:
    return Finding(
        "name",
        Level.WARNING,
        "namesake",
        f"与第{first_row}行单位、姓名、职务都相同，只有电话不同，将按两个人写入。请核对。",
    )


def fault_of(key: str, code: str, cell: Any) -> Finding:
    """What the sheet itself did to a cell: a formula, an error, or digits already lost."""
    if code == "error-cell":
        message = f"“{TITLES[key]}”是错误值（{cell}）；请照原件重填，没有就留空。"
        return Finding(key, Level.ERROR, "error-cell", message)
    if code == "formula-cell":
        message = f"“{TITLES[key]}”这一格是公式；请用“粘贴为数值”改成文字后再传。"
        return Finding(key, Level.ERROR, "formula-cell", message)
    message = f"“{TITLES[key]}”被表格软件改成了数字，后几位已经丢失；请把这一列设为文本格式后重填。"
    return Finding(key, Level.ERROR, "code-lost-precision", message)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return tidy(str(cell))


def _name_findings(name: str) -> list[Finding]:
    if not name:
        return [
            Finding("name", Level.ERROR, "name-missing", "没有填写姓名。名册每行登记一名干部，请补上姓名或删去此行。")
        ]
    if len(name) > LENGTHS["name"]:
        return [Finding("name", Level.ERROR, "name-too-long", f"姓名超过{LENGTHS['name']}个字。请只填一名干部的姓名。")]
    return []


def _unknown_tier(value: str, words: RosterWords) -> Finding:
    known = "、".join(tier.name for tier in words.document.tiers)
    what = f"层级“{value}”不在实施方案里" if value else "没有填写层级"
    return Finding("tier", Level.ERROR, "tier-unknown", f"{what}。请改为：{known}。")


def _unknown_unit(value: str, words: RosterWords) -> Finding:
    if not value:
        return Finding(
            "unit", Level.ERROR, "area-unknown", "没有填写单位。请填写干部所在的街道（乡镇）或居民区（村社区）。"
        )
    near = difflib.get_close_matches(plain(value), [plain(unit.name) for unit in words.units], n=1, cutoff=0.5)
    guess = next((f"是否为“{unit.name}”？" for unit in words.units if near and plain(unit.name) == near[0]), "")
    return Finding("unit", Level.ERROR, "area-unknown", f"“{value}”不是本辖区的单位。{guess}请改为区划中的名称。")


def _wrong_level(texts: Mapping[str, str], unit: Unit) -> Finding:
    return Finding(
        "tier",
        Level.ERROR,
        "tier-not-of-unit",
        f"层级是“{texts['tier']}”，单位“{unit.name}”却不是这一层级的单位。请改正其中一项。",
    )


def _category(value: str, tier: str, words: RosterWords) -> str:
    """The plan's code; the only one where the plan prints a single category and the cell is blank."""
    known = words.categories.get(tier, {})
    codes = set(known.values())
    if not value and len(codes) == 1:
        return codes.pop()
    return known.get(plain(value), "")


def _unknown_category(value: str, tier: str, words: RosterWords) -> Finding:
    known = words.named_categories(tier)
    if not known:
        return Finding(
            "category", Level.ERROR, "category-unknown", "实施方案没有规定这一层级的干部类别。请先在方案中补上。"
        )
    what = f"类别“{value}”不在方案规定的范围内" if value else "没有填写类别，无法确定承诺书与谁签订"
    return Finding("category", Level.ERROR, "category-unknown", f"{what}。请改为：{'；'.join(known)}。")


def _phone_findings(phone: str) -> list[Finding]:
    if not phone:
        return []
    return [Finding("phone", Level(fault.level), fault.code, f"{fault.message}。") for fault in check_phone(phone)]
