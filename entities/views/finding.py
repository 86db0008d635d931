"""The register as a list: what is asked for stands in the address."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from entities.forms import TABS, RegisterFilterForm, query_of
from entities.models import Entity, SavedView
from entities.policies import may_keep_record
from entities.queries.finding import register, tags_in_use
from entities.queries.listing import as_listed, last_import, listed, total_known
from entities.queries.register import areas_under, register_counts
from entities.queries.views import saved_views, to_count
from entities.rules.vocabulary import Grade
from entities.views.pieces import acting
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.roles import Right

PAGE_SIZE = 50
HEADS = {
    "name": gettext_lazy("主体名称"),
    "grade": gettext_lazy("分级"),
    "type": gettext_lazy("业态"),
    "area": "",
    "": gettext_lazy("负责人"),
    "status": gettext_lazy("经营状态"),
}


@login_required
@require_safe
def list_entities(request: HttpRequest) -> HttpResponse:
    """The register with its totals, tabs and filters; everything asked for stands in the address."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    plan = plan_in_force(post.jurisdiction.path, today).value
    form = RegisterFilterForm(request.GET, plan=plan, areas=areas_under(post.jurisdiction), tags=tags_in_use())
    asked, views = form.asked(), list(saved_views(post))
    counts, query = dict(register_counts(to_count(views, today))), query_of(form)
    page = _page(as_listed(register(asked, today)), request.GET.get("page"), total_known(asked, counts))
    context = {
        "form": form,
        "page": page,
        "rows": listed(page.object_list, plan, today),
        "heads": _heads(request.GET, asked.order, plan.names.area),
        "order": asked.order,
        "kpis": _kpis(counts),
        "tabs": _tabs(asked.tab, counts, views, query),
        "query": query,
        "chips": _chips(request, form.conditions()),
        "total": counts["total"],
        "last_import": last_import(),
        "may_edit": may(post, Right.EDIT_REGISTER),
        "may_tell": may_keep_record(post, "flag"),
        "may_import": may(post, Right.IMPORT_REGISTER),
        "may_export": may(post, Right.EXPORT),
    }
    return render(request, "entities/list.html", context)


@login_required
@require_safe
def print_entities(request: HttpRequest) -> HttpResponse:
    """The filtered list on paper: all rows up to a limit, beyond which the workbook is the way."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    plan = plan_in_force(post.jurisdiction.path, today).value
    form = RegisterFilterForm(request.GET, plan=plan, areas=areas_under(post.jurisdiction), tags=tags_in_use())
    found = as_listed(register(form.asked(), today))
    rows = listed(found[: settings.PRINT_ROWS], plan, today)
    context = {
        "rows": rows,
        "total": len(rows) if len(rows) < settings.PRINT_ROWS else found.count(),
        "conditions": "；".join(words for _name, _value, words in form.conditions()) or _("全部"),
        "area_word": plan.names.area,
        "today": today,
    }
    return render(request, "entities/print.html", context)


def _page(found: QuerySet[Entity], number: str | None, total: int | None) -> Page[Entity]:
    paginator = Paginator(found, PAGE_SIZE)
    if total is not None:
        # The strip has counted already; the property would count once more.
        paginator.__dict__["count"] = total
    return paginator.get_page(number)


def _heads(query: QueryDict, order: str, area: str) -> list[dict[str, str]]:
    """The columns; the link of one sorts by it, and the other way round when it already does."""
    heads = []
    for name, label in HEADS.items():
        head = {"label": str(label) or area, "url": "", "sorted": ""}
        if name:
            other = query.copy()
            other.pop("page", None)
            other["sort"] = f"-{name}" if order == name else name
            head["url"] = f"?{other.urlencode()}"
        if name and order.removeprefix("-") == name:
            head["sorted"] = "descending" if order.startswith("-") else "ascending"
        heads.append(head)
    return heads


def _kpis(counts: dict[str, int]) -> list[dict[str, object]]:
    grades = " · ".join(f"{grade} {counts[grade]:,}" for grade in Grade)
    here = reverse("entities:list-entities")
    share = counts["active"] * 100 / counts["total"] if counts["total"] else 0
    active = _("占 %s%%") % f"{share:.1f}" if counts["total"] else ""
    asked, closed = _("缺规模或用餐人数"), _("不列入督导")
    return [
        {"label": _("在册主体"), "value": f"{counts['total']:,}", "note": grades, "url": here},
        {
            "label": _("在营"), "value": f"{counts['active']:,}", "note": active, "url": f"{here}?status=active",
            "meter": share if counts["total"] else "", "kind": "ok",
        },
        {
            "label": _("待定级"), "value": f"{counts['ungraded']:,}", "note": asked if counts["ungraded"] else "",
            "url": f"{here}?tab=ungraded", "bad": counts["ungraded"],
        },
        {"label": _("停业 / 注销"), "value": f"{counts['closed']:,}", "note": closed, "url": f"{here}?tab=closed"},
    ]  # fmt: skip


def _tabs(current: str, counts: dict[str, int], views: Iterable[SavedView], query: str) -> list[dict[str, object]]:
    """The standing tabs, then the saved views; a view that asks for just this is the current one."""
    kept = [
        {
            "label": view.name, "url": f"?{view.query}", "count": counts[f"view{view.pk}"],
            "current": view.query == query,
        }
        for view in views
    ]  # fmt: skip
    is_kept = any(tab["current"] for tab in kept)
    standing = [
        {
            "label": label, "url": f"?tab={tab}" if tab else reverse("entities:list-entities"),
            "count": counts[tab or "total"], "hot": tab == "ungraded", "current": tab == current and not is_kept,
        }
        for tab, label in TABS.items()
    ]  # fmt: skip
    return [*standing, *kept]


def _chips(request: HttpRequest, conditions: Iterable[tuple[str, str, str]]) -> list[dict[str, str]]:
    chips = []
    for name, value, words in conditions:
        query = request.GET.copy()
        query.setlist(name, [each for each in query.getlist(name) if each.strip() != value])
        query.pop("page", None)
        chips.append({"label": words, "url": f"?{query.urlencode()}"})
    return chips
