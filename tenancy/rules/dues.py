"""为什么是这天: a due day with everything it follows from, for a page, an endpoint and a terminal alike.

Which rule, of which plan and clause; which event started it and when; what was counted, skipped, paused and corrected;
what nobody has published yet.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from tenancy.rules.calendar import Due, Named, Pause, WorkCalendar, runs
from tenancy.rules.clocks import HOURS_A_DAY, PROMPT, ClockTerms, StepDue
from tenancy.rules.periods import LadderStep, PackageTerms, Quarter, package_day, printed_day
from tenancy.rules.refusals import Refused

ESTIMATED = "其间有年份的放假安排国务院尚未公布，日期按推定计算，公布后可能改变"
NOT_ROLLED = "是自然日，遇休息日不顺延"
AUDIENCES = {"holder": "包保干部", "office": "经办单位", "upper_office": "上级单位"}
ROLLS = {"none": "遇休息日不顺延", "previous": "遇休息日提前到前一个工作日", "next": "遇休息日顺延到后一个工作日"}


class Layer(Protocol):
    """One plan as far as it is named here."""

    @property
    def title(self) -> str: ...
    @property
    def number(self) -> str: ...


class PlanInForce(Protocol):
    """The plan a date follows from."""

    @property
    def digest(self) -> str: ...
    @property
    def layers(self) -> Sequence[Layer]: ...
    def cite(self, key: str, clause: str = "") -> str: ...


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a day is that day. date is None where there is none; then a note says why."""

    rule: str
    date: dt.date | None
    basis: str
    plan: str
    event: str = ""
    start: dt.date | None = None
    counting: str = ""
    at: dt.datetime | None = None
    bearer: str = ""
    skipped: tuple[Named, ...] = ()
    pauses: tuple[Pause, ...] = ()
    corrections: tuple[Named, ...] = ()
    estimated: bool = False
    notes: tuple[str, ...] = ()

    @property
    def day(self) -> str:
        """The date as it is written, 及时 or a dash where there is none."""
        if self.at:
            return f"{self.at:%Y-%m-%d %H:%M}"
        if self.date:
            return f"{self.date:%Y-%m-%d}"
        return PROMPT if self.counting == PROMPT else "—"

    def lines(self) -> list[tuple[str, str]]:
        """Label and text, in the order in which one would explain it."""
        start = f"{self.start:%Y-%m-%d}" if self.start else ""
        pairs = [
            ("规则", self.rule),
            ("依据", self.basis),
            ("由谁办", self.bearer),
            ("起算", " ".join(part for part in (start, self.event) if part)),
            ("计算", self.counting),
            (f"跳过 {len(self.skipped)} 天", "；".join(spans(self.skipped))),
            ("暂停", "；".join(map(str, self.pauses))),
            ("用到的更正", "；".join(spans(self.corrections))),
            ("方案版本", self.plan),
            ("推定", ESTIMATED if self.estimated else ""),
            *(("说明", note) for note in self.notes),
        ]
        return [(label, text) for label, text in pairs if text]

    def as_json(self) -> dict[str, Any]:
        """The same for an endpoint; days in ISO form."""
        return {
            "rule": self.rule,
            "date": self.date,
            "at": self.at,
            "basis": self.basis,
            "plan": self.plan,
            "bearer": self.bearer,
            "event": self.event,
            "start": self.start,
            "counting": self.counting,
            "skipped": [{"day": day, "reason": reason} for day, reason in self.skipped],
            "pauses": [{"from": each.start, "until": each.until, "reason": each.reason} for each in self.pauses],
            "corrections": [{"day": day, "reason": reason} for day, reason in self.corrections],
            "estimated": self.estimated,
            "notes": list(self.notes),
        }


def explained(found: Explanation | None) -> Explanation:
    """The explanation itself. Raises Refused where nothing is due any more, or never was."""
    if found is None:
        raise Refused("这一项现在没有期限：已经办完，或方案没有给这一步规定时限，不用解释。", code="no-due")
    return found


def plan_version(plan: PlanInForce) -> str:
    """The nearest plan by number or title, with the beginning of the fingerprint of all layers together."""
    layer = plan.layers[-1] if plan.layers else None
    name = (layer.number or layer.title) if layer else "系统默认"
    return f"{name}（版本 {plan.digest[:8]}）"


def quarter_end(
    quarter: Quarter, plan: PlanInForce, *, note: str = "", registered: dt.date | None = None
) -> Explanation:
    """The day until which every entity has had its visit; registered: another day that was written down for one."""
    notes = [note] if note else []
    if registered is not None and registered != quarter.end:
        notes.append(f"登记的期限是 {registered:%Y-%m-%d}，与季度最后一天 {quarter.end:%Y-%m-%d} 不同")
    return Explanation(
        rule="季度督导期限",
        date=registered or quarter.end,
        basis=plan.cite("frequency"),
        plan=plan_version(plan),
        event=f"{quarter.label}开始",
        start=quarter.start,
        counting=f"到本季最后一天为止，{NOT_ROLLED}",
        notes=tuple(notes),
    )


def cycle_end(label: str, start: dt.date, end: dt.date, plan: PlanInForce, *, note: str = "") -> Explanation:
    """The day until which a visit is owed that a plan asks for once in another span than the quarter."""
    return Explanation(
        rule="督导期限",
        date=end,
        basis=plan.cite("frequency"),
        plan=plan_version(plan),
        event=f"{label}开始",
        start=start,
        counting=f"到{label}最后一天为止，{NOT_ROLLED}",
        notes=(note,) if note else (),
    )


def package_due(
    quarter: Quarter, package: PackageTerms, calendar: WorkCalendar, plan: PlanInForce, *, kept: dt.date | None = None
) -> Explanation | None:
    """The day the quarter's material is due; None where the plan asks for none.

    kept: the day an opened quarter wrote down, which stays whatever is corrected afterwards.
    """
    printed = printed_day(quarter, package)
    day = package_day(quarter, package, calendar)
    if printed is None or day is None:
        return None
    way = _rolled(printed, day, calendar) if package.roll != "none" else None
    notes = []
    if kept is not None and kept != day:
        notes = [f"季度启动时定为 {kept:%Y-%m-%d}，以后的更正不改已启动的季度；按现行工作日历应为 {day:%Y-%m-%d}"]
    about = Explanation(
        rule="季度材料报送日",
        date=kept or day,
        basis=plan.cite("quarter_package"),
        plan=plan_version(plan),
        event=f"{quarter.label}末月",
        start=quarter.end.replace(day=1),
        counting=f"{package.day} 日前{'（含当日）' if package.inclusive else '（不含当日）'}，{ROLLS[package.roll]}",
        notes=tuple(notes),
    )
    return _counted(about, way) if way else about


def reminder_due(step: LadderStep, due: dt.date, calendar: WorkCalendar, plan: PlanInForce) -> Explanation:
    """The day on which somebody is reminded of a due day."""
    counted = calendar.explain(due, step.offset_wd)
    way = "当天" if not step.offset_wd else f"{'之前' if step.offset_wd < 0 else '之后'} {abs(step.offset_wd)} 个工作日"
    return _counted(
        Explanation(
            rule=f"提醒{AUDIENCES.get(step.to, step.to)}",
            date=counted.date,
            basis=plan.cite("reminders"),
            plan=plan_version(plan),
            event="所提醒的期限",
            start=due,
            counting=f"期限{way}",
        ),
        counted,
    )


def step_explained(
    clock: ClockTerms, due: StepDue, plan: PlanInForce, *, key: str, event: str, registered: dt.date | None = None
) -> Explanation:
    """One step of a clock; key is where the plan writes it, registered the day that was written down for it."""
    notes = [due.why] if due.why else []
    if registered is not None and due.date is not None and registered != due.date:
        notes.append(f"登记的期限是 {registered:%Y-%m-%d}；按现行工作日历应为 {due.date:%Y-%m-%d}，没有改动")
    about = Explanation(
        rule=f"{clock.name}：{due.step.name}" if due.step.name != clock.name else clock.name,
        date=registered or due.date,
        at=None if registered and registered != due.date else due.at,
        basis=plan.cite(key, due.step.clause or clock.clause),
        plan=plan_version(plan),
        event=event,
        start=due.start,
        bearer=due.step.bearer,
        counting=_counting(due),
        pauses=due.pauses,
        notes=tuple(notes),
    )
    return _counted(about, due.counted) if due.counted else about


def spans(days: Iterable[Named]) -> Iterator[str]:
    """ "2026-10-01 至 10-07 国庆节": runs of days with the same reason in one piece each, weekends together."""
    for first, last, word in runs(days):
        shown = f"{last:%m-%d}" if first.year == last.year else f"{last:%Y-%m-%d}"
        yield f"{first:%Y-%m-%d} {word}" if first == last else f"{first:%Y-%m-%d} 至 {shown} {word}"


def _counting(due: StepDue) -> str:
    step = due.step
    if step.limit_wd is not None:
        rest = f"，暂停的 {len(due.counted.paused)} 个工作日不计" if due.counted and due.counted.paused else ""
        return f"{due.limit}，起算当日不计{rest}"
    if step.limit_days is not None:
        return f"{due.limit}，起算当日不计，遇休息日不顺延"
    if step.limit_hours is not None and due.at is None and step.limit_hours % HOURS_A_DAY:
        return f"{due.limit}，起算没有记到几点，按整天从当日终了起算"
    return due.limit if step.limit_hours is None else f"{due.limit}，不分工作日和休息日"


def _counted(about: Explanation, due: Due) -> Explanation:
    """The explanation with what a count of working days met on its way."""
    return replace(about, skipped=due.skipped, corrections=due.corrections, estimated=due.estimated)


def _rolled(printed: dt.date, day: dt.date, calendar: WorkCalendar) -> Due:
    """The way from a printed day to the working day before or after it; the printed day belongs to what was met."""
    way = calendar.explain(printed, (day > printed) - (day < printed))
    off, own = calendar.reason_off(printed), calendar.correction_on(printed)
    return replace(
        way,
        skipped=tuple(sorted({*way.skipped, *([(printed, off)] if off else [])})),
        corrections=tuple(sorted({*way.corrections, *([(printed, own)] if own else [])})),
    )
