"""What the values of a plan must mean together: names that point somewhere, rules that can be reached.

Each check is one generator over the resolved document, yielding (path of the key, sentence).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from tenancy.plans.conditions import Condition
from tenancy.plans.document import Industry, PlanDocument
from tenancy.plans.yamltext import Path

EXTERNAL = "external"
INDUSTRIES: tuple[Industry, ...] = ("industrial", "wholesale", "retail", "catering", "warehousing")

Fault = tuple[Path, str]


def inconsistencies(doc: PlanDocument) -> list[Fault]:
    """Every contradiction of the document."""
    return [fault for verdict in CHECKS for fault in verdict(doc)]


def _tiers(doc: PlanDocument) -> Iterator[Fault]:
    yield from _repeated(("tiers",), "层级代码", [tier.code for tier in doc.tiers])
    yield from _repeated(("tiers",), "层级次序 rank", [str(tier.rank) for tier in doc.tiers])
    codes = {tier.code for tier in doc.tiers}
    for grade in ("A", "B", "C", "D"):
        if grade not in doc.tier_map:
            yield ("tier_map",), f"没有写 {grade} 级由哪一层包保；不归本地的写 {EXTERNAL}"
    for grade, tier in doc.tier_map.items():
        if tier not in codes | {EXTERNAL}:
            yield ("tier_map", grade), f"{grade} 级对应的层级“{tier}”没有在 tiers 里写明"
    for index, scope in enumerate(doc.cadre_scopes):
        yield from _unknown(("cadre_scopes", index), "层级", [scope.tier], codes)
    for index, review in enumerate(doc.letter_review):
        yield from _unknown(("letter_review", index), "层级", [review.tier], codes)


def _signing(doc: PlanDocument) -> Iterator[Fault]:
    tiers = {tier.code for tier in doc.tiers}
    roles = {role.code for role in doc.counterparties}
    categories = {scope.tier: {category.code for category in scope.categories} for scope in doc.cadre_scopes}
    yield from _repeated(("counterparties",), "签订对方代码", [role.code for role in doc.counterparties])
    for index, role in enumerate(doc.counterparties):
        yield from _unknown(("counterparties", index), "层级", [role.tier], tiers | {EXTERNAL})
    for index, pair in enumerate(doc.signing_pairs):
        here = ("signing_pairs", index)
        yield from _unknown(here, "层级", [pair.tier], tiers)
        yield from _unknown(here, "签订对方", [pair.counterparty_role], roles)
        yield from _unknown(here, "干部类别", [pair.signer_category], categories.get(pair.tier, set()))
    signers = [f"{pair.tier}/{pair.signer_category}" for pair in doc.signing_pairs]
    yield from _repeated(("signing_pairs",), "同一类干部的签订对方", signers)


def _grading(doc: PlanDocument) -> Iterator[Fault]:
    rules = doc.grading_rules
    yield from _repeated(("grading_rules",), "分级规则代码", [rule.code for rule in rules])
    if not rules or not rules[-1].when.catches_all:
        yield ("grading_rules",), "最后一条要不带条件，兜住其他食品经营者"
    for index, rule in enumerate(rules[:-1]):
        if rule.when.catches_all:
            yield ("grading_rules", index), f"“{rule.name}”不带条件，它后面的规则永远轮不到"
        if rule.when in [earlier.when for earlier in rules[:index]]:
            yield ("grading_rules", index), f"“{rule.name}”的条件和前面一条相同，永远轮不到"
    for index, rule in enumerate(rules):
        if rule.when.grades:
            yield ("grading_rules", index), f"“{rule.name}”用等级做分级的条件，成了循环"
        if rule.when.sizes and rule.when.diners:
            yield ("grading_rules", index), f"“{rule.name}”同时按规模和用餐人数，请拆成两条"


def _conditions(doc: PlanDocument) -> Iterator[Fault]:
    types = {kind.code: kind for kind in doc.business_types}
    classes = {risk.code for risk in doc.high_risk_classes}
    for path, condition in _all_conditions(doc):
        yield from _unknown(path, "主体业态", condition.business_types, set(types))
        yield from _unknown(path, "高风险类别", condition.classes, classes)
        unscaled = [c for c in condition.business_types if c in types and types[c].diners is None]
        if condition.diners and (unscaled or not condition.business_types):
            yield path, "按用餐人数的条件要写明业态，且该业态要有 diners（school 或 kindergarten）"


def _catch_all(doc: PlanDocument) -> Iterator[Fault]:
    if not doc.frequency or not doc.frequency[-1].when.catches_all:
        yield ("frequency",), "最后一条督导频次要不带条件"
    if not doc.checklists or not doc.checklists[-1].when.catches_all:
        yield ("checklists",), "最后一份任务清单要不带条件"
    if doc.must_onsite and not any(mode.counts_as_onsite for mode in doc.visit_modes):
        yield ("visit_modes",), "有必须现场督导的主体，却没有一种方式算现场（counts_as_onsite: true）"
    for index, checklist in enumerate(doc.checklists):
        items = [item.code for section in checklist.sections for item in section.items]
        yield from _repeated(("checklists", index), "清单条目代码", items)


def _words(doc: PlanDocument) -> Iterator[Fault]:
    types, statuses, modes = doc.business_types, doc.statuses, doc.visit_modes
    yield from _repeated(("business_types",), "业态代码", [kind.code for kind in types])
    yield from _repeated(("business_types",), "业态叫法", [w for kind in types for w in {kind.name, *kind.aliases}])
    yield from _repeated(("statuses",), "状态叫法", [w for status in statuses for w in {status.name, *status.aliases}])
    yield from _repeated(("visit_modes",), "督导方式代码", [mode.code for mode in modes])


def _sizes(doc: PlanDocument) -> Iterator[Fault]:
    table = doc.size_standard.industries
    used = {kind.industry for kind in doc.business_types if kind.industry}
    for industry in INDUSTRIES:
        if industry in used and industry not in table:
            yield ("size_standard",), f"有业态用到行业“{industry}”，规模表里却没有这一行"
    for industry, line in table.items():
        for name, bounds in (("employees", line.employees), ("revenue", line.revenue)):
            if not bounds.small < bounds.medium < bounds.large:
                yield ("size_standard", "industries", industry, name), "小、中、大三条下限要一条比一条大"


def _numbers(doc: PlanDocument) -> Iterator[Fault]:
    if doc.cap_mode != "off" and doc.cadre_cap is None:
        yield ("cap_mode",), "写了上限的执行方式，却没有写每名干部最多包保几家（cadre_cap）"
    if doc.quarter_package.enabled and (doc.quarter_package.day is None or not doc.quarter_package.months):
        yield ("quarter_package",), "启用季度材料包要写明 day 和 months"


def _all_conditions(doc: PlanDocument) -> Iterator[tuple[Path, Condition]]:
    for index, rule in enumerate(doc.grading_rules):
        yield ("grading_rules", index), rule.when
    for index, onsite in enumerate(doc.must_onsite):
        yield ("must_onsite", index), onsite.when
    for index, line in enumerate(doc.frequency):
        yield ("frequency", index), line.when
    for index, checklist in enumerate(doc.checklists):
        yield ("checklists", index), checklist.when


def _unknown(path: Path, what: str, used: Iterable[str], known: set[str]) -> Iterator[Fault]:
    for code in used:
        if code not in known:
            yield path, f"{what}“{code}”没有在方案里写明"


def _repeated(path: Path, what: str, values: list[str]) -> Iterator[Fault]:
    for value, times in Counter(values).items():
        if times > 1:
            yield path, f"{what}“{value}”写了 {times} 次"


CHECKS: tuple[Callable[[PlanDocument], Iterator[Fault]], ...] = (
    _tiers,
    _signing,
    _grading,
    _conditions,
    _catch_all,
    _words,
    _sizes,
    _numbers,
)
