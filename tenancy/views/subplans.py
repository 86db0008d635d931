"""下级方案, annexes and stages: what hangs on a plan, each act on a page of its own or on the plan's."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenancy.actions import annexes as files
from tenancy.actions import subplans as acts
from tenancy.forms.plans import AnnexForm, DoneForm, ExpectForm, StageForm, SubPlanForm, TimetableSet, timetable_lines
from tenancy.models import Jurisdiction, Milestone, Plan, PlanAnnex, PlanDraft, Post, SubPlan
from tenancy.models.drafts import StoredFile
from tenancy.policies import may, may_file_sub_plan, may_keep_sub_plan, reads_every_plan, sees_all_sub_plans
from tenancy.queries.papers import annexes_for, file_of
from tenancy.queries.subplans import asked_of_filers, filers_of, milestones_of
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.rules.roles import Right
from tenancy.rules.stages import StageState
from tenancy.views.drafts import readable_draft
from tenancy.views.files import file_response
from tenancy.views.plans import acting, plan_context, readable_plan

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def in_office(request: HttpRequest) -> Post:
    """The acting post of an office; what is filed under a plan is no business of a shop."""
    post = acting(request)
    if not reads_every_plan(post):
        raise Forbidden(_("下级方案只供办公室查看；如工作需要，请联系当地食安办。"))
    return post


def kept_file(row: StoredFile) -> HttpResponse | FileResponse:
    """A stored file as a download."""
    if not row.stored:
        raise Http404
    return file_response(row.stored, row.filename, MEDIA[row.kind])


@login_required
@require_POST
def attach_annex(request: HttpRequest, plan_id: int) -> HttpResponse:
    """An annex of a plan; a refused file comes back on the plan's page."""
    plan = readable_plan(request, plan_id)
    form = AnnexForm(request.POST, request.FILES)
    if _attached(request, plan, form):
        return redirect("tenancy:show-plan", plan.pk)
    return render(request, "tenancy/plans/show.html", {**plan_context(request, plan), "annex_form": form}, status=422)


@login_required
@require_POST
def attach_draft_annex(request: HttpRequest, draft_id: int) -> HttpResponse:
    """An annex of a draft; it goes over to the plan when the draft is put in force."""
    draft = readable_draft(request, draft_id)
    form = AnnexForm(request.POST, request.FILES)
    if not _attached(request, draft, form):
        raise Refused("；".join(str(text) for texts in form.errors.values() for text in texts), code="file-kind")
    return redirect("tenancy:show-draft", draft.pk)


def _attached(request: HttpRequest, of: Plan | PlanDraft, form: AnnexForm) -> bool:
    if not form.is_valid():
        return False
    file, title = form.cleaned_data["file"], form.cleaned_data["title"]
    try:
        annex = files.attach_annex(of, file.read(), file.name, title=title, by=request.post)  # type: ignore[attr-defined]
    except Forbidden:
        raise
    except Refused as refused:
        form.add_error("file", refused.reason)
        return False
    messages.success(request, _("已收到附件“%s”，原样保存。") % annex.title)
    return True


def _annex(request: HttpRequest, annex_id: int) -> PlanAnnex:
    return get_object_or_404(annexes_for(acting(request)), pk=annex_id)


@login_required
@require_safe
def download_annex(request: HttpRequest, annex_id: int) -> HttpResponse | FileResponse:
    """The annex as it came."""
    return kept_file(_annex(request, annex_id))


@login_required
@require_POST
def detach_annex(request: HttpRequest, annex_id: int) -> HttpResponse:
    """Takes an annex off its plan or draft."""
    annex = _annex(request, annex_id)
    back = ("tenancy:show-plan", annex.plan_id) if annex.plan_id else ("tenancy:show-draft", annex.draft_id)
    files.detach_annex(annex, by=request.post)  # type: ignore[attr-defined]
    messages.success(request, _("已取下附件“%s”。") % annex.title)
    return redirect(*back)


@login_required
@require_POST
def note_stage(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Writes down how far a stage of the plan has come."""
    plan = readable_plan(request, plan_id)
    form = StageForm(request.POST)
    if not form.is_valid():
        raise Refused(_("登记阶段进展要选完成情况，并写一句说明。"), code="stage-empty")
    given = form.cleaned_data
    acts.note_stage(
        plan, given["stage"], StageState(given["state"]), given["note"],
        by=request.post, on=timezone.localdate(),  # type: ignore[attr-defined]
    )  # fmt: skip
    messages.success(request, _("已登记阶段进展。"))
    return redirect("tenancy:show-plan", plan.pk)


@login_required
@require_safe
def list_sub_plans(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Who owes a plan of his own under this one: filed, not filed, and how far each timetable has come."""
    return _board(request, readable_plan(request, plan_id), ExpectForm())


def _board(request: HttpRequest, plan: Plan, form: Form, status: int = 200) -> HttpResponse:
    post, today = in_office(request), timezone.localdate()
    filers = filers_of(plan, post, today)
    context = {
        "plan": plan,
        "filers": sorted(filers, key=lambda filer: filer.has_filed),
        "missing": [filer for filer in filers if not filer.has_filed],
        "asked": asked_of_filers(file_of(plan).layer()),
        "form": form,
        "sees_all": sees_all_sub_plans(post, plan.place),
        "may_edit": may(post, Right.EDIT_PLAN, plan.place),
        "may_file": may_file_sub_plan(post, post.place) and post.jurisdiction.parent_id == plan.jurisdiction_id,
    }
    return render(request, "tenancy/plans/sub_plans.html", context, status=status)


@login_required
@require_POST
def expect_sub_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Writes down a department that owes a plan."""
    plan = readable_plan(request, plan_id)
    in_office(request)
    form = ExpectForm(request.POST)
    if not form.is_valid():
        return _board(request, plan, form, status=422)
    row = acts.expect_sub_plan(plan, form.cleaned_data["unit"], by=request.post)  # type: ignore[attr-defined]
    messages.success(request, _("已把“%s”列入应报名单。") % row.unit)
    return redirect("tenancy:list-sub-plans", plan.pk)


@login_required
@require_http_methods(["GET", "POST"])
def file_sub_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The acting place files its plan under this one; an office above names the place it types for (`place`)."""
    plan, post = readable_plan(request, plan_id), in_office(request)
    asked = request.POST.get("place") or request.GET.get("place", "")
    wanted = int(asked) if asked.isdecimal() and len(asked) < 18 else post.jurisdiction_id
    place = get_object_or_404(Jurisdiction.objects.under(post.place), pk=wanted)
    filed = SubPlan.objects.filter(plan=plan, jurisdiction=place).first()
    return _filing(request, plan, place, filed)


@login_required
@require_http_methods(["GET", "POST"])
def refile_sub_plan(request: HttpRequest, sub_plan_id: int) -> HttpResponse:
    """What a department was awaited to file, or a street files anew."""
    sub_plan = _sub_plan(request, sub_plan_id)
    return _filing(request, sub_plan.plan, sub_plan.jurisdiction, sub_plan)


def _filing(request: HttpRequest, plan: Plan, place: Jurisdiction, filed: SubPlan | None) -> HttpResponse:
    form = SubPlanForm(request.POST or None, request.FILES or None, initial=_as_filed(filed))
    lines = [{"what": line.what, "due_on": line.due_on} for line in milestones_of(filed)] if filed else []
    # What was sent is all that counts: a line that says what it said before is a line too.
    timetable = (
        TimetableSet(request.POST, prefix="line") if request.POST else TimetableSet(initial=lines, prefix="line")
    )
    if request.method == "POST" and form.is_valid() and timetable.is_valid():
        facts = form.facts(timetable_lines(timetable))
        by, on = request.post, timezone.localdate()  # type: ignore[attr-defined]
        try:
            row = (
                acts.file_awaited(filed, facts, by=by, on=on)
                if filed
                else acts.file_sub_plan(plan, place, facts, by=by, on=on)
            )
        except Forbidden:
            raise
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            messages.success(request, _("已报送“%s”。") % row.title)
            return redirect("tenancy:show-sub-plan", row.pk)
    context = {"plan": plan, "place": place, "filed": filed, "form": form, "timetable": timetable}
    status = 422 if form.errors or timetable.total_error_count() else 200
    return render(request, "tenancy/plans/file_sub_plan.html", context, status=status)


def _as_filed(filed: SubPlan | None) -> dict[str, str]:
    return {"title": filed.title, "responsible": filed.responsible, "text": filed.text} if filed else {}


def _sub_plan(request: HttpRequest, sub_plan_id: int) -> SubPlan:
    in_office(request)
    rows = SubPlan.objects.select_related("plan__jurisdiction", "jurisdiction", "filed_by")
    return get_object_or_404(rows, pk=sub_plan_id)


@login_required
@require_safe
def show_sub_plan(request: HttpRequest, sub_plan_id: int) -> HttpResponse:
    """One filed plan with its responsible person and timetable."""
    row = _sub_plan(request, sub_plan_id)
    today: date = timezone.localdate()
    context = {
        "row": row,
        "lines": [(line, line.done_on is None and line.due_on < today) for line in milestones_of(row)],
        "may_keep": may_keep_sub_plan(request.post, row),  # type: ignore[attr-defined]
        "today": today,
    }
    return render(request, "tenancy/plans/sub_plan.html", context)


@login_required
@require_safe
def download_sub_plan(request: HttpRequest, sub_plan_id: int) -> HttpResponse | FileResponse:
    """The filed paper as it came."""
    return kept_file(_sub_plan(request, sub_plan_id))


@login_required
@require_POST
def mark_milestone(request: HttpRequest, milestone_id: int) -> HttpResponse:
    """Ticks a line of a timetable off, or opens it again."""
    in_office(request)
    line = get_object_or_404(Milestone, pk=milestone_id)
    form = DoneForm(request.POST)
    if not form.is_valid():
        raise Refused(_("日期请写成 2026-11-22 这样。"), code="milestone-day")
    acts.mark_milestone(line, form.cleaned_data["done_on"], by=request.post, on=timezone.localdate())  # type: ignore[attr-defined]
    return redirect("tenancy:show-sub-plan", line.sub_plan_id)
