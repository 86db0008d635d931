"""Who: tiers, bodies with their posts, cadres and how many entities each may carry, approval and delegation."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from tenancy.plans.choices import BodyKind, CapMode, GradeCode, Level, ListKind, MatchBy, TeamRoleKind
from tenancy.plans.conditions import (
    Aliases,
    Bearer,
    Clause,
    Code,
    Coded,
    Count,
    Day,
    ItemCode,
    Leaf,
    Name,
    Text,
    TierCode,
    Words,
)

EXTERNAL = "external"


def _code_or_codes(value: Any) -> Any:
    """One tier, or the tiers that share a grade; told in one sentence instead of one for each reading."""
    if isinstance(value, str) or (isinstance(value, list | tuple) and value and all(isinstance(v, str) for v in value)):
        return value
    raise ValueError("要写层级代码，几层共同包保的写成列表，例如 [street, community]")


TiersOfGrade = Annotated[str | tuple[str, ...], BeforeValidator(_code_or_codes)]


class Names(Leaf):
    """What a place calls its bodies, its people and its papers."""

    commission: Text = Field("食品安全委员会", title="食品安全委员会全称")
    commission_short: Text = Field("食安委", title="食品安全委员会简称")
    commission_office: Text = Field("食安办", title="委员会办公室")
    party_committee: Text = Field("党委", title="党委")
    government_office: Text = Field("人民政府", title="政府或办事处")
    collecting_office: Text = Field("食安办", title="收季度材料的单位")
    station: Text = Field("市场监管所", title="市场监管所")
    upper_commission_office: Text = Field("上级食安办", title="上级委员会办公室")
    inspection_body: Text = Field("督查组", title="督查机构")
    leading_group: Text = Field("领导小组", title="领导小组")
    task_force: Text = Field("工作专班", title="工作专班")
    platform: Text = Field("信息系统", title="信息平台")
    three_lists: Text = Field("三张清单加一项承诺书", title="清单和承诺的合称")
    responsibility_list: Text = Field("责任清单", title="责任清单")
    task_list: Text = Field("任务清单", title="任务清单")
    inspection_list: Text = Field("督查清单", title="督查清单")
    commitment_letter: Text = Field("食品安全责任与任务承诺书", title="承诺书")
    display_card: Text = Field("包保责任公示卡", title="公示卡")
    cadre: Text = Field("包保干部", title="包保干部")
    entity: Text = Field("包保主体", title="包保主体")
    liaison: Text = Field("联络员", title="联络员")
    assistant: Text = Field("协管员", title="协管员")
    station_officer: Text = Field("监管干部", title="监管干部")
    area: Text = Field("村（社区）", title="最小区域")


class ListName(Coded):
    """One of the lists a place works with."""

    kind: ListKind = Field("other", title="种类")
    clause: Clause = ""


class Tier(Leaf):
    """One layer of cadres; rank grows upward."""

    code: ItemCode
    name: Name
    rank: Annotated[int, Field(ge=1, le=9)] = Field(title="次序", description="越往上数字越大。")
    level: Level = Field(title="相当于哪一级")
    aliases: Aliases = ()


class BodyRole(Coded):
    """A post inside a body: who holds it by office, in the order of the roster."""

    order: Annotated[int, Field(ge=1, le=99)] = Field(1, title="次序")
    holders: Words = Field((), title="由谁担任", description="写职务，不写人名。")
    most: Count | None = Field(None, title="最多几人")
    clause: Clause = ""


class Body(Coded):
    """An organisation the plan gives work to, with the posts in it."""

    kind: BodyKind = Field("other", title="种类")
    tier: Code | None = Field(None, title="层级", description="填 tiers 里的层级代码；上级机构不填。")
    roles: tuple[BodyRole, ...] = Field((), title="组成")
    office: str = Field("", title="设在哪里")
    duties: Words = Field((), title="职责")
    clause: Clause = ""


class Duty(Leaf):
    """One line of who does what."""

    code: ItemCode
    bearer: Bearer
    text: Text = Field(title="职责")
    clause: Clause = ""


class CadreCategory(Leaf):
    """A kind of post, as rosters write it."""

    code: ItemCode
    name: Name
    aliases: Aliases = ()


class CadreScope(Leaf):
    """Who may be a cadre of a tier."""

    tier: TierCode
    categories: tuple[CadreCategory, ...] = Field(title="职务类别")
    clause: Clause = ""


class Cap(Leaf):
    """How many entities a cadre of one tier carries at most."""

    tier: TierCode
    cap: Count | None = Field(None, title="最多几户")
    mode: CapMode = Field("soft", title="怎样执行")
    clause: Clause = ""


class Matching(Leaf):
    """By what cadres of a tier are matched with entities, the first coming first."""

    tier: TierCode
    by: tuple[MatchBy, ...] = Field(title="按什么对应")
    clause: Clause = ""


class TeamRole(Coded):
    """One place in a team."""

    kind: TeamRoleKind = Field("other", title="种类")
    required: bool = Field(True, title="必须有")
    least: Count = Field(1, title="至少几人")


class TeamComposition(Leaf):
    """Who stands beside the cadre of a tier."""

    tier: TierCode
    name: str = Field("", title="叫法", description="例如“三对应”“三联合”。")
    roles: tuple[TeamRole, ...] = Field(title="组成")
    clause: Clause = ""


class ApprovalRoute(Leaf):
    """Who draws up and who approves one list of one tier."""

    list_code: Code = Field(alias="list", title="清单", description="填 lists 里的代码。")
    tier: Code | None = Field(None, title="层级", description="不填为各层相同。")
    drafter: str = Field("", title="由谁拟定")
    approver: str = Field("", title="报谁审定", description="单位名称，或 bodies 里的机构代码。")
    clause: Clause = ""


class Delegation(Leaf):
    """委托授权: whether the circle of cadres may be widened by delegation."""

    enabled: bool = Field(False, title="允许委托授权")
    max_months: Annotated[int, Field(ge=1, le=120)] | None = Field(None, title="最长几个月")
    grantor: str = Field("", title="由谁授权")
    grantees: Words = Field((), title="可以授权给谁")
    clause: Clause = ""


class Training(Coded):
    """A training the plan asks for."""

    audience: str = Field("", title="对象")
    topics: Words = Field((), title="内容")
    ways: Words = Field((), title="形式")
    start: Day | None = Field(None, alias="from", title="从")
    until: Day | None = Field(None, title="到")
    clause: Clause = ""


class Organisation(Leaf):
    """组织与干部."""

    names: Names = Field(Names(), title="本地叫法")
    lists: tuple[ListName, ...] = Field((), title="清单", description="本地用哪几张清单，各叫什么。")
    tiers: tuple[Tier, ...] = Field((), title="层级")
    tier_map: dict[GradeCode, TiersOfGrade] = Field(
        default_factory=dict,
        title="层级对应",
        description="每一等级由哪一层包保；几层共同包保的写成列表，不归本地的写 external。",
    )
    bodies: tuple[Body, ...] = Field((), title="机构")
    duties: tuple[Duty, ...] = Field((), title="职责分工")
    cadre_scopes: tuple[CadreScope, ...] = Field((), title="干部范围")
    cadre_cap: Count | None = Field(None, title="每名干部最多包保几户")
    cap_mode: CapMode = Field("off", title="上限怎样执行")
    caps: tuple[Cap, ...] = Field((), title="分层上限", description="与总上限不同的层级在这里另写。")
    balance_tolerance: Annotated[float, Field(ge=0, le=10)] | None = Field(
        None, title="均衡容差", description="负荷偏离同层平均数超过这个比例就提示，0.5 即 50%。"
    )
    matching: tuple[Matching, ...] = Field((), title="对应方式")
    area_coverage: bool | None = Field(None, title="可以分片包保")
    team_composition: tuple[TeamComposition, ...] = Field((), title="组团包保")
    approval_routes: tuple[ApprovalRoute, ...] = Field((), title="审定程序")
    delegation: Delegation = Field(Delegation(), title="委托授权")
    trainings: tuple[Training, ...] = Field((), title="培训")
