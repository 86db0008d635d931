"""重新分级 of a whole place: what would change, the act, what it changed, and the way back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from entities.actions import regrading as acts
from entities.forms import RegradeForm
from entities.models import Regrading
from entities.queries.regrading import regrade_preview, regraded_lines, regradings, standing_ahead, touched_since
from entities.views.pieces import acting
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

PAGE, SHOWN = 50, 10


@login_required
@require_http_methods(["GET", "POST"])
def regrade(request: HttpRequest) -> HttpResponse:
    """What the plan in force on a day would change in the acting place; confirming writes exactly that."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    place = post.jurisdiction
    require(may(post, Right.EDIT_REGISTER, place.path))
    given = request.POST if request.method == "POST" else {"on": request.GET.get("on") or today.isoformat()}
    form = RegradeForm(given)
    if not form.is_valid():
        context = {"form": form, "place": place, "past": regradings(place)[:SHOWN]}
        return render(request, "entities/regrade.html", context, status=422)
    since = form.cleaned_data["on"]
    plan = plan_in_force(place.path, since)
    if request.method == "POST":
        made = acts.regrade(place, plan, by=post, on=today, since=since, seen=form.cleaned_data["seen"])
        text = _("已重新分级：%d 家等级有变。") % made.counts["changed"]
        messages.success(request, text, extra_tags=reverse("entities:undo-regrading", args=[made.pk]))
        return redirect("entities:show-regrading", made.pk)
    preview = regrade_preview(place, plan, since)
    kind = request.GET.get("change", "")
    listed = [change for change in preview.changes if not kind or change.kind == kind]
    context = {
        "form": form,
        "place": place,
        "preview": preview,
        "since": since,
        "is_past": since < today,
        "ahead": standing_ahead(place, since),
        "plan_source": plan.cite("grading_rules"),
        "kpis": _kpis({"total": preview.total, "changed": len(preview.changes), "recited": preview.recited}),
        "tabs": _tabs(preview.counts, kind, since),
        "page": Paginator(listed, PAGE).get_page(request.GET.get("page")),
        "past": regradings(place)[:SHOWN],
    }
    return render(request, "entities/regrade.html", context)


def _kpis(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    same = counts["total"] - counts["changed"] - counts["recited"]
    return [
        {"label": _("在册主体"), "value": counts["total"], "note": _("家")},
        {"label": _("等级有变"), "value": counts["changed"], "note": _("家")},
        {"label": _("只换依据"), "value": counts["recited"], "note": _("等级不变")},
        {"label": _("不变"), "value": same, "note": _("家")},
    ]


def _tabs(counts: Mapping[str, int], current: str, since: date | None = None) -> list[dict[str, Any]]:
    """One tab for each kind of change, with its count; the day stays in the address."""
    day = f"on={since.isoformat()}&" if since else ""
    tabs = [{"label": _("全部变动"), "url": f"?{day}", "count": sum(counts.values()), "current": not current}]
    return tabs + [
        {
            "label": said(kind), "url": f"?{day}change={kind}", "count": number, "hot": kind.endswith("-"),
            "current": kind == current,
        }
        for kind, number in counts.items()
    ]  # fmt: skip


def said(kind: str) -> str:
    """D-C -> D → C; an empty side means no grade."""
    old, _dash, new = kind.partition("-")
    return f"{old or _('待定级')} → {new or _('待定级')}" if old != new else _("%s 级，基础等级变") % old


@login_required
@require_GET
def show_regrading(request: HttpRequest, regrading_id: int) -> HttpResponse:
    """What one regrading changed, by whom and under which plan."""
    post = acting(request, Right.VIEW_REGISTER)
    found = _regrading(regrading_id)
    require(may(post, Right.VIEW_REGISTER, found.place))
    kind = request.GET.get("change", "")
    context = {
        "regrading": found,
        "kpis": _kpis(found.counts),
        "tabs": _tabs(found.counts["kinds"], kind),
        "page": Paginator(regraded_lines(found, kind), PAGE).get_page(request.GET.get("page")),
        "touched": touched_since(found).count() if found.undone_on is None else 0,
        "may_edit": may(post, Right.EDIT_REGISTER, found.place),
    }
    return render(request, "entities/regrading.html", context)


def _regrading(regrading_id: int) -> Regrading:
    found = Regrading.objects.select_related("made_by", "undone_by", "jurisdiction")
    return get_object_or_404(found, pk=regrading_id)


@login_required
@require_POST
def undo_regrading(request: HttpRequest, regrading_id: int) -> HttpResponse:
    """Takes a regrading back and names what stayed."""
    post = acting(request, Right.EDIT_REGISTER)
    found = _regrading(regrading_id)
    require(may(post, Right.EDIT_REGISTER, found.place))
    kept = acts.undo_regrading(found, by=post, on=timezone.localdate())
    if kept:
        words = {"n": len(kept), "names": "、".join(kept[:SHOWN])}
        messages.warning(request, _("已撤销；其中 %(n)d 家之后又有改动，予以保留：%(names)s") % words)
    else:
        messages.success(request, _("已撤销，等级恢复到这次重新分级之前。"))
    return redirect("entities:show-regrading", found.pk)
