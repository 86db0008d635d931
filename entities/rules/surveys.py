"""摸底: what an officer finds at one shop of a round, how far its line has come, and who may still write on it."""

from enum import StrEnum

from tenancy.rules.refusals import Refused


class Outcome(StrEnum):
    """What was found at a shop."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    NOT_FOUND = "not_found"
    NEW = "new"


OUTCOME_LABELS: dict[str, str] = {
    Outcome.CONFIRMED.value: "核实无误",
    Outcome.CHANGED.value: "有变化",
    Outcome.NOT_FOUND.value: "没有找到",
    Outcome.NEW.value: "新发现",
}
# Those at which the officer writes the facts of the shop.
WITH_FACTS = frozenset({Outcome.CHANGED, Outcome.NEW})


class LineState(StrEnum):
    """How far a line has come, from below upwards."""

    LISTED = "listed"
    DRAFTED = "drafted"
    CONFIRMED = "confirmed"
    APPLIED = "applied"


LINE_LABELS: dict[str, str] = {
    LineState.LISTED.value: "待核实",
    LineState.DRAFTED.value: "待确认",
    LineState.CONFIRMED.value: "已确认",
    LineState.APPLIED.value: "已入台账",
}


def refuse_draft(state: LineState, *, closed: bool) -> None:
    """A line is written while its round is open and nobody above has confirmed it."""
    if closed:
        raise Refused("这一轮摸底已经结束，不能再填；有新情况请在台账里登记变动。", code="survey-closed")
    if state in (LineState.CONFIRMED, LineState.APPLIED):
        raise Refused("这一家已由上级确认，不能再改；确需改的，请上级先退回。", code="line-confirmed")


def refuse_close(listed: int, drafted: int) -> None:
    """What goes up is whole: nothing unlooked at, nothing unconfirmed."""
    if listed or drafted:
        parts = [f"{listed} 家没有核实" if listed else "", f"{drafted} 家没有确认" if drafted else ""]
        words = "、".join(part for part in parts if part)
        raise Refused(f"还有 {words}，不能结束；请先核实、确认，或退回后重新核实。", code="survey-open")


def refuse_days(starts: object, ends: object) -> None:
    """A round has a first and a last day in this order."""
    if ends < starts:  # type: ignore[operator]
        raise Refused(f"结束日期 {ends} 早于开始日期 {starts}；请核对两个日期。", code="survey-days")
