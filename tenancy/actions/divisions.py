"""Shipped divisions: trees of places that a command can lay down where a database does not know them yet.

A tree is data (tenancy/shipped_divisions/*.yaml) like a shipped plan; what stands already is never changed.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from tenancy.actions.plans import adopt_plan
from tenancy.actions.tree import found_place
from tenancy.models import Jurisdiction, Plan, Post
from tenancy.plans import shipped_plan
from tenancy.plans.conditions import Leaf, Text
from tenancy.plans.yamltext import read_yaml

SHIPPED = Path(__file__).resolve().parent.parent / "shipped_divisions"


class Division(Leaf):
    """A place of a shipped tree; `segment` closes its path, `plan` is the shipped plan it starts with."""

    name: Text
    level: Text
    code: Annotated[str, Field(pattern=r"^[0-9]{6,12}$")] | None = None
    segment: str = ""
    plan: str = ""
    children: tuple["Division", ...] = ()

    def line_to(self, text: str, above: str = "") -> tuple["Division", ...]:
        """From this place down to the one with that code or those names; empty when it is not here."""
        name = f"{above}{self.name}"
        if text in (self.code, name):
            return (self,)
        below = next((line for child in self.children if (line := child.line_to(text, f"{name}/"))), ())
        return (self, *below) if below else ()


@cache
def shipped_divisions() -> tuple[Division, ...]:
    """Every shipped tree by its root."""
    return tuple(Division.model_validate(read_yaml(file.read_bytes()).data) for file in sorted(SHIPPED.glob("*.yaml")))


def shipped_line(text: str) -> tuple[Division, ...]:
    """From the root of a shipped tree down to the place named by code or by names joined with a slash."""
    wanted = text.strip("/")
    return next((line for tree in shipped_divisions() if (line := tree.line_to(wanted))), ())


def root_path(line: tuple[Division, ...]) -> str:
    """The path a shipped tree's root has or will have; to be acted in while places are founded."""
    return f"{line[0].segment or line[0].code}/"


def lay_down(line: tuple[Division, ...], *, on: date, by: Post | None) -> Jurisdiction:
    """Founds what is missing of the line and everything under its last place, with the plans they start with."""
    place: Jurisdiction | None = None
    for division in line:
        place = _laid(division, place, on=on, by=by)
    assert place is not None, "a line has at least one place"
    _lay_under(line[-1], place, on=on, by=by)
    return place


def _lay_under(division: Division, place: Jurisdiction, *, on: date, by: Post | None) -> None:
    for child in division.children:
        _lay_under(child, _laid(child, place, on=on, by=by), on=on, by=by)


def _laid(division: Division, parent: Jurisdiction | None, *, on: date, by: Post | None) -> Jurisdiction:
    found = Jurisdiction.objects.filter(parent=parent, name=division.name, closed_on__isnull=True).first()
    code = division.code or ""
    place = found or found_place(
        parent, name=division.name, level=division.level, segment=division.segment or code, code=code, by=by
    )
    start_with_plan(division, place, on=on, by=by)
    return place


def start_with_plan(division: Division, place: Jurisdiction, *, on: date, by: Post | None) -> None:
    """Adopts the division's shipped plan where the place never had one of its own."""
    if division.plan and not Plan.objects.filter(jurisdiction=place).exists():
        plan = shipped_plan(division.plan)
        adopt_plan(place, plan, since=plan.header.effective_from or on, by=by)
