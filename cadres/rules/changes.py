"""干部变动: why somebody no longer answers for his entities, and what a handover says of itself."""

import datetime as dt
from enum import StrEnum

from cadres.rules.tiers import REASON_LENGTH
from tenancy.rules.refusals import Refused


class CadreChangeKind(StrEnum):
    """三必调整: a change of personnel, another task, or any other inability."""

    LEFT = "left"
    MOVED = "moved"
    UNABLE = "unable"


KIND_LABELS: dict[str, str] = {
    CadreChangeKind.LEFT.value: "人员变动（离任）",
    CadreChangeKind.MOVED.value: "工作调整",
    CadreChangeKind.UNABLE.value: "其他不能履职",
}
# Kind -> what a plan's clock calls it, the nearest first.
TRIGGERS: dict[CadreChangeKind, tuple[str, ...]] = {
    CadreChangeKind.LEFT: ("cadre_change",),
    CadreChangeKind.MOVED: ("cadre_change",),
    CadreChangeKind.UNABLE: ("cadre_unable", "cadre_change"),
}


def ends_post(kind: CadreChangeKind) -> bool:
    """Whoever is ill stays in post; the other two leave it."""
    return kind is not CadreChangeKind.UNABLE


def refuse_change(since: dt.date, reason: str, on: dt.date) -> None:
    """A change is written down once it has happened, with its reason."""
    if not reason.strip():
        raise Refused("没有写变动原因；谁为什么不再包保要能查到，请补填。", code="reason-missing")
    if since > on:
        raise Refused(
            f"{since:%Y-%m-%d} 还没有到，变动从发生之日起登记，期限从这一天起算；请填今天或以前的日期。",
            code="day-ahead",
        )


def reason_of_handover(basis: str, area: str, name: str, load: int | None) -> str:
    """Grade and tier with the clause, the area, and whose entity it was."""
    if load is None:
        return f"{basis}；{area}；没有可以接手{name}名下主体的在任干部"[:REASON_LENGTH]
    return f"{basis}；{area}；接手{name}名下主体，接手后{load}户"[:REASON_LENGTH]
