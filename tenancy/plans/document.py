"""The schema of a plan document: which keys a local plan may set, and what each may hold.

Every key may be absent, so that the same schema reads one layer alone and all layers merged. What the keys mean
together (a pair naming a tier, a rule nobody can reach) is judged in `consistency`, not here.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tenancy.plans.conditions import ClassCode, Code, Condition, Domain, GradeCode, Leaf, Text, Words

Days = Annotated[int, Field(ge=0, le=400)]
Industry = Literal["industrial", "wholesale", "retail", "catering", "warehousing"]
SMALLEST_FIRST = ("small", "medium", "large")


class PlaceLevel(StrEnum):
    """The rungs of the state's ladder; a local tier says on which one it stands."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    CLUSTER = "cluster"
    TOWNSHIP = "township"
    VILLAGE = "village"


class Need(StrEnum):
    """How badly a piece of evidence is wanted."""

    REQUIRED = "required"
    ON_ISSUE = "on_issue"
    OPTIONAL = "optional"
    OFF = "off"


class Names(Leaf):
    """What a place calls its bodies and papers."""

    commission: Text = "食品安全委员会"
    commission_short: Text = "食安委"
    commission_office: Text = "食安办"
    party_committee: Text = "党委"
    government_office: Text = "人民政府"
    collecting_office: Text = "食安办"
    station: Text = "市场监管所"
    upper_commission_office: Text = "上级食安办"
    inspection_body: Text = "督查组"
    task_force: Text = "工作专班"
    platform: Text = "信息系统"
    three_lists: Text = "三张清单加一项承诺书"
    responsibility_list: Text = "责任清单"
    task_list: Text = "任务清单"
    inspection_list: Text = "督查清单"
    commitment_letter: Text = "食品安全责任与任务承诺书"
    cadre: Text = "包保干部"
    entity: Text = "包保主体"
    area: Text = "村（社区）"


class Tier(Leaf):
    """One layer of cadres; rank grows upward."""

    code: Code
    name: Text
    rank: Annotated[int, Field(ge=1, le=9)]
    level: PlaceLevel
    aliases: Words = ()


class CadreCategory(Leaf):
    """A kind of post, as rosters write it."""

    code: Code
    name: Text
    aliases: Words = ()


class CadreScope(Leaf):
    """Who may be a cadre of a tier."""

    tier: Code
    categories: tuple[CadreCategory, ...]
    clause: str = ""


class GradingRule(Leaf):
    """The first rule whose condition holds gives the base grade; an empty condition catches the rest."""

    code: Code
    name: Text
    when: Condition = Condition()
    grade: GradeCode
    clause: str = ""
    note: str = ""


class Bounds(Leaf):
    """Lower bounds of the three upper size classes; below `small` lies micro."""

    small: Annotated[float, Field(ge=0)]
    medium: Annotated[float, Field(ge=0)]
    large: Annotated[float, Field(ge=0)]


class IndustryBounds(Leaf):
    """One line of the size table: persons, and yearly revenue in 万元."""

    employees: Bounds
    revenue: Bounds


class SizeStandard(Leaf):
    """The table by which an entity is large, medium, small or micro."""

    code: Text = ""
    title: str = ""
    number: str = ""
    industries: dict[Industry, IndustryBounds] = Field(default_factory=dict)


class UpgradeModes(Leaf):
    """提级: whether a single entity may be raised, and by how many steps."""

    by_case: bool = True
    max_steps: Annotated[int, Field(ge=0, le=3)] = 1
    clause: str = ""


class Counterparty(Leaf):
    """Before whom a letter is signed, and by which post titles a roster shows that person."""

    code: Code
    name: Text
    tier: Code
    titles: Words = ()
    same_place: bool = True


class SigningPair(Leaf):
    """Who signs with whom; `filed_to` is the body that keeps the letter."""

    code: Code
    name: Text
    tier: Code
    signer_category: Code
    counterparty_role: Code
    delegate_allowed: bool = False
    filed_to: str = ""
    clause: str = ""


class LetterReview(Leaf):
    """The level that reviews and keeps the letters of a tier."""

    tier: Code
    reviewer_level: PlaceLevel
    body: Text
    clause: str = ""


class ChecklistItem(Leaf):
    """One line of a task list; a sample line is shown as 示例 until an office replaces it."""

    code: Code
    text: Text
    sample: bool = False


class ChecklistSection(Leaf):
    """A headed group of lines."""

    code: Code
    title: Text
    items: tuple[ChecklistItem, ...]


class Checklist(Leaf):
    """A task list and the entities it is for; the first that fits is used."""

    code: Code
    name: Text
    when: Condition = Condition()
    sections: tuple[ChecklistSection, ...]
    clause: str = ""


class Evidence(Leaf):
    """What a visit in one mode brings home."""

    photo: Need = Need.ON_ISSUE
    location: Need = Need.OFF
    cadre_signature: Need = Need.REQUIRED
    entity_signature: Need = Need.REQUIRED


class VisitMode(Leaf):
    """A way of visiting."""

    code: Code
    name: Text
    aliases: Words = ()
    counts_as_onsite: bool = False
    evidence: Evidence = Evidence()
    clause: str = ""


class OnsiteRule(Leaf):
    """Entities that must be visited on site."""

    code: Code
    name: Text
    when: Condition = Condition()
    clause: str = ""


class RiskClass(Leaf):
    """A high-risk class; a production licence beginning with one of the category codes belongs to it."""

    code: ClassCode
    name: Text
    licence_categories: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")], ...] = ()


class Frequency(Leaf):
    """How often an entity is visited; the first line that fits is used."""

    when: Condition = Condition()
    times: Annotated[int, Field(ge=0, le=31)]
    per: Literal["month", "quarter", "half_year", "year"] = "quarter"
    clause: str = ""


class IssueClock(Leaf):
    """Working days the station has, each counted from the step before."""

    ack_wd: Days | None = None
    first_action_wd: Days | None = None
    feedback_wd: Days | None = None


class ReminderStep(Leaf):
    """A reminder so many working days before (negative) or after (positive) the due day."""

    offset_wd: Annotated[int, Field(ge=-120, le=120)]
    to: Literal["holder", "office", "upper_office"] = "holder"


class QuarterPackage(Leaf):
    """The quarter's material sent to the collecting office."""

    enabled: bool = False
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    inclusive: bool = True
    roll: Literal["none", "previous", "next"] = "none"
    recipient: str = ""
    contents: Words = ()


class BusinessType(Leaf):
    """主体业态: its words in ledgers, its line in the size table, its scale of diners."""

    code: Code
    name: Text
    aliases: Words = ()
    domain: Domain
    industry: Industry | None = None
    diners: Literal["school", "kindergarten"] | None = None


class StatusName(Leaf):
    """What a place writes for one operating status, and whether such an entity is still visited."""

    code: Literal["active", "stopped", "dormant", "cancelled", "revoked"]
    name: Text
    aliases: Words = ()
    visited: bool = True


class PlanDocument(Leaf):
    """All values of a plan."""

    names: Names = Names()
    tiers: tuple[Tier, ...] = ()
    tier_map: dict[GradeCode, str] = Field(default_factory=dict)
    cadre_scopes: tuple[CadreScope, ...] = ()
    grading_rules: tuple[GradingRule, ...] = ()
    boundary_tie: Literal["higher", "lower"] = "higher"
    size_standard: SizeStandard = SizeStandard()
    size_missing: Literal["ask", "assume_micro", "assume_small"] = "ask"
    upgrade_modes: UpgradeModes = UpgradeModes()
    cadre_change_wd: Days | None = None
    operator_change_wd: Days | None = None
    cadre_cap: Annotated[int, Field(ge=1, le=10_000)] | None = None
    cap_mode: Literal["off", "soft", "hard"] = "off"
    counterparties: tuple[Counterparty, ...] = ()
    signing_pairs: tuple[SigningPair, ...] = ()
    letter_review: tuple[LetterReview, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    visit_modes: tuple[VisitMode, ...] = ()
    must_onsite: tuple[OnsiteRule, ...] = ()
    high_risk_classes: tuple[RiskClass, ...] = ()
    frequency: tuple[Frequency, ...] = ()
    notify_rule: Literal["unsolved_only", "all"] = "unsolved_only"
    issue_sla: IssueClock = IssueClock()
    reminders: tuple[ReminderStep, ...] = ()
    quarter_package: QuarterPackage = QuarterPackage()
    business_types: tuple[BusinessType, ...] = ()
    statuses: tuple[StatusName, ...] = ()
    performance_board: Literal["off", "unit"] = "off"

    def tier(self, code: str) -> Tier | None:
        """The tier of that code."""
        return next((tier for tier in self.tiers if tier.code == code), None)

    def pair_for(self, tier: str, category: str) -> SigningPair | None:
        """The signing pair of a cadre, by tier and post category; None where the plan prints none."""
        found = (p for p in self.signing_pairs if (p.tier, p.signer_category) == (tier, category))
        return next(found, None)
