"""两员配备: who must have a director or officers by the plan, who lacks which, place by place."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from reports.queries.layers import Layers
from reports.queries.staffing import (
    StaffingFilter,
    StaffingTally,
    staffing_filter,
    staffing_lines,
    staffing_rows,
    staffing_table,
)
from reports.views.places import acting_post, shown_place
from tenancy.models import Jurisdiction
from tenancy.policies import may
from tenancy.rules.roles import Right

PAGE = 50
TABS = {
    "": gettext_lazy("应配"),
    "short": gettext_lazy("没有配齐"),
    "no-director": gettext_lazy("缺总监"),
    "no-officer": gettext_lazy("缺安全员"),
    "complete": gettext_lazy("已配齐"),
    "with-director": gettext_lazy("已有总监"),
    "with-officer": gettext_lazy("已有安全员"),
}


@login_required
@require_safe
def show_staffing(request: HttpRequest) -> HttpResponse:
    """The list with its counts; place, view and the five classes stand in the address."""
    place, post, today = shown_place(request), acting_post(request), timezone.localdate()
    asked, layers = staffing_filter(request.GET, place), Layers.in_force(today)
    below = Jurisdiction.objects.filter(parent=place, closed_on=None).order_by("path")
    table = staffing_table(place, post, today, layers, five=asked.five, below=below)
    paginator = Paginator(staffing_rows(asked, post, today, layers), PAGE)
    paginator.__dict__["count"] = _counts(table.total)[asked.show]
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "place": place,
        "asked": asked,
        "table": table,
        "page": page,
        "lines": list(staffing_lines(page.object_list, today, layers)),
        "tabs": _tabs(asked, table.total),
        "five_query": _query(asked, five=not asked.five),
        "query": _query(asked),
        "may_export": may(post, Right.EXPORT, on=today),
        "title": TABS[asked.show],
    }
    return render(request, "reports/staffing.html", context)


def _counts(total: StaffingTally) -> dict[str, int]:
    return {
        "": total.owed,
        "short": total.short,
        "no-director": total.no_director,
        "no-officer": total.no_officer,
        "complete": total.complete,
        "with-director": total.directors[0],
        "with-officer": total.officers[0],
    }


def _tabs(asked: StaffingFilter, total: StaffingTally) -> list[dict[str, Any]]:
    hot = ("short", "no-director", "no-officer")
    return [
        {
            "label": TABS[show], "url": f"?{_query(asked, show=show)}", "count": count, "hot": show in hot,
            "current": show == asked.show,
        }
        for show, count in _counts(total).items()
    ]  # fmt: skip


def _query(asked: StaffingFilter, **changed: Any) -> str:
    words = {"place": asked.place.pk, "show": asked.show, "five": asked.five, **changed}
    words["five"] = "1" if words["five"] else ""
    return urlencode({key: value for key, value in words.items() if value})
