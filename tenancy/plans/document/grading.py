"""What an entity is: business types, sizes, grading rules, raising a grade, what its record must hold."""

from typing import Annotated

from pydantic import Field, StringConstraints

from tenancy.plans.choices import (
    BoundaryTie,
    CodeSystemKind,
    Domain,
    FieldKind,
    GradeCode,
    Industry,
    SizeMissing,
    StatusCode,
)
from tenancy.plans.conditions import (
    Aliases,
    ClassCode,
    Clause,
    Code,
    Coded,
    Condition,
    ItemCode,
    Leaf,
    Name,
    Note,
    Text,
    Words,
    codes_of,
)

# Every pair of rules is compared, for every business type.
MOST_RULES = 120
# A register is filled by hand; every further field is one more to ask of every shop.
MOST_EXTRA_FIELDS = 8
Steps = Annotated[int, Field(ge=0, le=3)]


class GradingRule(Leaf):
    """The first rule whose condition holds gives the base grade; an empty condition catches the rest."""

    code: ItemCode
    name: Name
    when: Condition = Field(Condition(), title="条件", description="不写条件的一条兜住其余主体，放在最后。")
    grade: GradeCode = Field(title="等级")
    clause: Clause = ""
    note: Note = ""


class Bounds(Leaf):
    """Lower bounds of the three upper size classes; below `small` lies micro."""

    small: Annotated[float, Field(ge=0)] = Field(title="小型下限")
    medium: Annotated[float, Field(ge=0)] = Field(title="中型下限")
    large: Annotated[float, Field(ge=0)] = Field(title="大型下限")


class IndustryBounds(Leaf):
    """One line of the size table: persons, and yearly revenue in 万元."""

    employees: Bounds = Field(title="从业人员（人）")
    revenue: Bounds = Field(title="营业收入（万元）")


class SizeStandard(Leaf):
    """The table by which an entity is large, medium, small or micro."""

    code: str = Field("", title="代号")
    title: str = Field("", title="标题")
    number: str = Field("", title="文号")
    industries: dict[Industry, IndustryBounds] = Field(default_factory=dict, title="分行业下限")


class UpgradeClass(Coded):
    """A class of entities whose grade is raised as a whole."""

    when: Condition = Field(Condition(), title="条件")
    steps: Annotated[int, Field(ge=1, le=3)] = Field(1, title="提几级")
    clause: Clause = ""


class UpgradeModes(Leaf):
    """提级: by case or by class, by how many steps, who asks and who approves."""

    by_case: bool = Field(True, title="可以逐户提级")
    max_steps: Steps = Field(1, title="最多提几级")
    applicants: Words = Field((), title="由谁提出")
    approver: str = Field("", title="由谁批准")
    by_class: tuple[UpgradeClass, ...] = Field((), title="整类提级")
    clause: Clause = ""


class DinerScale(Coded):
    """A scale of diners by which a kind of canteen is measured."""

    clause: Clause = ""


class BusinessType(Leaf):
    """主体业态: its words in ledgers, its line in the size table, its scale of diners."""

    code: ItemCode
    name: Name
    aliases: Aliases = ()
    domain: Domain = Field(title="领域")
    industry: Industry | None = Field(None, title="按哪一行业定规模")
    diners: Code | None = Field(None, title="用餐人数口径", json_schema_extra=codes_of("diner_scales"))


class RiskClass(Leaf):
    """A high-risk class; a production licence beginning with one of the category codes belongs to it."""

    code: ClassCode = Field(title="代码")
    name: Name
    licence_categories: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")], ...] = Field(
        (), title="许可类别编号", description="生产许可证编号 SC 后三位。"
    )


class StatusName(Leaf):
    """What a place writes for one operating status, and whether such an entity is still visited."""

    code: StatusCode = Field(title="状态")
    name: Name
    aliases: Aliases = ()
    visited: bool = Field(True, title="仍要督导")


class PenaltyKind(Leaf):
    """A kind of penalty as authorities call it; some stop or end a business."""

    code: ItemCode
    name: Name
    aliases: Aliases = ()
    status: StatusCode | None = Field(
        None, title="处罚后的经营状态", description="使主体停止或终止经营的处罚才选；据此告知包保干部并提出状态变更。"
    )


class ExtraField(Coded):
    """A field of the register that only this place keeps."""

    kind: FieldKind = Field("text", title="种类")
    choices: Words = Field((), title="选项")
    required: bool = Field(False, title="必填")
    when: Condition = Field(Condition(), title="哪些主体要填")
    help: str = Field("", title="填写说明")
    clause: Clause = ""


class CodeSystem(Leaf):
    """Another system whose codes entities may have; none is asked for."""

    code: ItemCode
    name: Name
    aliases: Aliases = ()
    kind: CodeSystemKind = Field(title="对接方式")
    address: str = Field("", title="查询网址", description="用 {code} 代表编码，如 https://example.cn/q/{code}。")
    clause: Clause = ""


class Grading(Leaf):
    """主体与分级."""

    business_types: tuple[BusinessType, ...] = Field((), title="主体业态")
    diner_scales: tuple[DinerScale, ...] = Field((), title="用餐人数口径")
    statuses: tuple[StatusName, ...] = Field((), title="经营状态")
    penalty_kinds: tuple[PenaltyKind, ...] = Field((), title="处罚种类")
    high_risk_classes: tuple[RiskClass, ...] = Field((), title="高风险类别")
    grading_rules: Annotated[tuple[GradingRule, ...], Field(max_length=MOST_RULES)] = Field(
        (), title="分级规则", description="自上而下，先符合的一条为准。"
    )
    boundary_tie: BoundaryTie = Field("higher", title="两级都含本数时")
    size_standard: SizeStandard = Field(SizeStandard(), title="规模划分标准")
    size_missing: SizeMissing = Field("ask", title="规模数据缺失时")
    upgrade_modes: UpgradeModes = Field(UpgradeModes(), title="提级")
    downgrade_allowed: bool = Field(False, title="可以降级")
    required_fields: tuple[Text, ...] = Field((), title="台账必填项", description="填台账字段的代码。")
    extra_fields: Annotated[tuple[ExtraField, ...], Field(max_length=MOST_EXTRA_FIELDS)] = Field(
        (), title="本地增加的台账项"
    )
    code_systems: tuple[CodeSystem, ...] = Field((), title="外部编码系统", description="都不强制；没有的不写。")
