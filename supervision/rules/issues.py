"""The life of an issue as one table: from which state which act leads where, whose turn it then is, whose act it was.

`docs/states.md` is drawn from NEXT. 包保 is not 监管: a cadre has no act of the station, and the station none of his.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from tenancy.plans import ResolvedPlan


class State(StrEnum):
    """Where an issue stands."""

    FIXED_ON_SPOT = "fixed_on_spot"
    NOTIFIED = "notified"
    HANDED_OVER = "handed_over"
    ACKNOWLEDGED = "acknowledged"
    HANDLING = "handling"
    RETURNED = "returned"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"


class Holder(StrEnum):
    """Whose turn it is."""

    CADRE = "cadre"
    STATION = "station"
    NOBODY = "nobody"


class Verb(StrEnum):
    """What somebody does with an issue."""

    HAND_OVER = "hand_over"
    ACKNOWLEDGE = "acknowledge"
    START = "start"
    SEND_BACK = "send_back"
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"


class Route(StrEnum):
    """What the cadre did with the problem where he found it."""

    ON_SPOT = "on_spot"
    HANDED_OVER = "handed_over"


NEXT: Mapping[State, Mapping[Verb, State]] = MappingProxyType(
    {
        State.FIXED_ON_SPOT: {Verb.HAND_OVER: State.HANDED_OVER},
        # Mended already, so there is nothing to send back; what was found on it is told all the same.
        State.NOTIFIED: {Verb.ACKNOWLEDGE: State.ACKNOWLEDGED, Verb.ANSWER: State.ANSWERED},
        State.HANDED_OVER: {Verb.ACKNOWLEDGE: State.ACKNOWLEDGED, Verb.SEND_BACK: State.RETURNED},
        State.ACKNOWLEDGED: {
            Verb.START: State.HANDLING,
            Verb.ANSWER: State.ANSWERED,
            Verb.SEND_BACK: State.RETURNED,
        },
        State.HANDLING: {Verb.ANSWER: State.ANSWERED},
        State.RETURNED: {Verb.HAND_OVER: State.HANDED_OVER},
        State.ANSWERED: {Verb.CLOSE: State.CLOSED, Verb.REOPEN: State.REOPENED},
        State.REOPENED: {Verb.ACKNOWLEDGE: State.ACKNOWLEDGED, Verb.ANSWER: State.ANSWERED},
        State.CLOSED: {Verb.REOPEN: State.REOPENED},
    }
)

HOLDERS: Mapping[State, Holder] = MappingProxyType(
    {
        State.FIXED_ON_SPOT: Holder.NOBODY,
        State.NOTIFIED: Holder.STATION,
        State.HANDED_OVER: Holder.STATION,
        State.ACKNOWLEDGED: Holder.STATION,
        State.HANDLING: Holder.STATION,
        State.RETURNED: Holder.CADRE,
        State.ANSWERED: Holder.CADRE,
        State.REOPENED: Holder.STATION,
        State.CLOSED: Holder.NOBODY,
    }
)

ACTORS: Mapping[Verb, Holder] = MappingProxyType(
    {
        Verb.HAND_OVER: Holder.CADRE,
        Verb.ACKNOWLEDGE: Holder.STATION,
        Verb.START: Holder.STATION,
        Verb.SEND_BACK: Holder.STATION,
        Verb.ANSWER: Holder.STATION,
        Verb.CLOSE: Holder.CADRE,
        Verb.REOPEN: Holder.CADRE,
    }
)

# Which of the plan's clocks (issue_sla) runs while an issue stands in a state.
CLOCKS: Mapping[State, str] = MappingProxyType(
    {
        State.NOTIFIED: "ack_wd",
        State.HANDED_OVER: "ack_wd",
        State.ACKNOWLEDGED: "first_action_wd",
        State.HANDLING: "feedback_wd",
        State.REOPENED: "ack_wd",
    }
)

STATE_LABELS: Mapping[State, str] = MappingProxyType(
    {
        State.FIXED_ON_SPOT: "已现场处置",
        State.NOTIFIED: "已现场处置并通报",
        State.HANDED_OVER: "已移交待报到",
        State.ACKNOWLEDGED: "监管已报到",
        State.HANDLING: "处置中",
        State.RETURNED: "已退回",
        State.ANSWERED: "已反馈待核实",
        State.REOPENED: "重新处置",
        State.CLOSED: "已办结",
    }
)

HOLDER_LABELS: Mapping[Holder, str] = MappingProxyType(
    {Holder.CADRE: "包保干部", Holder.STATION: "市场监管所", Holder.NOBODY: "无"}
)

VERB_LABELS: Mapping[Verb, str] = MappingProxyType(
    {
        Verb.HAND_OVER: "移交",
        Verb.ACKNOWLEDGE: "报到",
        Verb.START: "开始处置",
        Verb.SEND_BACK: "退回",
        Verb.ANSWER: "反馈结果",
        Verb.CLOSE: "核实办结",
        Verb.REOPEN: "重新处置",
    }
)

# What a log holds beside the verbs: how it began, and that its clock was counted again.
FOUND, RECOUNTED = "found", "recounted"
EVENT_LABELS: Mapping[str, str] = MappingProxyType(
    {FOUND: "发现", **{verb.value: VERB_LABELS[verb] for verb in Verb}, RECOUNTED: "期限重算"}
)

ROUTE_LABELS: Mapping[Route, str] = MappingProxyType({Route.ON_SPOT: "现场处置", Route.HANDED_OVER: "移交"})

NotifyRule = Literal["unsolved_only", "all", "violation_only"]
NOTIFY_TEXTS: Mapping[NotifyRule, str] = MappingProxyType(
    {
        "unsolved_only": "能当场整改的当场整改，不能的移交%s",
        "all": "发现的问题都通报%s，已当场整改的也通报",
        "violation_only": "涉嫌违法违规的移交%s，其余当场整改",
    }
)

# Acts that say nothing without words.
NEEDS_TEXT = frozenset({Verb.SEND_BACK, Verb.ANSWER, Verb.REOPEN})


@dataclass(frozen=True, slots=True)
class Step:
    """What an act makes of an issue."""

    state: State
    holder: Holder
    clock: str | None


def first_step(route: Route, notify_rule: NotifyRule = "unsolved_only") -> Step:
    """Where an issue begins; under “all” the station is told of what was mended on the spot as well."""
    if route is Route.HANDED_OVER:
        return _step(State.HANDED_OVER)
    return _step(State.NOTIFIED if notify_rule == "all" else State.FIXED_ON_SPOT)


def notify_text(plan: ResolvedPlan) -> str:
    """Which problems the station is told of, with the clause; shown where a cadre writes one down."""
    said = NOTIFY_TEXTS[plan.value.notify_rule] % plan.value.names.station
    return f"{said}（{plan.cite('notify_rule')}）"


def step(state: State, verb: Verb) -> Step | None:
    """What an act leads to; None when the table does not know it from here."""
    after = NEXT[state].get(verb)
    return _step(after) if after else None


def _step(state: State) -> Step:
    return Step(state, HOLDERS[state], CLOCKS.get(state))


def open_states() -> tuple[State, ...]:
    """States in which somebody still has to do something."""
    return tuple(state for state in State if HOLDERS[state] is not Holder.NOBODY)
