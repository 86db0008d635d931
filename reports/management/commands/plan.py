"""`manage.py plan`: check, load, show and compare plans, and print the schema a plan is written by.

It stands above the other apps because a plan put in force for a day gone by must not take a quarter's plan from under
it. Answers 0 when all is well, 1 for a plan with faults, 2 for a file or a place that is not there.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.queries.plans import opened_since
from tenancy.actions.drafts import put_in_force, replace_draft, start_draft
from tenancy.models import Jurisdiction
from tenancy.plans import (
    PlanLayer,
    Problem,
    UnreadablePlan,
    check,
    plan_schema,
    read_plan,
    shipped_codes,
    shipped_plan,
)
from tenancy.plans.differences import ABSENT, diff
from tenancy.plans.drafting import FaultyPlan
from tenancy.plans.keys import key_sections, keys_markdown
from tenancy.plans.writing import resolved_text, resolved_values, written_by
from tenancy.queries.papers import layers_under
from tenancy.queries.plans import plan_in_force
from tenancy.queries.tree import find_place, full_name
from tenancy.rules.paths import tenant_of
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in

STDIN = "-"
NOTHING, CLEARED = "（不写）", "（清空）"


class Command(BaseCommand):
    help = "检查、启用、查看、对照实施方案。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="check|load|show|diff|schema|keys")
        one = verbs.add_parser("check", help="检查方案文本，一次列出全部问题")
        one.add_argument("file", metavar="FILE", help="YAML 文件；“-” 从标准输入读")
        one.add_argument("--place", metavar="PATH", help="按这个地方的上级方案检查，默认只按全国默认")
        two = verbs.add_parser("load", help="把方案文本启用到一个地方")
        two.add_argument("file", metavar="FILE", help="YAML 文件；“-” 从标准输入读")
        two.add_argument("--place", required=True, metavar="PATH", help="区划代码，或用“/”连接的名称")
        two.add_argument("--from", dest="since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="施行日期")
        three = verbs.add_parser("show", help="一个地方某天的全部规定，每个值后面写明出处")
        three.add_argument("place", metavar="PATH", help="区划代码，或用“/”连接的名称")
        three.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="哪一天，默认今天")
        four = verbs.add_parser("diff", help="对照两个方案")
        for name in ("old", "new"):
            four.add_argument(name, metavar=name.upper(), help="文件、随程序附带的代码，或 PATH@YYYY-MM-DD")
        verbs.add_parser("schema", help="方案文件的 JSON Schema，编辑软件据此提示")
        six = verbs.add_parser("keys", help="方案可以写的全部键：叫什么、写什么、可选什么、不写时是什么")
        six.add_argument("--markdown", action="store_true", help="写成文档里的表格")

    def handle(self, *_args: Any, **options: Any) -> None:
        verbs = {
            "check": self.check_file,
            "load": self.load,
            "show": self.show,
            "diff": self.compare,
            "schema": self.print_schema,
            "keys": self.print_keys,
        }
        verbs[options["verb"]](options)

    def check_file(self, options: dict[str, Any]) -> None:
        raw, below = read(options["file"]), None
        if options["place"]:
            place = found(options["place"])
            with acting_in(tenant_of(place.path)):
                below = layers_under(place.path, timezone.localdate())
        if problems := check(raw, below):
            self._faulty(problems)
        self.stdout.write("没有发现问题。")

    def load(self, options: dict[str, Any]) -> None:
        raw, place, at = read(options["file"]), found(options["place"]), timezone.now()
        today = timezone.localdate(at)
        try:
            with acting_in(tenant_of(place.path)):
                name = Path(options["file"]).stem if options["file"] != STDIN else "标准输入"
                draft = start_draft(place, name=name, basis=None, by=None, at=at)
                draft = replace_draft(draft, raw, seen=draft.version, by=None, on=today, at=at)
                since = options["since"] or date.fromisoformat(draft.header.get("effective_from") or today.isoformat())
                plan = put_in_force(
                    draft,
                    since=since,
                    seen=draft.version,
                    opened=opened_since(place.path, since),
                    by=None,
                    on=today,
                    at=at,
                )
                where = full_name(place.path)
        except FaultyPlan as faulty:
            self._faulty(faulty.problems)
        except Refused as refused:
            raise CommandError(refused.reason, returncode=1) from refused
        self.stdout.write(f"{where}：《{plan.title}》{plan.doc_number}，{since.isoformat()} 起施行。")

    def show(self, options: dict[str, Any]) -> None:
        place, on = found(options["place"]), options["on"] or timezone.localdate()
        with acting_in(tenant_of(place.path)):
            plan, where = plan_in_force(place.path, on), full_name(place.path)
        self.stdout.write(resolved_text(plan, f"{where} {on.isoformat()} 施行的规定"), ending="")

    def compare(self, options: dict[str, Any]) -> None:
        differences = diff(side(options["old"]), side(options["new"]))
        for each in differences:
            clauses = f"  （{each.old_clause or '—'} → {each.new_clause or '—'}）"
            shown = clauses if each.old_clause or each.new_clause else ""
            order = "（次序）" if each.is_order else ""
            self.stdout.write(f"{each.key}{order}：{told(each.old)} → {told(each.new)}{shown}")
        self.stdout.write(f"{len(differences)} 处不同。" if differences else "没有不同。")

    def print_schema(self, _options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(plan_schema(), ensure_ascii=False, indent=2))

    def print_keys(self, options: dict[str, Any]) -> None:
        if options["markdown"]:
            self.stdout.write(keys_markdown(), ending="")
            return
        for title, keys in key_sections():
            self.stdout.write(f"{title}：")
            for key in keys:
                self.stdout.write("  " + "  ".join(part for part in (key.key, key.title, key.holds) if part))

    def _faulty(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self.stdout.write(problem.told)
        raise CommandError(f"有 {len(problems)} 处要改，什么都没有写入。", returncode=1)


def missing(sentence: str) -> CommandError:
    """For a file or a place that is not there."""
    return CommandError(sentence, returncode=2)


def read(file: str) -> bytes:
    """The bytes of a file, or of the standard input."""
    if file == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise missing(f"文件打不开：{file}（{error.strerror}）。") from error


def found(text: str) -> Jurisdiction:
    """A place by its division code or its names."""
    place = find_place(text)
    if place is None:
        raise missing(f"没有“{text}”这个地方：请用区划代码，或从上到下用“/”连接的名称。")
    return place


def side(text: str) -> PlanLayer:
    """One side of a comparison: a file, a shipped plan, or all that holds in a place on a day (PATH@DATE)."""
    if Path(text).is_file():
        try:
            return read_plan(read(text)).layer()
        except UnreadablePlan as error:
            raise CommandError(f"{text} 不是没有问题的方案，请先用 plan check 检查。", returncode=1) from error
    if text in shipped_codes():
        return shipped_plan(text).layer()
    where, at, day = text.rpartition("@")
    if not at:
        raise missing(f"“{text}”不是文件、随程序附带的方案，也不是 PATH@2026-11-22 这样的地方和日期。")
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        raise missing(f"日期“{day}”请写成 2026-11-22 这样。") from error
    place = found(where)
    with acting_in(tenant_of(place.path)):
        plan = plan_in_force(place.path, on)
    return PlanLayer(text, "", resolved_values(plan), {key: str(written_by(plan, key)) for key in plan.origins})


def told(value: Any) -> str:
    """One side of a difference on one line."""
    if value is ABSENT:
        return NOTHING
    return CLEARED if value is None else json.dumps(value, ensure_ascii=False)
