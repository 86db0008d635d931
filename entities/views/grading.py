"""分级试算, and what an office decides about one entity's grade."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from entities.actions import deciding as acts
from entities.actions.register import version_of
from entities.forms import CorrectionForm, TrialForm, UpgradeForm, WithdrawForm
from entities.forms.days import asked_day
from entities.models import Entity, GradeDecision, GradeRecord
from entities.policies import may_try_grading
from entities.queries.grades import decision_in_force, grade_on, upgrade_choices
from entities.queries.trials import trial_as_json
from entities.rules.upgrading import case_limit, correction_grades
from entities.rules.vocabulary import DecisionKind, Grade
from entities.views.pieces import acting, entity_of
from tenancy.plans import ResolvedPlan
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right


@login_required
@require_safe
def try_grading(request: HttpRequest) -> HttpResponse:
    """Facts in the address, and what the plan in force on a day makes of them."""
    post = request.post  # type: ignore[attr-defined]
    require(may_try_grading(post))
    today = timezone.localdate()
    day = asked_day(request.GET.get("on"), today) or today
    return trial_page(request, plan_in_force(post.jurisdiction.path, day), day.isoformat())


def trial_page(request: HttpRequest, plan: ResolvedPlan, on: str = "") -> HttpResponse:
    """The trial under any plan, also one that is not in force on any day yet."""
    given = request.GET.copy()
    given.setdefault("on", on)
    form = TrialForm(given if TrialForm.is_asked(request.GET) else None, plan=plan, initial={"on": on})
    trial = form.trial() if form.is_valid() else None
    context = {
        "form": form,
        "plan_source": plan.cite("grading_rules"),
        "trial": trial_as_json(trial, plan) if trial else None,
        "warnings": form.warnings,
    }
    return render(request, "entities/trial.html", context, status=422 if form.errors else 200)


def _record_of(entity: Entity) -> GradeRecord:
    record = grade_on(entity, timezone.localdate())
    if record is None:
        raise Refused(_("“%s”还没有基础等级，不能改级；请先补全规模或用餐人数。") % entity.name, code="ungraded")
    return record


@login_required
@require_http_methods(["GET", "POST"])
def upgrade_entity(request: HttpRequest, entity_id: int) -> HttpResponse:
    """提级 by case as far as the plan allows, with reason, approver, paper and last day."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    record, plan = _record_of(entity), plan_in_force(entity.place, today)
    open_to = upgrade_choices(entity, record, plan)
    form = UpgradeForm(request.POST or None, open_to=open_to, seen=version_of(entity))
    if form.is_valid():
        grade, seen = Grade(form.cleaned_data["grade"]), form.cleaned_data["seen"]
        entity = acts.upgrade_entity(entity, grade, form.grounds(), by=post, on=today, seen=seen)
        messages.success(request, _now(entity))
        return redirect("entities:show-entity", entity.pk)
    held = decision_in_force(entity, DecisionKind.UPGRADE, today)
    context = {
        "form": form,
        "entity": entity,
        "record": record,
        "open_to": open_to,
        "held": held,
        "limit": case_limit(plan),
    }
    return render(request, "entities/upgrade.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def correct_grade(request: HttpRequest, entity_id: int) -> HttpResponse:
    """人工改级 of the base grade, with reason, approver, paper and last day."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    record, plan = _record_of(entity), plan_in_force(entity.place, today)
    open_to = [
        grade
        for grade in correction_grades(Grade(record.corrected_from or record.base), plan)
        if grade.value != record.base
    ]
    form = CorrectionForm(request.POST or None, open_to=open_to, seen=version_of(entity))
    if form.is_valid():
        grade, seen = Grade(form.cleaned_data["grade"]), form.cleaned_data["seen"]
        entity = acts.correct_grade(entity, grade, form.grounds(), by=post, on=today, seen=seen)
        messages.success(request, _now(entity))
        return redirect("entities:show-entity", entity.pk)
    held = decision_in_force(entity, DecisionKind.CORRECTION, today)
    context = {
        "form": form, "entity": entity, "record": record, "open_to": open_to, "held": held,
        "down": plan.value.downgrade_allowed, "cited": plan.cite("downgrade_allowed"),
    }  # fmt: skip
    return render(request, "entities/correct.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw_decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Takes 提级 or 人工改级 back from today on."""
    post = acting(request, Right.EDIT_REGISTER)
    decision = get_object_or_404(GradeDecision.objects.select_related("entity", "decided_by"), pk=decision_id)
    require(may(post, Right.EDIT_REGISTER, decision.place))
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        today = timezone.localdate()
        entity = acts.withdraw_decision(decision, reason=form.cleaned_data["reason"], by=post, on=today)
        messages.success(request, _now(entity))
        return redirect("entities:show-entity", entity.pk)
    context = {"form": form, "decision": decision, "entity": decision.entity}
    return render(request, "entities/withdraw.html", context, status=422 if form.errors else 200)


def _now(entity: Entity) -> str:
    return _("“%(name)s”现为 %(grade)s 级。") % {"name": entity.name, "grade": entity.grade}
