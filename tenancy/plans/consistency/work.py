"""Visits, problems and clocks: lines that can be reached, dates in order, steps that somebody owes."""

import re
from collections.abc import Iterator, Sequence

from tenancy.plans.conditions import Condition
from tenancy.plans.consistency.findings import Fault, reading, repeated, unknown, unknown_bearer, walk
from tenancy.plans.document import Clock, ClockStep, ExtraWindow, PlanDocument
from tenancy.plans.document.visits import ChecklistItem

PLACEHOLDER = re.compile(r"\{([^}]*)\}")


def _in_order(key: str, what: str, conditions: Sequence[Condition]) -> Iterator[Fault]:
    """A list whose first fitting line counts: nothing behind a catch-all, nothing twice, the rest caught at the end."""
    for index, when in enumerate(conditions):
        if when.catches_all and index < len(conditions) - 1:
            yield (key, index), f"这一条不带条件，它后面的{what}永远轮不到，请移到最后"
        elif not when.catches_all and when in conditions[:index]:
            yield (key, index), f"这一条的条件和第 {conditions.index(when) + 1} 条相同，永远轮不到，请删去或改条件"


@reading("frequency", "checklists", "inspection_checklists")
def _catch_all(doc: PlanDocument) -> Iterator[Fault]:
    if not doc.frequency or not doc.frequency[-1].when.catches_all:
        yield ("frequency",), "最后一条督导频次要不带条件"
    if not doc.checklists or not doc.checklists[-1].when.catches_all:
        yield ("checklists",), "最后一份任务清单要不带条件"
    if doc.inspection_checklists and not doc.inspection_checklists[-1].when.catches_all:
        yield ("inspection_checklists",), "最后一份督查清单要不带条件"
    yield from _in_order("frequency", "频次", [line.when for line in doc.frequency])
    for key in ("checklists", "inspection_checklists"):
        yield from _in_order(key, "清单", [line.when for line in getattr(doc, key)])


@reading("checklists", "inspection_checklists", "self_control")
def _items(doc: PlanDocument) -> Iterator[Fault]:
    for key in ("checklists", "inspection_checklists"):
        for index, checklist in enumerate(getattr(doc, key)):
            codes = [item.code for section in checklist.sections for item in section.items]
            yield from repeated((key, index), "清单条目代码", codes)
            if not codes:
                yield (key, index), f"“{checklist.name}”一个条目也没有，请至少写一条"
    for key in ("checklists", "inspection_checklists", "self_control"):
        for path, item in walk(getattr(doc, key), (key,)):
            if isinstance(item, ChecklistItem) and item.kind == "choice" and not item.choices:
                yield path, f"“{item.text}”是单选，却没有写选项（choices）"


@reading("must_onsite", "visit_modes", "clusters", "business_types")
def _modes(doc: PlanDocument) -> Iterator[Fault]:
    if doc.must_onsite and not any(mode.counts_as_onsite for mode in doc.visit_modes):
        yield ("visit_modes",), "有必须现场督导的主体，却没有一种方式算现场（counts_as_onsite: true）"
    yield from unknown(
        ("clusters",), "主体业态", doc.clusters, [kind.code for kind in doc.business_types], "business_types"
    )


@reading("extra_windows")
def _windows(doc: PlanDocument) -> Iterator[Fault]:
    for index, window in enumerate(doc.extra_windows):
        if sentence := _window_fault(window):
            yield ("extra_windows", index), sentence


def _window_fault(window: ExtraWindow) -> str:
    name, start, until = f"“{window.name}”", window.start, window.until
    if window.holiday:
        return f"{name}写了节日，就不要再写起止日期；请二选一" if start or until else ""
    if not start or not until:
        return f"{name}没有写是哪个时段：请写节日（holiday），或写起止日期（from、until）"
    if len(start) != len(until):
        return f"{name}的起止日期一个带年份、一个不带，请写成一样的"
    if until < start:
        return f"{name}的结束 {until} 早于开始 {start}，请改正；跨年的请写成两段"
    return ""


@reading("stages")
def _stages(doc: PlanDocument) -> Iterator[Fault]:
    for index, stage in enumerate(doc.stages):
        if stage.start and stage.until and stage.until < stage.start:
            yield ("stages", index, "until"), f"“{stage.name}”的结束 {stage.until} 早于开始 {stage.start}，请改正"
        for number, target in enumerate(stage.targets):
            here = ("stages", index, "targets", number)
            if target.by is None and stage.until is None:
                yield here, f"“{stage.name}”的指标没有期限：请写指标的 by，或阶段的 until"
            elif target.by and stage.start and target.by < stage.start:
                yield here, f"“{stage.name}”的指标期限 {target.by} 早于阶段开始 {stage.start}，请改正"


@reading("clocks", "bodies", "cadre_change_causes")
def _clocks(doc: PlanDocument) -> Iterator[Fault]:
    causes = [cause.code for cause in doc.cadre_change_causes]
    seen: dict[tuple[str, str], str] = {}
    for index, clock in enumerate(doc.clocks):
        here = ("clocks", index)
        yield from unknown(here, "更换干部的情形", clock.causes, causes, "cadre_change_causes")
        if not clock.steps:
            yield here, f"“{clock.name}”没有步骤（steps），请至少写一步"
        for number, step in enumerate(clock.steps):
            yield from (((*here, "steps", number), text) for text in _step_faults(clock, step))
            yield from unknown_bearer(doc, (*here, "steps", number, "bearer"), step.bearer)
        for cause in clock.causes or ("",):
            if other := seen.get((clock.trigger, cause)):
                yield here, f"“{clock.name}”和“{other}”的起因相同，轮不到它；请合并，或用 causes 分开"
            seen.setdefault((clock.trigger, cause), clock.name)


def _step_faults(clock: Clock, step: ClockStep) -> Iterator[str]:
    name = f"“{clock.name}”的“{step.name}”"
    if not step.bearer:
        yield f"{name}没有写由谁办（bearer），请写上单位名称"
    written = step.written_limits
    if not written:
        yield f"{name}没有写时限：请写 limit_wd、limit_days、limit_hours 中的一种；原件写“及时”的写 limit_wd: null"
    elif len(written) > 1:
        yield f"{name}写了 {'、'.join(written)}，时限只能写一种，请删去其余的"


@reading("clocks", "cadre_change_wd", "operator_change_wd")
def _short_numbers(doc: PlanDocument) -> Iterator[Fault]:
    """The short number and the clock written out must not say two things."""
    pairs = (
        ("cadre_change_wd", {"cadre_change", "cadre_unable"}),
        ("operator_change_wd", {"entity_opened", "entity_closed", "entity_changed"}),
    )
    for key, triggers in pairs:
        short = getattr(doc, key)
        for index, clock in enumerate(doc.clocks):
            days = [step.limit_wd for step in clock.steps]
            whole = sum(day or 0 for day in days)
            if short is None or clock.trigger not in triggers or None in days or whole == short:
                continue
            yield (
                ("clocks", index),
                f"“{clock.name}”各步合计 {whole} 个工作日，{key} 却写 {short} 个；请改成一致，或把 {key} 写成 null",
            )


@reading("notify_rule", "issue_categories")
def _notified(doc: PlanDocument) -> Iterator[Fault]:
    if doc.notify_rule == "violation_only" and not any(line.violation for line in doc.issue_categories):
        yield (
            ("notify_rule",),
            "只通报涉嫌违法违规的问题，却没有一类问题写着涉嫌违法违规（violation: true），什么也不会通报，请补上",
        )


@reading("issue_sla", "issue_categories", "issue_routes", "escalation_levels", "letters", "bodies")
def _issues(doc: PlanDocument) -> Iterator[Fault]:
    for step in ("ack", "first_action", "feedback"):
        if getattr(doc.issue_sla, f"{step}_wd") is not None and getattr(doc.issue_sla, f"{step}_hours") is not None:
            yield ("issue_sla", f"{step}_hours"), f"{step}_wd 和 {step}_hours 只能写一个，另一个写 null"
    routes = [route.code for route in doc.issue_routes]
    for index, category in enumerate(doc.issue_categories):
        route = [category.route] if category.route else []
        yield from unknown(("issue_categories", index), "处置去向", route, routes, "issue_routes")
    for key in ("issue_routes", "escalation_levels"):
        for index, line in enumerate(getattr(doc, key)):
            yield from unknown_bearer(doc, (key, index, "body"), line.body)
    yield from repeated(("escalation_levels",), "升级次序", [str(line.order) for line in doc.escalation_levels])
    for index, letter in enumerate(doc.letters):
        named = set(PLACEHOLDER.findall(letter.number_pattern))
        if letter.number_pattern and ("number" not in named or named - {"year", "number"}):
            yield ("letters", index, "number_pattern"), "文号格式要有 {number}，年份用 {year}，不能有别的花括号"


@reading("goals", "first_rounds")
def _goals(doc: PlanDocument) -> Iterator[Fault]:
    rounds = [each.code for each in doc.first_rounds]
    for index, goal in enumerate(doc.goals):
        here = ("goals", index)
        if goal.kind != "first_round":
            if goal.round:
                yield (*here, "round"), f"“{goal.name}”不是首轮督导，不用写 round，请删去"
        elif not rounds:
            yield here, f"“{goal.name}”看首轮督导，方案里却没有写首轮督导（first_rounds），请补上"
        else:
            yield from unknown((*here, "round"), "首轮督导", [goal.round] if goal.round else [], rounds, "first_rounds")
        if goal.facts and goal.kind != "entities_filed":
            yield (*here, "facts"), f"“{goal.name}”不是主体建档，不用写 facts，请删去"


CHECKS = (_catch_all, _items, _modes, _windows, _stages, _goals, _clocks, _short_numbers, _notified, _issues)
