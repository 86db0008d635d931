"""企业主体责任: which staff a business must have, and its own daily, weekly and monthly control."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from tenancy.plans.choices import CycleActor, CycleEvery, Domain, GradeCode
from tenancy.plans.conditions import Clause, Code, Coded, Condition, Day, ItemCode, Leaf, Text, Words, codes_of
from tenancy.plans.document.visits import ChecklistSection

ANY_DOMAIN: tuple[Domain, ...] = ("production", "distribution", "catering", "special")
ANY_GRADE: tuple[GradeCode, ...] = ("A", "B", "C", "D")


class StaffingRule(Coded):
    """两员: what a kind of business must have, between two days; all rules that fit count together."""

    when: Condition = Field(Condition(), title="哪些主体", description="不写条件为全部主体。")
    start: Day | None = Field(None, alias="from", title="施行日期")
    until: Day | None = Field(None, title="废止日期（不含）")
    director: bool = Field(False, title="必须有食品安全总监")
    officers_min: Annotated[int, Field(ge=0, le=99)] = Field(1, title="食品安全员至少几名")
    full_time: bool = Field(False, title="必须专职")
    dual_director: bool = Field(False, title="双食品安全总监", description="单位和承包方各有一名。")
    five_class: bool = Field(False, title="计入五类食品企业")
    training_hours: Annotated[int, Field(ge=0, le=400)] | None = Field(None, title="每年培训几小时")
    documents: Words = Field((), title="要有的文件")
    clause: Clause = ""


class ControlCycle(Coded):
    """One cycle of self-control: how often, by whom, on which paper."""

    every: CycleEvery = Field(title="周期")
    document: Text = Field(title="记录名称")
    actor: CycleActor = Field(title="由谁做")
    clause: Clause = ""


class ControlTemplate(Leaf):
    """A record form for some domains and grades in one cycle; left empty, for all of them."""

    code: ItemCode
    title: str = Field("", title="标题")
    domains: tuple[Domain, ...] = Field((), title="领域")
    grades: tuple[GradeCode, ...] = Field((), title="等级")
    cycle: Code = Field(title="周期", json_schema_extra=codes_of("self_control.cycles"))
    sections: tuple[ChecklistSection, ...] = Field((), title="部分")
    clause: Clause = ""

    def slots(self) -> Iterator[tuple[str, str, str]]:
        """Every (domain, grade, cycle) the form fills."""
        for domain in self.domains or ANY_DOMAIN:
            for grade in self.grades or ANY_GRADE:
                yield domain, grade, self.cycle


class SelfControl(Leaf):
    """日管控、周排查、月调度, or what cycles a place has."""

    enabled: bool = Field(False, title="收企业自查记录")
    zero_report_required: bool = Field(False, title="没有问题也要记录")
    entity_may_add: bool = Field(True, title="企业可以增加条目", description="只能增加，不能删减。")
    cycles: tuple[ControlCycle, ...] = Field((), title="周期")
    templates: tuple[ControlTemplate, ...] = Field((), title="记录模板")
    ccp: bool = Field(False, title="生产企业记录关键控制点")
    clause: Clause = ""


class InsuredClassLine(Coded):
    """A class of businesses that food-safety liability insurance is pressed for."""

    when: Condition = Field(Condition(), title="哪些主体", description="不写条件为全部主体。")
    clause: Clause = ""


class Enterprises(Leaf):
    """企业主体责任."""

    staffing_rules: tuple[StaffingRule, ...] = Field((), title="人员配备")
    self_control: SelfControl = Field(SelfControl(), title="企业自查")
    expiry_notice_days: Annotated[int, Field(ge=1, le=400)] | None = Field(
        None,
        title="到期前几天提醒",
        description="许可证、健康证和食品安全责任保险；不写用系统的默认天数。",
    )
    insured_classes: tuple[InsuredClassLine, ...] = Field(
        (), title="重点参保类别", description="食品安全责任保险按这些类别统计参保家数。"
    )
