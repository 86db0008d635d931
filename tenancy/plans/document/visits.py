"""督导: checklists, ways of visiting, how often, extra windows, first rounds and the stages of a campaign."""

from typing import Annotated

from pydantic import Field

from tenancy.plans.choices import (
    EventKind,
    EvidenceNeed,
    FileFact,
    FirstRoundKind,
    GoalKind,
    Holiday,
    ItemKind,
    Need,
    Period,
    RateCode,
)
from tenancy.plans.conditions import (
    Aliases,
    Clause,
    ClockTime,
    Code,
    Coded,
    Condition,
    Day,
    DayOrMonthDay,
    Hours,
    ItemCode,
    Leaf,
    Name,
    Percent,
    Text,
    Words,
    codes_of,
)


class ChecklistItem(Leaf):
    """One line of a list; a sample line is shown as 示例 until an office replaces it."""

    code: ItemCode
    text: Text = Field(title="内容")
    kind: ItemKind = Field("check", title="填写方式")
    help: str = Field("", title="说明", description="怎么看、看什么，显示在条目下面。")
    choices: Words = Field((), title="选项")
    sample: bool = Field(False, title="示例条目")
    clause: Clause = ""


class ChecklistSection(Leaf):
    """A headed group of lines."""

    code: ItemCode
    title: Text = Field(title="标题")
    items: tuple[ChecklistItem, ...] = Field(title="条目")


class Checklist(Leaf):
    """A list and the entities it is for; the first that fits is used."""

    code: ItemCode
    name: Name
    when: Condition = Field(Condition(), title="适用对象", description="最后一份不写条件，给其余主体用。")
    sections: tuple[ChecklistSection, ...] = Field(title="部分")
    clause: Clause = ""


class Evidence(Leaf):
    """What a visit in one mode brings home."""

    photo: EvidenceNeed = Field(Need.ON_ISSUE, title="照片")
    video: EvidenceNeed = Field(Need.OFF, title="视频")
    scan: EvidenceNeed = Field(Need.OPTIONAL, title="清单扫描件")
    location: EvidenceNeed = Field(Need.OFF, title="位置", description="国家规定不得过度留痕，不建议收集。")
    cadre_signature: EvidenceNeed = Field(Need.REQUIRED, title="包保干部签字")
    entity_signature: EvidenceNeed = Field(Need.REQUIRED, title="主体签字")


class VisitMode(Leaf):
    """A way of visiting."""

    code: ItemCode
    name: Name
    aliases: Aliases = ()
    counts_as_onsite: bool = Field(False, title="算现场督导")
    evidence: Evidence = Field(Evidence(), title="留存材料")
    clause: Clause = ""


class OnsiteRule(Leaf):
    """Entities that must be visited on site."""

    code: ItemCode
    name: Name
    when: Condition = Field(Condition(), title="哪些主体", description="不写条件为全部主体。")
    clause: Clause = ""


class Frequency(Leaf):
    """How often an entity is visited; the first line that fits is used."""

    when: Condition = Field(Condition(), title="哪些主体", description="最后一条不写条件，给其余主体用。")
    times: Annotated[int, Field(ge=0, le=31)] = Field(title="次数")
    per: Period = Field("quarter", title="周期")
    clause: Clause = ""


class ExtraWindow(Coded):
    """A season with visits of its own: around a holiday, or between two dates."""

    holiday: Holiday | None = Field(None, title="节日", description="写节日或写起止日期，二者选一。")
    start: DayOrMonthDay | None = Field(
        None, alias="from", title="从", description="每年都有写 09-25，只有一次写 2026-09-25。"
    )
    until: DayOrMonthDay | None = Field(None, title="到（含）")
    lead_days: Annotated[int, Field(ge=0, le=90)] = Field(0, title="节前几日开始")
    follow_days: Annotated[int, Field(ge=0, le=90)] = Field(0, title="节后几日结束")
    min_visits: Annotated[int, Field(ge=1, le=31)] = Field(1, title="至少几次")
    additional: bool = Field(True, title="在季度督导之外")
    when: Condition = Field(Condition(), title="哪些主体", description="不写条件为全部主体。")
    clause: Clause = ""


class EventVisit(Coded):
    """A visit owed because something happened."""

    trigger: EventKind = Field(title="起因")
    within_hours: Hours | None = Field(None, title="几小时内", description="不填为“及时”。")
    onsite: bool = Field(True, title="必须到场")
    when: Condition = Field(Condition(), title="哪些主体")
    clause: Clause = ""


class StageTarget(Leaf):
    """A rate to be reached by a day."""

    rate: RateCode = Field(title="指标")
    by: Day | None = Field(None, title="期限（含当日）", description="不填为阶段结束时。")
    percent: Percent = Field(100, title="达到百分之几")


class Stage(Coded):
    """A stage of the plan with its goal."""

    goal: Text = Field(title="目标")
    measures: Words = Field((), title="措施")
    start: Day | None = Field(None, alias="from", title="从")
    until: Day | None = Field(None, title="到（含）")
    bearers: Words = Field((), title="由谁办")
    targets: tuple[StageTarget, ...] = Field((), title="指标")
    clause: Clause = ""


class FirstRound(Coded):
    """A first round of visits beside the quarter's."""

    kind: FirstRoundKind = Field(title="要求")
    by: Day = Field(title="期限（含当日）")
    time_of_day: ClockTime | None = Field(None, title="时刻")
    licensed_only: bool = Field(False, title="只限有许可证的")
    strive: bool = Field(False, title="“力争”", description="原件写“力争”的，未完成不算违反。")
    when: Condition = Field(Condition(), title="哪些主体")
    clause: Clause = ""


class Goal(Coded):
    """A goal with a day, judged by what the system holds."""

    kind: GoalKind = Field(title="看什么")
    by: Day = Field(title="期限（含当日）")
    strive: bool = Field(False, title="“力争”", description="原件写“力争”的，未达到不算违反。")
    facts: tuple[FileFact, ...] = Field(
        (), title="要填齐的台账项", description="只用于主体建档；不填为许可证编号、经营地址、负责人、联系电话。"
    )
    round: Code | None = Field(
        None,
        title="哪一轮",
        description="只用于首轮督导；不填为第一轮。",
        json_schema_extra=codes_of("first_rounds"),
    )
    clause: Clause = ""


class Visits(Leaf):
    """督导."""

    checklists: tuple[Checklist, ...] = Field((), title="任务清单")
    visit_modes: tuple[VisitMode, ...] = Field((), title="督导方式")
    must_onsite: tuple[OnsiteRule, ...] = Field((), title="必须现场督导")
    online_allowed_for_low_risk: bool | None = Field(None, title="低风险可以线上督导")
    cluster_supervision: bool | None = Field(None, title="可以集中督导")
    clusters: tuple[Code, ...] = Field(
        (), title="可以集中督导的业态", description="不填为不限。", json_schema_extra=codes_of("business_types")
    )
    frequency: tuple[Frequency, ...] = Field((), title="督导频次")
    extra_windows: tuple[ExtraWindow, ...] = Field((), title="重点时段")
    event_visits: tuple[EventVisit, ...] = Field((), title="因事督导")
    stages: tuple[Stage, ...] = Field((), title="实施阶段")
    first_rounds: tuple[FirstRound, ...] = Field((), title="首轮督导")
    goals: tuple[Goal, ...] = Field((), title="年度目标", description="到某一天要做到的几件事，逐项判定。")
    escort_limit: Annotated[int, Field(ge=0, le=20)] | None = Field(
        None, title="陪同人数上限", description="超过就提示“层层陪同”；不填为不设。"
    )
