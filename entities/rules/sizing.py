"""规模 by the plan's size table, units of revenue, and figures that were most likely typed in another unit."""

import re
from dataclasses import dataclass
from decimal import Decimal

from entities.rules.vocabulary import SizeClass
from tenancy.plans.document import Bounds

Number = int | float | Decimal
SIZES = (SizeClass.MICRO, SizeClass.SMALL, SizeClass.MEDIUM, SizeClass.LARGE)
FACT_NAMES = {"employees": "从业人员", "revenue": "年营业收入", "diners": "用餐人数", "business_types": "主体业态"}
# What one unit is worth in 万元, the unit of the size table.
REVENUE_UNITS = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万元": Decimal(1),
    "万": Decimal(1),
    "亿元": Decimal(10_000),
    "亿": Decimal(10_000),
}
WITH_UNIT = re.compile(rf"(.*?)\s*({'|'.join(sorted(REVENUE_UNITS, key=len, reverse=True))})")
# 万元 a year that one person brings in at the very most; only trade in bulk comes near. Above it 元 were typed.
MOST_PER_HEAD = 2_000
# The same where the staff is not known: above the large bound of every industry.
MOST_UNSTAFFED = 100_000


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure of an entity held against one line of the size table; size None while it is not known."""

    fact: str
    value: Number | None
    bounds: Bounds
    size: SizeClass | None


@dataclass(frozen=True, slots=True)
class UnitSlip:
    """A revenue no entity of that staff can have; meant is the likely value in 万元, None where none is likely."""

    meant: Decimal | None


def class_of(value: Number | None, bounds: Bounds) -> SizeClass | None:
    """The class that one figure alone would give."""
    if value is None:
        return None
    return SIZES[sum(value >= bound for bound in (bounds.small, bounds.medium, bounds.large))]


def size_by(employees: Number | None, revenue: Number | None, table: tuple[Bounds, Bounds]) -> SizeClass | None:
    """The lower of the two classes; micro by either alone; None while it is open."""
    ranks = [
        sum(value >= bound for bound in (bounds.small, bounds.medium, bounds.large))
        for value, bounds in zip((employees, revenue), table, strict=True)
        if value is not None
    ]
    if len(ranks) == len(table) or 0 in ranks:
        return SIZES[min(ranks)]
    return None


def indicators(
    employees: Number | None, revenue: Number | None, table: tuple[Bounds, Bounds]
) -> tuple[Indicator, Indicator]:
    """Both figures with their bounds and the class each gives alone."""
    people, money = table
    return (
        Indicator("employees", employees, people, class_of(employees, people)),
        Indicator("revenue", revenue, money, class_of(revenue, money)),
    )


def in_wan(text: str) -> tuple[str, Decimal]:
    """A written revenue without its unit, and what the unit is worth: "64.5万元" -> ("64.5", 1)."""
    found = WITH_UNIT.fullmatch(text)
    return (found[1], REVENUE_UNITS[found[2]]) if found else (text, Decimal(1))


def unit_slip(revenue: Decimal | None, employees: int | None) -> UnitSlip | None:
    """Whether a revenue in 万元 is past belief; None where it may stand."""
    most = MOST_UNSTAFFED if employees is None else MOST_PER_HEAD * max(employees, 1)
    if revenue is None or revenue <= most:
        return None
    meant = revenue * REVENUE_UNITS["元"]
    return UnitSlip(meant.quantize(Decimal("0.01")) if meant <= most else None)


def shown_figure(value: Number | None) -> str:
    """120.00 -> 120; 未填 for what is not known."""
    if value is None:
        return "未填"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def slip_sentence(revenue: Decimal, slip: UnitSlip) -> str:
    """What to tell whoever typed it."""
    return f"年营业收入 {shown_figure(revenue)} 万元与从业人员不相称；{likely_words(slip)}"


def likely_words(slip: UnitSlip | None) -> str:
    """Which value was likely meant."""
    likely = f"若填的是元，应为 {shown_figure(slip.meant)} 万元，" if slip and slip.meant is not None else ""
    return f"单位是万元，{likely}请核对"
