"""启用 and 撤回: the two steps in the life of a plan that depend on what the apps above it have done.

The acts are tenancy's; what has used a plan is asked here.
"""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reports.queries.plans import opened_since, readiness, uses_of
from reports.views.places import acting_post
from tenancy.actions.drafts import put_in_force as put_draft_in_force
from tenancy.actions.drafts import withdraw_plan as withdraw
from tenancy.forms.plans import SinceForm
from tenancy.models import Plan, PlanDraft
from tenancy.plans.drafting import FaultyPlan
from tenancy.policies import may
from tenancy.queries.papers import draft_file, drafts_for, plans_for
from tenancy.queries.subplans import uses_below
from tenancy.rules.refusals import Forbidden, Refused, require
from tenancy.rules.roles import Right


@login_required
@require_http_methods(["GET", "POST"])
def put_in_force(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The day, what stands in the way of it, and the button; GET with another day checks that day."""
    post = acting_post(request)
    require(may(post, Right.EDIT_PLAN))
    draft = get_object_or_404(drafts_for(post), pk=draft_id)
    if request.method == "GET":
        since = _day_asked(request) or _day_proposed(draft)
        return _shown(request, draft, SinceForm(initial={"since": since, "seen": draft.version}), since)
    form = SinceForm(request.POST)
    if not form.is_valid():
        return _shown(request, draft, form, _day_proposed(draft), status=422)
    since, today = form.cleaned_data["since"], timezone.localdate()
    try:
        plan = put_draft_in_force(
            draft,
            since=since,
            seen=form.cleaned_data["seen"],
            opened=opened_since(draft.place, since),
            by=post,
            on=today,
            at=timezone.now(),
        )
    except Forbidden:
        raise
    except Refused as refused:
        status = 422 if isinstance(refused, FaultyPlan) else 409
        return _shown(request, draft, form, since, refused=refused.reason, status=status)
    messages.success(request, _("已启用，%s 起施行。") % since.isoformat())
    return redirect("tenancy:show-plan", plan.pk)


def _day_asked(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("since", ""))
    except ValueError:
        return None


def _day_proposed(draft: PlanDraft) -> date:
    """The day the paper names while it is still to come, else today."""
    named, today = draft_file(draft).header.effective_from, timezone.localdate()
    return named if named and named > today else today


def _shown(
    request: HttpRequest, draft: PlanDraft, form: SinceForm, since: date, *, refused: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "draft": draft,
        "form": form,
        "ready": readiness(draft, since, timezone.localdate()),
        "refused": refused,
        "is_past": since < timezone.localdate(),
    }
    return render(request, "reports/put_in_force.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What has used the plan, and the button where nothing has."""
    post = acting_post(request)
    require(may(post, Right.EDIT_PLAN))
    plan: Plan = get_object_or_404(plans_for(post), pk=plan_id)
    require(may(post, Right.EDIT_PLAN, plan.place))
    used = uses_of(plan)
    if request.method == "GET":
        return render(request, "reports/withdraw_plan.html", {"plan": plan, "used": [*used, *uses_below(plan)]})
    draft = withdraw(plan, used=used, by=post, at=timezone.now())
    messages.success(request, _("已撤回，内容退回草稿，原来的方案继续施行。"))
    return redirect("tenancy:show-draft", draft.pk)
