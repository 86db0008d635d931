"""Files that belong to a plan or are filed under it: looked through, kept as they came, found again by their digest."""

import hashlib
import uuid
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.models import Plan, PlanAnnex, PlanDraft, Post
from tenancy.models.drafts import StoredFile
from tenancy.policies import may
from tenancy.rules.names import tidy
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right
from tenancy.scans import UnreadablePicture, clean_filename, read_scan
from tenancy.scans.unreadable import FILE_BYTES, kind_of
from tenancy.workbooks import Limits, UnreadableWorkbook
from tenancy.workbooks.gate import check_kept
from tenancy.workbooks.unreadable import WHATS

KINDS = ("pdf", "docx", "xlsx")
MOST = 20
LIMITS = Limits(file_bytes=FILE_BYTES)


def attach_annex(of: Plan | PlanDraft, data: bytes, filename: str, *, title: str, by: Post) -> PlanAnnex:
    """Keeps one annex of a plan or of a draft. The same file again is the same annex."""
    require(may(by, Right.EDIT_PLAN, of.place))
    row = PlanAnnex(jurisdiction=of.jurisdiction, place=of.place, added_by=by)
    if isinstance(of, Plan):
        row.plan, others = of, PlanAnnex.objects.filter(plan=of)
    else:
        row.draft, others = of, PlanAnnex.objects.filter(draft=of)
    if earlier := others.filter(sha256=hashlib.sha256(data).hexdigest()).first():
        return earlier
    if others.count() >= MOST:
        raise Refused(_("一份方案最多挂%d个附件，请合并或删去不用的。") % MOST, code="annex-many")
    keep_file(row, data, filename, folder=f"{of.place}annexes")
    row.title = tidy(title)[:120] or PurePath(row.filename).stem
    row.save()
    audit.record("tenancy.plan.annexed", of, by=by, after={"annex": row.title, "sha256": row.sha256})
    return row


def detach_annex(annex: PlanAnnex, *, by: Post) -> None:
    """Takes an annex off; its file stays in the store, its digest in the trail."""
    require(may(by, Right.EDIT_PLAN, annex.place))
    of = annex.plan or annex.draft
    assert of is not None
    audit.record("tenancy.plan.annex-detached", of, by=by, before={"annex": annex.title, "sha256": annex.sha256})
    annex.delete()


def keep_file(row: StoredFile, data: bytes, filename: str, *, folder: str) -> None:
    """Looks through a PDF, Word or Excel file and stores it; what it is called never decides what it is."""
    kind = _kind(data, filename)
    if kind not in KINDS:
        raise Refused(_("只收 PDF、.docx 和 .xlsx 文件。旧格式请另存为新格式或 PDF 后再传。"), code="file-kind")
    row.kind, row.size, row.sha256 = kind, len(data), hashlib.sha256(data).hexdigest()
    stem = PurePath(clean_filename(filename)).stem[:110]
    row.filename = f"{stem}.{kind}"
    row.stored = default_storage.save(f"{folder}/{uuid.uuid4()}", ContentFile(data))


def _kind(data: bytes, filename: str) -> str:
    try:
        if kind_of(data) == "pdf":
            return read_scan(data, filename).kind
        return check_kept(data, LIMITS).kind
    except UnreadablePicture as error:
        raise Refused(error.message, code=error.code) from error
    except UnreadableWorkbook as error:
        raise Refused(_why(error), code=error.code) from error


def _why(error: UnreadableWorkbook) -> str:
    """Like the sentence of the import, but for a file that nobody wants to read the cells of."""
    if error.code == "active-content":
        what = WHATS[str(error.facts["what"])]
        return _("文件中含有%s，出于安全考虑不予接收。请去掉后另存，或另存为 PDF 再传。") % what
    if error.code == "encrypted":
        return _("文件设有打开密码，系统没有接收。请取消密码，或另存为 PDF 再传。")
    if error.code == "too-big":
        return error.message
    return _("只收完整的 PDF、.docx 和 .xlsx 文件，这个文件打不开或不是这几种。请另存为 PDF 再传。")
