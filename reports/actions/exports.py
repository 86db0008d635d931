"""Exports: small ones at once, big ones as a row that a worker claims, writes and finishes.

A worker's life is the lock on its row: a row that says running and can be locked has lost its worker.
"""

import hashlib
import tempfile
import uuid
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from entities.queries.finding import filter_of
from reports.models import Export
from reports.queries.expiry import expiry_sheet
from reports.queries.goal_words import goals_sheet
from reports.queries.places import place_in_reach
from reports.queries.sheets import SheetRows, ledger_sheet, progress_filter, progress_sheet
from reports.queries.staffing import staffing_filter
from reports.queries.staffing_sheet import staffing_sheet
from reports.queries.trend import trend_sheet
from reports.rules import number_asked
from reports.workbooks import FORM_ROWS, plain_table, workbook
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.policies import may
from tenancy.rules.periods import Quarter, quarter_of
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right

ATTEMPTS = 3


def sheet_for(kind: str, filters: dict[str, Any], *, by: Post, on: date) -> SheetRows:
    """What an export of this kind would write for this post on this day."""
    if kind == "ledger":
        return ledger_sheet(by, filter_of(filters), on)
    if kind == "staffing":
        return staffing_sheet(by, staffing_filter(filters, _place(filters, by, on)), on)
    if kind == "goals":
        return goals_sheet(by, _place(filters, by, on), on)
    if kind == "expiry":
        return expiry_sheet(by, filters, on)
    try:
        if kind == "trend":
            until = Quarter.parse(str(filters["until"])) if filters.get("until") else quarter_of(on)
            return trend_sheet(by, _place(filters, by, on), until, on)
        asked = progress_filter(filters, on)
    except ValueError as error:
        raise Refused(_("季度应写成“2026Q4”的样子，请从页面上选择季度后再导出。"), code="period-unknown") from error
    return progress_sheet(by, asked, on)


def _place(filters: dict[str, Any], by: Post, on: date) -> Jurisdiction:
    place = place_in_reach(by, number_asked(str(filters.get("place", ""))), on)
    if place is None:
        raise Refused(_("找不到要导出的区域，请回到页面重新选择。"), code="place-unknown")
    return place


def export(kind: str, filters: dict[str, Any], *, by: Post, on: date) -> Export | tuple[str, bytes]:
    """A small export as (file name, bytes); a big one as a row that waits for a worker. Both leave a trace."""
    require(may(by, Right.EXPORT, by.place, on=on))
    sheet = sheet_for(kind, filters, by=by, on=on)
    name = f"{sheet.title}-{by.jurisdiction.name}-{on:%Y%m%d}.xlsx"
    facts = {"kind": kind, "conditions": sheet.conditions, "rows": sheet.count, "file": name}
    if sheet.count <= FORM_ROWS:
        audit.record("reports.exported", by.jurisdiction, by=by, at=by.jurisdiction, after=facts)
        return name, workbook(kind, sheet)
    waiting = Export.objects.create(
        jurisdiction=by.jurisdiction,
        place=by.place,
        kind=kind,
        filters=filters,
        rows=sheet.count,
        filename=name[-160:],
        asked_by=by,
        asked_on=on,
    )
    audit.record("reports.export.asked", waiting, by=by, after=facts)
    return waiting


def claim_export(pk: int) -> bool:
    """Marks a waiting row as running; after three lost workers it is given up with a sentence."""
    waiting = Export.objects.select_for_update(skip_locked=True).unfinished().filter(pk=pk).first()
    if waiting is None:
        return False
    waiting.attempts += 1
    waiting.state = "running" if waiting.attempts <= ATTEMPTS else "failed"
    if waiting.state == "failed":
        waiting.error = _("生成时中断了%d次，请缩小范围后重新导出，或联系系统管理员。") % ATTEMPTS
    waiting.save(update_fields=["attempts", "state", "error"])
    return waiting.state == "running"


def write_export(pk: int, *, at: datetime) -> bool:
    """Writes a claimed row's workbook and finishes it; False when another worker holds or finished it."""
    held = Export.objects.select_for_update(skip_locked=True).filter(pk=pk, state="running").first()
    if held is None:
        return False
    sheet = sheet_for(held.kind, held.filters, by=held.asked_by, on=held.asked_on)
    with tempfile.TemporaryFile() as file:
        plain_table(held.kind, sheet, file)
        file.seek(0)
        held.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        held.stored = default_storage.save(f"{held.place}exports/{uuid.uuid4()}.xlsx", File(file))
    held.state, held.rows, held.finished_at = "done", sheet.count, at
    held.save()
    audit.record("reports.export.written", held, by=held.asked_by, after={"rows": held.rows, "sha256": held.sha256})
    return True
