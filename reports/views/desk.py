"""The first page after signing in, by role, and everything that waits for a post."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.queries.desk import Overview, Task, overview, todo, workdays_left
from reports.views.places import acting_post
from supervision.policies import sees_own_only
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.roles import ADMIN_ROLES, ROLES, Right, Role


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """工作台. A cadre works on his phone page; administrators get the paragraph of their role and their pages."""
    post, today = getattr(request, "post", None), timezone.localdate()
    if post is None:
        return redirect("tenancy:choose-post")
    if sees_own_only(post) and (url := _address("supervision:my-visits")):
        return redirect(url)
    role = Role(post.role)
    if role in ADMIN_ROLES or role is Role.SHOP:
        return render(request, "reports/admin_home.html", {"role": ROLES[role], "shop": role is Role.SHOP})
    seen = overview(post.jurisdiction, today) if may(post, Right.VIEW_PROGRESS, on=today) else None
    tasks = todo(post, today, seen)
    bound = seen.quarter_of(post.place) if seen else None
    due = bound.package_on if bound else None
    context = {
        "tasks": linked(tasks, post),
        "seen": seen,
        "kpis": _strip(seen, post) if seen else [],
        "report_day": due,
        "why_url": reverse("supervision:show-due", args=["package", bound.pk]) if bound else "",
        "days_left": workdays_left(post.place, today, due) if due else None,
    }
    request.nav_counts = {"reports:todo": len(tasks)}  # type: ignore[attr-defined]
    return render(request, "reports/home.html", context)


@login_required
def show_todo(request: HttpRequest) -> HttpResponse:
    """我的待办 as one list."""
    tasks = todo(acting_post(request), timezone.localdate()) if acting_post(request) else []
    return render(request, "reports/todo.html", {"tasks": linked(tasks, acting_post(request))})


def linked(tasks: list[Task], post: Post) -> list[dict[str, Any]]:
    """Each task with the address where it is done; without one while its page does not exist."""
    shown = []
    for task in tasks:
        query = dict(task.query)
        if task.page == "reports:list-behind":
            query["place"] = str(post.jurisdiction_id)
        url = _address(task.page, *([task.argument] if task.argument else []))
        shown.append(
            {
                "task": task,
                "url": f"{url}?{urlencode(query)}" if url and query else url,
                "why_url": reverse("supervision:show-due", args=["quarter", task.quarter]) if task.quarter else "",
            }
        )
    return shown


def _strip(seen: Overview, post: Post) -> list[dict[str, Any]]:
    total, covered = seen.period.total, seen.coverage
    query = urlencode({"place": post.jurisdiction_id, "period": seen.period.period})
    return [
        {
            "label": _("在营获证主体包保覆盖"),
            "value": _share(covered.pair),
            "note": "/".join(map(str, covered.pair)) if covered.licensed else "",
            "url": f"{_address('reports:list-behind', 'uncovered-licensed')}?{query}",
            "bad": bool(covered.missing),
        },
        {
            "label": _("本季度督导完成"),
            "value": _share((total.fulfilled, total.due)),
            "note": f"{total.fulfilled}/{total.due}" if total.due else "",
            "url": f"{_address('reports:list-behind', 'missing')}?{query}",
            "meter": total.fulfilled * 100 // total.due if total.due else "",
        },
        {
            "label": _("逾期未督导"),
            "value": total.overdue,
            "note": _("项"),
            "url": f"{_address('reports:list-behind', 'overdue')}?{query}",
            "bad": bool(total.overdue),
        },
        {
            "label": _("本季度问题未办结"),
            "value": total.unsettled,
            "note": _("共%d个") % total.issues,
            "url": f"{_address('reports:list-behind', 'unrectified')}?{query}",
        },
    ]


def _share(pair: tuple[int, int]) -> str:
    part, whole = pair
    return f"{part * 100 // whole}%" if whole else _("无")


def _address(page: str, *args: str) -> str:
    try:
        return reverse(page, args=args)
    except NoReverseMatch:
        return ""
