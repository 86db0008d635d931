"""问题与整改: tabs with counts (the station's inbox among them), one issue with its timeline and the acts open to the post."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from supervision.actions import issues
from supervision.forms import IssueForm
from supervision.models import Issue
from supervision.policies import may_act, may_read_issues, side_of
from supervision.queries.clocks import issue_explained
from supervision.queries.issues import issue_counts, issues_for, issues_seen_by, last_answer
from supervision.queries.quarters import plan_at
from supervision.rules.issues import ACTORS, NEEDS_TEXT, NEXT, VERB_LABELS, Holder, State, Verb
from supervision.rules.visits import Unfit
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import calendar_for
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

PAGE = 50
TAB_NAMES = {
    "open": gettext_lazy("办理中"),
    "station": gettext_lazy("待监管所"),
    "cadre": gettext_lazy("待干部"),
    "overdue": gettext_lazy("逾期"),
    "closed": gettext_lazy("已处置"),
    "all": gettext_lazy("全部"),
}
STATE_PILLS = {
    State.FIXED_ON_SPOT: "ok",
    State.NOTIFIED: "warn",
    State.HANDED_OVER: "warn",
    State.ACKNOWLEDGED: "info",
    State.HANDLING: "info",
    State.RETURNED: "bad",
    State.ANSWERED: "warn",
    State.REOPENED: "bad",
    State.CLOSED: "ok",
}


@login_required
@require_safe
def list_issues(request: HttpRequest) -> HttpResponse:
    """The issues of one tab; an officer lands on what waits for the station."""
    post, today = request.post, timezone.localdate()  # type: ignore[attr-defined]
    require(may_read_issues(post))
    tab = request.GET.get("tab", "")
    if tab not in TAB_NAMES:
        tab = "station" if may(post, Right.HANDLE_ISSUES) else "open"
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    counts = issue_counts(post, today)
    page = Paginator(issues_for(post, today, tab=tab, words=words), PAGE).get_page(request.GET.get("page"))
    calendar = calendar_for(post.place)
    rows = [
        {
            "issue": issue,
            "pill": STATE_PILLS[State(issue.state)],
            "days": calendar.workdays_between(today, issue.due_on) if issue.due_on else None,
        }
        for issue in page.object_list
    ]
    tabs = [
        {
            "label": label,
            "url": f"?tab={code}",
            "count": counts[code],
            "hot": code in ("station", "cadre", "overdue"),
            "current": code == tab,
        }
        for code, label in TAB_NAMES.items()
    ]
    return render(
        request, "supervision/issues.html", {"page": page, "rows": rows, "tabs": tabs, "tab": tab, "words": words}
    )


@login_required
@require_safe
def show_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """One issue: whose turn, since when, until when, what was said; buttons, grey with their reason."""
    post = request.post  # type: ignore[attr-defined]
    return _issue_page(request, _fetched(post, pk), IssueForm())


def _fetched(post: Post | None, pk: int) -> Issue:
    if post is None:
        raise Http404
    issue = get_object_or_404(issues_seen_by(post, timezone.localdate()), pk=pk)
    require(may_read_issues(post, issue.place))
    return issue


def _issue_page(
    request: HttpRequest, issue: Issue, form: IssueForm, *, verb: str = "", status: int = 200
) -> HttpResponse:
    post, today = request.post, timezone.localdate()  # type: ignore[attr-defined]
    events = list(issue.events.order_by("pk"))
    return render(
        request,
        "supervision/issue.html",
        {
            "issue": issue,
            "pill": STATE_PILLS[State(issue.state)],
            "facts": _facts(issue, today),
            "timeline": [_moment(event) for event in events],
            "acts": _acts(post, issue, today),
            "answer": last_answer(issue),
            "why": issue_explained(issue),
            "form": form,
            "verb": verb,
        },
        status=status,
    )


def _facts(issue: Issue, today: date) -> list[tuple[str, object]]:
    names = plan_at(issue.place, issue.found_on).value.names
    holder = {Holder.CADRE: names.cadre, Holder.STATION: names.station, Holder.NOBODY: _("已办完")}
    rows: list[tuple[str, object]] = [
        (_("主体"), issue.entity.name),
        (_("地址"), issue.entity.address),
        (_("清单内容"), issue.item_text),
        (_("发现日期"), issue.found_on.isoformat()),
        (_("处置方式"), issue.get_route_display()),
        (_("当前责任方"), holder[Holder(issue.holder_kind)]),
    ]
    if issue.due_on:
        left = calendar_for(issue.place).workdays_between(today, issue.due_on)
        when = _("剩 %s 个工作日") % left if left >= 0 else _("已超 %s 个工作日") % -left
        rows.append((_("期限"), f"{issue.due_on.isoformat()}（{when}）"))
    return rows


def _moment(event: object) -> dict[str, object]:
    verb = getattr(event, "verb", "")
    kinds = {"found": "bad", "close": "ok", "answer": "info", "send_back": "warn", "reopen": "warn"}
    icons = {"found": "warn", "close": "ok", "answer": "inbox", "send_back": "swap", "reopen": "swap"}
    return {
        "kind": kinds.get(verb, "info"),
        "icon": icons.get(verb, "next"),
        "title": event.get_verb_display(),  # type: ignore[attr-defined]
        "text": event.text,  # type: ignore[attr-defined]
        "when": event.at,  # type: ignore[attr-defined]
        "by": event.by_name,  # type: ignore[attr-defined]
    }


def _acts(post: Post, issue: Issue, today: date) -> list[dict[str, object]]:
    """The acts of the post's side from here, and those of the others grey with their reason; none for who only looks."""
    side = side_of(post, issue, on=today)
    if side is Holder.NOBODY:
        return []
    from_here = NEXT[State(issue.state)]
    shown = [verb for verb in Verb if ACTORS[verb] is side or verb in from_here]
    return [
        {
            "verb": verb.value,
            "label": VERB_LABELS[verb],
            "may": may_act(post, issue, verb, on=today),
            "needs_text": verb in NEEDS_TEXT,
            "main": verb in (Verb.ANSWER, Verb.CLOSE, Verb.ACKNOWLEDGE),
        }
        for verb in shown
    ]


@login_required
@require_POST
def act_on_issue(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """One act with its words; the sentence of a refusal comes back on the page, the words kept."""
    post, today = request.post, timezone.localdate()  # type: ignore[attr-defined]
    issue = _fetched(post, pk)
    if verb not in {each.value for each in Verb}:
        raise Http404
    require(may_act(post, issue, Verb(verb), on=today))
    form = IssueForm(request.POST)
    if not form.is_valid():
        return _issue_page(request, issue, form, verb=verb, status=422)
    try:
        issues.act_on_issue(
            issue,
            Verb(verb),
            text=form.cleaned_data["text"],
            seen=form.cleaned_data["seen"],
            by=post,
            on=today,
            at=timezone.now(),
        )
    except Unfit as unfit:
        form.add_error("text", unfit.reason)
        return _issue_page(request, issue, form, verb=verb, status=422)
    messages.success(request, _("已%s。") % VERB_LABELS[Verb(verb)])
    return redirect("supervision:show-issue", pk=pk)
