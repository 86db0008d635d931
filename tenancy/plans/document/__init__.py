"""The schema of a plan document: which keys a local plan may set, and what each may hold.

Every key may be absent, so that the same schema reads one layer alone and all layers merged. What the keys mean
together (a pair naming a tier, a rule nobody can reach) is judged in `consistency`, not here.
"""

from tenancy.plans.choices import Need, PlaceLevel, Trigger
from tenancy.plans.conditions import Leaf
from tenancy.plans.document.appraisal import Appraisal, Inspection, Rate, Sanction
from tenancy.plans.document.clocks import Clock, Clocks, ClockStep
from tenancy.plans.document.enterprises import (
    ControlCycle,
    ControlTemplate,
    Enterprises,
    InsuredClassLine,
    SelfControl,
    StaffingRule,
)
from tenancy.plans.document.filing import DisplayCard, Filing, FilingLine, QuarterPackage
from tenancy.plans.document.grading import (
    Bounds,
    BusinessType,
    CodeSystem,
    ExtraField,
    Grading,
    GradingRule,
    IndustryBounds,
    RiskClass,
    SizeStandard,
    UpgradeClass,
    UpgradeModes,
)
from tenancy.plans.document.issues import EscalationLevel, IssueClock, IssueRoute, Issues, OfficialLetter, ReminderStep
from tenancy.plans.document.organisation import (
    EXTERNAL,
    Body,
    BodyRole,
    CadreCategory,
    CadreScope,
    Cap,
    Delegation,
    Names,
    Organisation,
    Tier,
)
from tenancy.plans.document.signing import Counterparty, LetterReview, Signing, SigningPair
from tenancy.plans.document.visits import (
    Checklist,
    ChecklistItem,
    ChecklistSection,
    Evidence,
    ExtraWindow,
    FirstRound,
    Frequency,
    Goal,
    OnsiteRule,
    Stage,
    VisitMode,
    Visits,
)

__all__ = [
    "EXTERNAL",
    "SECTIONS",
    "Body",
    "BodyRole",
    "Bounds",
    "BusinessType",
    "CadreCategory",
    "CadreScope",
    "Cap",
    "Checklist",
    "ChecklistItem",
    "ChecklistSection",
    "Clock",
    "ClockStep",
    "CodeSystem",
    "ControlCycle",
    "ControlTemplate",
    "Counterparty",
    "Delegation",
    "DisplayCard",
    "EscalationLevel",
    "Evidence",
    "ExtraField",
    "ExtraWindow",
    "FilingLine",
    "FirstRound",
    "Frequency",
    "Goal",
    "GradingRule",
    "IndustryBounds",
    "Inspection",
    "InsuredClassLine",
    "IssueClock",
    "IssueRoute",
    "LetterReview",
    "Names",
    "Need",
    "OfficialLetter",
    "OnsiteRule",
    "PlaceLevel",
    "PlanDocument",
    "QuarterPackage",
    "Rate",
    "ReminderStep",
    "RiskClass",
    "Sanction",
    "SelfControl",
    "SigningPair",
    "SizeStandard",
    "StaffingRule",
    "Stage",
    "Tier",
    "UpgradeClass",
    "UpgradeModes",
    "VisitMode",
]

# In the order of a form, each with its heading.
SECTIONS: tuple[tuple[str, type[Leaf]], ...] = (
    ("组织与干部", Organisation),
    ("主体与分级", Grading),
    ("承诺书", Signing),
    ("督导", Visits),
    ("问题处置", Issues),
    ("时限", Clocks),
    ("督查与考核", Appraisal),
    ("报送与公开", Filing),
    ("企业主体责任", Enterprises),
)
ENTITY_TRIGGERS = frozenset({"entity_opened", "entity_closed", "entity_changed"})


class PlanDocument(Enterprises, Filing, Appraisal, Clocks, Issues, Visits, Signing, Grading, Organisation):
    """All values of a plan."""

    def tier(self, code: str) -> Tier | None:
        """The tier of that code."""
        return next((tier for tier in self.tiers if tier.code == code), None)

    def tiers_of(self, grade: str) -> tuple[str, ...]:
        """The tiers that answer for a grade, the first written foremost; (EXTERNAL,) where a tier above does."""
        found = {str(key): value for key, value in self.tier_map.items()}.get(grade, ())
        return (found,) if isinstance(found, str) else tuple(found)

    def grades_of(self, tier: str) -> tuple[str, ...]:
        """The grades a tier answers for, alone or with another tier."""
        return tuple(grade for grade in sorted(self.tier_map) if tier in self.tiers_of(grade))

    def body(self, code: str) -> Body | None:
        """The body of that code."""
        return next((body for body in self.bodies if body.code == code), None)

    def called(self, bearer: str) -> str:
        """The name behind a code of a body; anything else is a name already."""
        body = self.body(bearer)
        return body.name if body else bearer

    def cap_for(self, tier: str) -> tuple[int | None, str]:
        """How many entities a cadre of the tier may carry and how strictly; None where there is no cap."""
        own = next((cap for cap in self.caps if cap.tier == tier), None)
        cap, mode = (own.cap, own.mode) if own else (self.cadre_cap, self.cap_mode)
        return (None, "off") if cap is None or mode == "off" else (cap, mode)

    def pair_for(self, tier: str, category: str) -> SigningPair | None:
        """The signing pair of a cadre, by tier and post category; None where the plan prints none."""
        found = (p for p in self.signing_pairs if (p.tier, p.signer_category) == (tier, category))
        return next(found, None)

    def clock(self, trigger: Trigger, cause: str = "") -> Clock | None:
        """The clock that runs after something happened: written out, else implied by the short number, else None.

        A cadre who cannot do his duty falls under the clock for changes where the plan has none of its own for it.
        """
        wanted = ("cadre_unable", "cadre_change") if trigger == "cadre_unable" else (trigger,)
        for name in wanted:
            for clock in self.clocks:
                if clock.trigger == name and (not clock.causes or cause in ("", *clock.causes)):
                    return clock
        return self._implied_clock(trigger)

    def _implied_clock(self, trigger: Trigger) -> Clock | None:
        if trigger in ("cadre_change", "cadre_unable"):
            days, name = self.cadre_change_wd, f"重新确定{self.names.cadre}"
        elif trigger in ENTITY_TRIGGERS:
            days, name = self.operator_change_wd, f"调整{self.names.entity}的包保关系"
        else:
            return None
        if days is None:
            return None
        step = ClockStep(code="redetermine", name=name, bearer=self.names.commission_office, limit_wd=days)
        return Clock(code=trigger.replace("_", "-"), name=name, trigger=trigger, steps=(step,))
