"""`manage.py due PATH [--on DATE]`: the dates in force at a place, each able to say why it is that day.

Quarter end, package day, reminders, and every clock of the plan as if it had been started on the day.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from supervision.queries.clocks import package_explained, quarter_explained
from supervision.queries.quarters import plan_of, quarter_at
from tenancy.models import Jurisdiction
from tenancy.plans import ResolvedPlan
from tenancy.queries.clocks import ISSUE, PlanClock, clocks_of
from tenancy.queries.plans import calendar_for, plan_in_force
from tenancy.queries.tree import find_place, full_name
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.clocks import run_clock
from tenancy.rules.corrections import year_in_reach
from tenancy.rules.dues import Explanation, package_due, quarter_end, reminder_due, step_explained
from tenancy.rules.periods import quarter_of
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in

WRONG_INPUT = 2


class Command(BaseCommand):
    help = "列出一个地方在某一天适用的期限，并说明为什么是这天。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", metavar="PATH", help="区划代码，或用“/”连接的名称")
        parser.add_argument("--on", default="", metavar="YYYY-MM-DD", help="按哪一天计算，默认今天")
        parser.add_argument("--explain", action="store_true", help="逐项说明规则、依据、起算、跳过的日子")
        parser.add_argument("--json", action="store_true", help="输出 JSON（总是带说明）")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            on = day_asked(options["on"])
            place = place_asked(options["path"])
        except Refused as refused:
            raise self._failed(refused.reason, as_json=options["json"]) from refused
        with acting_in(place.path):
            found = list(dates_at(place, on))
        name = full_name(place.path)
        if options["json"]:
            dates = [found_date.as_json() for found_date in found]
            self.stdout.write(
                json.dumps({"place": name, "on": on, "dates": dates}, ensure_ascii=False, cls=DjangoJSONEncoder)
            )
            return
        self.stdout.write(f"{name}，{on:%Y-%m-%d}：")
        for found_date in found:
            self.stdout.write("\n".join(told(found_date, explain=options["explain"])))

    def _failed(self, sentence: str, *, as_json: bool) -> CommandError:
        if as_json:
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        return CommandError(sentence, returncode=WRONG_INPUT)


def day_asked(text: str) -> date:
    """The day of an option, today without one. Raises Refused."""
    if not text:
        return timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"“{text}”不是日期，应写成 2026-10-09 的样子。", code="day-unknown") from error
    year_in_reach(day.year)
    return day


def place_asked(text: str) -> Jurisdiction:
    """The place of a path. Raises Refused."""
    place = find_place(text)
    if place is None:
        raise Refused(f"没有“{text}”这个地方：请用区划代码，或从上到下用“/”连接的名称。", code="place-unknown")
    return place


def dates_at(place: Jurisdiction, on: date) -> Iterator[Explanation]:
    """Every date in force; a quarter that was opened keeps its own plan and days."""
    opened, period = quarter_at(place.path, on), quarter_of(on)
    plan, calendar = plan_of(opened) if opened else plan_in_force(place.path, on), calendar_for(place.path)
    end = quarter_explained(opened) if opened else quarter_end(period, plan, note="本季还没有启动")
    package = package_explained(opened) if opened else package_due(period, plan.value.quarter_package, calendar, plan)
    yield end
    if package:
        yield package
    for step in plan.value.reminders:
        yield reminder_due(step, end.date or period.end, calendar, plan)
    # An issue found today belongs to the quarter and its plan, a change to the plan in force today.
    in_force = plan_in_force(place.path, on) if opened else plan
    yield from _explained(in_force, [each for each in clocks_of(in_force) if each.terms.trigger != ISSUE], calendar, on)
    yield from _explained(plan, [each for each in clocks_of(plan) if each.terms.trigger == ISSUE], calendar, on)


def _explained(plan: ResolvedPlan, clocks: list[PlanClock], calendar: WorkCalendar, on: date) -> Iterator[Explanation]:
    """The steps of clocks as if each had been started on the day."""
    for clock in clocks:
        for number, due in enumerate(run_clock(clock.terms, on, calendar)):
            from_the_start = not number or due.step.counted_from == "start"
            event = f"假定当天：{clock.event}" if from_the_start else "上一步到期"
            yield step_explained(clock.terms, due, plan, key=clock.keys[due.step.code], event=event)


def told(date_found: Explanation, *, explain: bool) -> Iterator[str]:
    """One line for a date, and its explanation set in below it."""
    mark = "（推定）" if date_found.estimated else ""
    yield f"{date_found.day:<12}{date_found.rule}{mark}  {date_found.basis}"
    if explain:
        yield from (f"    {label}：{text}" for label, text in date_found.lines())
