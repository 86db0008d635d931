"""What becomes of a shop that a cadre reported closed: nothing in the register before a second person has checked it."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from tenancy.plans import PlanDocument


class ClosureState(StrEnum):
    """Where a report stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


CLOSURES: Mapping[str, str] = MappingProxyType(
    {
        ClosureState.WAITING.value: "待核实",
        ClosureState.ACCEPTED.value: "已核实关店",
        ClosureState.REJECTED.value: "核实未关店",
    }
)


def closed_statuses(doc: PlanDocument) -> dict[str, str]:
    """The statuses a closed shop may be set to, in the plan's words: those whose entities are not visited."""
    return {line.code: line.name for line in doc.statuses if not line.visited}


def closed_from(visited_on: dt.date, *, recorded_from: dt.date | None, on: dt.date) -> dt.date:
    """The day the new status begins: that of the visit, unless the register has said something else since."""
    return on if recorded_from is not None and recorded_from > visited_on else visited_on


def closure_text(state: str, reason: str) -> str:
    """What the cadre reads under the shop he reported closed."""
    return {
        ClosureState.WAITING.value: "已反映关店，等经办核实",
        ClosureState.ACCEPTED.value: "经办已核实关店",
        ClosureState.REJECTED.value: f"经办核实没有关店：{reason}",
    }[state]
