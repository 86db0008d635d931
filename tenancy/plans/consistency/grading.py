"""Grading rules: every rule can fire, ranges do not overlap by mistake, and no entity falls through.

For one business type a rule covers cells: a size class times a stretch of diners between two printed ends. A rule
that also asks for a tag or a high-risk class covers its cells only for entities that have it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tenancy.plans.choices import SizeCode, labels_of
from tenancy.plans.conditions import Condition, Diners
from tenancy.plans.consistency.findings import Fault, reading, repeated, unknown
from tenancy.plans.document import BusinessType, GradingRule, PlanDocument

SIZES: tuple[str, ...] = ("large", "medium", "small", "micro")
UNSIZED = ""
NOBODY, EVERYBODY = 0, 10**9
# What is not known of an entity, or not of its kind, when it is graded.
TOO_LATE = ("tiers", "grades", "supply_ways", "months", "season", "clean_visits")

Stretch: TypeAlias = tuple[int, int]
Cell: TypeAlias = tuple[str, Stretch]


@dataclass(frozen=True)
class Ground:
    """All cells of one business type; sets of cells are masks over them, bit n standing for the n-th."""

    kind: BusinessType
    cells: tuple[Cell, ...]
    covered: dict[int, int]

    @property
    def whole(self) -> int:
        """Every cell."""
        return (1 << len(self.cells)) - 1

    def named(self, mask: int) -> list[Cell]:
        """The cells of a mask."""
        return [cell for number, cell in enumerate(self.cells) if mask >> number & 1]


def grounds(doc: PlanDocument) -> list[Ground]:
    """One ground for each business type."""
    return [_ground(kind, doc.grading_rules) for kind in doc.business_types]


def _ground(kind: BusinessType, rules: tuple[GradingRule, ...]) -> Ground:
    own = {index: rule.when for index, rule in enumerate(rules) if _about(rule.when, kind)}
    sizes = SIZES if kind.industry else (*SIZES, UNSIZED)
    stretches = _stretches([when.diners for when in own.values() if when.diners])
    cells = tuple((size, stretch) for size in sizes for stretch in stretches)
    covered = {
        index: sum(1 << number for number, cell in enumerate(cells) if _covers(when, cell))
        for index, when in own.items()
    }
    return Ground(kind, cells, covered)


def _about(when: Condition, kind: BusinessType) -> bool:
    typed = not when.business_types or kind.code in when.business_types
    return typed and (not when.domains or kind.domain in when.domains)


def _stretches(ranges: list[Diners]) -> list[Stretch]:
    starts = {NOBODY, *(each.min for each in ranges if each.min is not None)}
    starts |= {each.max + 1 for each in ranges if each.max is not None}
    # A shared end is a stretch of its own, so that 500 does not count as an overlap.
    starts |= {each.min + 1 for each in ranges if each.min is not None}
    starts |= {each.max for each in ranges if each.max is not None}
    ordered = sorted(starts)
    return list(zip(ordered, [*(start - 1 for start in ordered[1:]), EVERYBODY], strict=True))


def _covers(when: Condition, cell: Cell) -> bool:
    size, (low, high) = cell
    if when.sizes and size not in when.sizes:
        return False
    lowest, highest = (when.diners.min or NOBODY, when.diners.max) if when.diners else (NOBODY, None)
    return low >= lowest and (highest is None or high <= highest)


def _as_wide(earlier: Condition, later: Condition) -> bool:
    """Whether whoever has the later rule's tags and classes has the earlier one's too."""
    pairs = ((earlier.tags, later.tags), (earlier.classes, later.classes))
    return all(not wide or (narrow and set(narrow) <= set(wide)) for wide, narrow in pairs)


@reading("grading_rules")
def _order(doc: PlanDocument) -> Iterator[Fault]:
    rules = doc.grading_rules
    if not rules or not rules[-1].when.catches_all:
        yield ("grading_rules",), "最后一条要不带条件，兜住其他食品经营者"
    for index, rule in enumerate(rules):
        here = ("grading_rules", index)
        if rule.when.catches_all and index < len(rules) - 1:
            yield here, f"“{rule.name}”不带条件，它后面的规则永远轮不到"
        if rule.when.grades:
            yield here, f"“{rule.name}”用等级做分级的条件，成了循环"
        late = [name for name in TOO_LATE if name != "grades" and getattr(rule.when, name)]
        if late:
            yield here, f"“{rule.name}”的条件用了 {'、'.join(late)}，分级时还没有这些情况，请去掉"
        if rule.when.sizes and rule.when.diners:
            yield here, f"“{rule.name}”同时按规模和用餐人数，请拆成两条"


@reading("grading_rules", "business_types")
def _reach(doc: PlanDocument) -> Iterator[Fault]:
    found = grounds(doc)
    for index, rule in enumerate(doc.grading_rules):
        blockers = [_blockers(index, ground, doc.grading_rules) for ground in found if index in ground.covered]
        if rule.when.catches_all or not blockers or not all(blockers):
            continue
        names = "".join(f"“{doc.grading_rules[each].name}”" for each in sorted(set().union(*blockers)))
        yield (
            ("grading_rules", index),
            f"“{rule.name}”永远轮不到：符合它的主体都先符合前面的{names}，请移到前面、收窄前面的条件，或删去",
        )


def _blockers(index: int, ground: Ground, rules: tuple[GradingRule, ...]) -> set[int]:
    """The earlier rules that together leave nothing of this one; empty where something is left."""
    left, blockers = ground.covered[index], set()
    for earlier, cells in ground.covered.items():
        if earlier >= index or not left & cells or rules[earlier].when.catches_all:
            continue
        if _as_wide(rules[earlier].when, rules[index].when):
            left &= ~cells
            blockers.add(earlier)
    return set() if left else blockers


@reading("grading_rules", "business_types")
def _overlaps(doc: PlanDocument) -> Iterator[Fault]:
    rules, told = doc.grading_rules, set[tuple[int, int]]()
    for ground in grounds(doc):
        reached = [index for index in sorted(ground.covered) if not _blockers(index, ground, rules)]
        pairs = ((earlier, later) for later in reached for earlier in ground.covered if earlier < later)
        for earlier, later in pairs:
            shared = [] if (earlier, later) in told else _shared(ground, earlier, later, rules)
            if shared:
                told.add((earlier, later))
                yield ("grading_rules", later), _overlap_sentence(rules[earlier], rules[later], ground.kind, shared)


def _overlap_sentence(earlier: GradingRule, later: GradingRule, kind: BusinessType, shared: Iterable[Cell]) -> str:
    return (
        f"“{earlier.name}”定 {earlier.grade} 级，“{later.name}”定 {later.grade} 级，"
        f"两条都写到{kind.name}（{_described(shared)}），请改成首尾相接"
    )


def _shared(ground: Ground, earlier: int, later: int, rules: tuple[GradingRule, ...]) -> list[Cell]:
    """Cells that two rules of different grade both cover, where neither lies inside the other."""
    pair = (rules[earlier], rules[later])
    ours, theirs = ground.covered[earlier], ground.covered[later]
    if pair[0].grade == pair[1].grade or not ours & ~theirs or not theirs & ~ours:
        return []
    if len({(each.when.tags, each.when.classes) for each in pair}) > 1:
        return []
    ranges = [each.when.diners for each in pair if each.when.diners]
    meeting = set.intersection(*({each.min, each.max} for each in ranges)) if ranges else set()
    return [
        (size, (low, high)) for size, (low, high) in ground.named(ours & theirs) if not (low == high and low in meeting)
    ]


@reading("grading_rules", "business_types")
def _gaps(doc: PlanDocument) -> Iterator[Fault]:
    if any(rule.when.catches_all for rule in doc.grading_rules):
        return
    untouched = []
    for ground in grounds(doc):
        left = _left_over(ground, doc.grading_rules)
        if left == ground.whole:
            untouched.append(ground.kind.name)
        elif left:
            words = _described(ground.named(left))
            yield ("grading_rules",), f"“{ground.kind.name}”的一部分（{words}）没有规则写到，请补一条"
    if untouched:
        yield ("grading_rules",), f"{'、'.join(untouched)}没有规则写到，请补上"


def _left_over(ground: Ground, rules: tuple[GradingRule, ...]) -> int:
    """Cells that no rule covers for everybody."""
    left = ground.whole
    for index, cells in ground.covered.items():
        if not (rules[index].when.tags or rules[index].when.classes):
            left &= ~cells
    return left


def _described(cells: Iterable[Cell]) -> str:
    """Cells in words: sizes, and stretches of diners run together."""
    cells = list(cells)
    sizes = {size for size, _ in cells}
    parts = []
    if not sizes >= set(SIZES):
        words = labels_of(SizeCode)
        parts.append("、".join(words.get(size, "规模不明") for size in (*SIZES, UNSIZED) if size in sizes))
    spans: list[list[int]] = []
    for low, high in sorted({stretch for _, stretch in cells}):
        if spans and spans[-1][1] + 1 == low:
            spans[-1][1] = high
        else:
            spans.append([low, high])
    if spans != [[NOBODY, EVERYBODY]]:
        parts.append("、".join(_span(low, high) for low, high in spans))
    return "，".join(parts) or "全部"


def _span(low: int, high: int) -> str:
    if high == EVERYBODY:
        return f"用餐 {low} 人以上"
    return f"用餐 {low} 人" if low == high else f"用餐 {low}—{high} 人"


@reading("business_types", "diner_scales", "statuses", "penalty_kinds", "size_standard")
def _words(doc: PlanDocument) -> Iterator[Fault]:
    scales = [scale.code for scale in doc.diner_scales]
    for index, kind in enumerate(doc.business_types):
        yield from unknown(
            ("business_types", index), "用餐人数口径", [kind.diners] if kind.diners else [], scales, "diner_scales"
        )
    for key, what in (("business_types", "业态叫法"), ("statuses", "状态叫法"), ("penalty_kinds", "处罚叫法")):
        words = [word for line in getattr(doc, key) for word in {line.name, *line.aliases}]
        yield from repeated((key,), what, words)


@reading("business_types", "size_standard")
def _sizes(doc: PlanDocument) -> Iterator[Fault]:
    table = doc.size_standard.industries
    for industry in dict.fromkeys(kind.industry for kind in doc.business_types if kind.industry):
        if industry not in table:
            yield ("size_standard",), f"有业态用到行业“{industry}”，规模表里却没有这一行"
    for industry, line in table.items():
        for name, bounds in (("employees", line.employees), ("revenue", line.revenue)):
            if not bounds.small < bounds.medium < bounds.large:
                yield ("size_standard", "industries", industry, name), "小、中、大三条下限要一条比一条大"


@reading("upgrade_modes", "extra_fields", "required_fields")
def _register(doc: PlanDocument) -> Iterator[Fault]:
    for index, line in enumerate(doc.upgrade_modes.by_class):
        here = ("upgrade_modes", "by_class", index)
        if line.when.catches_all:
            yield here, f"“{line.name}”不带条件，等于全部主体提级，请写明条件"
        if line.steps > doc.upgrade_modes.max_steps:
            yield here, f"“{line.name}”提 {line.steps} 级，超过了最多提的级数（max_steps）"
    for index, field in enumerate(doc.extra_fields):
        if field.kind == "choice" and not field.choices:
            yield ("extra_fields", index), f"“{field.name}”是单选，却没有写选项（choices）"
    yield from repeated(("required_fields",), "必填项", doc.required_fields)


CHECKS = (_order, _reach, _overlaps, _gaps, _words, _sizes, _register)
