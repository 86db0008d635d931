"""分级试算: why an entity gets its grade, rule by rule, so that an office can check a plan against a shop.

The same rulebook grades and explains; nothing here decides anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from entities.rules.grading import (
    EntityFacts,
    Grading,
    holds,
    is_about,
    listed_facts,
    needed_for,
    rulebook,
)
from entities.rules.matching import risk_classes
from entities.rules.sizing import Indicator, indicators
from entities.rules.upgrading import Raise, raised_by_class
from entities.rules.vocabulary import Grade, SizeClass
from tenancy.plans.conditions import Condition, Diners
from tenancy.plans.document import BusinessType, GradingRule, PlanDocument
from tenancy.plans.resolution import ResolvedPlan

DOMAINS = {"production": "食品生产", "distribution": "食品销售", "catering": "餐饮服务", "special": "特殊食品"}
EXTERNAL = "external"


class Outcome(StrEnum):
    """What became of one rule."""

    FIRED = "fired"
    FAILED = "failed"
    OPEN = "open"
    TIED = "tied"
    NOT_REACHED = "not_reached"
    OTHER_BUSINESS = "other_business"


@dataclass(frozen=True, slots=True)
class Step:
    """One rule of the plan and what became of it."""

    code: str
    name: str
    grade: str
    clause: str
    outcome: Outcome
    why: str


@dataclass(frozen=True, slots=True)
class Sizing:
    """How the size class came about; empty indicators where the size was declared."""

    indicators: tuple[Indicator, ...]
    size: SizeClass | None
    sentence: str
    cited: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One business type of the entity, walked through the rules by itself."""

    name: str
    sizing: Sizing | None
    steps: tuple[Step, ...]
    tie: str
    grading: Grading


@dataclass(frozen=True, slots=True)
class Trial:
    """A grade with its whole reasoning, and the tier that answers for it; tier_name is empty without a grade."""

    facts: EntityFacts
    activities: tuple[Activity, ...]
    grading: Grading
    raised: Raise | None
    tiers: tuple[str, ...]
    tier_name: str
    tier_clause: str

    @property
    def effective(self) -> Grade | None:
        """The grade after 提级 by class."""
        return self.raised.grade if self.raised else self.grading.base


def explain(facts: EntityFacts, plan: ResolvedPlan, licences: tuple[str, ...] = ()) -> Trial:
    """Everything the plan has to say about these facts; licences show high-risk classes."""
    classes = facts.classes | risk_classes(licences, plan.value, facts.tags)
    facts = replace(facts, classes=classes)
    found = rulebook(plan).grade(facts)
    up = raised_by_class(found.base, found.size, facts, plan) if found.base else None
    effective = up.grade if up else found.base
    tiers = plan.value.tiers_of(effective.value) if effective else ()
    return Trial(
        facts=facts,
        activities=tuple(_activity(code, facts, plan) for code in facts.business_types),
        grading=found,
        raised=up,
        tiers=tiers,
        tier_name="、".join(_tier_name(tier, plan.value) for tier in tiers),
        tier_clause=plan.cite(f"tier_map.{effective}") if effective else "",
    )


def _tier_name(tier: str, doc: PlanDocument) -> str:
    if tier == EXTERNAL:
        return "上级包保"
    known = doc.tier(tier)
    return known.name if known else ""


def _activity(code: str, facts: EntityFacts, plan: ResolvedPlan) -> Activity:
    book = rulebook(plan)
    kind, found = book.types.get(code), book.grade_as(code, facts)
    if kind is None:
        return Activity(code, None, (), "", found)
    size, assumed = book.size_of(kind, facts)
    walk = _Walk(plan, kind, facts, size)
    steps = tuple(walk.steps())
    return Activity(kind.name, _sizing(kind, facts, plan, size, assumed=assumed), steps, walk.tie, found)


class _Walk:
    """One activity through all rules of the plan, also those about other businesses."""

    def __init__(self, plan: ResolvedPlan, kind: BusinessType, facts: EntityFacts, size: SizeClass | None) -> None:
        self.plan, self.kind, self.facts, self.size = plan, kind, facts, size
        self.book = rulebook(plan)
        own = self.book.rules[kind.code]
        self.stop = next((rule for rule in own if self._needed(rule) or self._holds(rule)), None)
        is_open = self.stop is None or bool(self._needed(self.stop))
        self.rivals = [] if is_open or self.stop is None else self.book.rivals(self.stop, kind, size, facts)
        self.fired = self.book.settled(self.rivals) if self.rivals else None

    @property
    def tie(self) -> str:
        """Which ranges share the number of diners and how the plan settles it."""
        if len(self.rivals) < 2 or self.fired is None:
            return ""
        names = "、".join(f"“{rule.name}”（{rule.grade} 级）" for rule in self.rivals)
        way = "高" if self.book.tie_goes_up else "低"
        cited = self.plan.cite("boundary_tie")
        return (
            f"{self.facts.diners} 人同时落在{names}；“以上”“以下”都含本数，就{way}定 {self.fired.grade} 级（{cited}）"
        )

    def steps(self) -> Iterator[Step]:
        passed = False
        for rule in self.plan.value.grading_rules:
            outcome, why = self._verdict(rule, passed=passed)
            passed = passed or rule is self.stop
            yield Step(rule.code, rule.name, rule.grade, self.book.clauses[rule.code], outcome, why)

    def _verdict(self, rule: GradingRule, *, passed: bool) -> tuple[Outcome, str]:
        if rule is self.fired:
            return Outcome.FIRED, _because(rule.when, self.kind, self.facts, self.size)
        if rule in self.rivals:
            return Outcome.TIED, f"{self.facts.diners} 人也在这一条里，两级都含本数，按方案没有取这一级"
        if not is_about(rule.when, self.kind):
            return Outcome.OTHER_BUSINESS, _other_business(rule.when, self.kind, self.plan.value)
        if passed:
            return Outcome.NOT_REACHED, "前面已经定了，不再往下看"
        if needed := self._needed(rule):
            return Outcome.OPEN, f"缺少{listed_facts(needed)}，判不了；补填以前不定级"
        return Outcome.FAILED, "；".join(_misses(rule.when, self.facts, self.size))

    def _needed(self, rule: GradingRule) -> tuple[str, ...]:
        return needed_for(rule.when, self.kind, self.size, self.facts)

    def _holds(self, rule: GradingRule) -> bool:
        return holds(rule.when, self.size, self.facts)


def _because(when: Condition, kind: BusinessType, facts: EntityFacts, size: SizeClass | None) -> str:
    if when.catches_all:
        return "前面各条都没有写到，由这一条兜底"
    parts = [kind.name]
    if when.sizes and size is not None:
        parts.append(size.label)
    if when.diners is not None:
        parts.append(f"用餐 {facts.diners} 人（{_range(when.diners)}）")
    parts += [f"有标签“{tag}”" for tag in when.tags if tag in facts.tags]
    parts += ["属于所列高风险类别"] if when.classes else []
    return "条件都符合：" + "，".join(parts)


def _other_business(when: Condition, kind: BusinessType, doc: PlanDocument) -> str:
    if when.business_types and kind.code not in when.business_types:
        names = {each.code: each.name for each in doc.business_types}
        written = "、".join(names.get(code, code) for code in when.business_types)
        return f"写的是{written}，不是{kind.name}"
    return f"写的是{'、'.join(DOMAINS[domain] for domain in when.domains)}类，不是{kind.name}"


def _misses(when: Condition, facts: EntityFacts, size: SizeClass | None) -> Iterator[str]:
    if when.sizes and size not in when.sizes:
        written = "、".join(SizeClass(each).label for each in when.sizes)
        yield f"写的是{written}，这家{'是' + size.label if size else '不分规模'}"
    if when.diners is not None and facts.diners is not None and not when.diners.holds(facts.diners):
        yield f"写的是 {_range(when.diners)}，这家 {facts.diners} 人"
    if when.tags and facts.tags.isdisjoint(when.tags):
        yield f"要有标签“{'”或“'.join(when.tags)}”，这家没有"
    if when.classes and facts.classes.isdisjoint(when.classes):
        yield "写的是高风险类别，这家不在其中"


def _range(diners: Diners) -> str:
    low = [f"{diners.min} 人以上"] if diners.min is not None else []
    high = [f"{diners.max} 人以下"] if diners.max is not None else []
    return "、".join(low + high)


def _sizing(
    kind: BusinessType, facts: EntityFacts, plan: ResolvedPlan, size: SizeClass | None, *, assumed: bool
) -> Sizing | None:
    """None for a business type that has no line in the size table."""
    cited = plan.cite("size_standard")
    if facts.declared_size is not None:
        return Sizing((), size, f"按所报规模{facts.declared_size.label}", cited)
    if kind.industry is None:
        return None
    found = indicators(facts.employees, facts.revenue, rulebook(plan).tables[kind.industry])
    return Sizing(found, size, _size_sentence(found, size, plan, assumed=assumed), cited)


def _size_sentence(found: tuple[Indicator, ...], size: SizeClass | None, plan: ResolvedPlan, *, assumed: bool) -> str:
    missing = listed_facts(tuple(each.fact for each in found if each.value is None))
    if assumed and size is not None:
        return f"{missing}未填；方案规定缺数据时推定为{size.label}（{plan.cite('size_missing')}）"
    if size is None:
        other = "" if len(missing.split("、")) > 1 else "，另一项又不低于小型的下限"
        return f"{missing}未填{other}，定不了规模；请补填"
    if missing:
        return f"有一项不到小型的下限就是{size.label}，{missing}不填也能定"
    return f"两项都要达到下限，取低的一项，定为{size.label}"
