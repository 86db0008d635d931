"""Which tier answers for which grade in a place, and how a line of a list explains itself."""

from tenancy.plans import PlanDocument, ResolvedPlan
from tenancy.plans.document import Tier

REASON_LENGTH = 200


def own_tiers(document: PlanDocument, level: str) -> tuple[Tier, ...]:
    """The plan's tiers at or below a place of that level, the highest first; all of them where the level is none."""
    ordered = sorted(document.tiers, key=lambda tier: -tier.rank)
    top = next((tier for tier in ordered if level in (tier.code, tier.level.value)), None)
    return tuple(tier for tier in ordered if top is None or tier.rank <= top.rank)


def sharing_tiers(document: PlanDocument, level: str) -> dict[str, tuple[str, ...]]:
    """Grade -> this place's own tiers that answer for it, the foremost first; grades covered from above are left out."""
    codes = {tier.code for tier in own_tiers(document, level)}
    found = {grade: tuple(t for t in document.tiers_of(grade) if t in codes) for grade in sorted(document.tier_map)}
    return {grade: tiers for grade, tiers in found.items() if tiers}


def own_grades(document: PlanDocument, level: str) -> dict[str, str]:
    """Grade -> the foremost of this place's tiers that answer for it."""
    return {grade: tiers[0] for grade, tiers in sharing_tiers(document, level).items()}


def tier_name(document: PlanDocument, code: str) -> str:
    """As the plan calls the tier; the code where the plan does not know it any more."""
    tier = document.tier(code)
    return tier.name if tier else code


def basis_of(plan: ResolvedPlan, grade: str) -> str:
    """B级由街道包保（闵古办〔2022〕40号 三（一）1）; tiers that share a grade are all named."""
    names = "、".join(tier_name(plan.value, tier) for tier in plan.value.tiers_of(grade))
    return f"{grade}级由{names}包保（{plan.cite(f'tier_map.{grade}')}）"


def reason_of_line(basis: str, area: str, load: int | None, *, kept: bool) -> str:
    """Grade and tier with the clause, the area, and the load that spoke for this cadre."""
    if load is None:
        return f"{basis}；{area}没有该层级的在任干部"[:REASON_LENGTH]
    why = f"沿用现有包保关系，共{load}户" if kept else f"同层级同区域中负荷最少，指派后{load}户"
    return f"{basis}；{area}；{why}"[:REASON_LENGTH]


def reason_of_end(plan: ResolvedPlan, grade: str, *, visited: bool) -> str:
    """Why an entity leaves the list of this place."""
    if not visited:
        return "主体已不在营，结束包保"
    if not grade:
        return "主体尚未分级，结束包保"
    return f"{grade}级由上级包保（{plan.cite(f'tier_map.{grade}')}），结束本级包保"[:REASON_LENGTH]
