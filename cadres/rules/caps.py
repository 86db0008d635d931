"""上限: how many entities a cadre of a tier carries at most, how strictly, and where the plan says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tenancy.plans import ResolvedPlan

NAMED = 5


@dataclass(frozen=True, slots=True)
class TierCap:
    """The cap of one tier; None where there is none. Soft wants a reason above it, hard refuses."""

    tier: str
    cap: int | None
    mode: str
    clause: str

    @property
    def is_hard(self) -> bool:
        """Whether the plan lets nobody carry more."""
        return self.mode == "hard"

    def is_exceeded(self, load: int) -> bool:
        """Whether somebody with that many entities carries more than the cap."""
        return self.cap is not None and load > self.cap


@dataclass(frozen=True, slots=True)
class Excess:
    """A cadre above his tier's cap."""

    name: str
    load: int
    cap: TierCap


def caps_of(plan: ResolvedPlan) -> dict[str, TierCap]:
    """Tier code -> its cap, for every tier of the plan."""
    own = {line.tier: line for line in plan.value.caps}
    caps = {}
    for tier in plan.value.tiers:
        number, mode = plan.value.cap_for(tier.code)
        line = own.get(tier.code)
        clause = plan.cite("caps", line.clause) if line else plan.cite("cadre_cap")
        caps[tier.code] = TierCap(tier.name, number, mode, clause)
    return caps


def caps_in_words(caps: Iterable[TierCap]) -> str:
    """What the head of a page says of them; one sentence where all tiers have the same."""
    lines = {
        cap.tier: f"每人{'不得' if cap.is_hard else '原则上不'}超过 {cap.cap} 户（{cap.clause}）"
        for cap in caps
        if cap.cap is not None
    }
    told = set(lines.values())
    return told.pop() if len(told) == 1 else "；".join(f"{tier}{line}" for tier, line in lines.items())


def excess_in_words(over: Sequence[Excess]) -> str:
    """甲委员（11户）等1名干部超过10户（条款）; tiers with different caps are named."""
    names = "、".join(f"{each.name}（{each.load}户）" for each in over[:NAMED])
    limits = {each.cap.tier: f"{each.cap.cap}户（{each.cap.clause}）" for each in over}
    told = set(limits.values())
    most = told.pop() if len(told) == 1 else "、".join(f"{tier}{limit}" for tier, limit in limits.items())
    return f"{names}等{len(over)}名干部超过{most}"


def refusal_of(over: Sequence[Excess]) -> str:
    """Why a list with cadres above a hard cap is not approved, and what can be done."""
    return f"{excess_in_words(over)}，方案不允许超出。请在明细里改派，或增补干部后重新生成方案，再批准。"


def reason_offered(excess: Excess) -> str:
    """The text offered for an over-full cadre; the office may write a better one."""
    return (
        f"本区域主体多、{excess.cap.tier}在任干部少，均衡分配后仍有{excess.load}户，"
        f"超过{excess.cap.cap}户，待增补干部后调整。"
    )
