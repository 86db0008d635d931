"""The clocks of a plan with the key behind each step, so that every date can name its clause."""

from collections.abc import Iterator
from dataclasses import dataclass

from tenancy.plans import ResolvedPlan
from tenancy.plans.choices import Trigger, labels_of
from tenancy.rules.clocks import Clock, ClockTerms, Step

ISSUE, PENALISED = "issue", "entity_penalised"
# Key of the plan -> what starts it where no clock is written out, name of the clock, name of its one step. Who cannot
# do his duty falls under the clock for changes.
SHORT: dict[str, tuple[tuple[str, ...], str, str]] = {
    "cadre_change_wd": (("cadre_change",), "干部变动调整", "重新确定{cadre}"),
    "operator_change_wd": (("entity_opened", "entity_closed", "entity_changed"), "主体变动调整", "调整包保关系"),
}
# Key of the plan's issue clock -> name of the step.
ISSUE_STEPS = {"ack_wd": "报到", "first_action_wd": "开始处置", "feedback_wd": "反馈结果"}
# The key under which the same step is given hours instead.
HOURS = {"ack_wd": "ack_hours", "first_action_wd": "first_action_hours", "feedback_wd": "feedback_hours"}


@dataclass(frozen=True)
class PlanClock:
    """A clock, the keys under which its steps are written in the plan, and the words for what starts it."""

    terms: ClockTerms
    keys: dict[str, str]
    event: str


def clocks_of(plan: ResolvedPlan) -> list[PlanClock]:
    """Every clock the plan sets: those written out step by step, those of its short numbers, the one for issues."""
    written = list(_written(plan))
    short = _short(plan, {clock.terms.trigger for clock in written})
    return [*written, *short, *_period_of_penalties(plan), *_issue(plan)]


def clock_for(plan: ResolvedPlan, trigger: str) -> PlanClock | None:
    """The clock that what happened starts: the one written out for it, else the short number that counts for it."""
    written = {clock.terms.trigger: clock for clock in _written(plan)}
    if trigger in written:
        return written[trigger]
    key = next((key for key, (triggers, _name, _step) in SHORT.items() if trigger in triggers), None)
    short = {code: clock for clock in _short(plan, set(written)) for code in clock.keys}
    return short.get(key or "")


def penalty_clock(plan: ResolvedPlan) -> PlanClock | None:
    """Until when a penalty is told: the clock written out for it, the plan's period where that only says 及时 or nothing."""
    written = next((clock for clock in _written(plan) if clock.terms.trigger == PENALISED), None)
    return next(_period_of_penalties(plan), written)


def _period_of_penalties(plan: ResolvedPlan) -> Iterator[PlanClock]:
    days, names = plan.value.penalty_notice_days, plan.value.names
    written = [clock for clock in plan.value.clocks if clock.trigger == PENALISED]
    if days is not None and all(step.is_prompt for clock in written for step in clock.steps):
        only = Step("tell", f"向{names.cadre}通报处罚", names.station, limit_days=days)
        terms = Clock("penalty_notice_days", "处罚通报", PENALISED, (only,))
        yield PlanClock(terms, {only.code: "penalty_notice_days"}, labels_of(Trigger)[PENALISED])


def issue_clock(plan: ResolvedPlan, *, receiver: str = "") -> PlanClock:
    """The clock of whoever a problem was handed to, one step for each key of the plan, each counted from the one before."""
    limits, bearer = plan.value.issue_sla, receiver or plan.value.names.station
    steps = tuple(
        Step(
            key,
            name,
            bearer,
            limit_wd=getattr(limits, key),
            limit_hours=getattr(limits, HOURS[key]),
            counted_from="start" if key == "ack_wd" else "previous",
        )
        for key, name in ISSUE_STEPS.items()
    )
    keys = {step.code: f"issue_sla.{HOURS[step.code] if step.limit_hours else step.code}" for step in steps}
    return PlanClock(Clock(ISSUE, "问题移交处置", ISSUE, steps), keys, "移交问题")


def _issue(plan: ResolvedPlan) -> Iterator[PlanClock]:
    limits = plan.value.issue_sla
    if any(getattr(limits, each) is not None for key in ISSUE_STEPS for each in (key, HOURS[key])):
        yield issue_clock(plan)


def _written(plan: ResolvedPlan) -> Iterator[PlanClock]:
    for clock in plan.value.clocks:
        steps = tuple(step.model_copy(update={"bearer": plan.value.called(step.bearer)}) for step in clock.steps)
        keys = dict.fromkeys((step.code for step in steps), "clocks")
        yield PlanClock(clock.model_copy(update={"steps": steps}), keys, labels_of(Trigger)[clock.trigger])


def _short(plan: ResolvedPlan, written: set[str]) -> Iterator[PlanClock]:
    """A bare number counts for whatever no clock is written out for."""
    for key, (triggers, name, step) in SHORT.items():
        limit: int | None = getattr(plan.value, key)
        left = [trigger for trigger in triggers if trigger not in written]
        if limit is not None and left:
            names = plan.value.names
            only = Step(key, step.format(cadre=names.cadre), names.commission_office, limit_wd=limit)
            event = "；".join(labels_of(Trigger)[trigger] for trigger in left)
            yield PlanClock(Clock(key, name, left[0], (only,)), {key: key}, event)
