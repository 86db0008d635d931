"""实施方案 to read: the list of the place and of those above, one plan as paper and as values, two beside each other."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenancy.forms.plans import AnnexForm, StageForm
from tenancy.models import Plan, Post
from tenancy.plans import NATIONAL, shipped_codes, shipped_plan
from tenancy.plans.showing import shown, shown_differences, shown_header
from tenancy.plans.writing import plan_text
from tenancy.policies import may, may_read_plans, reads_every_plan
from tenancy.queries.papers import (
    PUBLISHED,
    Paper,
    comparable,
    drafts_for,
    file_of,
    paper_at,
    paper_from_code,
    paper_from_plan,
    plans_along_line,
    plans_for,
    plans_in_force_below,
    previous_of,
    versions_of,
)
from tenancy.queries.subplans import filers_of, stages_of
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response

PAGE = 50
YAML = "application/yaml; charset=utf-8"


def acting(request: HttpRequest) -> Post:
    """The acting post, once it may read plans at all."""
    post: Post = request.post  # type: ignore[attr-defined]
    require(may_read_plans(post))
    return post


def readable_plan(request: HttpRequest, plan_id: int) -> Plan:
    """A plan the post may read; any other answers like one that never was."""
    return get_object_or_404(plans_for(acting(request)), pk=plan_id)


def state_of(plan: Plan) -> tuple[str, str]:
    """Pill and words for where a version stands today."""
    today = timezone.localdate()
    if today < plan.valid.lower:
        return "info", _("%s 起施行") % plan.valid.lower.isoformat()
    if plan.valid.upper and plan.valid.upper <= today:
        return "mute", _("已被新版替代")
    return "ok", _("施行中")


@login_required
@require_safe
def list_plans(request: HttpRequest) -> HttpResponse:
    """The plans of the acting place and of those above; drafts for who writes them, plans below for who stands above."""
    post, today = acting(request), timezone.localdate()
    rows = [(plan, *state_of(plan)) for plan in plans_along_line(post)]
    below = Paginator(plans_in_force_below(post, today), PAGE).get_page(request.GET.get("page"))
    context = {
        "national": shipped_plan(NATIONAL).header,
        "shipped": [(code, shipped_plan(code).header.title) for code in shipped_codes()],
        "standing": [row for row in rows if row[1] != "mute"],
        "earlier": [row for row in rows if row[1] == "mute"],
        "drafts": drafts_for(post).filter(state="draft").defer("document").order_by("place", "-edited_at"),
        "below": below,
        "may_edit": may(post, Right.EDIT_PLAN),
        "every": reads_every_plan(post),
    }
    return render(request, "tenancy/plans/list.html", context)


@login_required
@require_safe
def show_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One plan: its paper, its values with their sources, its versions, annexes, stages and the plans under it."""
    plan = readable_plan(request, plan_id)
    return render(request, "tenancy/plans/show.html", plan_context(request, plan))


def plan_context(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    """What the page of a plan shows; a form that was refused comes back in its place."""
    post, today = acting(request), timezone.localdate()
    paper = paper_from_plan(plan, post, today)
    every = reads_every_plan(post)
    filers = filers_of(plan, post, today) if every else []
    return {
        **told(paper),
        "plan": plan,
        "pill": state_of(plan),
        "previous": previous_of(plan),
        "versions": [(each, *state_of(each)) for each in versions_of(plan, post)],
        "annexes": plan.annexes.order_by("pk"),
        "printed": [annex for annex in paper.file.header.annexes if annex.is_printed],
        "annex_form": AnnexForm(),
        "stages": [(stage, StageForm(initial={"stage": stage.code})) for stage in stages_of(plan, today)],
        "first_rounds": paper.resolved.value.first_rounds,
        "filers": filers,
        "filed": sum(filer.has_filed for filer in filers),
        "may_edit": may(post, Right.EDIT_PLAN, plan.place),
        "every": every,
        "public_url": _public_url(request, plan, today),
    }


def _public_url(request: HttpRequest, plan: Plan, on: date) -> str:
    """Where anybody may read it; empty for a plan that is not for publication or not in force."""
    in_force = plan.valid.lower <= on and (plan.valid.upper is None or on < plan.valid.upper)
    if plan.publicity != PUBLISHED or not in_force:
        return ""
    return request.build_absolute_uri(reverse("tenancy:list-published", args=[plan.jurisdiction_id]))


def told(paper: Paper) -> dict[str, Any]:
    """A plan, a draft or a shipped plan in words."""
    return {
        "paper": paper,
        "facts": shown_header(paper.file.header),
        "sections": shown(paper.resolved),
        "basis": paper.file.header.basis,
    }


@login_required
@require_safe
def print_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The plan as one sheet to print, every fold open."""
    plan = readable_plan(request, plan_id)
    paper = paper_from_plan(plan, acting(request), timezone.localdate())
    context = {**told(paper), "plan": plan, "pill": state_of(plan), "annexes": plan.annexes.order_by("pk")}
    return render(request, "tenancy/plans/print.html", context)


@login_required
@require_safe
def download_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The plan as YAML text, as `manage.py plan` and a draft take it back."""
    plan = readable_plan(request, plan_id)
    return bytes_response(plan_text(file_of(plan)).encode(), f"{plan}.yaml", YAML)


@login_required
@require_safe
def show_shipped(request: HttpRequest, code: str) -> HttpResponse:
    """A plan shipped with the program, the national default among them."""
    acting(request)
    try:
        paper = paper_from_code(code)
    except KeyError as error:
        raise Http404 from error
    return render(request, "tenancy/plans/shipped.html", {**told(paper), "code": code})


@login_required
@require_safe
def compare_plans(request: HttpRequest) -> HttpResponse:
    """Two plans or drafts: only the keys that differ, old beside new, with their clauses."""
    post, today = acting(request), timezone.localdate()
    sides = [paper_at(request.GET.get(name, ""), post, today) for name in ("old", "new")]
    if any(side is None and request.GET.get(name) for side, name in zip(sides, ("old", "new"), strict=True)):
        raise Http404
    old, new = sides
    context = {
        "old": old,
        "new": new,
        "changes": shown_differences(old.resolved, new.resolved) if old and new else None,
        "papers": _papers_beside(old, new) if old and new else [],
        "choices": comparable(post),
    }
    return render(request, "tenancy/plans/compare.html", context)


def _papers_beside(old: Paper, new: Paper) -> list[tuple[str, str, str]]:
    """The facts of the two papers that differ, by their label."""
    before, after = ({key: (word, text) for key, word, text in shown_header(side.file.header)} for side in (old, new))
    return [
        ((after.get(key) or before[key])[0], before.get(key, ("", ""))[1], after.get(key, ("", ""))[1])
        for key in (*before, *(key for key in after if key not in before))
        if before.get(key) != after.get(key)
    ]
