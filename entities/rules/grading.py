"""The base grade of an entity: the plan's ordered rules applied to its facts, with the clause that fired.

Effective grade (提级) and food-risk grade are other things and are not decided here. A plan is compiled once and
then applied to a whole ledger.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from entities.rules.vocabulary import Grade, SizeClass, higher
from tenancy.plans.conditions import Condition
from tenancy.plans.document import Bounds, BusinessType, GradingRule
from tenancy.plans.resolution import ResolvedPlan

Number = int | float | Decimal
SIZES = (SizeClass.MICRO, SizeClass.SMALL, SizeClass.MEDIUM, SizeClass.LARGE)
ASSUMED = {"assume_micro": SizeClass.MICRO, "assume_small": SizeClass.SMALL}
FACT_NAMES = {"employees": "从业人员", "revenue": "年营业收入", "diners": "用餐人数", "business_types": "主体业态"}
UNNAMED = "没有规则写到这类主体"


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """What grading needs to know; revenue in 万元, None where it is not known."""

    business_types: tuple[str, ...]
    employees: int | None = None
    revenue: Number | None = None
    diners: int | None = None
    declared_size: SizeClass | None = None
    tags: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Grading:
    """A base grade with its reason; no grade, and the facts to ask for, where they do not decide."""

    base: Grade | None
    clause: str
    rule_code: str
    reason: str
    size: SizeClass | None
    unknown: tuple[str, ...] = ()


Grader = Callable[[EntityFacts], Grading]


def grade(facts: EntityFacts, plan: ResolvedPlan) -> Grading:
    """The base grade of one entity under a plan."""
    return compile_grading(plan)(facts)


@lru_cache(maxsize=64)
def compile_grading(plan: ResolvedPlan) -> Grader:
    """The plan's rules as one function, for many entities."""
    return _Grader(plan).grade


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


class _Grader:
    def __init__(self, plan: ResolvedPlan) -> None:
        doc = plan.value
        self.types = {kind.code: kind for kind in doc.business_types}
        self.rules = {kind.code: _rules_for(kind, doc.grading_rules) for kind in doc.business_types}
        self.clauses = {rule.code: plan.cite("grading_rules", rule.clause) for rule in doc.grading_rules}
        self.tables = {name: (line.employees, line.revenue) for name, line in doc.size_standard.industries.items()}
        self.assumed = ASSUMED.get(doc.size_missing)
        self.tie_goes_up = doc.boundary_tie == "higher"

    def grade(self, facts: EntityFacts) -> Grading:
        """Of several activities the highest grade counts; an open one leaves the whole open, unless A is reached."""
        if not facts.business_types:
            return _open(("business_types",), "缺少主体业态，不能分级，请补填")
        found = [self._grade_as(code, facts) for code in facts.business_types]
        if len(found) == 1:
            return found[0]
        best = _best(found)
        reason = "；".join(grading.reason for grading in found)
        return Grading(best.base, best.clause, best.rule_code, f"兼营，取其高：{reason}", best.size, best.unknown)

    def _grade_as(self, code: str, facts: EntityFacts) -> Grading:
        kind = self.types.get(code)
        if kind is None:
            return _open(("business_types",), f"主体业态“{code}”没有在方案里写明，不能分级")
        size, assumed = self._size(kind, facts)
        for rule in self.rules[code]:
            needed = _needed(rule.when, kind, size, facts)
            if needed:
                return _open(needed, f"{kind.name}缺少{_listed(needed)}，不能分级，请补填")
            if _holds(rule.when, size, facts):
                return self._fired(rule, kind, facts, size, assumed=assumed)
        return _open((), f"{kind.name}：{UNNAMED}，方案也没有兜底的一条")

    def _size(self, kind: BusinessType, facts: EntityFacts) -> tuple[SizeClass | None, bool]:
        if facts.declared_size is not None or kind.industry is None:
            return facts.declared_size, False
        size = size_by(facts.employees, facts.revenue, self.tables[kind.industry])
        return (size, False) if size is not None else (self.assumed, self.assumed is not None)

    def _fired(
        self, rule: GradingRule, kind: BusinessType, facts: EntityFacts, size: SizeClass | None, *, assumed: bool
    ) -> Grading:
        tied = _touches(rule.when, facts)
        if tied:
            rivals = [other for other in self.rules[kind.code] if _touches(other.when, facts)]
            held = [other for other in rivals if _holds(other.when, size, facts)]
            rule = (min if self.tie_goes_up else max)(held, key=lambda other: other.grade)
        reason = _reason(rule, kind, facts, size if rule.when.sizes else None)
        if tied and len(held) > 1:
            reason += f"（两级都含本数，就{'高' if self.tie_goes_up else '低'}）"
        if assumed and rule.when.sizes:
            reason += f"（{_listed(_absent(facts))}未填，按方案推定规模）"
        return Grading(Grade(rule.grade), self.clauses[rule.code], rule.code, reason, size)


def _rules_for(kind: BusinessType, rules: tuple[GradingRule, ...]) -> tuple[GradingRule, ...]:
    return tuple(
        rule
        for rule in rules
        if (not rule.when.business_types or kind.code in rule.when.business_types)
        and (not rule.when.domains or kind.domain in rule.when.domains)
    )


def _needed(when: Condition, kind: BusinessType, size: SizeClass | None, facts: EntityFacts) -> tuple[str, ...]:
    if when.diners is not None and facts.diners is None:
        return ("diners",)
    if when.sizes and size is None and kind.industry is not None:
        return _absent(facts)
    return ()


def _holds(when: Condition, size: SizeClass | None, facts: EntityFacts) -> bool:
    if when.sizes and size not in when.sizes:
        return False
    if when.diners is not None and (facts.diners is None or not when.diners.holds(facts.diners)):
        return False
    if when.tags and facts.tags.isdisjoint(when.tags):
        return False
    return not when.classes or not facts.classes.isdisjoint(when.classes)


def _touches(when: Condition, facts: EntityFacts) -> bool:
    return when.diners is not None and facts.diners is not None and when.diners.ends_at(facts.diners)


def _absent(facts: EntityFacts) -> tuple[str, ...]:
    return tuple(name for name in ("employees", "revenue") if getattr(facts, name) is None)


def _reason(rule: GradingRule, kind: BusinessType, facts: EntityFacts, size: SizeClass | None) -> str:
    if rule.when.catches_all:
        return f"{kind.name}：{UNNAMED}，按“{rule.name}”定 {rule.grade} 级"
    details = kind.name
    if size is not None:
        details += f"，{size.label}"
        if facts.declared_size is None:
            details += f"（从业 {_shown(facts.employees)} 人，年营业收入 {_shown(facts.revenue)} 万元）"
    if rule.when.diners is not None:
        details += f"，用餐 {facts.diners} 人"
    return f"{details}，按“{rule.name}”定 {rule.grade} 级"


def _shown(value: Number | None) -> str:
    return "未填" if value is None else str(value)


def _listed(names: tuple[str, ...]) -> str:
    return "、".join(FACT_NAMES[name] for name in names)


def _open(unknown: tuple[str, ...], reason: str) -> Grading:
    return Grading(None, "", "", reason, None, unknown)


def _best(found: list[Grading]) -> Grading:
    best = found[0]
    for grading in found[1:]:
        if best.base is None or grading.base is None:
            known = grading if best.base is None else best
            best = known if known.base == Grade.A else _merged_open(best, grading)
        elif higher(best.base, grading.base) != best.base:
            best = grading
    return best


def _merged_open(one: Grading, other: Grading) -> Grading:
    return _open(tuple(dict.fromkeys((*one.unknown, *other.unknown))), "")
