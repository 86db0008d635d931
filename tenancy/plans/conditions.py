"""The common shape of plan values and the condition a rule, a checklist or a frequency may carry.

A condition is a conjunction; a field left empty does not restrict. Bounds of diners are read as Chinese law reads
以上 and 以下: both ends belong to the range, so neighbouring ranges share their end.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
ClassCode = Code
Text = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Words = tuple[Text, ...]
GradeCode = Literal["A", "B", "C", "D"]
SizeCode = Literal["large", "medium", "small", "micro"]
Domain = Literal["production", "distribution", "catering", "special"]


class Leaf(BaseModel):
    """A frozen value that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Diners(Leaf):
    """A range of diners, both ends included."""

    min: Annotated[int, Field(ge=0)] | None = None
    max: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def ordered(self) -> Self:
        """A range must hold at least one number and be bounded somewhere."""
        if self.min is None and self.max is None:
            raise ValueError("用餐人数范围要写 min 或 max")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"用餐人数下限 {self.min} 大于上限 {self.max}")
        return self

    def holds(self, number: int) -> bool:
        """Whether the number lies in the range."""
        above = self.min is None or number >= self.min
        return above and (self.max is None or number <= self.max)

    def ends_at(self, number: int) -> bool:
        """Whether the number is one of the printed ends."""
        return number in (self.min, self.max)


class Condition(Leaf):
    """Which entities something is for."""

    business_types: tuple[Code, ...] = ()
    domains: tuple[Domain, ...] = ()
    sizes: tuple[SizeCode, ...] = ()
    grades: tuple[GradeCode, ...] = ()
    diners: Diners | None = None
    tags: Words = ()
    classes: tuple[ClassCode, ...] = ()

    @property
    def catches_all(self) -> bool:
        """Whether nothing is restricted."""
        return self == Condition()
