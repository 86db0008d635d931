"""`manage.py ledger import FILE --place PATH`: a ledger from the command line, the same way as through the wizard.

A place nobody has set up yet is laid down from the shipped divisions first; with --dry-run nothing stays.
"""

import json
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from entities.actions.ledger import LEDGER, LedgerValidator, validator
from entities.models import Entity
from tenancy.actions.divisions import Division, lay_down, root_path, shipped_line, start_with_plan
from tenancy.actions.imports import commit_batch, confirm_batch, open_cells, receive_workbook
from tenancy.actions.staging import meant_by_titles, stage_workbook
from tenancy.models import ImportBatch, ImportRow, Jurisdiction
from tenancy.queries.tree import find_place, full_name
from tenancy.rules.paths import tenant_of
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in

_HOW_TO_MAP = "可用 --map 表头=项目 指明，如 --map 经营场地=经营地址；不导入的列写 --map 备注= 。"
_MAP_HELP = "把表里的一列对应到台账项目，可重复；等号后留空表示不导入"
LEVELS = {"error": "错误", "warning": "提示", "notice": "说明"}


@dataclass
class Report:
    """What the command says of a ledger, with the keys of its JSON."""

    sheet: str
    header_row: int
    data_rows: int
    committable: int
    refused: int
    grades_of_committable: dict[str, int] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)


class Command(BaseCommand):
    help = "导入一份包保主体台账：逐行校验，写入无误的行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="import")
        one = verbs.add_parser("import", help="导入一份台账")
        one.add_argument("file", type=Path, metavar="FILE", help=".xlsx、.xls 或 .csv")
        one.add_argument("--place", required=True, metavar="PATH", help="区划代码，或用“/”连接的名称")
        one.add_argument("--dry-run", action="store_true", help="只校验和试算，什么都不留下")
        one.add_argument("--json", action="store_true", help="输出 JSON")
        one.add_argument("--map", action="append", type=meaning, default=[], metavar="表头=项目", help=_MAP_HELP)
        one.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="登记日期，默认今天")

    def handle(self, *_args: Any, **options: Any) -> None:
        file, on = options["file"], options["on"] or timezone.localdate()
        try:
            data = file.read_bytes()
        except OSError as error:
            raise self._failed(f"文件打不开：{file}（{error.strerror}）。", options) from error
        place, line = find_place(options["place"]), shipped_line(options["place"])
        if place is None and not line:
            raise self._failed(f"没有“{options['place']}”这个地方：请用区划代码，或从上到下用“/”连接的名称。", options)
        try:
            with acting_in(tenant_of(place.path) if place else root_path(line)):
                place = settled(place, line, on=on)
                titles = meant_by_titles(dict(options["map"]))
                batch = brought_in(place, file.name, data, on=on, dry=options["dry_run"], titles=titles)
                report = report_on(batch, on) if batch.state not in ("failed", "unmapped") else None
                name = full_name(place.path)
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except Refused as refused:
            raise self._failed(refused.reason, options) from refused
        if report is None:
            hint = _HOW_TO_MAP if batch.state == "unmapped" else ""
            raise self._failed(batch.error + hint, options)
        self._say(report, batch, name, options)

    def _say(self, report: Report, batch: ImportBatch, name: str, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report), ensure_ascii=False))
        else:
            self.stdout.write(told(report, batch, name))
            self.stdout.write("以上为试算，没有写入。" if options["dry_run"] else written(batch))
        if not report.committable:
            raise CommandError("没有可以写入的行。", returncode=1)

    def _failed(self, sentence: str, options: dict[str, Any]) -> CommandError:
        if options["json"]:
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        return CommandError(sentence, returncode=1)


def settled(place: Jurisdiction | None, line: tuple[Division, ...], *, on: date) -> Jurisdiction:
    """The place, laid down where it is unknown, with the plan it starts with where it has none."""
    if place is None:
        return lay_down(line, on=on, by=None)
    if line:
        start_with_plan(line[-1], place, on=on, by=None)
    return place


def meaning(text: str) -> tuple[str, str]:
    """“经营场地=经营地址” as a title and the key of its column; nothing behind the sign passes the column over."""
    title, sign, item = text.partition("=")
    keys = {column.title: column.key for column in LEDGER.columns} | {
        column.key: column.key for column in LEDGER.columns
    }
    if not sign or (item and item not in keys):
        raise ArgumentTypeError(
            f"“{text}”应写成 表头=项目，项目为：{'、'.join(column.title for column in LEDGER.columns)}"
        )
    return title, keys.get(item, "")


def brought_in(
    place: Jurisdiction, filename: str, data: bytes, *, on: date, dry: bool, titles: dict[str, str]
) -> ImportBatch:
    """The batch of these bytes, staged and its clean rows written; one that was written before stays as it is."""
    newest = ImportBatch.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    batch = receive_workbook(place, kind=LEDGER.name, filename=filename, data=data, by=None)
    if batch.state in ("uploaded", "unmapped", "staged"):
        batch = stage_workbook(batch, LEDGER, on=on, titles=titles)
    if dry and batch.pk > newest:
        # The row goes with the transaction, the file would not.
        default_storage.delete(batch.stored)
    try:
        if batch.state == "staged":
            batch = confirm_batch(batch, by=None, clean_only=True)
    except Refused as refused:
        batch.error = refused.reason
    return commit_batch(batch, LEDGER, on=on, at=timezone.now())


def report_on(batch: ImportBatch, on: date) -> Report:
    """Counts and findings of a batch; the grades are those that its rows have in the register now."""
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    keys = ("column", "level", "code", "message")
    problems = [
        {"row": number, **{key: problem[key] for key in keys}}
        for number, found in rows.values_list("number", "problems")
        for problem in found
    ]
    refused = batch.counts["refused"]
    grades = grades_of(batch, validator(batch, on))
    read, skipped = batch.counts["read"], batch.counts["skipped"]
    return Report(batch.sheet, batch.header_row, read, read - refused - skipped, refused, grades, problems)


def grades_of(batch: ImportBatch, checks: LedgerValidator) -> dict[str, int]:
    """How many clean rows stand under each grade; rows without one under an empty word."""
    by_id = dict(Entity.objects.filter(place__startswith=batch.place).values_list("pk", "grade"))
    counts = dict.fromkeys("ABCD", 0)
    for number, cells in ImportRow.objects.filter(batch=batch).to_write().values_list("number", "cells"):
        _row, _findings, stored = checks.read(number, open_cells(cells), {})
        if stored:
            grade = by_id.get(stored.pk, "")
            counts[grade] = counts.get(grade, 0) + 1
    return counts


def told(report: Report, batch: ImportBatch, place: str) -> str:
    """The report for a person at a terminal."""
    grades = "，".join(f"{grade or '待定级'} {count}" for grade, count in report.grades_of_committable.items())
    lines = [
        f"{place}：{batch.filename}，工作表“{report.sheet}”，表头在第 {report.header_row} 行。",
        f"读到 {report.data_rows} 行，可写入 {report.committable} 行，有错误不写入 {report.refused} 行。",
        f"等级：{grades}。",
        *batch.notes,
    ]
    lines += [
        f"  第 {problem['row']} 行 {LEVELS[problem['level']]}：{problem['message']}（{problem['code']}）"
        for problem in report.problems
    ]
    return "\n".join(lines)


def written(batch: ImportBatch) -> str:
    """What was written and when; for bytes that came before that is the day of the first time."""
    if batch.committed_at is None:
        return batch.error
    return f"{timezone.localtime(batch.committed_at):%Y-%m-%d %H:%M} 写入 {batch.counts['written']} 行。"
