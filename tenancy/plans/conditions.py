"""The common shape of plan values and the condition a rule, a checklist or a frequency may carry.

A condition is a conjunction; a field left empty does not restrict. Bounds of diners are read as Chinese law reads
以上 and 以下: both ends belong to the range, so neighbouring ranges share their end.
"""

import datetime as dt
import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from tenancy.plans.choices import Domain, GradeCode, SizeCode, SupplyWay

# A leap year, so that 02-29 can be written.
ANY_YEAR = 2024
CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _written_day(value: Any) -> Any:
    """Only a date written as one; a bare number would be read as seconds since 1970."""
    if isinstance(value, dt.date) or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)):
        return value
    raise ValueError(f"“{value}”不是日期，请写成 2026-11-22")


def _month_day(value: str) -> str:
    try:
        dt.date.fromisoformat(f"{ANY_YEAR}-{value}")
    except ValueError:
        raise ValueError(f"“{value}”不是月日，请写成 12-31") from None
    return value


def _day_or_month_day(value: str) -> str:
    try:
        dt.date.fromisoformat(value if len(value) > 5 else f"{ANY_YEAR}-{value}")
    except ValueError:
        raise ValueError(f"“{value}”不是日期，每年都有的请写成 09-25，只有一次的请写成 2026-09-25") from None
    return value


def _clock_time(value: str) -> str:
    if not CLOCK_TIME.fullmatch(value):
        raise ValueError(f'“{value}”不是时刻，请加引号写成 "12:00"')
    return value


Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
ClassCode = Code
Text = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Words = tuple[Text, ...]
Day = Annotated[dt.date, BeforeValidator(_written_day)]
MonthDay = Annotated[str, AfterValidator(_month_day), Field(json_schema_extra={"pattern": r"^\d{2}-\d{2}$"})]
DayOrMonthDay = Annotated[
    str, AfterValidator(_day_or_month_day), Field(json_schema_extra={"pattern": r"^(\d{4}-)?\d{2}-\d{2}$"})
]
ClockTime = Annotated[str, AfterValidator(_clock_time), Field(json_schema_extra={"pattern": r"^\d{2}:\d{2}$"})]
Month = Annotated[int, Field(ge=1, le=12)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Days = Annotated[int, Field(ge=0, le=400)]
Hours = Annotated[int, Field(ge=1, le=10_000)]
Percent = Annotated[float, Field(ge=0, le=100)]

# The fields nearly every item has, with what a form says of them.
ItemCode = Annotated[Code, Field(title="代码", description="小写英文字母、数字和横线，方案内部引用，定下后不改。")]
Name = Annotated[Text, Field(title="名称")]
Aliases = Annotated[Words, Field(title="别的叫法", description="台账、名册里可能出现的其他写法。")]
Clause = Annotated[str, Field(title="条款", description="在方案原件里的位置，例如“三（一）1”。")]
Note = Annotated[str, Field(title="备注")]
TierCode = Annotated[Code, Field(title="层级", description="填 tiers 里的层级代码。")]
Bearer = Annotated[str, Field(title="由谁办", description="单位名称，或 bodies 里的机构代码。")]


class Leaf(BaseModel):
    """A frozen value that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Coded(Leaf):
    """An item with a code and a name."""

    code: ItemCode
    name: Name


class Diners(Leaf):
    """A range of diners, both ends included."""

    min: Annotated[int, Field(ge=0)] | None = Field(None, title="至少（含）")
    max: Annotated[int, Field(ge=0)] | None = Field(None, title="至多（含）")

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


class Season(Leaf):
    """A part of every year, both ends included."""

    start: MonthDay = Field(alias="from", title="从")
    until: MonthDay = Field(title="到（含）")

    @model_validator(mode="after")
    def ordered(self) -> Self:
        """A season lies inside one year."""
        if self.until < self.start:
            raise ValueError(f"季节的结束 {self.until} 早于开始 {self.start}；跨年的请改写 months")
        return self

    def holds(self, day: dt.date) -> bool:
        """Whether the day lies in it, whatever the year."""
        return self.start <= day.strftime("%m-%d") <= self.until


class Condition(Leaf):
    """Which entities, and on which days, something is for."""

    business_types: tuple[Code, ...] = Field((), title="主体业态", description="填 business_types 里的代码。")
    domains: tuple[Domain, ...] = Field((), title="领域")
    sizes: tuple[SizeCode, ...] = Field((), title="规模")
    grades: tuple[GradeCode, ...] = Field((), title="等级")
    tiers: tuple[Code, ...] = Field((), title="包保层级", description="填 tiers 里的代码。")
    diners: Diners | None = Field(None, title="用餐人数")
    tags: Words = Field((), title="标签")
    classes: tuple[ClassCode, ...] = Field((), title="高风险类别", description="填 high_risk_classes 里的代码。")
    supply_ways: tuple[SupplyWay, ...] = Field((), title="供餐方式")
    months: tuple[Month, ...] = Field((), title="月份")
    season: Season | None = Field(None, title="季节")
    clean_visits: Annotated[int, Field(ge=1, le=40)] | None = Field(
        None, title="连续无问题次数", description="最近这么多次督导都没有发现问题。"
    )

    @property
    def catches_all(self) -> bool:
        """Whether nothing is restricted."""
        return self == Condition()
