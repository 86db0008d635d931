"""The clocks of a plan with the key behind each step, so that every date can name its clause."""

from collections.abc import Iterator
from dataclasses import dataclass

from tenancy.plans import ResolvedPlan
from tenancy.rules.clocks import Clock, ClockTerms, Step

ISSUE = "issue"
# Key of the plan -> its triggers, name of the clock, name of its one step, what starts it.
SHORT = {
    "cadre_change_wd": (("cadre_change", "cadre_unable"), "干部变动调整", "重新确定包保干部", "干部变动"),
    "operator_change_wd": (
        ("entity_opened", "entity_closed", "entity_changed"),
        "主体变动调整",
        "调整包保关系",
        "主体新增、注销或规模变动",
    ),
}
# Key of the plan's issue clock -> name of the step.
ISSUE_STEPS = {"ack_wd": "报到", "first_action_wd": "开始处置", "feedback_wd": "反馈结果"}


@dataclass(frozen=True)
class PlanClock:
    """A clock, the keys under which its steps are written in the plan, and the words for what starts it."""

    terms: ClockTerms
    keys: dict[str, str]
    event: str


def clocks_of(plan: ResolvedPlan) -> list[PlanClock]:
    """Every clock the plan sets: those written out step by step, those of its short numbers, the one for issues."""
    written = list(_written(plan))
    return [*written, *_short(plan, {clock.terms.trigger for clock in written}), *_issue(plan)]


def issue_clock(plan: ResolvedPlan) -> PlanClock:
    """The station's clock, one step for each key of the plan, each counted from the step before."""
    limits, station = plan.value.issue_sla, plan.value.names.station
    steps = tuple(
        Step(key, name, station, limit_wd=getattr(limits, key), counted_from="start" if key == "ack_wd" else "previous")
        for key, name in ISSUE_STEPS.items()
    )
    keys = {key: f"issue_sla.{key}" for key in ISSUE_STEPS}
    return PlanClock(Clock(ISSUE, "问题移交处置", ISSUE, steps), keys, "移交问题")


def _issue(plan: ResolvedPlan) -> Iterator[PlanClock]:
    if any(getattr(plan.value.issue_sla, key) is not None for key in ISSUE_STEPS):
        yield issue_clock(plan)


def _written(plan: ResolvedPlan) -> Iterator[PlanClock]:
    # A schema without the list has none.
    for clock in getattr(plan.value, "clocks", ()):
        yield PlanClock(clock, dict.fromkeys((step.code for step in clock.steps), "clocks"), f"“{clock.name}”的起因")


def _short(plan: ResolvedPlan, written: set[str]) -> Iterator[PlanClock]:
    """A bare number counts where no clock is written out for what it is about."""
    for key, (triggers, name, step, event) in SHORT.items():
        limit: int | None = getattr(plan.value, key)
        if limit is not None and not written & set(triggers):
            only = Step(key, step, plan.value.names.commission_office, limit_wd=limit)
            yield PlanClock(Clock(key, name, triggers[0], (only,)), {key: key}, event)
