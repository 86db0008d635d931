"""`manage.py reconcile FILE --place PATH`: an outside list against the register, from the command line.

The list goes the way of the wizard; the register is only read. With --dry-run nothing stays.
"""

import json
from argparse import ArgumentParser
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from entities.actions.outside import OUTSIDE, Origin, receive_list
from entities.models import OutsideList
from entities.queries.outside import DifferenceFilter, differences, row_counts
from entities.rules.outside import Source
from entities.rules.reconciling import FIELD_LABELS, KIND_LABELS, DifferenceKind
from tenancy.actions.imports import commit_batch, confirm_batch
from tenancy.actions.staging import stage_workbook
from tenancy.queries.tree import find_place, full_name
from tenancy.rules.paths import tenant_of
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in


class Command(BaseCommand):
    help = "把一份外部名单与本台账比对，说明漏登的、多出的和不一致的。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=".xlsx、.xls 或 .csv")
        parser.add_argument("--place", required=True, metavar="PATH", help="区划代码，或用“/”连接的名称")
        parser.add_argument("--source", default="", metavar="NAME", help="名单名称，默认用文件名")
        parser.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="数据截至，默认今天")
        parser.add_argument("--dry-run", action="store_true", help="只比对，什么都不留下")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        file, place = options["file"], find_place(options["place"])
        if place is None:
            raise self._failed(f"没有“{options['place']}”这个地方：请用区划代码，或从上到下用“/”连接的名称。", options)
        try:
            data = file.read_bytes()
        except OSError as error:
            raise self._failed(f"文件打不开：{file}（{error.strerror}）。", options) from error
        origin = Origin(Source.OTHER, options["source"] or file.stem[:80], options["on"] or timezone.localdate())
        try:
            with acting_in(tenant_of(place.path)):
                made = receive_list(place, origin, filename=file.name, data=data, by=None, on=timezone.localdate())
                outside = brought_in(made, dry=options["dry_run"])
                report = report_on(outside)
                name = full_name(place.path)
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except Refused as refused:
            raise self._failed(refused.reason, options) from refused
        said = json.dumps(report, ensure_ascii=False) if options["json"] else told(report, name)
        self.stdout.write(said)

    def _failed(self, sentence: str, options: dict[str, Any]) -> CommandError:
        if options["json"]:
            self.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False))
        return CommandError(sentence, returncode=1)


def brought_in(made: OutsideList, *, dry: bool) -> OutsideList:
    """The list read and compared; one that was sent before stays as it is. Raises Refused where it cannot be read."""
    batch, today, now = made.batch, timezone.localdate(), timezone.now()
    if made.state == "compared":
        return made
    if batch.state in ("uploaded", "unmapped", "staged"):
        batch = stage_workbook(batch, OUTSIDE, on=today)
    if dry:
        # The row goes with the transaction, the file would not.
        default_storage.delete(batch.stored)
    if batch.state in ("failed", "unmapped"):
        raise Refused(batch.error, code="unreadable")
    commit_batch(confirm_batch(batch, by=None, clean_only=True), OUTSIDE, on=today, at=now)
    return OutsideList.objects.get(pk=made.pk)


def report_on(outside: OutsideList) -> dict[str, Any]:
    """Counts and every open difference."""
    found = list(differences(outside, DifferenceFilter()))
    kinds = Counter(each.kind for each in found)
    lines = [
        {
            "kind": each.kind, "field": each.field, "name": str(each.entity or each.there), "there": each.there,
            "here": each.here, "row": each.row.number if each.row else None, "place": each.jurisdiction.name,
        }
        for each in found
    ]  # fmt: skip
    counts = {kind.value: kinds[kind.value] for kind in DifferenceKind}
    return {"list": outside.name, **row_counts(outside), **counts, "differences": lines}


def told(report: dict[str, Any], place: str) -> str:
    """The report for a person at a terminal."""
    kinds = "，".join(f"{KIND_LABELS[kind]} {report[kind.value]} 条" for kind in DifferenceKind)
    lines = [f"{place}：{report['list']}，名单 {report['rows']} 家，台账里有 {report['known']} 家。", f"{kinds}。"]
    lines += [
        f"  {KIND_LABELS[DifferenceKind(each['kind'])]}：{each['name']}"
        + (f"（{FIELD_LABELS[each['field']]}：{each['here'] or '空'} → {each['there']}）" if each["field"] else "")
        for each in report["differences"]
    ]
    return "\n".join(lines)
