"""Where a first round stands on a day."""

from datetime import date
from enum import StrEnum


class RoundState(StrEnum):
    """Done, still running, or run out: as a breach, or only short of what the plan strives for."""

    DONE = "done"
    RUNNING = "running"
    SHORT = "short"
    MISSED = "missed"


WORDS = {
    RoundState.DONE: "已完成",
    RoundState.RUNNING: "进行中",
    RoundState.SHORT: "未达到（力争）",
    RoundState.MISSED: "逾期未完成",
}


def state_of_round(*, done: int, total: int, by: date, strive: bool, on: date) -> RoundState:
    """`by` is in time to its end; what a plan only strives for is never missed."""
    if done >= total:
        return RoundState.DONE
    if on <= by:
        return RoundState.RUNNING
    return RoundState.SHORT if strive else RoundState.MISSED
