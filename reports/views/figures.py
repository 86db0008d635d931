"""Ratios, rates, and the list behind each number."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.forms import period_asked
from reports.queries.behind import LISTS, Asked, entity_of, rows_behind
from reports.queries.collection import collection
from reports.queries.layers import Layers
from reports.queries.rates import coverage, last_periods, period_table
from reports.queries.ratios import ratio_table
from reports.queries.staffing import staffing_table
from reports.queries.trend import state_said, trend
from reports.rules import number_asked
from reports.views.places import acting_post, shown_place
from supervision.policies import sees_own_only
from supervision.rules.owing import unless_once_a_quarter
from tenancy.policies import granted_roots, may
from tenancy.rules.paths import within
from tenancy.rules.roles import Right

PAGE = 50
TITLES = {
    "entities": gettext_lazy("包保主体"),
    "cadres": gettext_lazy("包保干部"),
    "ungraded": gettext_lazy("未分级的主体"),
    "external": gettext_lazy("由上级包保的主体"),
    "uncovered": gettext_lazy("没有包保干部的主体"),
    "incomplete": gettext_lazy("名单上有、台账里资料不全的主体"),
    "uncovered-licensed": gettext_lazy("在营获证、没有包保干部的主体"),
    "unlicensed": gettext_lazy("没有有效许可证的主体"),
    "due": gettext_lazy("应完成的督导任务"),
    "missing": gettext_lazy("还没有完成的督导任务"),
    "overdue": gettext_lazy("逾期未完成的督导任务"),
    "issues": gettext_lazy("督导发现的问题"),
    "unrectified": gettext_lazy("未整改的问题"),
}


@login_required
def show_ratios(request: HttpRequest) -> HttpResponse:
    """统计报表: cadres to entities, tier by tier, with the places right below."""
    place = shown_place(request)
    table = ratio_table(place, timezone.localdate())
    names = [{"code": code, "name": name, "grades": grades} for code, name, grades in table.tiers]
    roots = granted_roots(acting_post(request), timezone.localdate())[Right.VIEW_PROGRESS]
    context = {
        "place": place,
        "table": table,
        "line": [{"place": node, "reachable": within(roots, node.path)} for node in table.line],
        "own": [{**name, "ratio": ratio} for name, (_code, ratio) in zip(names, table.own.by_tier, strict=True)],
        "linked": not sees_own_only(acting_post(request)),
        "tabs": _tabs(place.pk, "reports:show-ratios"),
    }
    return render(request, "reports/ratios.html", context)


@login_required
def show_rates(request: HttpRequest) -> HttpResponse:
    """R1 to R5 with what is missing, R3 once a list was confirmed for it; a closed period as it was closed; and the quarters one after another."""
    place, today = shown_place(request), timezone.localdate()
    layers, period = Layers.in_force(today), period_asked(request.GET.get("period"), today)
    found = trend(place, period_asked(request.GET.get("until"), today), today)
    query = f"place={place.pk}&period={period}"
    periods = [
        {"label": each.label, "url": f"?place={place.pk}&period={each}", "current": each == period}
        for each in last_periods(today)
    ]
    table = period_table(place, period, today)
    context = {
        "place": place,
        "collection": collection(place, period, today, layers, is_closed=table.closed_at is not None),
        "coverage": coverage(place.path, today, layers),
        "staffing": staffing_table(place, acting_post(request), today, layers, five=True).total,
        "table": table,
        "trend": found,
        "trend_lines": [
            {"line": line, "state": state_said(line), "current": line.period == period} for line in found.lines
        ],
        "query": query,
        "periods": periods,
        "linked": not sees_own_only(acting_post(request)),
        "may_export": may(acting_post(request), Right.EXPORT, on=today),
        "tabs": _tabs(place.pk, "reports:show-rates"),
    }
    return render(request, "reports/rates.html", context)


def _tabs(place: int, here: str) -> list[dict[str, Any]]:
    pages = [("reports:show-ratios", _("包保比例")), ("reports:show-rates", _("覆盖、完成与整改"))]
    return [{"label": label, "url": f"{reverse(page)}?place={place}", "current": page == here} for page, label in pages]


@login_required
def list_behind(request: HttpRequest, what: str) -> HttpResponse:
    """The rows that a number counted."""
    if what not in LISTS:
        raise Http404
    place, today = shown_place(request), timezone.localdate()
    asked = Asked(
        place=place,
        on=today,
        period=period_asked(request.GET.get("period"), today),
        tier=request.GET.get("tier", ""),
        grade=request.GET.get("grade", ""),
        part=number_asked(request.GET.get("part")),
    )
    page = Paginator(rows_behind(what, asked, acting_post(request)), PAGE).get_page(request.GET.get("page"))
    context = {
        "title": TITLES[what],
        "what": what,
        "place": place,
        "period": asked.period if what in ("due", "missing", "overdue", "issues", "unrectified") else None,
        "page": page,
        "lines": [_line(what, row) for row in page],
    }
    return render(request, "reports/behind.html", context)


def _line(what: str, row: Any) -> dict[str, Any]:
    if what == "cadres":
        post = row.post
        return {
            "name": post.person_name,
            "note": post.title or post.role_name,
            "place": post.jurisdiction.name,
            "url": _address("cadres:show-cadre", row.pk),
        }
    entity = entity_of(row)
    line = {
        "name": entity.name,
        "grade": entity.grade,
        "place": entity.jurisdiction.name,
        "cadre": row.cadre_name,
        "url": _address("entities:show-entity", entity.pk),
    }
    if what in ("due", "missing", "overdue"):
        return {
            **line,
            "due_on": row.due_on,
            "done_on": row.fulfilled_on,
            "grade": row.counted_grade,
            "owed": row.pk,
            "span": unless_once_a_quarter(row.cycle, row.ordinal, row.times),
        }
    if what in ("issues", "unrectified"):
        return {
            **line,
            "note": row.description,
            "found_on": row.found_on,
            "state": row.get_state_display(),
            "due_on": row.due_on,
        }
    return line


def _address(page: str, pk: int) -> str:
    try:
        return reverse(page, args=[pk])
    except NoReverseMatch:
        return ""
