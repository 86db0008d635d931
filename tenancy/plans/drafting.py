"""Changing a plan that is not in force yet: one key, several at once, or the whole text; and why a text is refused.

Whatever is kept is a readable plan file: what a change makes is written out and read back like a file from outside.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tenancy.plans.checking import Problem, check
from tenancy.plans.reading import PlanFile, UnreadablePlan, read_plan
from tenancy.plans.resolution import PlanLayer
from tenancy.plans.writing import parts_text, written_header
from tenancy.rules.refusals import Refused

SHOWN = 3
# What belongs to one paper alone, and what only to the office that issues it.
OWN_PAPER = ("number", "issued", "effective_from", "filing", "note")
OWN_OFFICE = ("issuer", "drafter", "approved_by", "addressees", "copies_to")


class FaultyPlan(Refused):
    """The plan as it would stand has faults; `problems` has each with its line, key and sentence."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        more = f"……共 {len(problems)} 处" if len(problems) > SHOWN else ""
        super().__init__("；".join(str(each) for each in problems[:SHOWN]) + more, code="plan-faults")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Changes:
    """What is done to a draft, by dotted key of its values ("tier_map.A"); a list is always put as a whole.

    put: the plan says this; None is an explicit null, which clears what is inherited.
    reset: the plan no longer says anything here, so what is inherited holds again.
    clauses: dotted key -> where in the paper it stands; an empty text takes the clause away.
    header: facts of the paper; None takes one away.
    """

    put: Mapping[str, Any] = field(default_factory=dict)
    reset: Sequence[str] = ()
    clauses: Mapping[str, str] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)


def changed(plan: PlanFile, changes: Changes) -> PlanFile:
    """The plan with the changes made; FaultyPlan when a key or a value does not fit the schema.

    Whether the values make sense together is not asked: a draft may be on its way.
    """
    header = written_header(plan.header) | dict(changes.header)
    clauses = dict(plan.clauses) | dict(changes.clauses)
    values = deepcopy(plan.values)
    for key, value in changes.put.items():
        _put(values, key.split("."), value)
    for key in changes.reset:
        _reset(values, key.split("."))
    return from_parts(
        {key: value for key, value in header.items() if value is not None},
        {key: text for key, text in clauses.items() if text},
        values,
    )


def from_parts(header: Mapping[str, Any], clauses: Mapping[str, Any], values: Mapping[str, Any]) -> PlanFile:
    """A plan of these parts as its file would be read; FaultyPlan with every fault of its shape."""
    return from_text(parts_text(header, clauses, values))


def from_text(text: bytes | str) -> PlanFile:
    """A plan of readable shape, else FaultyPlan with every fault of it."""
    try:
        return read_plan(text)
    except UnreadablePlan as error:
        raise FaultyPlan(check(text)) from error


def checked_text(text: bytes | str, below: Sequence[PlanLayer]) -> PlanFile:
    """A plan without any fault over the layers it will lie on, else FaultyPlan with all of them at once."""
    if problems := check(text, below):
        raise FaultyPlan(problems)
    return read_plan(text)


def copied(plan: PlanFile, *, same_office: bool) -> PlanFile:
    """A plan to begin a new one with: its values and clauses, without what belongs to the earlier paper."""
    left = OWN_PAPER if same_office else OWN_PAPER + OWN_OFFICE
    header = {key: value for key, value in written_header(plan.header).items() if key not in left}
    return from_parts(header, plan.clauses, plan.values)


def _put(values: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    node = values
    for step in steps[:-1]:
        inside = node.get(step)
        # A map that is not written yet, or cleared, begins with this one key.
        node[step] = inside if isinstance(inside, dict) else {}
        node = node[step]
    node[steps[-1]] = value


def _reset(values: dict[str, Any], steps: Sequence[str]) -> None:
    """Takes a key away, and the maps around it that nothing is left in."""
    inside = values.get(steps[0])
    if len(steps) > 1 and isinstance(inside, dict):
        _reset(inside, steps[1:])
        if inside:
            return
    elif len(steps) > 1:
        return
    values.pop(steps[0], None)
