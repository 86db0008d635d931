"""A proposal on the web: made, looked at, edited line by line, approved or dropped."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadres.actions.approving import approve
from cadres.actions.proposing import drop_proposal, propose, reassign_line
from cadres.forms import ApproveForm, EditLineForm, ProposeForm
from cadres.models import Cadre, Proposal, ProposedAssignment
from cadres.queries.coverage import Scope, list_counts, scope_of
from cadres.queries.proposals import Load, candidates, draft_of, line_counts, lines_of, load_bars
from cadres.rules.caps import Excess, caps_in_words, refusal_of
from cadres.views.pieces import office, tabs
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

PAGE, BARS = 50, 60
TAB_NAMES = ("", "changed", "kept", "uncovered", "ended")


@login_required
@require_http_methods(["GET", "POST"])
def propose_page(request: HttpRequest) -> HttpResponse:
    """From which day, and what would be dealt out; the draft is nobody's order yet."""
    post = office(request, Right.ASSIGN)
    today = timezone.localdate()
    form = ProposeForm(request.POST or None, today=today, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        proposal = propose(post.jurisdiction, by=post, on=form.cleaned_data["on"])
        return redirect("cadres:show-proposal", proposal.pk)
    scope = scope_of(post.jurisdiction, today)
    context = {"form": form, "scope": scope, "counts": list_counts(scope), "draft": draft_of(post.jurisdiction)}
    return render(request, "cadres/propose.html", context, status=422 if form.errors else 200)


def _proposal(proposal_id: int) -> Proposal:
    return get_object_or_404(Proposal.objects.select_related("jurisdiction", "responsibility_list"), pk=proposal_id)


def _allowed(request: HttpRequest, proposal: Proposal, right: Right) -> Post:
    post = office(request, right)
    require(may(post, right, proposal.place))
    return post


@login_required
@require_GET
def show_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Loads before and after, warnings, and every line with a select to change it."""
    return _page(request, _proposal(proposal_id), None)


def _page(request: HttpRequest, proposal: Proposal, form: ApproveForm | None) -> HttpResponse:
    post = _allowed(request, proposal, Right.VIEW_CADRES)
    scope = scope_of(proposal.jurisdiction, proposal.on)
    cadres = list(candidates(scope))
    bars = load_bars(proposal, cadres)
    over, hard = _over(bars, scope), _too_full(bars, scope)
    counts = line_counts(proposal)
    tab = request.GET.get("tab", "")
    lines = Paginator(lines_of(proposal, tab if tab in TAB_NAMES else ""), PAGE).get_page(request.GET.get("page"))
    words = {
        "": (_("全部"), "all"),
        "changed": (_("新指派与调整"), "changed"),
        "kept": (_("沿用"), "kept"),
        "uncovered": (_("无人可派"), "uncovered"),
        "ended": (_("结束包保"), "ended"),
    }
    context = {
        "proposal": proposal,
        "scope": scope,
        "page": lines,
        "rows": [_row(line, cadres, scope, proposal) for line in lines],
        "bars": [_bar(load, scope) for load in sorted(bars, key=lambda load: -load.after)[:BARS]],
        "bars_left": max(0, len(bars) - BARS),
        "counts": counts,
        "kpis": _kpis(counts),
        "tabs": tabs(request, words, {**counts, "changed": counts["new"] + counts["moved"]}, hot=("uncovered",)),
        "form": form or ApproveForm(over=over, scope=scope),
        "over": over,
        "caps": caps_in_words(scope.cap_of(load.cadre.tier) for load in over),
        "too_full": refusal_of(hard) if hard else "",
        "may_assign": may(post, Right.ASSIGN, proposal.place),
        "may_approve": may(post, Right.APPROVE_LIST, proposal.place),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "cadres/show_proposal.html", context, status=status)


def _over(bars: Iterable[Load], scope: Scope) -> list[Load]:
    """Those for whom a reason is wanted."""
    caps = ((load, scope.cap_of(load.cadre.tier)) for load in bars)
    return [load for load, cap in caps if cap.is_exceeded(load.after) and not cap.is_hard]


def _too_full(bars: Iterable[Load], scope: Scope) -> list[Excess]:
    """Those for whom the list cannot be approved."""
    found = (Excess(load.cadre.post.person_name, load.after, scope.cap_of(load.cadre.tier)) for load in bars)
    return [each for each in found if each.cap.is_hard and each.cap.is_exceeded(each.load)]


def _bar(load: Load, scope: Scope) -> dict[str, object]:
    cap = scope.cap_of(load.cadre.tier)
    most = cap.cap or max(load.after, load.before, 1)
    over = cap.is_exceeded(load.after)
    return {
        "load": load,
        "tier": scope.tier_name(load.cadre.tier),
        "over": over,
        "before": min(100, load.before * 100 // most),
        "after": min(100, load.after * 100 // most),
        "kind": ("bad" if cap.is_hard else "warn") if over else "info",
    }


def _row(line: ProposedAssignment, cadres: list[Cadre], scope: Scope, proposal: Proposal) -> dict[str, object]:
    tiers = scope.tiers_for(line.entity.grade) if line.tier else ()
    fitting = [c for c in cadres if c.tier in tiers and line.entity.place.startswith(c.place)]
    return {
        "line": line,
        "tier": scope.tier_name(line.tier),
        "choices": fitting if proposal.state == "draft" else [],
        "moved": bool(line.holder_id) and line.cadre_id != line.holder_id,
    }


def _kpis(counts: dict[str, int]) -> list[dict[str, object]]:
    return [
        {"label": _("新指派"), "value": counts["new"], "note": _("户")},
        {"label": _("调整"), "value": counts["moved"], "note": _("户")},
        {"label": _("沿用"), "value": counts["kept"], "note": _("户")},
        {"label": _("无人可派"), "value": counts["uncovered"], "note": _("户"), "bad": counts["uncovered"]},
    ]


@login_required
@require_http_methods(["GET", "POST"])
def edit_line(request: HttpRequest, line_id: int) -> HttpResponse:
    """Another cadre for one line; works as a page of its own and from the select in the table."""
    lines = ProposedAssignment.objects.select_related("proposal__jurisdiction", "entity", "entity__jurisdiction")
    line = get_object_or_404(lines, pk=line_id)
    post = _allowed(request, line.proposal, Right.ASSIGN)
    scope = scope_of(line.proposal.jurisdiction, line.proposal.on)
    form = EditLineForm(request.POST or None, line=line, scope=scope, initial={"cadre": line.cadre_id})
    if request.method == "POST" and form.is_valid():
        reassign_line(line, form.cleaned_data["cadre"], by=post)
        messages.success(
            request, _("已把“%(entity)s”改由%(cadre)s包保，批准后执行。") % {"entity": line.entity, "cadre": line.cadre}
        )
        return redirect("cadres:show-proposal", line.proposal_id)
    context = {"line": line, "form": form, "scope": scope}
    return render(request, "cadres/edit_line.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def approve_proposal(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Puts the proposal in force; missing reasons come back beside their fields."""
    proposal = _proposal(proposal_id)
    post = _allowed(request, proposal, Right.APPROVE_LIST)
    scope = scope_of(proposal.jurisdiction, proposal.on)
    form = ApproveForm(request.POST, over=_over(load_bars(proposal, candidates(scope)), scope), scope=scope)
    if not form.is_valid():
        return _page(request, proposal, form)
    version = approve(proposal, by=post, on=timezone.localdate(), over_cap_reasons=form.reasons())
    text = _("已批准第%d版责任清单，包保关系已建立。") % version.number
    messages.success(request, text, extra_tags=reverse("cadres:undo-list", args=[version.pk]))
    return redirect("cadres:show-list")


@login_required
@require_POST
def drop_proposal_page(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Puts the draft aside."""
    proposal = _proposal(proposal_id)
    drop_proposal(proposal, by=_allowed(request, proposal, Right.ASSIGN))
    messages.success(request, _("已放弃这个指派方案，现有包保关系没有变化。"))
    return redirect("cadres:show-list")
