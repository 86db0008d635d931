"""The base grade of an entity: the plan's ordered rules applied to its facts, with the clause that fired.

Effective grade (提级) and food-risk grade are other things and are not decided here. A plan is compiled once and
then applied to a whole ledger.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from entities.rules.sizing import FACT_NAMES, Number, shown_figure, size_by
from entities.rules.vocabulary import Grade, SizeClass, higher
from tenancy.plans.conditions import Condition
from tenancy.plans.document import BusinessType, GradingRule
from tenancy.plans.resolution import ResolvedPlan

ASSUMED = {"assume_micro": SizeClass.MICRO, "assume_small": SizeClass.SMALL}
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
    return rulebook(plan).grade(facts)


def compile_grading(plan: ResolvedPlan) -> Grader:
    """The plan's rules as one function, for many entities."""
    return rulebook(plan).grade


@lru_cache(maxsize=64)
def rulebook(plan: ResolvedPlan) -> "Rulebook":
    """The plan's rules made ready, once for each plan."""
    return Rulebook(plan)


class Rulebook:
    """The grading rules of one plan, by business type."""

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
        found = [self.grade_as(code, facts) for code in facts.business_types]
        if len(found) == 1:
            return found[0]
        best = _best(found)
        reason = "；".join(grading.reason for grading in found)
        return Grading(best.base, best.clause, best.rule_code, f"兼营，取其高：{reason}", best.size, best.unknown)

    def grade_as(self, code: str, facts: EntityFacts) -> Grading:
        """The grade as if this were the only activity."""
        kind = self.types.get(code)
        if kind is None:
            return _open(("business_types",), f"主体业态“{code}”没有在方案里写明，不能分级")
        size, assumed = self.size_of(kind, facts)
        for rule in self.rules[code]:
            needed = needed_for(rule.when, kind, size, facts)
            if needed:
                return _open(needed, f"{kind.name}缺少{listed_facts(needed)}，不能分级，请补填")
            if holds(rule.when, size, facts):
                return self._fired(rule, kind, facts, size, assumed=assumed)
        return _open((), f"{kind.name}：{UNNAMED}，方案也没有兜底的一条")

    def size_of(self, kind: BusinessType, facts: EntityFacts) -> tuple[SizeClass | None, bool]:
        """The size class in the industry of a business type, and whether the plan had to assume it."""
        if facts.declared_size is not None or kind.industry is None:
            return facts.declared_size, False
        size = size_by(facts.employees, facts.revenue, self.tables[kind.industry])
        return (size, False) if size is not None else (self.assumed, self.assumed is not None)

    def rivals(
        self, rule: GradingRule, kind: BusinessType, size: SizeClass | None, facts: EntityFacts
    ) -> list[GradingRule]:
        """The rules whose printed ranges all include the number of diners, where the one that fired ends at it."""
        if not touches(rule.when, facts):
            return [rule]
        others = self.rules[kind.code]
        return [other for other in others if touches(other.when, facts) and holds(other.when, size, facts)]

    def settled(self, rivals: list[GradingRule]) -> GradingRule:
        """The one that counts by the plan's word on ties; A stands before B."""
        return (min if self.tie_goes_up else max)(rivals, key=lambda rule: rule.grade)

    def _fired(
        self, rule: GradingRule, kind: BusinessType, facts: EntityFacts, size: SizeClass | None, *, assumed: bool
    ) -> Grading:
        rivals = self.rivals(rule, kind, size, facts)
        rule = self.settled(rivals)
        reason = _reason(rule, kind, facts, size if rule.when.sizes else None)
        if len(rivals) > 1:
            reason += f"（两级都含本数，就{'高' if self.tie_goes_up else '低'}）"
        if assumed and rule.when.sizes:
            reason += f"（{listed_facts(_absent(facts))}未填，按方案推定规模）"
        return Grading(Grade(rule.grade), self.clauses[rule.code], rule.code, reason, size)


def _rules_for(kind: BusinessType, rules: tuple[GradingRule, ...]) -> tuple[GradingRule, ...]:
    return tuple(rule for rule in rules if is_about(rule.when, kind))


def is_about(when: Condition, kind: BusinessType) -> bool:
    """Whether a condition names this business type, or names none."""
    named = not when.business_types or kind.code in when.business_types
    return named and (not when.domains or kind.domain in when.domains)


def needed_for(when: Condition, kind: BusinessType, size: SizeClass | None, facts: EntityFacts) -> tuple[str, ...]:
    """The facts without which a condition stays open; none where a known one has already failed it."""
    if not _marked(when, facts):
        return ()
    if when.diners is not None and facts.diners is None:
        return ("diners",)
    if when.sizes and size is None and kind.industry is not None:
        return _absent(facts)
    return ()


def holds(when: Condition, size: SizeClass | None, facts: EntityFacts) -> bool:
    """Whether a condition about this business type is true of the entity."""
    if when.sizes and size not in when.sizes:
        return False
    if when.diners is not None and (facts.diners is None or not when.diners.holds(facts.diners)):
        return False
    return _marked(when, facts)


def _marked(when: Condition, facts: EntityFacts) -> bool:
    if when.tags and facts.tags.isdisjoint(when.tags):
        return False
    return not when.classes or not facts.classes.isdisjoint(when.classes)


def touches(when: Condition, facts: EntityFacts) -> bool:
    """Whether the number of diners is a printed end of the condition's range."""
    return when.diners is not None and facts.diners is not None and when.diners.ends_at(facts.diners)


def listed_facts(names: tuple[str, ...]) -> str:
    """从业人员、年营业收入."""
    return "、".join(FACT_NAMES[name] for name in names)


def _absent(facts: EntityFacts) -> tuple[str, ...]:
    return tuple(name for name in ("employees", "revenue") if getattr(facts, name) is None)


def _reason(rule: GradingRule, kind: BusinessType, facts: EntityFacts, size: SizeClass | None) -> str:
    if rule.when.catches_all:
        return f"{kind.name}：{UNNAMED}，按“{rule.name}”定 {rule.grade} 级"
    details = kind.name
    if size is not None:
        details += f"，{size.label}"
        if facts.declared_size is None:
            figures = shown_figure(facts.employees), shown_figure(facts.revenue)
            details += "（从业 {} 人，年营业收入 {} 万元）".format(*figures)
    if rule.when.diners is not None:
        details += f"，用餐 {facts.diners} 人"
    return f"{details}，按“{rule.name}”定 {rule.grade} 级"


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
