"""报送与公开: what goes to whom and when, what is archived, and what the public sees."""

from typing import Annotated

from pydantic import Field

from tenancy.plans.choices import ArchivePer, CardField, FilingMode, FilingRule, Publicity, Roll
from tenancy.plans.conditions import Clause, ClockTime, Coded, Day, Days, ItemCode, Leaf, Month, MonthDay, Text, Words

DayOfMonth = Annotated[int, Field(ge=1, le=31)]


class QuarterPackage(Leaf):
    """The quarter's material sent to the collecting office."""

    enabled: bool = Field(False, title="报送季度材料")
    day: DayOfMonth | None = Field(None, title="几日前")
    months: tuple[Month, ...] = Field((), title="哪几个月")
    inclusive: bool = Field(True, title="含当日")
    roll: Roll = Field("none", title="遇休息日")
    recipient: str = Field("", title="报送给谁")
    email: str = Field("", title="信箱")
    contents: Words = Field((), title="材料")


class FilingLine(Leaf):
    """One thing that is sent to somebody on time."""

    code: ItemCode
    item: Text = Field(title="报送什么")
    sender: str = Field("", title="由谁报送")
    recipient: str = Field("", title="报送给谁")
    mode: FilingMode = Field("any", title="方式")
    rule: FilingRule = Field(title="周期")
    date: Day | None = Field(None, title="日期", description="“一次”的填写。")
    month_day: MonthDay | None = Field(None, title="月日", description="“每年”的填写。")
    day: DayOfMonth | None = Field(None, title="几日", description="“每月”“每季度”“每半年”的填写，指期末月的几日。")
    within_wd: Days | None = Field(None, title="几个工作日内", description="“变动后”的填写；不填为“及时”。")
    time_of_day: ClockTime | None = Field(None, title="时刻")
    inclusive: bool = Field(True, title="含当日")
    roll: Roll = Field("none", title="遇休息日")
    clause: Clause = ""


class SubPlans(Leaf):
    """Plans of their own that streets and departments draw up and file."""

    required_of: Words = Field((), title="由谁制定")
    contents: Words = Field((), title="要写明什么")
    filed_to: str = Field("", title="报谁")
    due: Day | None = Field(None, title="期限（含当日）")
    clause: Clause = ""


class Archive(Coded):
    """A volume that is kept."""

    per: ArchivePer = Field("place", title="怎样立卷")
    contents: Words = Field((), title="装什么")
    kept_by: str = Field("", title="由谁保管")
    years: Annotated[int, Field(ge=1, le=100)] | None = Field(None, title="保管几年")
    clause: Clause = ""


class DisplayCard(Leaf):
    """公示卡: what hangs at the shop."""

    enabled: bool = Field(False, title="印发公示卡")
    fields: tuple[CardField, ...] = Field((), title="内容")
    publish_phone: bool = Field(False, title="公开包保干部电话")
    template: str = Field("", title="样式")
    issued_by: str = Field("", title="由谁印制")
    clause: Clause = ""


class PublicityChannel(Coded):
    """A channel through which the work is made known."""

    clause: Clause = ""


class Filing(Leaf):
    """报送与公开."""

    quarter_package: QuarterPackage = Field(QuarterPackage(), title="季度材料")
    filing_calendar: tuple[FilingLine, ...] = Field((), title="报送日历")
    sub_plans: SubPlans = Field(SubPlans(), title="下级方案")
    archives: tuple[Archive, ...] = Field((), title="档案")
    display_card: DisplayCard = Field(DisplayCard(), title="公示卡")
    publicity_channels: tuple[PublicityChannel, ...] = Field((), title="宣传渠道")
    public_document: Publicity | None = Field(None, title="方案是否公开", description="不填以方案原件的公开属性为准。")
