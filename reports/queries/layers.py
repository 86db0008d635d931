"""Which tier answers for which entities, where every place may have a plan of its own."""

from collections.abc import Iterator
from datetime import date
from typing import Self

from django.db.models import CharField, Exists, F, OuterRef, Q
from django.db.models.functions import Cast

from cadres.queries.coverage import covering
from tenancy.models import Plan
from tenancy.plans import NATIONAL, PlanDocument, ResolvedPlan, layer_of, resolve, shipped_plan
from tenancy.plans.document import EXTERNAL, Tier
from tenancy.queries.plans import following
from tenancy.rules.paths import ancestors_of

__all__ = ["EXTERNAL", "Layers"]

EVERYWHERE = ""


class Layers:
    """The plans in force that the acting place can read, resolved for each place that has one."""

    def __init__(self, resolved: dict[str, ResolvedPlan]) -> None:
        self.resolved = resolved
        self.plans = {place: plan.value for place, plan in resolved.items()}

    @classmethod
    def in_force(cls, on: date) -> Self:
        """One query."""
        national = shipped_plan(NATIONAL).layer()
        rows = {plan.place: plan for plan in Plan.objects.filter(valid__contains=on)}
        layers = {place: layer_of(plan.title, plan.doc_number, plan.document) for place, plan in rows.items()}
        plans = {EVERYWHERE: resolve([national])}
        for place in layers:
            above = [layers[path] for path in ancestors_of(place) if path in layers]
            plans[place] = resolve([national, *above])
        return cls(plans)

    def plan_of(self, place: str) -> PlanDocument:
        return self.resolved_at(place).value

    def resolved_at(self, place: str) -> ResolvedPlan:
        """The plan of a place with the source of every value."""
        nearest = (*reversed(ancestors_of(place)), EVERYWHERE)
        return next(self.resolved[path] for path in nearest if path in self.resolved)

    @property
    def any_shared(self) -> bool:
        """Whether some plan lets several tiers answer for one grade."""
        return any(len(plan.tiers_of(grade)) > 1 for plan in self.plans.values() for grade in plan.tier_map)

    def tier_of(self, place: str, grade: str, held_by: str | None = None) -> str:
        """The tier that answers for a grade there; empty without a grade.

        Where several share it: the tier of whoever holds the entity, the foremost while nobody in post does.
        """
        tiers = self.plan_of(place).tiers_of(grade)
        return held_by if held_by in tiers else next(iter(tiers), "")

    def answered_by(self, tier: str, on: date) -> Q:
        """Entities that `tier_of` gives to the tier."""
        found = Q(pk__in=[])
        for region, plan in self.regions():
            for grade in plan.tier_map:
                tiers = plan.tiers_of(grade)
                if tier in tiers:
                    found |= region & Q(grade=grade) & _held(tier, tiers, on)
        return found

    def held_as_planned(self, on: date) -> Q:
        """Entities somebody in post answers for, of a tier their grade belongs to and of a place they lie in."""
        place = Cast(OuterRef("place"), CharField())
        here = covering(on).filter(entity=OuterRef("pk")).annotate(lies_in=place)
        held = here.filter(lies_in__startswith=F("cadre_place"))
        found = Q(pk__in=[])
        for region, plan in self.regions():
            for grade in plan.tier_map:
                found |= region & Q(grade=grade) & Q(Exists(held.filter(tier__in=plan.tiers_of(grade))))
        return found

    def external(self) -> Q:
        """Entities that a tier outside the plan answers for; nobody shares a grade with it."""
        found = Q(pk__in=[])
        for region, plan in self.regions():
            if grades := plan.grades_of(EXTERNAL):
                found |= region & Q(grade__in=grades)
        return found

    def regions(self) -> Iterator[tuple[Q, PlanDocument]]:
        """The parts of the register that have one plan each."""
        return ((following(root, self.plans), plan) for root, plan in self.plans.items())

    def tiers(self) -> list[Tier]:
        """Every tier that some plan names, the highest first, each code once."""
        nearest_last = sorted(self.plans, key=len)
        by_code = {tier.code: tier for place in nearest_last for tier in self.plans[place].tiers}
        return sorted(by_code.values(), key=lambda tier: -tier.rank)


def _held(tier: str, tiers: tuple[str, ...], on: date) -> Q:
    """Of a grade that tiers share: what the tier holds, and for the foremost whatever none of the others holds."""
    others = tuple(other for other in tiers if other != tier)
    if not others:
        return Q()
    held = covering(on).filter(entity=OuterRef("pk"))
    if tier == tiers[0]:
        return ~Q(Exists(held.filter(tier__in=others)))
    return Q(Exists(held.filter(tier=tier)))
