"""Which tier answers for which entities, where every place may have a plan of its own."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Self

from django.db.models import Q

from tenancy.models import Plan
from tenancy.plans import NATIONAL, PlanDocument, layer_of, resolve, shipped_plan
from tenancy.plans.document import EXTERNAL, Tier
from tenancy.rules.paths import END, ancestors_of, contains

__all__ = ["EXTERNAL", "Layers"]

EVERYWHERE = ""


class Layers:
    """The plans in force that the acting place can read, resolved for each place that has one."""

    def __init__(self, plans: dict[str, PlanDocument]) -> None:
        self.plans = plans

    @classmethod
    def in_force(cls, on: date) -> Self:
        """One query."""
        national = shipped_plan(NATIONAL).layer()
        rows = {plan.place: plan for plan in Plan.objects.filter(valid__contains=on)}
        layers = {place: layer_of(plan.title, plan.doc_number, plan.document) for place, plan in rows.items()}
        plans = {EVERYWHERE: resolve([national]).value}
        for place in layers:
            above = [layers[path] for path in ancestors_of(place) if path in layers]
            plans[place] = resolve([national, *above]).value
        return cls(plans)

    def plan_of(self, place: str) -> PlanDocument:
        return next(self.plans[path] for path in (*reversed(ancestors_of(place)), EVERYWHERE) if path in self.plans)

    def tier_of(self, place: str, grade: str) -> str:
        """The tier that answers for a grade there, the foremost where several share it; empty without a grade."""
        return next(iter(self.plan_of(place).tiers_of(grade)), "")

    def answered_by(self, tier: str) -> Q:
        """Entities for whose grade the tier is the foremost at their place."""
        return self._where(lambda plan: {grade for grade in plan.tier_map if plan.tiers_of(grade)[:1] == (tier,)})

    def _where(self, grades_of: Callable[[PlanDocument], Collection[str]]) -> Q:
        found = Q(pk__in=[])
        for root, plan in self.plans.items():
            if grades := grades_of(plan):
                found |= self._region(root) & Q(grade__in=sorted(grades))
        return found

    def _region(self, root: str) -> Q:
        """The places that take their plan from this one: its subtree without the places that have their own."""
        region = Q(place__gte=root, place__lt=root + END) if root else Q()
        for other in self.plans:
            if other != root and contains(root, other):
                region &= ~Q(place__gte=other, place__lt=other + END)
        return region

    def tiers(self) -> list[Tier]:
        """Every tier that some plan names, the highest first, each code once."""
        nearest_last = sorted(self.plans, key=len)
        by_code = {tier.code: tier for place in nearest_last for tier in self.plans[place].tiers}
        return sorted(by_code.values(), key=lambda tier: -tier.rank)
