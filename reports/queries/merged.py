"""What stays with rows of the register that another has taken up: who answered for them, visits, problems."""

from dataclasses import dataclass

from cadres.queries.coverage import Holder, holders_of
from entities.models import Entity, EntityMerge
from entities.queries.doubles import merges_of
from supervision.models import Issue, Visit


@dataclass(frozen=True, slots=True)
class MergedPast:
    """One row that was taken up, with its own past."""

    merge: EntityMerge
    holders: list[Holder]
    visits: list[Visit]
    issues: list[Issue]


def merged_past(keeper: Entity) -> list[MergedPast]:
    """The latest merge first; what was merged into a merged row before stands there."""
    return [
        MergedPast(
            merge,
            holders_of(merge.other),
            list(Visit.objects.filter(entity=merge.other_id).order_by("-visited_on", "-pk")),
            list(Issue.objects.filter(entity=merge.other_id).order_by("-found_on", "-pk")),
        )
        for merge in merges_of(keeper)
    ]
