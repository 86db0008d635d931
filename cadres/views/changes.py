"""干部变动: written down, listed with what nobody has taken over yet, handed over, taken back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cadres.actions import changes as acts
from cadres.actions.exporting import export_changes as handed_out
from cadres.forms import CadreChangeForm, HandoverForm
from cadres.models import CadreChange
from cadres.queries.changes import (
    TABS,
    change_counts,
    explained,
    left_behind,
    listed_changes,
    state_of,
    successors,
)
from cadres.queries.coverage import Scope, scope_of
from cadres.queries.people import cadres_seen_by
from cadres.queries.proposals import draft_of
from cadres.views.pieces import office
from cadres.workbooks import XLSX
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response

PAGE = 50


@login_required
@require_GET
def list_changes(request: HttpRequest) -> HttpResponse:
    """Who no longer answers, with what he left behind: the overdue first."""
    post, today = office(request, Right.VIEW_CADRES), timezone.localdate()
    tab = request.GET.get("tab", "open")
    tab = tab if tab in TABS else "open"
    counts = change_counts(post.jurisdiction.path, today)
    page = Paginator(listed_changes(post.jurisdiction.path, tab, today), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [{"change": change, "pill": pill, "word": word} for change in page for pill, word in [state_of(change)]],
        "tabs": [
            {"label": label, "url": f"?tab={code}", "count": counts[code], "hot": code == "late", "current": code == tab}
            for code, label in TABS.items()
        ],
        "tab": tab,
        "may_export": may(post, Right.EXPORT),
    }  # fmt: skip
    return render(request, "cadres/changes.html", context)


@login_required
@require_GET
def export_changes(request: HttpRequest) -> HttpResponse:
    """The same rows as a workbook."""
    post, today = office(request, Right.VIEW_CADRES), timezone.localdate()
    require(may(post, Right.EXPORT))
    data = handed_out(post.jurisdiction, request.GET.get("tab", "open"), by=post, on=today)
    return bytes_response(data, _("%s干部变动.xlsx") % post.jurisdiction.name, XLSX)


@login_required
@require_http_methods(["GET", "POST"])
def register_change(request: HttpRequest, cadre_id: int) -> HttpResponse:
    """Somebody leaves, is moved or cannot act: his entities are without a cadre from that day."""
    post, today = office(request, Right.ASSIGN), timezone.localdate()
    cadre = get_object_or_404(cadres_seen_by(post), pk=cadre_id)
    require(may(post, Right.ASSIGN, cadre.place))
    form = CadreChangeForm(request.POST or None, initial={"since": today, "kind": "left"})
    if form.is_valid():
        change = acts.register_change(cadre, form.chosen_kind(), form.occasion(), by=post, on=today)
        said = _("已登记“%s”的变动，请确定由谁接手。") % cadre.post.person_name
        messages.success(request, said, extra_tags=reverse("cadres:undo-change", args=[change.pk]))
        return redirect("cadres:show-change", change.pk)
    context = {"form": form, "cadre": cadre, "load": cadre.assignments.in_force(today).count()}
    return render(request, "cadres/change_cadre.html", context, status=422 if form.errors else 200)


def _change(change_id: int) -> CadreChange:
    found = CadreChange.objects.select_related("cadre__post__jurisdiction", "recorded_by")
    return get_object_or_404(found, pk=change_id)


@login_required
@require_http_methods(["GET", "POST"])
def show_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """What is left behind, until when, and who could take over; POST makes the draft of the handover."""
    post, today = office(request, Right.VIEW_CADRES), timezone.localdate()
    change = _change(change_id)
    require(may(post, Right.VIEW_CADRES, change.place))
    scope = scope_of(post.jurisdiction, today)
    left = left_behind(change, today).select_related("jurisdiction").order_by("grade", "place", "sort_key", "pk")
    offered = successors(change, scope, left)
    form = HandoverForm(request.POST or None, offered=offered)
    if request.method == "POST":
        require(may(post, Right.ASSIGN, change.place))
        if form.is_valid():
            made = acts.propose_handover(change, post.jurisdiction, form.cleaned_data["to"], by=post, on=today)
            messages.success(request, _("交接方案已生成：只动他名下的主体，其余沿用。核对后批准执行。"))
            return redirect(f"{reverse('cadres:show-proposal', args=[made.pk])}?tab=changed")
    context = {
        "change": change,
        "facts": _facts(change, scope),
        "why": explained(change),
        "late": bool(change.due_on and change.due_on < today),
        "left": Paginator(left, PAGE).get_page(request.GET.get("page")),
        "form": form,
        "offered": offered,
        "draft": draft_of(post.jurisdiction),
        "may_assign": may(post, Right.ASSIGN, change.place) if change.undone_on is None else False,
    }
    return render(request, "cadres/show_change.html", context, status=422 if form.errors else 200)


def _facts(change: CadreChange, scope: Scope) -> list[tuple[str, object]]:
    post = change.cadre.post
    return [
        (_("单位职务"), f"{post.jurisdiction.name} {post.title}"),
        (_("层级"), scope.tier_name(change.cadre.tier)),
        (_("变动"), change.get_kind_display()),
        (_("变动日期"), change.since.isoformat()),
        (_("原因"), change.reason),
        (_("依据"), change.document),
        (_("由谁办"), change.bearer),
        (_("登记"), f"{change.recorded_by.person_name} {change.recorded_on.isoformat()}"),
    ]


@login_required
@require_POST
def undo_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Takes a change back while nobody has taken anything over."""
    post, change = _mine(request, change_id)
    acts.undo_change(change, by=post, on=timezone.localdate())
    messages.success(request, _("已撤销，“%s”继续包保原来的主体。") % change.cadre.post.person_name)
    return redirect("cadres:show-cadre", change.cadre_id)


def _mine(request: HttpRequest, change_id: int) -> tuple[Post, CadreChange]:
    post, change = office(request, Right.ASSIGN), _change(change_id)
    require(may(post, Right.ASSIGN, change.place))
    return post, change
