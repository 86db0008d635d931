"""关店核实: shops that visits reported closed, each accepted into the register or rejected with a reason."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from supervision.actions import closures as acts
from supervision.forms import AcceptClosureForm, RejectClosureForm
from supervision.models import ClosureReport
from supervision.policies import may_check_closures, may_decide_closure
from supervision.queries.closures import TABS, closure_counts, closures
from supervision.rules.closures import ClosureState, closed_statuses
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require

PAGE = 50
TAB_NAMES = {"waiting": gettext_lazy("待核实"), "all": gettext_lazy("全部")}
PILLS = {ClosureState.WAITING: "warn", ClosureState.ACCEPTED: "ok", ClosureState.REJECTED: "mute"}


@login_required
@require_safe
def list_closures(request: HttpRequest) -> HttpResponse:
    """What cadres reported closed: first what nobody has checked yet."""
    post = request.post  # type: ignore[attr-defined]
    require(may_check_closures(post))
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "waiting"
    counts = closure_counts()
    page = Paginator(closures(tab), PAGE).get_page(request.GET.get("page"))
    tabs = [
        {
            "label": label,
            "url": f"?tab={code}",
            "count": counts[code],
            "hot": code == "waiting",
            "current": code == tab,
        }
        for code, label in TAB_NAMES.items()
    ]
    rows = [{"report": report, "pill": PILLS[ClosureState(report.state)]} for report in page]
    return render(request, "supervision/closures.html", {"page": page, "rows": rows, "tabs": tabs})


@login_required
@require_safe
def show_closure(request: HttpRequest, pk: int) -> HttpResponse:
    """One report with the two answers to it."""
    report = _fetched(request, pk)
    return _page(request, report, AcceptClosureForm(names=_names(report, timezone.localdate())), RejectClosureForm())


def _fetched(request: HttpRequest, pk: int) -> ClosureReport:
    post: Post = request.post  # type: ignore[attr-defined]
    require(may_check_closures(post))
    report = get_object_or_404(closures("all"), pk=pk)
    require(may_check_closures(post, report.place))
    return report


def _names(report: ClosureReport, on: date) -> dict[str, str]:
    return closed_statuses(plan_in_force(report.place, on).value)


def _page(request: HttpRequest, report: ClosureReport, accept: Form, reject: Form, status: int = 200) -> HttpResponse:
    visit = report.visit
    facts: list[tuple[str, object]] = [
        (_("主体"), visit.entity.name),
        (_("地址"), visit.entity.address),
        (_("所在"), visit.entity.jurisdiction.name),
        (_("台账现状"), visit.entity.get_status_display()),
        (_("督导日期"), visit.visited_on.isoformat()),
        (_("包保干部"), visit.cadre_name),
        (_("督导结论"), visit.conclusion),
    ]
    if report.decided_at:
        when = timezone.localtime(report.decided_at).strftime("%Y-%m-%d %H:%M")
        facts += [
            (_("核实结果"), report.get_state_display()),
            (_("核实人"), f"{report.decided_by_name}（{when}）"),
            (_("台账改为"), report.get_status_display() if report.status else ""),
            (_("核实情况"), report.reason),
        ]
    context = {
        "report": report,
        "pill": PILLS[ClosureState(report.state)],
        "facts": [fact for fact in facts if fact[1]],
        "accept": accept,
        "reject": reject,
        "may_decide": may_decide_closure(request.post, visit),  # type: ignore[attr-defined]
    }
    return render(request, "supervision/closure.html", context, status=status)


@login_required
@require_POST
def accept_closure(request: HttpRequest, pk: int) -> HttpResponse:
    """The shop is closed; the register follows."""
    report, today = _fetched(request, pk), timezone.localdate()
    form = AcceptClosureForm(request.POST, names=_names(report, today))
    if not form.is_valid():
        return _page(request, report, form, RejectClosureForm(), status=422)
    by = request.post  # type: ignore[attr-defined]
    done = acts.accept_closure(report, form.cleaned_data["status"], by=by, on=today, at=timezone.now())
    said = {"name": report.visit.entity.name, "status": done.get_status_display()}
    messages.success(request, _("“%(name)s”已改为“%(status)s”，不再列入督导。") % said)
    return redirect("supervision:list-closures")


@login_required
@require_POST
def reject_closure(request: HttpRequest, pk: int) -> HttpResponse:
    """The shop is open; its cadre is told."""
    report, today = _fetched(request, pk), timezone.localdate()
    form = RejectClosureForm(request.POST)
    if not form.is_valid():
        return _page(request, report, AcceptClosureForm(names=_names(report, today)), form, status=422)
    by = request.post  # type: ignore[attr-defined]
    acts.reject_closure(report, reason=form.cleaned_data["reason"], by=by, on=today, at=timezone.now())
    messages.success(request, _("已退回，%s会收到核实情况。") % report.visit.cadre_name)
    return redirect("supervision:list-closures")
