"""承诺书: the list with its tabs, one letter, its PDF, its scan, its delegate and its filing."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from commitments import actions
from commitments.documents import print_files
from commitments.forms import DelegateForm, FilingForm, FilterForm, ScanForm
from commitments.models import TABS, CommitmentLetter
from commitments.policies import may_file, may_review, may_see, may_see_every, may_upload
from commitments.queries import (
    last_decision,
    letters_for,
    printable,
    scan_in_force,
    tab_counts,
    without_letter,
)
from commitments.rules import State
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right
from tenancy.scans import UnreadablePicture
from tenancy.views.files import bytes_response

PAGE = 50
TAB_NAMES = {
    "unsigned": gettext_lazy("待签"),
    "waiting": gettext_lazy("待审"),
    "returned": gettext_lazy("退回"),
    "passed": gettext_lazy("已通过"),
    "above": gettext_lazy("由上级签订"),
}
PILLS = {"draft": "mute", "issued": "warn", "uploaded": "info", "returned": "bad", "approved": "ok", "filed": "ok"}


@login_required
@require_safe
def list_letters(request: HttpRequest) -> HttpResponse:
    """The letters of one tab, with what is still to be drawn up and whose the upper level signs."""
    post, today = request.post, timezone.localdate()  # type: ignore[attr-defined]
    require(may_see(post))
    tab = request.GET.get("tab", "")
    tab = tab if tab in TAB_NAMES else "unsigned"
    plan = plan_in_force(post.place, today)
    form = FilterForm(request.GET or None, document=plan.value)
    letters = _narrowed(letters_for(post), form)
    open_cases = without_letter(post.jurisdiction, today) if may_see_every(post) else []
    left_out = [case for case in open_cases if case.pairing.obstacle]
    counts = {**tab_counts(letters), "above": len(left_out)}
    page = Paginator(_of_tab(letters, tab), PAGE).get_page(request.GET.get("page"))
    tiers = {tier.code: tier.name for tier in plan.value.tiers}
    return render(
        request,
        "commitments/letters.html",
        {
            "form": form,
            "tab": tab,
            "tabs": _tabs(counts, tab),
            "page": page,
            "rows": [(letter, PILLS[letter.state], tiers.get(letter.signer_tier, "")) for letter in page.object_list],
            "left_out": left_out if tab == "above" else [],
            "ready": len(open_cases) - len(left_out),
            "may_issue": may(post, Right.ISSUE_LETTERS, post.place),
            "may_review": may(post, Right.REVIEW_LETTERS),
            "chosen": bool(form.is_valid() and any(form.cleaned_data.values())),
        },
    )


def _narrowed(letters: QuerySet[CommitmentLetter], form: FilterForm) -> QuerySet[CommitmentLetter]:
    if not form.is_valid():
        return letters
    if words := form.cleaned_data["q"].strip():
        letters = letters.filter(signer_name__icontains=words)
    if tier := form.cleaned_data["tier"]:
        letters = letters.filter(signer_tier=tier)
    return letters


def _of_tab(letters: QuerySet[CommitmentLetter], tab: str) -> QuerySet[CommitmentLetter]:
    if tab not in TABS:
        return letters.none()
    return letters.filter(state__in=TABS[tab]).order_by("place", "year", "number")


def _tabs(counts: dict[str, int], current: str) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "url": f"?tab={code}",
            "count": counts[code],
            "hot": code in ("waiting", "returned"),
            "current": code == current,
        }
        for code, label in TAB_NAMES.items()
    ]


@login_required
@require_POST
def issue_letters(request: HttpRequest) -> HttpResponse:
    """Draws up every letter that is missing in the post's place; pressing it again draws up nothing twice."""
    post: Post = request.post  # type: ignore[attr-defined]
    require(may(post, Right.ISSUE_LETTERS, post.place if post else None))
    issued = actions.issue_letters(post.jurisdiction, by=post, on=timezone.localdate())
    text = _("已生成%(n)d份承诺书，可下载打印。") if issued.letters else _("没有需要生成的承诺书。")
    messages.success(request, text % {"n": len(issued.letters)})
    if left := len(issued.above) + len(issued.missing):
        messages.warning(request, _("另有%d人没有生成，原因列在“由上级签订”里。") % left)
    return redirect("commitments:list-letters")


@login_required
@require_safe
def print_letters(request: HttpRequest) -> HttpResponse:
    """Unsigned letters in one file to print, a hundred pages at most; `part` chooses which."""
    post: Post = request.post  # type: ignore[attr-defined]
    require(may(post, Right.ISSUE_LETTERS, post.place if post else None))
    files, waiting = printable(post)
    if waiting:
        raise Refused(_("还有%d份正在排版，通常一分钟内完成，请稍后再点。") % waiting, code="letters-drawing")
    part = request.GET.get("part", "1")
    number = int(part) if part.isdecimal() and len(part) < 4 else 1
    data = next((data for index, data in enumerate(print_files(files), 1) if index == number), None)
    if data is None:
        raise Refused(_("没有这一册可打印：待签的承诺书没有那么多页。"), code="print-empty")
    return bytes_response(data, _("承诺书打印第%d册.pdf") % number, "application/pdf")


def _letter(request: HttpRequest, letter_id: int) -> CommitmentLetter:
    post: Post = request.post  # type: ignore[attr-defined]
    require(may_see(post))
    return get_object_or_404(letters_for(post), pk=letter_id)


@login_required
@require_safe
def show_letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """One letter: its people, its file, its scans and decisions, and the acts open to the post."""
    return _show(request, _letter(request, letter_id))


def _show(request: HttpRequest, letter: CommitmentLetter, *, status: int = 200, **forms: Form) -> HttpResponse:
    post: Post = request.post  # type: ignore[attr-defined]
    plan = plan_in_force(letter.place, letter.issued_on).value
    pair = next((pair for pair in plan.signing_pairs if pair.code == letter.pair), None)
    tier = plan.tier(letter.signer_tier)
    state = State(letter.state)
    scan = scan_in_force(letter)
    return render(
        request,
        "commitments/letter_page.html",
        {
            "letter": letter,
            "pill": PILLS[letter.state],
            "tier": tier.name if tier else "",
            "scan": scan,
            "page_numbers": range(1, len(scan.pages) + 1) if scan else [],
            "timeline": _timeline(letter),
            "decision": last_decision(letter),
            "unsigned": state in (State.DRAFT, State.ISSUED),
            "takes_scan": state in (State.DRAFT, State.ISSUED, State.UPLOADED, State.RETURNED),
            "fileable": state is State.APPROVED or (state is State.UPLOADED and letter.reviewer is None),
            "may_upload": may_upload(post, letter),
            "may_issue": may(post, Right.ISSUE_LETTERS, letter.place),
            "may_review": may_review(post, letter),
            "may_file": may_file(post, letter),
            "delegate_allowed": bool(pair and pair.delegate_allowed),
            "scan_form": forms.get("scan_form") or ScanForm(),
            "delegate_form": forms.get("delegate_form") or DelegateForm(),
            "filing_form": forms.get("filing_form") or FilingForm(),
        },
        status=status,
    )


def _timeline(letter: CommitmentLetter) -> list[dict[str, object]]:
    items: list[dict[str, object]] = [
        {
            "icon": "up",
            "kind": "info",
            "title": _("上传扫描件"),
            "text": scan.filename,
            "when": scan.uploaded_at,
            "by": scan.uploaded_by,
        }
        for scan in letter.scans.select_related("uploaded_by")
    ]
    for made in letter.reviews.all():
        passed, undone = made.decision == "passed", made.undone_at is not None
        title = _("%s（已撤销）") % made.get_decision_display() if undone else made.get_decision_display()
        kind = "mute" if undone else "ok" if passed else "bad"
        items.append(
            {
                "icon": "ok" if passed else "undo",
                "kind": kind,
                "title": title,
                "text": made.reason,
                "when": made.at,
                # A post above stands outside the wall of this office; its body is named on the letter.
                "by": letter.reviewer_body,
            }
        )
    return sorted(items, key=lambda item: item["when"], reverse=True)  # type: ignore[arg-type,return-value]


@login_required
@require_http_methods(["GET"])
def download_letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """The letter's PDF, the same bytes each time; drawn now when nobody has yet."""
    letter = _letter(request, letter_id)
    name = f"{letter.signer_name}{letter.number_text}.pdf"
    return bytes_response(actions.build_letter(letter), name, "application/pdf")


@login_required
@require_POST
def name_delegate(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Puts a delegate on the other side's line, where the plan has one."""
    letter = _letter(request, letter_id)
    require(may(request.post, Right.ISSUE_LETTERS, letter.place))  # type: ignore[attr-defined]
    form = DelegateForm(request.POST)
    if not form.is_valid():
        return _show(request, letter, status=422, delegate_form=form)
    actions.name_delegate(letter, **form.cleaned_data, by=request.post, on=timezone.localdate())  # type: ignore[attr-defined]
    messages.success(request, _("已改由委托人签订，请重新下载打印。"))
    return redirect("commitments:show-letter", letter.pk)


@login_required
@require_POST
def upload_scan(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Takes the signed letter's scan, again after a return."""
    letter = _letter(request, letter_id)
    require(may_upload(request.post, letter))  # type: ignore[attr-defined]
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            scan = actions.upload_scan(letter, file.read(), file.name, by=request.post, at=timezone.now())  # type: ignore[attr-defined]
        except UnreadablePicture as error:
            form.add_error("file", error.message)
        else:
            messages.success(
                request,
                _("已收到全部%(n)d页，等待%(body)s审核。") % {"n": len(scan.pages), "body": letter.reviewer_body},
            )
            return redirect("commitments:show-letter", letter.pk)
    return _show(request, letter, status=422, scan_form=form)


@login_required
@require_POST
def file_letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Records the archive number of a passed letter."""
    letter = _letter(request, letter_id)
    require(may_file(request.post, letter))  # type: ignore[attr-defined]
    form = FilingForm(request.POST)
    if not form.is_valid():
        return _show(request, letter, status=422, filing_form=form)
    actions.file_letter(letter, **form.cleaned_data, by=request.post, on=timezone.localdate())  # type: ignore[attr-defined]
    messages.success(request, _("已登记归档。"))
    return redirect("commitments:show-letter", letter.pk)
