"""季度督导: what is missing in a quarter, by tab, place and row; and the button that opens it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from supervision.actions import quarters
from supervision.policies import may_open_quarter
from supervision.queries.progress import (
    ProgressFilter,
    holder_names,
    progress_by_place,
    progress_counts,
    progress_rows,
    quarter_labels,
)
from supervision.queries.quarters import quarter_at
from supervision.rules.owing import unless_once_a_quarter
from tenancy.policies import may
from tenancy.queries.plans import calendar_for
from tenancy.rules.periods import Quarter, quarter_of
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

PAGE = 50
TAB_NAMES = {
    "": gettext_lazy("全部"),
    "missing": gettext_lazy("未督导"),
    "done": gettext_lazy("已督导"),
    "overdue": gettext_lazy("逾期"),
    "photos": gettext_lazy("待照片"),
}
NEEDS_WORK = frozenset({"missing", "overdue", "photos"})


def asked_for(request: HttpRequest) -> ProgressFilter:
    """The filter in the address; anything that is none counts as not asked."""
    get = request.GET
    try:
        label = str(Quarter.parse(get.get("quarter", "")))
    except ValueError:
        label = str(quarter_of(timezone.localdate()))
    tab = get.get("tab", "")
    area = get.get("area", "")
    return ProgressFilter(
        label=label,
        tab=tab if tab in TAB_NAMES else "",
        area=area if area.isascii() and area.isdigit() else "",
        grade=get.get("grade", "") if get.get("grade", "") in ("A", "B", "C", "D") else "",
        words=get.get("q", "").replace("\x00", "").strip()[:60],
    )


@login_required
@require_safe
def show_progress(request: HttpRequest) -> HttpResponse:
    """One quarter's obligations, what is missing first; every number opens its list."""
    post, today = request.post, timezone.localdate()  # type: ignore[attr-defined]
    require(may(post, Right.VIEW_PROGRESS))
    asked = asked_for(request)
    counts = progress_counts(post, asked.label, today)
    page = Paginator(progress_rows(post, asked, today), PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    names = holder_names(page.object_list)
    calendar = calendar_for(post.place)
    opened = quarter_at(post.place, Quarter.parse(asked.label).start)
    rows = [
        {
            "obligation": row,
            "span": unless_once_a_quarter(row.cycle, row.ordinal, row.times),
            "holder": names.get(row.counted_holder or 0, ""),
            "days": calendar.workdays_between(today, row.due_on),
        }
        for row in page.object_list
    ]
    return render(
        request,
        "supervision/progress.html",
        {
            "asked": asked,
            "quarter_name": Quarter.parse(asked.label).label,
            "basis": opened.plan_source if opened else "",
            "labels": sorted({*quarter_labels(), asked.label}, reverse=True),
            "tabs": _tabs(request, asked, counts),
            "kpis": _kpis(request, counts),
            "places": progress_by_place(post, asked.label, today),
            "page": page,
            "rows": rows,
            "today": today,
            "may_open": may_open_quarter(post, post.jurisdiction),
            "is_current": asked.label == str(quarter_of(today)),
        },
    )


def _address(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
        if not value:
            del query[name]
    return f"?{query.urlencode()}"


def _tabs(request: HttpRequest, asked: ProgressFilter, counts: dict[str, int]) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "url": _address(request, tab=tab),
            "count": counts[tab or "all"],
            "hot": tab in NEEDS_WORK,
            "current": tab == asked.tab,
        }
        for tab, label in TAB_NAMES.items()
    ]


def _kpis(request: HttpRequest, counts: dict[str, int]) -> list[dict[str, object]]:
    total, done = counts["all"], counts["done"]
    share = f"{done}/{total}" if total else ""
    return [
        {"label": _("应督导"), "value": total, "note": _("项"), "url": _address(request, tab="")},
        {
            "label": _("已督导"),
            "value": done,
            "note": share,
            "url": _address(request, tab="done"),
            "meter": done * 100 // total if total else 0,
            "kind": "ok",
        },
        {"label": _("未督导"), "value": counts["missing"], "note": _("项"), "url": _address(request, tab="missing")},
        {
            "label": _("逾期"),
            "value": counts["overdue"],
            "note": _("项"),
            "url": _address(request, tab="overdue"),
            "bad": bool(counts["overdue"]),
        },
    ]


@login_required
@require_POST
def open_quarter(request: HttpRequest) -> HttpResponse:
    """Opens the current quarter for the office's own place; pressed again it only adds what is new."""
    post, today = request.post, timezone.localdate()  # type: ignore[attr-defined]
    require(may_open_quarter(post, post.jurisdiction))
    opened, added = quarters.open_quarter(post.jurisdiction, quarter_of(today), on=today, by=post)
    text = _("%(quarter)s已启动，新增督导任务 %(added)s 项。") % {"quarter": str(opened), "added": added}
    messages.success(request, text)
    return redirect("supervision:show-progress")
