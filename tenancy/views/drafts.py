"""方案草稿: begin one, read it with what is still wrong, take in its text, put it aside.

Putting it in force asks what quarters have used, so that page stands in the app above.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenancy.actions import drafts as acts
from tenancy.forms.plans import AnnexForm, DraftTextForm, SeenForm, StartDraftForm
from tenancy.models import Jurisdiction, Plan, PlanDraft, Post
from tenancy.plans import check, shipped_codes, shipped_plan
from tenancy.plans.drafting import FaultyPlan
from tenancy.plans.showing import shown_differences
from tenancy.plans.writing import plan_text
from tenancy.policies import may
from tenancy.queries.papers import (
    draft_file,
    drafts_for,
    paper_from_draft,
    paper_from_plan,
    plans_along_line,
    plans_for,
)
from tenancy.queries.tree import places_under
from tenancy.rules.paths import ancestors_of
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response
from tenancy.views.plans import YAML, told

STATUS = {"draft-stale": 409, "plan-faults": 422}


def readable_draft(request: HttpRequest, draft_id: int) -> PlanDraft:
    """A draft the post may write."""
    post: Post = request.post  # type: ignore[attr-defined]
    require(may(post, Right.EDIT_PLAN))
    return get_object_or_404(drafts_for(post), pk=draft_id)


@login_required
@require_http_methods(["GET", "POST"])
def start_draft(request: HttpRequest) -> HttpResponse:
    """A draft that is empty or a copy: of the plan in force, of one above, of a shipped one."""
    post: Post = request.post  # type: ignore[attr-defined]
    require(may(post, Right.EDIT_PLAN))
    # A district drafts its own plan and, where it has to, that of a street under it.
    places = [place for place in places_under(post.place) if may(post, Right.EDIT_PLAN, place.path)]
    form = StartDraftForm(
        request.POST or None,
        bases=bases_for(post),
        places=places,
        initial={"basis": request.GET.get("basis", ""), "place": post.jurisdiction_id},
    )
    if form.is_valid():
        place = next(place for place in places if place.pk == form.cleaned_data["place"])
        basis = basis_from(form.cleaned_data["basis"], post, place)
        draft = acts.start_draft(place, name=form.cleaned_data["name"], basis=basis, by=post, at=timezone.now())
        messages.success(request, _("草稿已建好。改好后启用，启用之前不影响任何人。"))
        return redirect("tenancy:show-draft", draft.pk)
    return render(request, "tenancy/plans/start.html", {"form": form}, status=422 if form.errors else 200)


def bases_for(post: Post) -> list[tuple[str, str]]:
    """What a draft can begin with, the post's own plans first."""
    plans = [(f"plan-{plan.pk}", f"{plan.jurisdiction.name} {plan}") for plan in plans_along_line(post)]
    shipped = [(f"shipped-{code}", _("随程序附带：%s") % shipped_plan(code).header.title) for code in shipped_codes()]
    return [*plans, ("", _("空白，逐项填写")), *shipped]


def basis_from(ref: str, post: Post, place: Jurisdiction) -> Plan | str | None:
    """The plan or the code a reference names; nothing for an empty draft."""
    kind, _dash, rest = ref.partition("-")
    if kind == "plan":
        return get_object_or_404(plans_for(post).filter(place__in=ancestors_of(place.path)), pk=rest)
    return rest if kind == "shipped" else None


@login_required
@require_safe
def show_draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """One draft: its paper, what is still wrong, what it would change, its values and annexes."""
    draft = readable_draft(request, draft_id)
    post, today = request.post, timezone.localdate()  # type: ignore[attr-defined]
    paper = paper_from_draft(draft, post, today)
    standing = plans_for(post).filter(jurisdiction=draft.jurisdiction_id, valid__contains=today).first()
    before = paper_from_plan(standing, post, today) if standing else None
    context = {
        **told(paper),
        "draft": draft,
        "problems": check(plan_text(paper.file), paper.below) if draft.state == "draft" else [],
        "standing": standing,
        "changes": shown_differences(before.resolved, paper.resolved) if before else None,
        "annexes": draft.annexes.order_by("pk"),
        "annex_form": AnnexForm(),
        "seen_form": SeenForm(initial={"seen": draft.version}),
    }
    return render(request, "tenancy/plans/draft.html", context)


@login_required
@require_safe
def download_draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The draft as YAML text."""
    draft = readable_draft(request, draft_id)
    return bytes_response(plan_text(draft_file(draft)).encode(), f"{draft.name}.yaml", YAML)


@login_required
@require_http_methods(["GET", "POST"])
def edit_text(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The whole text to read, to change and to send back; what was sent stays in the page whatever is wrong with it."""
    draft = readable_draft(request, draft_id)
    if request.method == "GET":
        form = DraftTextForm(initial={"text": plan_text(draft_file(draft)), "seen": draft.version})
        return render(request, "tenancy/plans/text.html", {"draft": draft, "form": form})
    form = DraftTextForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "tenancy/plans/text.html", {"draft": draft, "form": form}, status=422)
    given = form.given()
    try:
        acts.replace_draft(
            draft, given, seen=form.cleaned_data["seen"],
            by=request.post, on=timezone.localdate(), at=timezone.now(),  # type: ignore[attr-defined]
        )  # fmt: skip
    except Refused as refused:
        return _given_back(request, draft, given, refused)
    messages.success(request, _("已保存，全文没有发现问题。"))
    return redirect("tenancy:show-draft", draft.pk)


def _given_back(request: HttpRequest, draft: PlanDraft, given: bytes | str, refused: Refused) -> HttpResponse:
    """The text as it was sent, with every fault and the line it stands on."""
    text = given if isinstance(given, str) else given.decode("utf-8-sig", errors="replace")
    lines = text.splitlines()
    problems = [
        (problem, lines[problem.line - 1].strip()[:80] if problem.line and problem.line <= len(lines) else "")
        for problem in (refused.problems if isinstance(refused, FaultyPlan) else ())
    ]
    is_stale = refused.code == "draft-stale"
    # Who saves a second time after reading who was faster, means it: the next try counts from the newest version.
    seen = draft.version if is_stale else request.POST.get("seen")
    context = {
        "draft": draft,
        "form": DraftTextForm(initial={"text": text, "seen": seen}),
        "problems": problems,
        "refused": "" if problems else refused.reason,
        "is_stale": is_stale,
    }
    return render(request, "tenancy/plans/text.html", context, status=STATUS.get(refused.code, 409))


@login_required
@require_POST
def drop_draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Puts a draft aside."""
    draft = readable_draft(request, draft_id)
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else 0
    acts.drop_draft(draft, seen=seen, by=request.post, at=timezone.now())  # type: ignore[attr-defined]
    messages.success(request, _("草稿“%s”已作废。") % draft.name)
    return redirect("tenancy:list-plans")
