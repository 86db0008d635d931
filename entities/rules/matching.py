"""Which line of a plan's lists an entity falls under: must-onsite, frequency, checklist, high-risk class.

A fact that is not known never fits a condition that asks for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from entities.rules.codes import food_category
from entities.rules.grading import EntityFacts
from entities.rules.vocabulary import Grade, SizeClass
from tenancy.plans.conditions import Condition
from tenancy.plans.document import Checklist, Frequency, OnsiteRule, PlanDocument
from tenancy.plans.resolution import ResolvedPlan


@dataclass(frozen=True, slots=True)
class Profile:
    """An entity as conditions see it, once it is graded."""

    facts: EntityFacts
    grade: Grade | None = None
    size: SizeClass | None = None
    tier: str | None = None
    supply_way: str | None = None
    on: date | None = None
    # How many visits in a row, up to the last one, found nothing.
    clean_visits: int | None = None


def fits(when: Condition, profile: Profile, doc: PlanDocument) -> bool:
    """Whether the condition is about this entity."""
    facts = profile.facts
    domains = {kind.domain for kind in doc.business_types if kind.code in facts.business_types}
    asked: tuple[tuple[Iterable[str], Iterable[str | None]], ...] = (
        (when.business_types, facts.business_types),
        (when.domains, domains),
        (when.sizes, [profile.size]),
        (when.grades, [profile.grade]),
        (when.tiers, [profile.tier]),
        (when.supply_ways, [profile.supply_way]),
        (when.tags, facts.tags),
        (when.classes, facts.classes),
    )
    if any(wanted and set(wanted).isdisjoint(given) for wanted, given in asked):
        return False
    if when.diners and (facts.diners is None or not when.diners.holds(facts.diners)):
        return False
    if when.clean_visits and (profile.clean_visits is None or profile.clean_visits < when.clean_visits):
        return False
    return _in_season(when, profile.on)


def _in_season(when: Condition, day: date | None) -> bool:
    if when.months and (day is None or day.month not in when.months):
        return False
    return when.season is None or (day is not None and when.season.holds(day))


def onsite_rule(profile: Profile, doc: PlanDocument) -> OnsiteRule | None:
    """The rule that forbids a remote visit, None when the mode is free."""
    return next((rule for rule in doc.must_onsite if fits(rule.when, profile, doc)), None)


def frequency_for(profile: Profile, doc: PlanDocument) -> Frequency | None:
    """How often this entity is visited."""
    return next((line for line in doc.frequency if fits(line.when, profile, doc)), None)


def checklist_for(profile: Profile, doc: PlanDocument) -> Checklist | None:
    """The task list for this entity."""
    return next((checklist for checklist in doc.checklists if fits(checklist.when, profile, doc)), None)


def onsite_reason(profile: Profile, plan: ResolvedPlan) -> str:
    """The sentence shown where a remote mode is refused, empty when the mode is free."""
    rule = onsite_rule(profile, plan.value)
    if rule is None:
        return ""
    return f"“{rule.name}”必须开展现场督导（{plan.cite('must_onsite', rule.clause)}），请改用现场督导"


def risk_classes(licences: Iterable[str], doc: PlanDocument, tags: Iterable[str] = ()) -> frozenset[str]:
    """The high-risk classes of an entity: those its production licences show (the main product only), and those an
    office wrote on it as a tag, by code or name."""
    categories, named = {food_category(licence) for licence in licences}, set(tags)
    return frozenset(
        risk.code
        for risk in doc.high_risk_classes
        if not categories.isdisjoint(risk.licence_categories) or not named.isdisjoint((risk.code, risk.name))
    )
