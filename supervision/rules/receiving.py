"""To whom a problem is handed over: the first of the plan's routes that is for its entity, else the station."""

from dataclasses import dataclass

from entities.rules.matching import Profile, fits
from tenancy.plans import ResolvedPlan

# What is settled on the spot is not handed over, and the platform and the assistants only carry the news.
RECEIVING = frozenset({"station", "department", "superior", "other"})


@dataclass(frozen=True, slots=True)
class Receiver:
    """A body as the plan calls it, with the clause that names it."""

    name: str
    source: str


def receiver_for(profile: Profile, plan: ResolvedPlan) -> Receiver:
    """Who answers for problems of this entity once they are handed over."""
    doc = plan.value
    for route in doc.issue_routes:
        if route.kind in RECEIVING and fits(route.when, profile, doc):
            name = doc.called(route.body) or (doc.names.station if route.kind == "station" else route.name)
            return Receiver(name, plan.cite("issue_routes", route.clause))
    return Receiver(doc.names.station, plan.cite("names"))
