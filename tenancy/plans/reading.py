"""Plan files: what stands in one, how it is read, and the ones shipped with the program.

A file has three parts: `header` (the paper), `values` (what this plan itself sets) and `clauses` (dotted key → where
in the paper it stands). Finding all faults of a file at once is the work of `checking`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, JsonValue, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails

from tenancy.plans.choices import AnnexKind, Publicity
from tenancy.plans.conditions import Day, Leaf, Note, Text, Words
from tenancy.plans.document import PlanDocument
from tenancy.plans.resolution import PlanLayer, without_nulls
from tenancy.plans.yamltext import BadYaml, read_yaml

SHIPPED = Path(__file__).resolve().parent.parent / "shipped_plans"
NATIONAL = "national"


class UnreadablePlan(Exception):
    """The file is not a valid plan; `check` lists every reason."""


class PlanFiling(Leaf):
    """Where the plan itself was filed."""

    filed_to: Text = Field(title="报谁备案")
    on: Day | None = Field(None, title="报送日期")
    receipt: str = Field("", title="备案回执")


class Annex(Leaf):
    """One annex of the paper."""

    no: Annotated[int, Field(ge=1, le=99)] = Field(title="附件号")
    title: Text = Field(title="标题")
    kind: AnnexKind = Field("file", title="种类")
    note: Note = ""


class PlanHeader(Leaf):
    """The paper a plan stands on; title and number are as long as the columns that keep them."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(title="标题")
    number: Annotated[str, StringConstraints(max_length=60)] = Field("", title="文号")
    issuer: str = Field("", title="发文机关")
    drafter: str = Field("", title="拟定单位")
    approved_by: str = Field("", title="批准机关")
    issued: Day | None = Field(None, title="成文日期")
    effective_from: Day | None = Field(None, title="施行日期")
    publicity: Publicity = Field("open", title="公开属性")
    basis: Words = Field((), title="依据")
    addressees: Words = Field((), title="主送")
    copies_to: Words = Field((), title="抄送")
    filing: PlanFiling | None = Field(None, title="备案")
    annexes: tuple[Annex, ...] = Field((), title="附件")
    note: Note = ""

    @model_validator(mode="after")
    def numbered_once(self) -> Self:
        """No two annexes have one number."""
        numbers = [annex.no for annex in self.annexes]
        if len(numbers) != len(set(numbers)):
            raise ValueError("附件号有重复，请改成不同的号")
        return self


class PlanFile(Leaf):
    """A plan file; `values` stays as written, so that absent and null remain two things."""

    header: PlanHeader = Field(title="方案原件")
    values: dict[str, JsonValue] = Field(default_factory=dict, title="本方案写的值")
    clauses: dict[str, str] = Field(default_factory=dict, title="条款对照", description="值的键 → 原件里的位置。")

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
    except (BadYaml, ValidationError) as error:
        raise UnreadablePlan(str(error)) from error
    try:
        PlanDocument.model_validate(without_nulls(plan.values))
    except ValidationError as error:
        if not all(_may_be_inherited(detail) for detail in error.errors()):
            raise UnreadablePlan(str(error)) from error
    return plan


def _may_be_inherited(detail: ErrorDetails) -> bool:
    """A part of a map that this layer leaves to the ones below; an item of a list inherits nothing."""
    return detail["type"] == "missing" and not any(isinstance(step, int) for step in detail["loc"])


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
