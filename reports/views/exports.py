"""Exports: a download at once, or a page that watches the work."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from reports.actions.exports import export
from reports.models import Export
from reports.tasks import run_export
from reports.views.places import acting_post
from tenancy.models import Jurisdiction
from tenancy.policies import may
from tenancy.rules.paths import tenant_of
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response, file_response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_http_methods(["GET", "POST"])
def export_ledger(request: HttpRequest) -> HttpResponse:
    """The register as its page is filtered."""
    return _answer(request, "ledger")


@login_required
@require_http_methods(["GET", "POST"])
def export_progress(request: HttpRequest) -> HttpResponse:
    """A quarter's obligations: period, place, grade, what (due, missing, overdue)."""
    return _answer(request, "progress")


@login_required
@require_http_methods(["GET", "POST"])
def export_staffing(request: HttpRequest) -> HttpResponse:
    """两员配备 as its page is narrowed."""
    return _answer(request, "staffing")


@login_required
@require_http_methods(["GET", "POST"])
def export_goals(request: HttpRequest) -> HttpResponse:
    """年度目标 of the place asked for."""
    return _answer(request, "goals")


@login_required
@require_http_methods(["GET", "POST"])
def export_trend(request: HttpRequest) -> HttpResponse:
    """The quarters of the place asked for."""
    return _answer(request, "trend")


@login_required
@require_http_methods(["GET", "POST"])
def export_expiry(request: HttpRequest) -> HttpResponse:
    """What runs out, as its page is filtered."""
    return _answer(request, "expiry")


def _answer(request: HttpRequest, kind: str) -> HttpResponse:
    post = acting_post(request)
    made = export(kind, _filters(request), by=post, on=timezone.localdate())
    if not isinstance(made, Export):
        name, data = made
        return bytes_response(data, name, XLSX)
    tenant = Jurisdiction.objects.get(path=tenant_of(made.place))
    run_export.delay_on_commit(tenant.pk, made.pk)
    return redirect("reports:show-export", made.pk)


def _filters(request: HttpRequest) -> dict[str, Any]:
    """Every value once, several values of one name as a list; the page number is no condition."""
    lists = {key: [value for value in values if value] for key, values in request.GET.lists() if key != "page"}
    return {key: values if len(values) > 1 else values[0] for key, values in lists.items() if values}


def _own_export(request: HttpRequest, pk: int) -> Export:
    """Whoever asked for it, in the post in which he asked."""
    post = acting_post(request)
    require(may(post, Right.EXPORT, on=timezone.localdate()))
    return get_object_or_404(Export, pk=pk, asked_by=post)


@login_required
@require_safe
def list_exports(request: HttpRequest) -> HttpResponse:
    """What the post asked for, the newest first."""
    post = acting_post(request)
    require(may(post, Right.EXPORT, on=timezone.localdate()))
    page = Paginator(Export.objects.filter(asked_by=post).order_by("-pk"), 50).get_page(request.GET.get("page"))
    return render(request, "reports/exports.html", {"page": page})


@login_required
@require_safe
def show_export(request: HttpRequest, pk: int) -> HttpResponse:
    """Queued, running, done with its file, or failed with its sentence."""
    held = _own_export(request, pk)
    running = held.state in ("queued", "running")
    poll = reverse("reports:show-export", args=[held.pk]) if running else ""
    return render(request, "reports/export.html", {"export": held, "running": running, "poll": poll})


@login_required
@require_safe
def download_export(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    held = _own_export(request, pk)
    if held.state != "done":
        raise Http404
    return file_response(held.stored, held.filename, XLSX)
