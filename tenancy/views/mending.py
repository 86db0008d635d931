"""What a person does to an upload before it is written: point out columns, correct cells, set rows aside."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenancy import policies
from tenancy.actions.mending import amend_cells, forget_word, map_columns, set_aside, take_proposals
from tenancy.forms.imports import read_meanings
from tenancy.models import ImportBatch, ImportWord
from tenancy.queries.imports import settled_words, sheet_view
from tenancy.rules.headers import PASSED_OVER
from tenancy.rules.refusals import Refused, require
from tenancy.views.imports import STEPS, Entrance, Wizard, allowed, batch_of


@require_http_methods(["GET", "POST"])
@allowed
def choose_columns(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """Step two, where the header was not recognised or another sheet is wanted: what each column holds."""
    batch, entrance = batch_of(batch_id, wizard)
    if batch.state not in ("unmapped", "staged"):
        return redirect(wizard.urls["show"], batch.pk)
    if request.method == "POST":
        try:
            _mapped(request, batch, entrance)
        except Refused as refused:
            messages.error(request, refused.reason)
            return _columns_page(request, batch, wizard, entrance, status=409)
        wizard.nudge(batch.pk)
        return redirect(wizard.urls["show"], batch.pk)
    return _columns_page(request, batch, wizard, entrance)


def _mapped(request: HttpRequest, batch: ImportBatch, entrance: Entrance) -> None:
    row = request.POST.get("row", "")
    map_columns(
        batch,
        entrance.kind,
        sheet=request.POST.get("sheet", ""),
        header_row=int(row) if row.isdecimal() and len(row) < 8 else 0,
        meanings=read_meanings(request.POST),
        by=request.post,  # type: ignore[attr-defined]
    )


def _columns_page(
    request: HttpRequest, batch: ImportBatch, wizard: Wizard, entrance: Entrance, status: int = 200
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    row = asked.get("row", "")
    number = int(row) if row.isdecimal() and len(row) < 8 else None
    view = sheet_view(batch, entrance.kind.columns, entrance.kind.own_titles, asked.get("sheet"), number)
    if view is None:
        raise Http404
    chosen = read_meanings(request.POST) if request.method == "POST" else {}
    part = next(part for part in batch.preview if part["name"] == view.sheet)
    context = {
        "batch": batch,
        "wizard": wizard,
        "entrance": entrance,
        "steps": STEPS,
        "at": 2,
        "view": view,
        "columns": [(column, chosen.get(column.at, column.key)) for column in view.columns],
        "fields": entrance.kind.columns,
        "sheets": [part["name"] for part in batch.preview],
        "numbers": [number for number, _cells in part["rows"]],
        "passed_over": PASSED_OVER,
    }
    return render(request, "imports/columns.html", context, status=status)


@require_POST
@allowed
def amend(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """Corrects one cell, the same wrong value in all refused rows at once, or takes what is proposed for a column."""
    batch, entrance = batch_of(batch_id, wizard)
    column = request.POST.get("column", "")
    if column not in {known.key for known in entrance.kind.columns}:
        raise Http404
    acting = {"column": column, "by": request.post, "on": timezone.localdate()}  # type: ignore[attr-defined]
    if request.POST.get("proposed") == "1":
        changed = take_proposals(batch, entrance.kind, **acting)
    else:
        changed = amend_cells(
            batch,
            entrance.kind,
            **acting,
            old=request.POST.get("old", ""),
            new=request.POST.get("new", "").strip(),
            number=_number(request),
            remember=request.POST.get("remember") == "1",
        )
    messages.success(request, _("已改正%d行，并重新校验了全部行。") % changed)
    return redirect(f"{reverse(wizard.urls['show'], args=[batch.pk])}?tab=refused")


@require_POST
@allowed
def skip(request: HttpRequest, batch_id: int, *, wizard: Wizard) -> HttpResponse:
    """Leaves a row, or every refused row, out of this import, or takes it back in."""
    batch, entrance = batch_of(batch_id, wizard)
    back = request.POST.get("back") == "1"
    by, on = request.post, timezone.localdate()  # type: ignore[attr-defined]
    changed = set_aside(batch, entrance.kind, number=_number(request), back=back, by=by, on=on)
    said = _("%d行重新列入，并重新校验了全部行。") if back else _("%d行不导入；其余各行已重新校验。")
    messages.success(request, said % changed)
    return redirect(f"{reverse(wizard.urls['show'], args=[batch.pk])}?tab={'skipped' if back else 'refused'}")


def _number(request: HttpRequest) -> int | None:
    number = request.POST.get("number", "")
    return int(number) if number.isdecimal() and len(number) < 8 else None


@login_required
@require_GET
def list_words(request: HttpRequest) -> HttpResponse:
    """What the office means by its own titles and words, to be looked through and taken back."""
    post = request.post  # type: ignore[attr-defined]
    require(policies.may_import(post))
    page = Paginator(settled_words(), 50).get_page(request.GET.get("page"))
    rows = [(word, policies.may_forget(post, word)) for word in page]
    return render(request, "imports/words.html", {"page": page, "rows": rows, "passed_over": PASSED_OVER})


@login_required
@require_POST
def forget(request: HttpRequest, word_id: int) -> HttpResponse:
    """Takes back what the office once settled for a title or a word."""
    post = request.post  # type: ignore[attr-defined]
    require(policies.may_import(post))
    word = get_object_or_404(ImportWord.objects.select_related("jurisdiction"), pk=word_id)
    require(policies.may_forget(post, word))
    forget_word(word, by=post)
    messages.success(request, _("以后遇到“%s”会重新询问。") % word.said)
    return redirect("tenancy:list-words")
