"""督查与考核: the yearly look at cadres, sanctions, duty reports and reviews, appraisal, rates, boards."""

from typing import Annotated

from pydantic import Field

from tenancy.plans.choices import AssessmentEffect, Board, GradeCode, InspectionTarget, RateCode, StatusCode
from tenancy.plans.conditions import Clause, Code, Coded, Leaf, MonthDay, Name, Percent, Text, TierCode, Words
from tenancy.plans.document.visits import Checklist


class Inspection(Leaf):
    """督查: who looks at whom, how often and how."""

    unit: str = Field("", title="督查组由谁组成")
    plan_drafter: str = Field("", title="方案由谁拟定")
    plan_approver: str = Field("", title="方案报谁同意")
    per_year: Annotated[int, Field(ge=0, le=12)] | None = Field(None, title="每年至少几次")
    target: InspectionTarget = Field("next_level", title="督查对象")
    tiers: tuple[Code, ...] = Field((), title="督查哪几层", description="填 tiers 里的层级代码；不填为下一级。")
    sample_grades: tuple[GradeCode, ...] = Field((), title="抽查哪些等级的主体")
    sample_operators_percent: Percent | None = Field(None, title="抽查主体的百分比")
    unannounced: bool = Field(False, title="四不两直")
    examines: Words = Field((), title="看什么")
    reported_to: str = Field("", title="结果报谁")
    sanctions: tuple[Code, ...] = Field((), title="可用的处理", description="填 sanctions 里的代码；不填为全部。")
    clause: Clause = ""


class Sanction(Coded):
    """What may follow from a bad inspection."""

    deadline_days: Annotated[int, Field(ge=1, le=366)] | None = Field(None, title="限期（日）")
    clause: Clause = ""


class AccountabilityTrigger(Coded):
    """A conduct for which accountability is started."""

    clause: Clause = ""


class ReviewGrade(Coded):
    """One label of the review's scale, the best first."""

    clause: Clause = ""


class ReviewSample(Leaf):
    """What share of a tier's cadres report in a review."""

    tier: TierCode
    percent: Percent | None = Field(None, title="百分比", description="原件只写“一定比例”的不填。")
    clause: Clause = ""


class DutyReview(Leaf):
    """述职评议: who speaks before whom."""

    enabled: bool = Field(False, title="开展述职评议")
    per_year: Annotated[int, Field(ge=1, le=12)] | None = Field(None, title="每年几次")
    speakers: Words = Field((), title="由谁述职")
    audiences: Words = Field((), title="向谁述职")
    uses: Words = Field((), title="结果用在哪里")
    clause: Clause = ""


class ReportRecipient(Leaf):
    """To whom the cadres of a tier report."""

    tier: Code | None = Field(None, title="层级", description="不填为各层相同。")
    to: Words = Field(title="报告谁")


class AnnualReport(Leaf):
    """履职报告: once a year, in writing."""

    enabled: bool = Field(False, title="每年书面报告")
    due: MonthDay | None = Field(None, title="期限（含当日）")
    recipients: tuple[ReportRecipient, ...] = Field((), title="向谁报告")
    up_copy: bool = Field(False, title="统一抄报上级")
    up_copy_by: str = Field("", title="由谁抄报")
    up_copy_to: str = Field("", title="抄报给谁")
    clause: Clause = ""


class AssessmentItem(Coded):
    """One line of the yearly appraisal."""

    effect: AssessmentEffect = Field(title="作用")
    points: Annotated[float, Field(ge=0, le=1000)] | None = Field(
        None, title="分值", description="原件没有写分值的不填。"
    )
    clause: Clause = ""


class Assessment(Leaf):
    """评议考核."""

    enabled: bool = Field(False, title="纳入评议考核")
    by: str = Field("", title="由谁考核")
    items: tuple[AssessmentItem, ...] = Field((), title="项目")
    clause: Clause = ""


class Rate(Leaf):
    """One of the rates: its target and the filters of its formula."""

    code: RateCode = Field(title="指标")
    name: Name
    target_percent: Percent | None = Field(None, title="目标（%）")
    grades: tuple[GradeCode, ...] = Field((), title="只算哪些等级", description="不填为全部。")
    statuses: tuple[StatusCode, ...] = Field((), title="只算哪些经营状态", description="不填为在营。")
    licensed_only: bool = Field(True, title="只算许可证有效的")
    include_windows: bool = Field(False, title="含重点时段的督导")
    due_only: bool = Field(False, title="只算已到期的")
    both_roles_may_be_one: bool = Field(False, title="总监安全员可以一人兼")
    external_denominator: bool = Field(False, title="分母取外部许可名单")
    formula: str = Field("", title="口径说明")
    clause: Clause = ""


class TenTask(Coded):
    """One row of a board of tasks such as 十应十尽."""

    text: Text = Field(title="要求")
    clause: Clause = ""


class DemoProgram(Leaf):
    """示范创建: whether the place takes part; its items stand in the campaign."""

    enabled: bool = Field(False, title="开展示范创建")
    name: str = Field("", title="名称")
    standard: str = Field("", title="评价标准")
    clause: Clause = ""


class Appraisal(Leaf):
    """督查与考核."""

    inspection: Inspection = Field(Inspection(), title="督查")
    inspection_checklists: tuple[Checklist, ...] = Field((), title="督查清单")
    sanctions: tuple[Sanction, ...] = Field((), title="督查结果的处理")
    accountability_triggers: tuple[AccountabilityTrigger, ...] = Field((), title="问责情形")
    annual_report: AnnualReport = Field(AnnualReport(), title="履职报告")
    duty_review: DutyReview = Field(DutyReview(), title="述职评议")
    review_grades: tuple[ReviewGrade, ...] = Field((), title="评议档次", description="从好到差。")
    review_sample_ratio: tuple[ReviewSample, ...] = Field((), title="述职比例")
    assessment: Assessment = Field(Assessment(), title="评议考核")
    rates: tuple[Rate, ...] = Field((), title="指标")
    task_board: tuple[TenTask, ...] = Field((), title="任务榜", description="例如“十应十尽”。")
    performance_board: Board = Field("off", title="履职晾晒", description="只能到单位，不得对个人排名。")
    demo_program: DemoProgram = Field(DemoProgram(), title="示范创建")
