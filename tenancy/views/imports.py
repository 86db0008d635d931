"""The import wizard that ledgers and rosters share: upload, check, preview, write, undo. Corrections are in `mending`.

An app wraps these with its own `Wizard`; the pages of its kinds differ only in words and columns.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenancy import policies
from tenancy.actions.imports import ImportKind, confirm_batch, receive_workbook, undo_batch, undo_until
from tenancy.actions.mending import marked_workbook
from tenancy.forms.imports import UploadForm
from tenancy.models import ImportBatch, ImportRow, Post
from tenancy.queries.imports import (
    batches,
    is_in_work,
    preview_rows,
    progress_of,
    proposals_in,
    repeated_faults,
    waiting_before,
)
from tenancy.rules.importing import located
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response
from tenancy.workbooks import write_template

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STEPS = tuple(gettext_lazy(step) for step in ("上传", "列对应", "逐行校验", "差异预览", "执行", "完成，可撤销"))
WAITING = ("uploaded", "committing")
AT_STEP = {"uploaded": 3, "unmapped": 2, "failed": 1, "staged": 4, "committing": 5, "committed": 6, "undone": 6}
# URL names are text, so that the bottom app need not know the apps above.
APPS = {
    "ledger": "entities", "staff": "entities", "penalties": "entities", "checks": "entities", "reconcile": "entities",
    "roster": "cadres", "posts": "cadres",
}  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Entrance:
    """What is said about one kind of import, and where it begins and ends."""

    kind: ImportKind
    title: "StrOrPromise"
    upload_url: str
    after_url: str
    after_label: "StrOrPromise"
    template_url: str
    hint: "StrOrPromise" = ""
    # Another right than the wizard's, where others send this kind as well.
    right: Right | None = None
    # Where a row that is nobody's, or several entities', gets its entity.
    choose_url: str = ""


@dataclass(frozen=True)
class Wizard:
    """An app's imports on the web: the right they need, where they lie, and how its task is nudged."""

    namespace: str
    right: Right
    nudge: Callable[[int], Any]
    entrances: tuple[Entrance, ...]

    def of(self, kind: str) -> Entrance:
        return next(entrance for entrance in self.entrances if entrance.kind.name == kind)

    def right_of(self, kind: str) -> Right:
        return self.of(kind).right or self.right

    def opened_to(self, post: Post | None) -> "Wizard":
        """The wizard with the kinds a post may import. Raises Refused when there are none."""
        answers = {each.kind.name: policies.may(post, each.right or self.right) for each in self.entrances}
        opened = tuple(entrance for entrance in self.entrances if answers[entrance.kind.name])
        if not opened:
            require(policies.may(post, self.right))
        return replace(self, entrances=opened)

    @property
    def kinds(self) -> list[str]:
        return [entrance.kind.name for entrance in self.entrances]

    @property
    def urls(self) -> Mapping[str, str]:
        acts = ("show", "map", "amend", "skip", "commit", "undo", "download")
        return {act: f"{self.namespace}:{act}-import" for act in acts}


Page = Callable[..., HttpResponse]


def allowed(view: Page) -> Page:
    """Signed in, and carrying the right for the kind, or for any kind where a batch says which it is."""

    @wraps(view)
    @login_required
    def checked(request: HttpRequest, *args: Any, wizard: Wizard, **kwargs: Any) -> HttpResponse:
        post = request.post  # type: ignore[attr-defined]
        if "kind" in kwargs:
            require(policies.may(post, wizard.right_of(kwargs["kind"])))
        return view(request, *args, wizard=wizard.opened_to(post), **kwargs)

    return checked


def batch_of(batch_id: int, wizard: Wizard) -> tuple[ImportBatch, Entrance]:
    batch = get_object_or_404(
        ImportBatch.objects.select_related("jurisdiction", "uploaded_by"), pk=batch_id, kind__in=wizard.kinds
    )
    return batch, wizard.of(batch.kind)


@require_http_methods(["GET", "POST"])
@allowed
def upload(request: HttpRequest, *, wizard: Wizard, kind: str) -> HttpResponse:
    """Step one. The same file again leads to the earlier batch."""
    form, entrance = UploadForm(request.POST or None, request.FILES or None), wizard.of(kind)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        post = request.post  # type: ignore[attr-defined]
        batch = receive_workbook(post.jurisdiction, kind=kind, filename=file.name, data=file.read(), by=post)
        if batch.state == "uploaded":
            wizard.nudge(batch.pk)
        else:
            messages.info(request, _already(batch))
        return redirect(wizard.urls["show"], batch.pk)
    context = {"form": form, "wizard": wizard, "entrance": entrance, "steps": STEPS, "at": 1}
    return render(
        request, "imports/upload.html", context | {"recent": batches(kind)[:5]}, status=422 if form.errors else 200
    )


def _already(batch: ImportBatch) -> str:
    """The same bytes were here before: when, and that nothing is written twice."""
    if batch.committed_at:
        at = timezone.localtime(batch.committed_at).strftime("%Y-%m-%d %H:%M")
        return _("这个文件已于%s导入过，没有再次写入，0 处变更；这里是当时的那一批。") % at
    at = timezone.localtime(batch.uploaded_at).strftime("%Y-%m-%d %H:%M")
    return _("这个文件已于%s上传过，这里是当时的那一批。") % at


@require_GET
@allowed
def show(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """Every later step: waiting, findings and preview, result. Leaving and coming back is harmless."""
    batch, entrance = batch_of(batch_id, wizard)
    if batch.state == "unmapped":
        return redirect(wizard.urls["map"], batch.pk)
    context = {"batch": batch, "wizard": wizard, "entrance": entrance, "steps": STEPS, "at": AT_STEP[batch.state]}
    if batch.state == "failed":
        context |= {"upload_address": reverse(entrance.upload_url), "upload_label": _("重新上传")}
    elif batch.state in WAITING:
        context["work"] = _work(batch)
    else:
        context |= _rows(request, batch, entrance.kind)
    return render(request, "imports/show.html", context)


def _work(batch: ImportBatch) -> dict[str, Any]:
    """How far a waiting batch is, as a worker says or as its place in the queue says."""
    running = is_in_work(batch)
    told = progress_of(batch) if running and batch.state == "uploaded" else None
    done, total = told or (0, 0)
    return {"running": running, "done": done, "total": total, "before": 0 if running else waiting_before(batch)}


def _rows(request: HttpRequest, batch: ImportBatch, kind: ImportKind) -> dict[str, Any]:
    tab = request.GET.get("tab", "refused" if batch.counts.get("refused") else "all")
    page = Paginator(preview_rows(batch, tab), 50).get_page(request.GET.get("page"))
    staged = batch.state == "staged"
    faults = repeated_faults(batch, kind.columns) if staged else []
    known = kind.words(batch, timezone.localdate()) if faults else {}
    return {
        "tabs": _tabs(batch, tab),
        "page": page,
        "rows": [shown_row(row, batch, kind) for row in page],
        "titles": [column.title for column in kind.columns],
        "proposals": proposals_in(batch, kind.columns) if staged and batch.counts.get("refused") else [],
        "faults": [(fault, known.get(fault.column, ())) for fault in faults],
        "refused_share": 100 * batch.counts.get("refused", 0) / max(batch.counts.get("read", 0), 1),
        "undo_until": undo_until(batch) if batch.state == "committed" else None,
        "is_late": batch.state == "committed" and timezone.now() > (undo_until(batch) or timezone.now()),
    }


def _tabs(batch: ImportBatch, tab: str) -> list[dict[str, Any]]:
    words = {
        "refused": _("有错误"),
        "warned": _("有提醒"),
        "new": _("新增"),
        "changed": _("变更"),
        "same": _("无变化"),
        "skipped": _("不导入"),
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
        if key != "skipped" or counts.get(key) or key == tab
    ]


def shown_row(row: ImportRow, batch: ImportBatch, kind: ImportKind) -> dict[str, Any]:
    """A staged row as its page draws it; private cells are masked."""
    titles = {column.key: column.title for column in kind.columns}
    by_column = {problem["column"]: problem for problem in row.problems}
    changes, cells = row.differences or {}, []
    # A batch staged before the kind learned its last columns has fewer cells.
    for column, cell in zip_longest(kind.columns, row.cells):
        text = "••••" if column.private and cell not in (None, "") else cell
        changed = changes.get(column.key)
        cells.append({"key": column.key, "text": text, "problem": by_column.get(column.key), "changed": changed})
    problems = [{**problem, "where": located(problem, batch.columns, titles)} for problem in row.problems]
    return {"row": row, "cells": cells, "problems": problems}


@require_POST
@allowed
def commit(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """Confirms the batch; a task writes it."""
    batch, _entrance = batch_of(batch_id, wizard)
    batch = confirm_batch(
        batch,
        by=request.post,  # type: ignore[attr-defined]
        clean_only=request.POST.get("clean_only") == "1",
        seen=request.POST.getlist("seen"),
    )
    wizard.nudge(batch.pk)
    return redirect(wizard.urls["show"], batch.pk)


@require_POST
@allowed
def undo(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """Takes a written batch back and says what stayed."""
    batch, entrance = batch_of(batch_id, wizard)
    by = request.post  # type: ignore[attr-defined]
    kept = undo_batch(batch, entrance.kind, by=by, at=timezone.now())
    if kept:
        messages.warning(request, _("已撤销；其中%d条在写入之后又有变动，予以保留，名单在下面。") % len(kept))
    else:
        messages.success(request, _("已撤销，恢复到这一批之前。"))
    return redirect(wizard.urls["show"], batch_id)


@require_GET
@allowed
def download(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """The workbook given back with its reasons, all rows or only the bad ones."""
    batch, _entrance = batch_of(batch_id, wizard)
    marked = marked_workbook(batch, only_bad=request.GET.get("only") == "bad")
    name = batch.filename.rsplit(".", 1)[0]
    return bytes_response(marked, f"{name}-{_('校验结果')}.xlsx", XLSX)


@require_GET
@allowed
def template(request: HttpRequest, *, wizard: Wizard, kind: str) -> HttpResponse:
    """An empty workbook with the kind's columns, and a sheet that says what may stand in them."""
    entrance, post = wizard.of(kind), request.post  # type: ignore[attr-defined]
    draft = ImportBatch(jurisdiction=post.jurisdiction, place=post.jurisdiction.path, kind=kind, uploaded_by=post)
    words = entrance.kind.words(draft, timezone.localdate())
    titles = [(column.title, column.required, words.get(column.key, ())) for column in entrance.kind.columns]
    name = draft.get_kind_display()
    made = write_template(name, titles, version=entrance.kind.version)
    return bytes_response(made, f"{name}-{_('模板')}.xlsx", XLSX)


@login_required
@require_GET
def list_imports(request: HttpRequest) -> HttpResponse:
    """Every batch of the acting place: who, when, file, counts, state."""
    require(policies.may_import(request.post))  # type: ignore[attr-defined]
    page = Paginator(batches(""), 50).get_page(request.GET.get("page"))
    rows = [(batch, reverse(f"{APPS[batch.kind]}:show-import", args=[batch.pk])) for batch in page]
    return render(request, "imports/list.html", {"page": page, "rows": rows})
