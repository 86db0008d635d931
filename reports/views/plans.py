"""启用 and 撤回: the two steps in the life of a plan that depend on what the apps above it have done.

The acts are tenancy's; what has used a plan is asked here.
"""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from reports.actions.plans import enforce_draft, take_back_plan
from reports.forms import InForceForm
from reports.queries.plan_effects import PlanEffects, effects_of_draft
from reports.queries.plans import readiness, regrading_of, uses_of
from reports.views.places import acting_post
from tenancy.models import Plan, PlanDraft
from tenancy.plans.drafting import FaultyPlan
from tenancy.policies import may
from tenancy.queries.papers import draft_file, drafts_for, plans_for
from tenancy.queries.subplans import uses_below
from tenancy.rules.refusals import Forbidden, Refused, require
from tenancy.rules.roles import Right

PAGE, DAYS_SHOWN = 50, 12
# What a draft changes -> its name and what is counted.
KINDS = {
    "grades": (gettext_lazy("等级有变"), gettext_lazy("家")),
    "entities": (gettext_lazy("换包保层级"), gettext_lazy("家")),
    "assignments": (gettext_lazy("失去依据的包保关系"), gettext_lazy("条")),
    "overloads": (gettext_lazy("新超上限的干部"), gettext_lazy("人")),
    "days": (gettext_lazy("日期和时限有变"), gettext_lazy("项")),
}


@login_required
@require_http_methods(["GET", "POST"])
def put_in_force(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The day, what stands in the way of it, and the button; GET with another day checks that day."""
    post = acting_post(request)
    require(may(post, Right.EDIT_PLAN))
    draft = get_object_or_404(drafts_for(post), pk=draft_id)
    if request.method == "GET":
        since = _day_asked(request) or _day_proposed(draft)
        return _shown(request, draft, InForceForm(initial={"since": since, "seen": draft.version}), since)
    form = InForceForm(request.POST)
    if not form.is_valid():
        return _shown(request, draft, form, _day_proposed(draft), status=422)
    since, today = form.cleaned_data["since"], timezone.localdate()
    try:
        plan = enforce_draft(
            draft,
            since=since,
            seen=form.cleaned_data["seen"],
            grades=form.asked_grades(),
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
    request: HttpRequest, draft: PlanDraft, form: InForceForm, since: date, *, refused: str = "", status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    ready = readiness(draft, since, today)
    effects = None if ready.problems else effects_of_draft(draft, since, today)
    context = {
        "draft": draft,
        "form": form,
        "ready": ready,
        "refused": refused,
        "is_past": since < today,
        "effects": effects,
        "kpis": _kpis(draft, effects, since) if effects else [],
        "days": effects.days[:DAYS_SHOWN] if effects else [],
    }
    return render(request, "reports/put_in_force.html", context, status=status)


def _kpis(draft: PlanDraft, effects: PlanEffects, since: date) -> list[dict[str, object]]:
    """What changes, counted, each number leading to its list."""
    address = reverse("reports:list-plan-effects", args=[draft.pk])
    notes = {"grades": _("共 %d 家") % effects.grades.total}
    return [
        {
            "label": label,
            "value": len(_rows(effects, kind)),
            "note": notes.get(kind, unit),
            "url": f"{address}?kind={kind}&since={since.isoformat()}",
        }
        for kind, (label, unit) in KINDS.items()
    ]


def _rows(effects: PlanEffects, kind: str) -> Sequence[object]:
    return effects.grades.changes if kind == "grades" else getattr(effects, kind)


@login_required
@require_safe
def list_plan_effects(request: HttpRequest, draft_id: int) -> HttpResponse:
    """One of the lists behind the numbers of 启用: grades, tiers, assignments, cadres, days."""
    post = acting_post(request)
    require(may(post, Right.EDIT_PLAN))
    draft = get_object_or_404(drafts_for(post), pk=draft_id, state="draft")
    since = _day_asked(request) or _day_proposed(draft)
    if readiness(draft, since, timezone.localdate()).problems:
        return redirect(f"{reverse('reports:put-in-force', args=[draft.pk])}?since={since.isoformat()}")
    effects = effects_of_draft(draft, since, timezone.localdate())
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else next(iter(KINDS))
    context = {
        "draft": draft,
        "since": since,
        "kind": kind,
        "tabs": [
            {
                "label": label,
                "count": len(_rows(effects, code)),
                "url": f"?kind={code}&since={since.isoformat()}",
                "current": code == kind,
            }
            for code, (label, _unit) in KINDS.items()
        ],
        "page": Paginator(_rows(effects, kind), PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "reports/plan_effects.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What has used the plan, and the button where nothing has."""
    post = acting_post(request)
    require(may(post, Right.EDIT_PLAN))
    plan: Plan = get_object_or_404(plans_for(post), pk=plan_id)
    require(may(post, Right.EDIT_PLAN, plan.place))
    if request.method == "GET":
        used = [*uses_of(plan), *uses_below(plan)]
        context = {"plan": plan, "used": used, "regrading": regrading_of(plan)}
        return render(request, "reports/withdraw_plan.html", context)
    draft = take_back_plan(plan, by=post, on=timezone.localdate(), at=timezone.now())
    messages.success(request, _("已撤回，内容退回草稿，原来的方案继续施行。"))
    return redirect("tenancy:show-draft", draft.pk)
