"""启用前试算: what a draft would change from a day on, listed before it is put in force.

Grades come from the preview of a regrading, so that what is shown is what is written. A quarter already opened keeps the
plan it was opened under, so only days of the first quarter after it move.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cadres.models import Assignment
from cadres.rules.caps import TierCap, caps_of
from cadres.rules.tiers import tier_name
from entities.queries.regrading import Regraded, RegradePreview, regraded, standing_ahead, summed_up
from reports.queries.plan_days import MovedDay, moved_days
from tenancy.models import Jurisdiction, PlanDraft
from tenancy.plans import ResolvedPlan, resolve
from tenancy.plans.document import EXTERNAL
from tenancy.queries.papers import draft_file, layers_under
from tenancy.queries.plans import LocalPlans, local_plans
from tenancy.rules.paths import END


@dataclass(frozen=True, slots=True)
class MovedEntity:
    """An entity that another tier would answer for, in the words of either plan."""

    entity_id: int
    name: str
    area: str
    grade: str
    old: str
    new: str
    clause: str


@dataclass(frozen=True, slots=True)
class LostAssignment:
    """An assignment in force that the plan would not give this cadre's tier any more, and why."""

    entity_id: int
    name: str
    area: str
    cadre: str
    tier: str
    why: str


@dataclass(frozen=True, slots=True)
class Overload:
    """A cadre who carries more than the draft allows and not more than the plan before did."""

    cadre: str
    tier: str
    load: int
    cap: TierCap


@dataclass(frozen=True)
class PlanEffects:
    """Everything a draft would change, each kind in the order of its page.

    grades_from: the day its grades are written from; days gone by keep theirs.
    regrading_ahead: a later regrading of the place stands in the way of another.
    """

    grades: RegradePreview
    grades_from: date
    regrading_ahead: bool
    entities: tuple[MovedEntity, ...]
    assignments: tuple[LostAssignment, ...]
    overloads: tuple[Overload, ...]
    days: tuple[MovedDay, ...]

    @property
    def tiers(self) -> Mapping[tuple[str, str], int]:
        """How many entities go from which tier to which, the most first."""
        return dict(Counter((each.old, each.new) for each in self.entities).most_common())

    @property
    def grade_kinds(self) -> list[tuple[tuple[str, str], int]]:
        """Effective grade before and after -> how many; empty for none."""
        found = Counter((each.old_effective, each.new_effective) for each in self.grades.changes)
        return sorted(found.items())

    @property
    def places(self) -> int:
        """In how many places days move."""
        return len({day.place for day in self.days})

    @property
    def may_regrade(self) -> bool:
        """Whether there are grades to write and nothing stands in the way."""
        return not self.grades.is_empty and not self.regrading_ahead


def effects_of_draft(draft: PlanDraft, since: date, on: date) -> PlanEffects:
    """What changes in the draft's place and under it. The draft must be free of faults on that day."""
    place = draft.jurisdiction
    plan = resolve([*layers_under(place.path, since), draft_file(draft).layer()])
    start = max(since, on)
    old, new = local_plans(place.path, since), local_plans(place.path, since, plan)
    judged = regraded(place, plan, start)
    areas = _areas(place)
    held = _assignments(place, start)
    return PlanEffects(
        grades=summed_up(place, plan, start, judged),
        grades_from=start,
        regrading_ahead=standing_ahead(place, start) is not None,
        entities=tuple(_moved(judged, old, new, areas, held)),
        assignments=tuple(_lost(judged, new, areas, held)),
        overloads=tuple(_overloads(held.values(), old.at(place.path), plan)),
        days=tuple(moved_days(old, new, since)),
    )


@dataclass(frozen=True, slots=True)
class _Held:
    cadre_id: int
    cadre: str
    tier: str


def _assignments(place: Jurisdiction, on: date) -> dict[int, _Held]:
    inside = Assignment.objects.in_force(on).filter(place__gte=place.path, place__lt=place.path + END)
    rows = inside.values_list("entity_id", "cadre_id", "cadre_name", "tier")
    return {entity_id: _Held(cadre_id, name, tier) for entity_id, cadre_id, name, tier in rows}


def _areas(place: Jurisdiction) -> dict[str, str]:
    return dict(Jurisdiction.objects.under(place.path).values_list("path", "name"))


def _grade(line: Regraded, *, new: bool) -> str:
    standing = line.new if new else line.old
    return standing.effective if standing else ""


def _answering(plan: ResolvedPlan, grade: str, held: _Held | None) -> str:
    """The tier that answers: of those that share the grade the holder's, else the foremost; empty without a grade."""
    tiers = plan.value.tiers_of(grade)
    return held.tier if held and held.tier in tiers else next(iter(tiers), "")


def _called(plan: ResolvedPlan, tier: str) -> str:
    if not tier:
        return _("无人（未分级）")
    return _("上级") if tier == EXTERNAL else tier_name(plan.value, tier)


def _moved(
    judged: list[Regraded], old: LocalPlans, new: LocalPlans, areas: Mapping[str, str], held: Mapping[int, _Held]
) -> Iterator[MovedEntity]:
    for line in judged:
        before, after = old.at(line.place), new.at(line.place)
        holder, grade = held.get(line.entity_id), _grade(line, new=True)
        was = _answering(before, _grade(line, new=False), holder)
        becomes = _answering(after, grade, holder)
        if was != becomes:
            yield MovedEntity(
                line.entity_id, line.name, areas.get(line.place, ""), grade, _called(before, was),
                _called(after, becomes), after.cite(f"tier_map.{grade}") if grade else line.unknown,
            )  # fmt: skip


def _lost(
    judged: list[Regraded], new: LocalPlans, areas: Mapping[str, str], held: Mapping[int, _Held]
) -> Iterator[LostAssignment]:
    for line in judged:
        holder, plan, grade = held.get(line.entity_id), new.at(line.place), _grade(line, new=True)
        if holder is None or holder.tier in plan.value.tiers_of(grade):
            continue
        yield LostAssignment(
            line.entity_id, line.name, areas.get(line.place, ""), holder.cadre, tier_name(plan.value, holder.tier),
            _why_lost(plan, grade, holder.tier, line),
        )  # fmt: skip


def _why_lost(plan: ResolvedPlan, grade: str, tier: str, line: Regraded) -> str:
    if not grade:
        return _("没有等级：%s") % line.unknown
    if plan.value.tier(tier) is None:
        return _("新方案没有“%s”这一层级") % tier
    names = "、".join(_called(plan, each) for each in plan.value.tiers_of(grade)) or _("无人")
    return _("%(grade)s 级由%(names)s包保（%(clause)s）") % {
        "grade": grade,
        "names": names,
        "clause": plan.cite(f"tier_map.{grade}"),
    }


def _overloads(held: Iterable[_Held], old: ResolvedPlan, new: ResolvedPlan) -> Iterator[Overload]:
    before, after = caps_of(old), caps_of(new)
    for each, load in Counter(held).most_common():
        cap, earlier = after.get(each.tier), before.get(each.tier)
        if cap and cap.is_exceeded(load) and not (earlier and earlier.is_exceeded(load)):
            yield Overload(each.cadre, cap.tier, load, cap)
