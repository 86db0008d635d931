"""Problems: their categories, to whom they are handed over, clocks, escalation, and the letters that want an answer."""

from typing import Annotated

from pydantic import Field

from tenancy.plans.choices import NotifyRule, ReminderTo, RouteKind
from tenancy.plans.conditions import Clause, Code, Coded, Condition, Days, Hours, Leaf, Words


class IssueCategory(Coded):
    """A kind of problem and the route it takes."""

    violation: bool = Field(False, title="涉嫌违法违规")
    serious: bool = Field(False, title="严重问题")
    route: Code | None = Field(None, title="处置去向", description="填 issue_routes 里的代码。")
    clause: Clause = ""


class IssueRoute(Coded):
    """To whom a problem goes."""

    kind: RouteKind = Field("station", title="种类")
    body: str = Field("", title="接收单位", description="单位名称，或 bodies 里的机构代码。")
    channels: Words = Field((), title="途径")
    when: Condition = Field(Condition(), title="哪些主体的问题")
    actions: Words = Field((), title="接收后怎么办")
    clause: Clause = ""


class IssueClock(Leaf):
    """What the station has for each step, counted from the step before; working days or hours, not both."""

    ack_wd: Days | None = Field(None, title="接收（工作日）")
    first_action_wd: Days | None = Field(None, title="检查或立案（工作日）")
    feedback_wd: Days | None = Field(None, title="反馈（工作日）")
    ack_hours: Hours | None = Field(None, title="接收（小时）")
    first_action_hours: Hours | None = Field(None, title="检查或立案（小时）")
    feedback_hours: Hours | None = Field(None, title="反馈（小时）")
    rectification_wd: Days | None = Field(None, title="主体整改（工作日）")


class EscalationLevel(Coded):
    """One rung of who takes over when a problem stays open."""

    order: Annotated[int, Field(ge=1, le=9)] = Field(title="次序", description="从 1 往上。")
    body: str = Field("", title="处置单位", description="单位名称，或 bodies 里的机构代码。")
    hours: Hours | None = Field(None, title="几小时不办结就升级", description="不填为原件没有写时限。")
    clause: Clause = ""


class ReminderStep(Leaf):
    """A reminder so many working days before (negative) or after (positive) the due day."""

    offset_wd: Annotated[int, Field(ge=-120, le=120)] = Field(title="偏移（工作日）", description="负数为到期前。")
    to: ReminderTo = Field("holder", title="提醒谁")


class OfficialLetter(Coded):
    """两书一函: a numbered letter that wants an answer."""

    number_pattern: str = Field("", title="文号格式", description="用 {year} 和 {number} 代替年份和序号。")
    reply_days: Annotated[int, Field(ge=1, le=366)] | None = Field(None, title="几日内答复")
    issuer: str = Field("", title="由谁发出")
    purpose: str = Field("", title="用途")
    clause: Clause = ""


class Issues(Leaf):
    """问题处置."""

    notify_rule: NotifyRule = Field("unsolved_only", title="哪些问题要通报")
    issue_categories: tuple[IssueCategory, ...] = Field((), title="问题类别")
    issue_routes: tuple[IssueRoute, ...] = Field((), title="处置去向")
    issue_sla: IssueClock = Field(IssueClock(), title="处置时限")
    escalation_levels: tuple[EscalationLevel, ...] = Field((), title="逐级升级")
    reminders: tuple[ReminderStep, ...] = Field((), title="提醒")
    letters: tuple[OfficialLetter, ...] = Field((), title="两书一函")
