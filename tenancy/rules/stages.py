"""How far a stage of a plan has come: by its days, unless somebody has written it down."""

from datetime import date
from enum import StrEnum


class StageState(StrEnum):
    """What a stage can be; the days alone never say that it was reached."""

    AHEAD = "ahead"
    RUNNING = "running"
    ENDED = "ended"
    REACHED = "reached"
    MISSED = "missed"


STATE_LABELS = {
    StageState.AHEAD: "未开始",
    StageState.RUNNING: "进行中",
    StageState.ENDED: "已到期，待登记",
    StageState.REACHED: "已完成",
    StageState.MISSED: "未完成",
}
# What a person may write down; the others follow from the days.
NOTED = (StageState.REACHED, StageState.MISSED, StageState.RUNNING)


def stage_state(start: date | None, until: date | None, on: date, noted: str = "") -> StageState:
    """The state written down last, else the one the days give; both ends belong to the stage."""
    if noted:
        return StageState(noted)
    if start is not None and on < start:
        return StageState.AHEAD
    return StageState.ENDED if until is not None and on > until else StageState.RUNNING
