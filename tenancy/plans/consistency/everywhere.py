"""What holds for every list and every condition of a plan, wherever it stands."""

from collections.abc import Iterator
from typing import Any

from tenancy.plans.conditions import Condition
from tenancy.plans.consistency.findings import Fault, reading, unknown, walk
from tenancy.plans.document import PlanDocument
from tenancy.plans.yamltext import Path


@reading()
def _twice(doc: PlanDocument) -> Iterator[Fault]:
    """No two items of a list, nor of a list inside an item, have the same code."""
    for path, items in walk(doc):
        if isinstance(items, tuple):
            yield from _repeats(path, items)


def _repeats(path: Path, items: tuple[Any, ...]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        code = getattr(item, "code", None)
        if code is None:
            continue
        if str(code) in first:
            yield (*path, index, "code"), f"代码“{code}”和第 {first[str(code)] + 1} 项相同，请改成不同的代码"
        first.setdefault(str(code), index)


@reading("business_types", "high_risk_classes", "tiers")
def _conditions(doc: PlanDocument) -> Iterator[Fault]:
    types = {kind.code: kind for kind in doc.business_types}
    tiers = [tier.code for tier in doc.tiers]
    classes = [risk.code for risk in doc.high_risk_classes]
    for path, when in walk(doc):
        if not isinstance(when, Condition):
            continue
        yield from unknown(path, "主体业态", when.business_types, types, "business_types")
        yield from unknown(path, "高风险类别", when.classes, classes, "high_risk_classes")
        yield from unknown(path, "层级", when.tiers, tiers, "tiers")
        unscaled = [code for code in when.business_types if code in types and types[code].diners is None]
        if when.diners and (unscaled or not when.business_types):
            yield path, "按用餐人数的条件要写明业态，且该业态要写 diners（用餐人数口径）"


CHECKS = (_twice, _conditions)
