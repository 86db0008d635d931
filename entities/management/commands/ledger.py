"""`manage.py ledger import FILE --place PATH`: a ledger from the command line, the same way as through the wizard.

A place nobody has set up yet is laid down from the shipped divisions first; with --dry-run nothing stays.
"""

import json
from argparse import ArgumentParser
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
from tenancy.actions.imports import commit_batch, confirm_batch, open_cells, receive_workbook, stage_workbook
from tenancy.models import ImportBatch, ImportRow, Jurisdiction
from tenancy.queries.tree import find_place, full_name
from tenancy.rules.paths import tenant_of
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in

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
                batch = brought_in(place, file.name, data, on=on, dry=options["dry_run"])
                report = report_on(batch, on) if batch.state != "failed" else None
                name = full_name(place.path)
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except Refused as refused:
            raise self._failed(refused.reason, options) from refused
        if report is None:
            raise self._failed(batch.error, options)
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


def brought_in(place: Jurisdiction, filename: str, data: bytes, *, on: date, dry: bool) -> ImportBatch:
    """The batch of these bytes, staged and its clean rows written; one that was written before stays as it is."""
    newest = ImportBatch.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    batch = receive_workbook(place, kind=LEDGER.name, filename=filename, data=data, by=None)
    if batch.state in ("uploaded", "staged"):
        batch = stage_workbook(batch, LEDGER, on=on)
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
    read = batch.counts["read"]
    return Report(batch.sheet, batch.header_row, read, read - refused, refused, grades, problems)


def grades_of(batch: ImportBatch, checks: LedgerValidator) -> dict[str, int]:
    """How many clean rows stand under each grade; rows without one under an empty word."""
    by_id = dict(Entity.objects.filter(place__startswith=batch.place).values_list("pk", "grade"))
    counts = dict.fromkeys("ABCD", 0)
    for number, cells in ImportRow.objects.filter(batch=batch, refused=False).values_list("number", "cells"):
        row, _findings = checks.rows.check(number, open_cells(cells), {})
        if known := checks.known.get(row.identity):
            grade = by_id.get(known[0], "")
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
