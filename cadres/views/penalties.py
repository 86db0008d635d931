"""Penalties that cadres are told of: the office's list with receipts, and a cadre's own page on the phone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cadres.actions.penalties import read_penalty, tell_penalties
from cadres.policies import penalties_keeper
from cadres.queries.penalties import TABS, my_penalties, penalties_on, penalty_counts, penalty_lines
from cadres.views.pieces import tabs
from entities.queries.checking import status_names
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

PAGE = 50


@login_required
@require_GET
def list_penalties(request: HttpRequest) -> HttpResponse:
    """Whom a penalty was told to, until when, and whether he has read it; what nobody answers for waits here too."""
    post, today = penalties_keeper(request.post), timezone.localdate()  # type: ignore[attr-defined]
    tab = request.GET.get("tab", "")
    page = Paginator(penalties_on(tab if tab in TABS else "untold", today), PAGE).get_page(request.GET.get("page"))
    words = {
        "": (_("待告知"), "untold"), "unread": (_("未阅"), "unread"), "read": (_("已阅"), "read"), "all": (_("全部"), "all"),
    }  # fmt: skip
    plan = plan_in_force(post.place, today)
    context = {
        "page": page,
        "lines": penalty_lines(page, today),
        "tabs": tabs(request, words, penalty_counts(today), hot=("", "unread")),
        "statuses": status_names(plan.value),
        "today": today,
        "period": plan.value.penalty_notice_days,
        "may_assign": may(post, Right.ASSIGN, post.place),
    }
    return render(request, "cadres/penalties.html", context)


@login_required
@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """Tells at once, instead of with the next morning."""
    post = penalties_keeper(request.post)  # type: ignore[attr-defined]
    told = tell_penalties(post.jurisdiction, by=post, on=timezone.localdate())
    if told:
        messages.success(request, _("已告知 %d 项，包保干部打开后会留下已阅回执。") % told)
    else:
        messages.info(request, _("没有可以告知的：都已告知，或还没有包保干部。"))
    return redirect("cadres:list-penalties")


@login_required
@require_GET
def show_mine(request: HttpRequest) -> HttpResponse:
    """The phone page: what the cadre was told of, what he has not confirmed first."""
    post = request.post  # type: ignore[attr-defined]
    require(may(post, Right.VISIT))
    return render(request, "cadres/my_penalties.html", {"told": my_penalties(post)[:PAGE]})


@login_required
@require_POST
def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The cadre's receipt."""
    post = request.post  # type: ignore[attr-defined]
    require(may(post, Right.VISIT))
    told = get_object_or_404(my_penalties(post), pk=notice_id)
    read_penalty(told, by=post, at=timezone.now())
    messages.success(request, _("已记下您的已阅回执。"))
    return redirect("cadres:my-penalties")
