"""Time: what starts a clock, its steps with whoever owes each, and the short numbers of a plan."""

from typing import Annotated

from pydantic import Field

from tenancy.plans.choices import Calendar, CountedFrom, PauseReason, Trigger
from tenancy.plans.conditions import Bearer, Clause, Coded, Day, Days, Hours, Leaf

LIMITS = ("limit_wd", "limit_days", "limit_hours")


class ClockStep(Coded):
    """One step of a clock: who owes it and how long it may take. A limit written as null means 及时."""

    bearer: Bearer = ""
    limit_wd: Days | None = Field(None, title="工作日", description="三种时限只写一种；写 null 表示“及时”。")
    limit_days: Days | None = Field(None, title="自然日")
    limit_hours: Hours | None = Field(None, title="小时")
    counted_from: CountedFrom = Field("previous", alias="from", title="从何时起算")
    clause: Clause = ""

    @property
    def written_limits(self) -> tuple[str, ...]:
        """Which of the three limits the plan writes, an explicit null included."""
        return tuple(name for name in LIMITS if name in self.model_fields_set)

    @property
    def is_prompt(self) -> bool:
        """及时: the plan names no number."""
        return all(getattr(self, name) is None for name in LIMITS)


class Clock(Coded):
    """What must be done after something happens."""

    trigger: Trigger = Field(title="起因")
    causes: tuple[str, ...] = Field(
        (), title="具体情形", description="填 cadre_change_causes 里的代码；不填为全部情形。"
    )
    steps: tuple[ClockStep, ...] = Field((), title="步骤")
    pause_reasons: tuple[PauseReason, ...] = Field((), title="可以暂停的理由")
    clause: Clause = ""


class ChangeCause(Coded):
    """A reason for which a cadre is replaced."""

    unable: bool = Field(False, title="属于不能履职")
    clause: Clause = ""


class Clocks(Leaf):
    """时限."""

    cadre_change_wd: Days | None = Field(
        None, title="更换包保干部（工作日）", description="干部变动后几个工作日内重新确定。"
    )
    cadre_change_causes: tuple[ChangeCause, ...] = Field((), title="更换干部的情形")
    operator_change_wd: Days | None = Field(
        None, title="调整包保对象（工作日）", description="主体新增、注销、规模变动后几个工作日内重新确定。"
    )
    clocks: tuple[Clock, ...] = Field((), title="分步时限")
    entry_grace_days: Annotated[int, Field(ge=0, le=90)] | None = Field(
        None, title="填报宽限（日）", description="督导后几日内填报算及时；不填为“及时”。"
    )
    penalty_notice_days: Annotated[int, Field(ge=1, le=366)] | None = Field(
        None, title="处罚通报周期（日）", description="市场监管部门每隔几日向包保干部通报处罚；不填为“定期”。"
    )
    workday_calendar: Calendar = Field("CN", title="工作日历")
    platform_go_live: Day | None = Field(None, title="平台运行日期", description="此前用纸质，此后用平台。")
    data_retention_start: Day | None = Field(None, title="资料起始日期")
