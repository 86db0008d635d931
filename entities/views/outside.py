"""外部名单: the lists, one upload, what a list and the register do not say alike, and one difference side by side."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities import policies
from entities.actions import differences as acts
from entities.actions.accepting import accept_differences, taking_preview
from entities.actions.outside import compare_again, end_basis, receive_list, set_basis
from entities.forms.outside import AnswerForm, ManyForm, OutsideForm, TakenForm, TakingForm, filter_form
from entities.models import KINDS, Difference, OutsideList
from entities.queries.checking import entity_checks, status_names
from entities.queries.outside import (
    difference_counts,
    differences,
    open_by_list,
    outside_lists,
    proposed_cells,
    row_counts,
    side_by_side,
    words_of,
)
from entities.rules.reconciling import Answer, DifferenceKind
from entities.tasks import nudge_ledger
from entities.views.imports import WIZARD
from entities.views.pieces import acting
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response

PAGE, SHOWN = 50, 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PILLS = {"open": "warn", "accepted": "ok", "rejected": "mute", "kept": "info"}


def _outside(post: Post, outside_id: int) -> OutsideList:
    """A list of the acting place or of one above it that was compared."""
    require(may(post, Right.VIEW_REGISTER))
    return get_object_or_404(outside_lists().filter(state="compared"), pk=outside_id)


@login_required
@require_safe
def list_outside(request: HttpRequest) -> HttpResponse:
    """Every list, the latest day first, with what is still open of it."""
    post = acting(request, Right.VIEW_REGISTER)
    page = Paginator(outside_lists(), PAGE).get_page(request.GET.get("page"))
    counts = open_by_list(page)
    rows = [
        {"outside": each, "counts": [(kind, counts.get(each.pk, {}).get(kind, 0)) for kind in KINDS]} for each in page
    ]
    context = {"page": page, "rows": rows, "kinds": list(KINDS.values()), "may_upload": policies.may_keep_list(post)}
    return render(request, "entities/outside_lists.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def upload_outside(request: HttpRequest) -> HttpResponse:
    """A list with its source and its day; from here on it goes the way of every import."""
    post, today = acting(request, Right.APPROVE_LIST), timezone.localdate()
    require(policies.may_keep_list(post, post.place))
    form = OutsideForm(request.POST or None, request.FILES or None, today=today)
    if form.is_valid():
        file = form.cleaned_data["file"]
        outside = receive_list(
            post.jurisdiction, form.origin(), filename=file.name, data=file.read(), by=post, on=today
        )
        if outside.batch.state == "uploaded":
            nudge_ledger(outside.batch_id)
        else:
            messages.info(request, _("这个文件已作为“%s”上传过，这里是当时的那一份。") % outside.name)
        return redirect("entities:show-import", outside.batch_id)
    context = {"form": form, "entrance": WIZARD.of("reconcile")}
    return render(request, "entities/outside_upload.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def show_outside(request: HttpRequest, outside_id: int) -> HttpResponse:
    """The differences of a list, by kind, with what either side says."""
    post = acting(request, Right.VIEW_REGISTER)
    outside, doc = _outside(post, outside_id), plan_in_force(post.jurisdiction.path, timezone.localdate()).value
    form = filter_form(request.GET, post, doc)
    asked, statuses = form.asked(), status_names(doc)
    counts = difference_counts(outside)
    page = Paginator(differences(outside, asked), PAGE).get_page(request.GET.get("page"))
    may_settle, may_edit = policies.may_settle_difference(post), may(post, Right.EDIT_REGISTER)
    rows = [
        {"difference": each, "words": words_of(each, statuses), "pill": PILLS[each.answer], **_facts(each)}
        for each in page
    ]
    given = request.GET.copy()
    given.pop("page", None)
    context = {
        "outside": outside, "form": form, "page": page, "rows": rows, "tabs": _tabs(request, counts, asked.kind),
        "kpis": _kpis(row_counts(outside), counts), "query": given.urlencode(), "may_settle": may_settle,
        "may_edit": may_edit, "many": asked.answer == Answer.OPEN,
        "may_export": may(post, Right.EXPORT), "conditions": form.conditions(),
        "may_keep": policies.may_keep_list(post, outside.place), "area_word": doc.names.area,
    }  # fmt: skip
    return render(request, "entities/outside.html", context)


def _facts(difference: Difference) -> dict[str, str]:
    """Whom a row of the page is about."""
    about = difference.entity or difference.row
    return {"name": about.name, "uscc": about.uscc, "address": about.address} if about else {}


def _tabs(request: HttpRequest, counts: dict[str, int], current: str) -> list[dict[str, Any]]:
    """The kinds with how many are open; the other conditions stay."""
    given = request.GET.copy()
    tabs = []
    for code, label in (("", _("全部")), *KINDS.items()):
        for name in ("kind", "page", "field"):
            given.pop(name, None)
        if code:
            given["kind"] = code
        count = counts[code] if code else sum(counts[kind] for kind in KINDS)
        tabs.append({"label": label, "url": f"?{given.urlencode()}", "count": count, "current": code == current})
    return tabs


def _kpis(rows: dict[str, int], counts: dict[str, int]) -> list[dict[str, Any]]:
    answered = counts[Answer.ACCEPTED] + counts[Answer.REJECTED] + counts[Answer.KEPT]
    return [
        {"label": _("名单上"), "value": rows["rows"], "note": _("家")},
        {"label": _("台账里有"), "value": rows["known"], "note": _("家")},
        {"label": _("差异待处理"), "value": counts[Answer.OPEN], "note": _("条"), "bad": counts[Answer.OPEN]},
        {"label": _("已处理"), "value": answered, "note": _("条")},
    ]


@login_required
@require_POST
def compare_outside(request: HttpRequest, outside_id: int) -> HttpResponse:
    """Against the register of this moment."""
    post = acting(request, Right.VIEW_REGISTER)
    outside = _outside(post, outside_id)
    require(policies.may_keep_list(post, outside.place))
    compare_again(outside, by=post, on=timezone.localdate(), at=timezone.now())
    messages.success(request, _("已按现在的台账重新比对。"))
    return redirect("entities:show-outside", outside.pk)


@login_required
@require_POST
def change_basis(request: HttpRequest, outside_id: int) -> HttpResponse:
    """Makes the list the denominator of 数据归集率, or ends that."""
    post = acting(request, Right.VIEW_REGISTER)
    outside = _outside(post, outside_id)
    require(policies.may_keep_list(post, outside.place))
    if request.POST.get("basis") == "0":
        end_basis(outside, by=post)
        messages.success(request, _("“%s”不再作为数据归集率的分母。") % outside.name)
    else:
        set_basis(outside, by=post, on=timezone.localdate())
        messages.success(request, _("从今天起数据归集率按“%s”计算；已定格的时段不变。") % outside.name)
    return redirect("entities:show-outside", outside.pk)


@login_required
@require_http_methods(["GET", "POST"])
def accept_outside(request: HttpRequest, outside_id: int) -> HttpResponse:
    """Everything the filter holds, first shown, then written as one batch that can be taken back."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    outside, doc = _outside(post, outside_id), plan_in_force(post.jurisdiction.path, today).value
    require(policies.may_settle_difference(post))
    form, more = filter_form(request.GET, post, doc), TakingForm(request.POST or request.GET, doc=doc)
    asked, words = form.exactly(), more.words()
    open_ones = differences(outside, replace(asked, answer=Answer.OPEN.value)).count()
    many = ManyForm(request.POST if "answer" in request.POST else None, initial={"count": open_ones})
    if many.is_valid():
        given = many.cleaned_data
        done = acts.settle_differences(
            outside, asked, Answer(given["answer"]), reason=given["reason"], count=given["count"], by=post, on=today
        )
        messages.success(request, _("已一并办理 %d 条。") % done)
        return redirect(f"{reverse('entities:show-outside', args=[outside.pk])}?{request.GET.urlencode()}")
    if request.method == "POST" and not many.is_bound:
        batch = accept_differences(
            outside, asked, by=post, on=today, at=timezone.now(), seen=request.POST.get("seen", ""), **words
        )
        messages.success(request, _("已采纳 %d 家；不对可以整批撤销。") % batch.counts["written"])
        return redirect("entities:show-import", batch.pk)
    preview, _checks = taking_preview(outside, asked, by=post, on=today, **words)
    counts = preview.counts
    context = {
        "may_edit": may(post, Right.EDIT_REGISTER, post.jurisdiction.path),
        "outside": outside, "form": more, "many": many, "open_ones": open_ones, "preview": preview, "conditions": form.conditions(),
        "changes": preview.changes[:SHOWN], "refused": preview.refused[:SHOWN], "back": request.GET.urlencode(),
        "hidden": [(name, value) for name, value in request.GET.items() if name != "business_type"],
        "kpis": [
            {"label": _("登记进台账"), "value": counts["new"], "note": _("家")},
            {"label": _("改正资料"), "value": counts["changed"], "note": _("家")},
            {"label": _("采纳差异"), "value": counts["differences"], "note": _("条")},
            {"label": _("不能采纳，留着"), "value": counts["refused"], "note": _("家"), "bad": counts["refused"]},
        ],
    }  # fmt: skip
    return render(request, "entities/outside_accept.html", context, status=422 if many.errors else 200)


@login_required
@require_safe
def export_outside(request: HttpRequest, outside_id: int) -> HttpResponse:
    """Exactly what the page is filtered to."""
    post, today = acting(request, Right.EXPORT), timezone.localdate()
    outside = _outside(post, outside_id)
    form = filter_form(request.GET, post, plan_in_force(post.jurisdiction.path, today).value)
    data = acts.export_differences(outside, form.exactly(), form.conditions(), by=post, on=today)
    return bytes_response(data, f"{outside.name}-{_('比对差异')}-{today:%Y%m%d}.xlsx", XLSX)


@login_required
@require_http_methods(["GET", "POST"])
def show_difference(request: HttpRequest, difference_id: int) -> HttpResponse:
    """Both sides of one business, and what may be made of it: accept, reject, keep, reopen."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    found = Difference.objects.select_related("outside__jurisdiction", "row", "entity", "jurisdiction")
    difference = get_object_or_404(found, pk=difference_id)
    checks = entity_checks(post.jurisdiction, today)
    verb = request.POST.get("answer", "")
    adds = verb == "accept" and difference.kind == DifferenceKind.ONLY_THERE
    form = AnswerForm(request.POST if verb in ("reject", "keep") else None)
    taken = None
    if difference.row and difference.kind == DifferenceKind.ONLY_THERE:
        taken = TakenForm(
            request.POST if adds else None, checks=checks, proposed=proposed_cells(difference.row, checks)
        )
    if request.method == "POST" and (not adds or (taken and taken.is_valid())):
        row, reason = taken.row if adds and taken else None, request.POST.get("reason", "")
        acts.answer_difference(difference, verb, reason=reason, row=row, by=post, on=today)
        messages.success(request, _("已处理“%s”。") % difference)
        return redirect(_back(request, difference))
    statuses = status_names(checks.plan.value)
    names = {area.pk: area.name for area in checks.areas}
    context = {
        "difference": difference, "lines": side_by_side(difference, statuses, names), "form": form, "taken": taken,
        "may_settle": policies.may_settle_difference(post, difference.place), "pill": PILLS[difference.answer],
        "may_edit": may(post, Right.EDIT_REGISTER, difference.place), "back": _back(request, difference),
    }  # fmt: skip
    return render(request, "entities/difference.html", context, status=422 if taken and taken.errors else 200)


def _back(request: HttpRequest, difference: Difference) -> str:
    """The list as it was filtered."""
    query = request.POST.get("back") or request.GET.urlencode()
    address = reverse("entities:show-outside", args=[difference.outside_id])
    return f"{address}?{query}" if query else address
