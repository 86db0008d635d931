"""提级: how a plan raises whole classes above the base grade, and how far it lets a single entity be raised.

The plan's keys are read through protocols, so that a plan without classes raises none.
"""

from dataclasses import dataclass

from entities.rules.grading import EntityFacts
from entities.rules.matching import Profile, fits
from entities.rules.vocabulary import Grade, SizeClass, raised
from tenancy.plans.resolution import ResolvedPlan


@dataclass(frozen=True, slots=True)
class Raise:
    """An effective grade above the base, with the class, the clause and the reason that raise it."""

    grade: Grade
    code: str
    clause: str
    reason: str


def raised_by_class(base: Grade, size: SizeClass | None, facts: EntityFacts, plan: ResolvedPlan) -> Raise | None:
    """What the classes of the plan make of a base grade; of several that fit the highest. A is the end."""
    profile = Profile(facts, base, size)
    fitting = [line for line in plan.value.upgrade_modes.by_class if fits(line.when, profile, plan.value)]
    best = max(fitting, key=lambda line: line.steps, default=None)
    grade = raised(base, best.steps) if best else base
    if best is None or grade == base:
        return None
    reason = f"“{best.name}”按类提 {best.steps} 级，由 {base} 级提为 {grade} 级"
    return Raise(grade, best.code, plan.cite("upgrade_modes", best.clause), reason)


def effective_grades(base: Grade, max_steps: int) -> tuple[Grade, ...]:
    """The base grade and those it may be raised to, the base first."""
    return tuple(dict.fromkeys(raised(base, steps) for steps in range(max_steps + 1)))


def case_grades(base: Grade, effective: Grade, plan: ResolvedPlan) -> tuple[Grade, ...]:
    """The grades a single entity may still be raised to, the nearest first; none where the plan allows no case."""
    modes = plan.value.upgrade_modes
    if not modes.by_case:
        return ()
    return tuple(grade for grade in effective_grades(base, modes.max_steps) if grade < effective)


def case_limit(plan: ResolvedPlan) -> str:
    """个案提级最多 1 级（…）."""
    modes = plan.value.upgrade_modes
    cited = plan.cite("upgrade_modes", modes.clause)
    return f"个案提级最多 {modes.max_steps} 级（{cited}）" if modes.by_case else f"方案没有开通个案提级（{cited}）"


def correction_grades(computed: Grade, plan: ResolvedPlan) -> tuple[Grade, ...]:
    """The base grades a computed one may be corrected to by hand: larger ones, smaller ones where the plan says so."""
    down = plan.value.downgrade_allowed
    return tuple(grade for grade in Grade if grade != computed and (down or grade < computed))
