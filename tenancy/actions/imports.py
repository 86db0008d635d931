"""The staged import that ledgers and rosters share, from the upload to the undo; reading and checking is `staging`.

Corrections before the commit stand in `mending`.
"""

import hashlib
import logging
import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.actions.staging import Cells, ImportKind, Validator, open_cells, recheck, stage_workbook
from tenancy.models import ImportBatch, Jurisdiction, Post
from tenancy.models.imports import AGAIN
from tenancy.rules.names import tidy
from tenancy.rules.paths import within
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_places

__all__ = [
    "Cells",
    "ImportKind",
    "Validator",
    "commit_batch",
    "confirm_batch",
    "give_back",
    "open_cells",
    "receive_workbook",
    "stage_workbook",
    "undo_batch",
    "work_off",
    "work_off_one",
]
logger = logging.getLogger(__name__)
# From this share of refused rows on, the wrong file or a wrong column is likelier than so many mistakes.
MANY_REFUSED = 0.2
WARNINGS_SEEN, MANY_SEEN = "warnings", "many"


def receive_workbook(
    jurisdiction: Jurisdiction, *, kind: str, filename: str, data: bytes, by: Post | None
) -> ImportBatch:
    """Keeps an upload as it came; reading it is a task's work. The same bytes again give the earlier batch.

    Raises Refused for a post that serves only some of the places below: a batch belongs to the whole.
    """
    if not within(acting_places(), jurisdiction.path):
        message = _("您只负责%(place)s的一部分，不能导入；请由负责整个%(place)s的经办人导入，或在台账里逐家登记。")
        raise Refused(message % {"place": jurisdiction.name}, code="import-partial")
    digest = hashlib.sha256(data).hexdigest()
    earlier = ImportBatch.objects.filter(jurisdiction=jurisdiction, kind=kind, sha256=digest).exclude(state__in=AGAIN)
    if found := earlier.first():
        return found
    stored = default_storage.save(f"{jurisdiction.path}imports/{uuid.uuid4()}", ContentFile(data))
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                jurisdiction=jurisdiction,
                place=jurisdiction.path,
                kind=kind,
                filename=tidy(filename)[-160:],
                stored=stored,
                sha256=digest,
                uploaded_by=by,
            )
    except IntegrityError:
        # Somebody else sent the same bytes in this very moment.
        default_storage.delete(stored)
        return earlier.get()
    audit.record(
        "tenancy.import.received", batch, by=by, after={"kind": kind, "file": batch.filename, "sha256": digest}
    )
    return batch


def confirm_batch(
    batch: ImportBatch, *, by: Post | None, clean_only: bool, seen: Collection[str] | None = None
) -> ImportBatch:
    """Asks for a staged batch to be written; a task does it. Raises Refused when rows are bad and a full set was wanted.

    seen: the doubts somebody has ticked, WARNINGS_SEEN and MANY_SEEN; None where nobody is asked, as at a terminal.
    """
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state != "staged":
        raise Refused(_("这一批当前是“%s”，不能再写入。") % batch.get_state_display(), code="import-state")
    refused = batch.counts["refused"]
    if refused and not clean_only:
        raise Refused(_("还有%d行有错误。请先改正，或选择“只写入无误的行”。") % refused, code="import-not-clean")
    if refused + batch.counts.get("skipped", 0) == batch.counts["read"]:
        raise Refused(_("没有可以写入的行，请按行内说明改正后重新上传。"), code="import-empty")
    if seen is not None:
        _check_doubts(batch, seen)
    batch.state, batch.confirmed_by, batch.clean_only = "committing", by, clean_only
    batch.save()
    return batch


def _check_doubts(batch: ImportBatch, seen: Collection[str]) -> None:
    warned, refused, read = (batch.counts.get(name, 0) for name in ("warned", "refused", "read"))
    if warned and WARNINGS_SEEN not in seen:
        message = _("有%d行带提醒（如校验码对不上）。请逐行核对，勾选“已核对提醒”后再写入。")
        raise Refused(message % warned, code="import-warnings")
    if refused > MANY_REFUSED * read and MANY_SEEN not in seen:
        message = _("%(read)d行里有%(refused)d行有错误，超过两成，可能选错了文件或列；确认无误请勾选后再写入。")
        raise Refused(message % {"read": read, "refused": refused}, code="import-many-refused")


def commit_batch(batch: ImportBatch, kind: ImportKind, *, on: date, at: datetime) -> ImportBatch:
    """Writes a confirmed batch in one transaction; a second call, or one after a crash, does no harm."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if batch.state != "committing":
            return batch
        batch.state, batch.committed_at = "committed", at
        written = kind.write(batch, batch.confirmed_by, on)
        batch.counts = {**batch.counts, **written}
        batch.save()
        audit.record("tenancy.import.committed", batch, by=batch.confirmed_by, after=batch.counts)
    return batch


def give_back(batch: ImportBatch, sentence: str) -> None:
    """Puts a confirmed batch that could not be written back to staged, with the reason."""
    batch.state, batch.error = "staged" if batch.counts else "failed", sentence
    batch.save(update_fields=["state", "error"])


def undo_until(batch: ImportBatch) -> datetime | None:
    """Until when a written batch can be taken back."""
    return batch.committed_at and batch.committed_at + timedelta(days=settings.IMPORT_UNDO_DAYS)


def undo_batch(batch: ImportBatch, kind: ImportKind, *, by: Post, at: datetime) -> list[str]:
    """Takes a committed batch back; returns the names of records that changed since and were left alone."""
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state != "committed":
        raise Refused(_("这一批当前是“%s”，不能撤销。") % batch.get_state_display(), code="import-state")
    until = undo_until(batch)
    if until is not None and at > until:
        message = _("这一批写入已超过%d天，不能整批撤销；请在台账里逐家更正，或导入更正后的表。")
        raise Refused(message % settings.IMPORT_UNDO_DAYS, code="undo-late")
    kept = kind.take_back(batch, by)
    batch.state, batch.undone_at, batch.kept = "undone", at, kept
    batch.counts = {**batch.counts, "kept": len(kept)}
    batch.save()
    audit.record("tenancy.import.undone", batch, by=by, after={"kept": kept[:50]})
    return kept


def work_off(kind: ImportKind, *, on: date, at: datetime) -> int:
    """Takes waiting batches of a kind one by one, each claimed for itself, until none is left; returns how many."""
    done = 0
    while work_off_one(kind, on=on, at=at):
        done += 1
    return done


def work_off_one(kind: ImportKind, *, on: date, at: datetime) -> bool:
    """Takes the first batch of a kind that waits and nobody else has claimed; whether there was one."""
    with transaction.atomic():
        waiting = ImportBatch.objects.filter(kind=kind.name, state__in=["uploaded", "committing"])
        batch = waiting.select_for_update(skip_locked=True).order_by("pk").first()
        if batch is not None:
            _advance(batch, kind, on=on, at=at)
        return batch is not None


def _advance(batch: ImportBatch, kind: ImportKind, *, on: date, at: datetime) -> None:
    try:
        with transaction.atomic():
            if batch.state == "uploaded":
                stage_workbook(batch, kind, on=on)
            else:
                commit_batch(batch, kind, on=on, at=at)
    except Refused as refused:
        # The register has changed since: the rows now say what is wrong with them.
        give_back(recheck(batch, kind, on=on), refused.reason)
    except Exception:
        # One broken batch must not stop those behind it, and is not tried for ever.
        logger.exception("import batch %s", batch.pk)
        give_back(batch, _("处理这一批时系统出错，没有写入任何行。请重试；仍不成功请联系系统管理员。"))
