"""Plan files: what stands in one, how it is read, and the ones shipped with the program.

A file has three parts: `header` (the paper), `values` (what this plan itself sets) and `clauses` (dotted key → where
in the paper it stands). Finding all faults of a file at once is the work of `checking`.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, JsonValue, ValidationError

from tenancy.plans.conditions import Leaf, Text, Words
from tenancy.plans.document import PlanDocument
from tenancy.plans.resolution import PlanLayer, without_nulls
from tenancy.plans.yamltext import BadYaml, read_yaml

SHIPPED = Path(__file__).resolve().parent.parent / "shipped_plans"
NATIONAL = "national"


class UnreadablePlan(Exception):
    """The file is not a valid plan; `check` lists every reason."""


class PlanHeader(Leaf):
    """The paper a plan stands on."""

    title: Text
    number: str = ""
    issuer: str = ""
    drafter: str = ""
    approved_by: str = ""
    issued: dt.date | None = None
    effective_from: dt.date | None = None
    publicity: Literal["open", "on_request", "closed"] = "open"
    basis: Words = ()
    addressees: Words = ()
    copies_to: Words = ()
    note: str = ""


class PlanFile(Leaf):
    """A plan file; `values` stays as written, so that absent and null remain two things."""

    header: PlanHeader
    values: dict[str, JsonValue] = Field(default_factory=dict)
    clauses: dict[str, str] = Field(default_factory=dict)

    def layer(self) -> PlanLayer:
        """This plan as one layer for `resolve`."""
        return PlanLayer(self.header.title, self.header.number, self.values, self.clauses)

    def document(self) -> dict[str, JsonValue]:
        """The part a database row keeps as JSON."""
        return {"values": self.values, "clauses": dict(self.clauses)}


def layer_of(title: str, number: str, document: Mapping[str, object]) -> PlanLayer:
    """The layer of a stored plan: its two columns and its JSON document."""
    values, clauses = document.get("values"), document.get("clauses")
    if not isinstance(values, Mapping) or not isinstance(clauses, Mapping):
        raise UnreadablePlan(f"《{title}》存下的内容缺 values 或 clauses")
    return PlanLayer(title, number, values, clauses)


def read_plan(raw: bytes | str) -> PlanFile:
    """A valid plan file, else UnreadablePlan."""
    try:
        plan = PlanFile.model_validate(read_yaml(raw).data)
        PlanDocument.model_validate(without_nulls(plan.values))
    except (BadYaml, ValidationError) as error:
        raise UnreadablePlan(str(error)) from error
    return plan


def shipped_codes() -> tuple[str, ...]:
    """The names of the shipped plans, the national default first."""
    codes = sorted(file.stem for file in SHIPPED.glob("*.yaml"))
    return tuple(sorted(codes, key=lambda code: code != NATIONAL))


@cache
def shipped_plan(code: str) -> PlanFile:
    """A plan shipped with the program; KeyError when there is none of that name."""
    if code not in shipped_codes():
        raise KeyError(code)
    return read_plan((SHIPPED / f"{code}.yaml").read_bytes())
