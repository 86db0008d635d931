"""到期提醒: licences, health certificates and insurance that have run out or soon will."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from entities.forms.expiry import ExpiryForm
from entities.queries.expiry import TABS, ExpiryFilter, expiries, expiring, notice_days
from entities.views.pieces import acting
from tenancy.policies import may
from tenancy.rules.roles import Right

PAGE_SIZE = 50


@login_required
@require_safe
def list_expiry(request: HttpRequest) -> HttpResponse:
    """The longest overdue first; everything asked for stands in the address."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    form, days = ExpiryForm(request.GET), notice_days(post.jurisdiction.path, today)
    asked = form.asked()
    page = Paginator(expiring(asked, today, days), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": expiries(list(page.object_list)),
        "days": days,
        "today": today,
        "tabs": [_tab(request, code, asked, page.paginator.count, days) for code in TABS],
        "may_edit": may(post, Right.EDIT_REGISTER),
        "may_export": may(post, Right.EXPORT),
    }
    return render(request, "entities/expiry.html", context)


def _tab(request: HttpRequest, code: str, asked: ExpiryFilter, listed: int, days: int) -> dict[str, object]:
    query = request.GET.copy()
    query.pop("page", None)
    query["tab"] = code
    current = code == asked.tab
    count = listed if current else expiring(replace(asked, tab=code), timezone.localdate(), days).count()
    hot = code == "overdue"
    return {"label": TABS[code], "url": f"?{query.urlencode()}", "count": count, "hot": hot, "current": current}
