"""The import wizard that ledgers and rosters share: upload, check, preview, write, undo.

An app wraps these with its own `Wizard`; the pages differ only in words and columns.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenancy import policies
from tenancy.actions.imports import (
    ImportKind,
    amend_cells,
    confirm_batch,
    receive_workbook,
    undo_batch,
)
from tenancy.forms import UploadForm
from tenancy.models import ImportBatch, ImportRow
from tenancy.queries.imports import batches, preview_rows, repeated_faults
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response
from tenancy.workbooks import UnreadableWorkbook, annotate

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STEPS = ("上传", "逐行校验", "差异预览", "写入", "完成")
WAITING = ("uploaded", "committing")
AT_STEP = {"uploaded": 2, "unmapped": 2, "failed": 2, "staged": 3, "committing": 4, "committed": 5, "undone": 5}
# URL names are text, so that the bottom app need not know the apps above.
SHOWN_BY = {"ledger": "entities:show-import", "roster": "cadres:show-import"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Wizard:
    """One kind of import on the web: its columns, the right it needs, its URL names and how a task is nudged."""

    kind: ImportKind
    right: Right
    title: "StrOrPromise"
    namespace: str
    upload_url: str
    nudge: Callable[[int], Any]
    after_url: str

    @property
    def show_url(self) -> str:
        return f"{self.namespace}:show-import"

    @property
    def amend_url(self) -> str:
        return f"{self.namespace}:amend-import"

    @property
    def commit_url(self) -> str:
        return f"{self.namespace}:commit-import"

    @property
    def undo_url(self) -> str:
        return f"{self.namespace}:undo-import"

    @property
    def download_url(self) -> str:
        return f"{self.namespace}:download-import"


Page = Callable[..., HttpResponse]


def allowed(view: Page) -> Page:
    """Signed in, and carrying the wizard's right."""

    @wraps(view)
    @login_required
    def checked(request: HttpRequest, *args: Any, wizard: Wizard, **kwargs: Any) -> HttpResponse:
        require(policies.may(request.post, wizard.right))  # type: ignore[attr-defined]
        return view(request, *args, wizard=wizard, **kwargs)

    return checked


def _batch(batch_id: int, wizard: Wizard) -> ImportBatch:
    return get_object_or_404(ImportBatch.objects.select_related("jurisdiction"), pk=batch_id, kind=wizard.kind.name)


def _nudge(batch: ImportBatch, wizard: Wizard) -> None:
    """Tells the worker; the sweeper finds the row anyway when nobody listens."""
    wizard.nudge(batch.pk)


@require_http_methods(["GET", "POST"])
@allowed
def upload(request: HttpRequest, *, wizard: Wizard) -> HttpResponse:
    """Step one. The same file again leads to the earlier batch."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        post = request.post  # type: ignore[attr-defined]
        batch = receive_workbook(
            post.jurisdiction, kind=wizard.kind.name, filename=file.name, data=file.read(), by=post
        )
        if batch.state == "uploaded":
            _nudge(batch, wizard)
        else:
            messages.info(
                request,
                _("这个文件已于%s上传过，这里是当时的那一批。")
                % timezone.localtime(batch.uploaded_at).strftime("%Y-%m-%d %H:%M"),
            )
        return redirect(wizard.show_url, batch.pk)
    context = {"form": form, "wizard": wizard, "steps": STEPS, "at": 1, "recent": batches(wizard.kind.name)[:5]}
    return render(request, "imports/upload.html", context, status=422 if form.errors else 200)


@require_GET
@allowed
def show(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """Every later step: waiting, findings and preview, result. Leaving and coming back is harmless."""
    batch = _batch(batch_id, wizard)
    tab = request.GET.get("tab", "refused" if batch.counts.get("refused") else "all")
    page = Paginator(preview_rows(batch, tab), 50).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "wizard": wizard,
        "steps": STEPS,
        "at": AT_STEP[batch.state],
        "waiting": batch.state in WAITING,
        "tabs": _tabs(batch, tab),
        "page": page,
        "rows": [_shown(row, wizard.kind) for row in page],
        "titles": [column.title for column in wizard.kind.columns],
        "faults": repeated_faults(batch, wizard.kind.columns) if batch.state == "staged" else [],
        "upload_address": reverse(wizard.upload_url),
        "upload_label": _("重新上传"),
        "refused_share": 100 * batch.counts.get("refused", 0) / max(batch.counts.get("read", 0), 1),
    }
    return render(request, "imports/show.html", context)


def _tabs(batch: ImportBatch, tab: str) -> list[dict[str, Any]]:
    words = {
        "refused": _("有错误"),
        "warned": _("有提醒"),
        "new": _("新增"),
        "changed": _("变更"),
        "same": _("无变化"),
        "all": _("全部"),
    }
    counts = {**batch.counts, "all": batch.counts.get("read", 0)}
    return [
        {
            "label": label,
            "url": f"?tab={key}",
            "count": counts.get(key),
            "current": key == tab,
            "hot": key == "refused" and bool(counts.get(key)),
        }
        for key, label in words.items()
    ]


def _shown(row: ImportRow, kind: ImportKind) -> dict[str, Any]:
    by_column = {problem["column"]: problem for problem in row.problems}
    cells = []
    # A batch staged before the kind learned its last columns has fewer cells.
    for column, cell in zip_longest(kind.columns, row.cells):
        hidden = column.private and cell not in (None, "")
        cells.append({"key": column.key, "text": "••••" if hidden else cell, "problem": by_column.get(column.key)})
    return {"row": row, "cells": cells, "problems": row.problems}


@require_POST
@allowed
def amend(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """Corrects one cell, or the same wrong value in all refused rows at once."""
    batch = _batch(batch_id, wizard)
    column = request.POST.get("column", "")
    if column not in {known.key for known in wizard.kind.columns}:
        raise Http404
    number = request.POST.get("number", "")
    changed = amend_cells(
        batch,
        wizard.kind,
        column=column,
        old=request.POST.get("old", ""),
        new=request.POST.get("new", "").strip(),
        number=int(number) if number.isdecimal() else None,
        by=request.post,  # type: ignore[attr-defined]
        on=timezone.localdate(),
    )
    messages.success(request, _("已改正%d行，并重新校验了全部行。") % changed)
    return redirect(f"{reverse(wizard.show_url, args=[batch.pk])}?tab=refused")


@require_POST
@allowed
def commit(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """Confirms the batch; a task writes it."""
    batch = confirm_batch(
        _batch(batch_id, wizard),
        by=request.post,  # type: ignore[attr-defined]
        clean_only=request.POST.get("clean_only") == "1",
    )
    _nudge(batch, wizard)
    return redirect(wizard.show_url, batch.pk)


@require_POST
@allowed
def undo(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """Takes a written batch back and says what stayed."""
    kept = undo_batch(
        _batch(batch_id, wizard),
        wizard.kind,
        by=request.post,  # type: ignore[attr-defined]
        at=timezone.now(),
    )
    if kept:
        names = "、".join(kept[:10])
        text = _("已撤销；其中%(n)d条在写入之后又有变动，予以保留：%(names)s") % {"n": len(kept), "names": names}
        messages.warning(request, text)
    else:
        messages.success(request, _("已撤销，台账恢复到这一批之前。"))
    return redirect(wizard.show_url, batch_id)


@require_GET
@allowed
def download(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """The workbook given back with its reasons, all rows or only the bad ones."""
    batch = _batch(batch_id, wizard)
    problems = {
        number: [problem["message"] for problem in found]
        for number, found in batch.rows.exclude(problems=[]).values_list("number", "problems")
    }
    with default_storage.open(batch.stored) as file:
        data = file.read()
    try:
        marked = annotate(data, problems, header_row=batch.header_row, only_bad=request.GET.get("only") == "bad")
    except UnreadableWorkbook as error:
        raise Refused(error.message, code=error.code) from error
    name = batch.filename.rsplit(".", 1)[0]
    return bytes_response(marked, f"{name}-{_('校验结果')}.xlsx", XLSX)


@login_required
@require_GET
def list_imports(request: HttpRequest) -> HttpResponse:
    """Every batch of the acting place: who, when, file, counts, state."""
    post = request.post  # type: ignore[attr-defined]
    answers = [policies.may(post, right) for right in (Right.IMPORT_REGISTER, Right.IMPORT_ROSTER)]
    require(next((answer for answer in answers if answer), answers[0]))
    page = Paginator(batches(""), 50).get_page(request.GET.get("page"))
    rows = [(batch, reverse(SHOWN_BY[batch.kind], args=[batch.pk])) for batch in page]
    return render(request, "imports/list.html", {"page": page, "rows": rows})
