"""并排审核: the queue, the scan's pages and the record beside each other; one decision and on to the next."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from commitments import actions
from commitments.forms import ReviewForm
from commitments.models import CommitmentLetter
from commitments.policies import may_review, may_see, review_places
from commitments.queries import letters_for, scan_in_force, undoable_by
from commitments.rules import STOCK_REASONS, UNDO_SHOWN
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import file_response

QUEUE = 100


def _queue(post: Post) -> list[CommitmentLetter]:
    return list(letters_for(post).awaiting(review_places(post))[:QUEUE])


@login_required
@require_safe
def review_letters(request: HttpRequest) -> HttpResponse:
    """The queue of the office, open at one letter; the first when none is named."""
    post: Post = request.post  # type: ignore[attr-defined]
    require(may(post, Right.REVIEW_LETTERS))
    queue = _queue(post)
    wanted = request.GET.get("letter", "")
    letter = next((each for each in queue if str(each.pk) == wanted), queue[0] if queue else None)
    return _page(request, queue, letter, ReviewForm(initial={"decision": "passed"}))


def _page(
    request: HttpRequest,
    queue: list[CommitmentLetter],
    letter: CommitmentLetter | None,
    form: ReviewForm,
    status: int = 200,
) -> HttpResponse:
    post: Post = request.post  # type: ignore[attr-defined]
    scan = scan_in_force(letter) if letter else None
    pages = len(scan.pages) if scan else 0
    chosen = request.GET.get("page", "1")
    number = min(max(int(chosen) if chosen.isdecimal() and len(chosen) < 4 else 1, 1), pages or 1)
    at = queue.index(letter) if letter in queue else 0
    after = queue[at + 1] if at + 1 < len(queue) else None
    return render(
        request,
        "commitments/review.html",
        {
            "queue": queue,
            "letter": letter,
            "scan": scan,
            "number": number,
            "pages": range(1, pages + 1),
            "before": queue[at - 1] if at else None,
            "after": after,
            "next_scan": scan_in_force(after) if after else None,
            "undo": undoable_by(post, timezone.now()),
            "undo_seconds": UNDO_SHOWN,
            "reasons": STOCK_REASONS,
            "form": form,
        },
        status=status,
    )


def _letter(request: HttpRequest, letter_id: int) -> CommitmentLetter:
    post: Post = request.post  # type: ignore[attr-defined]
    require(may_see(post))
    return get_object_or_404(letters_for(post), pk=letter_id)


@login_required
@require_POST
def review_letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Passes or returns the waiting scan and opens the next one."""
    post: Post = request.post  # type: ignore[attr-defined]
    letter = _letter(request, letter_id)
    require(may_review(post, letter))
    queue = _queue(post)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _page(request, queue, letter, form, status=422)
    order = [each.pk for each in queue]
    at = order.index(letter.pk) if letter.pk in order else -1
    actions.review(letter, form.cleaned_data["decision"], form.reason_text(), by=post, at=timezone.now())
    follows = order[at + 1] if at + 1 < len(order) else None
    address = reverse("commitments:review-letters")
    return redirect(f"{address}?letter={follows}" if follows else address)


@login_required
@require_POST
def undo_review(request: HttpRequest, letter_id: int) -> HttpResponse:
    """Takes the last decision back and opens that letter again."""
    post: Post = request.post  # type: ignore[attr-defined]
    letter = _letter(request, letter_id)
    require(may_review(post, letter))
    actions.undo_review(letter, by=post, at=timezone.now())
    messages.info(request, _("已撤销，%s 的承诺书回到待审。") % letter.signer_name)
    return redirect(f"{reverse('commitments:review-letters')}?letter={letter.pk}")


@login_required
@require_safe
def show_page(request: HttpRequest, letter_id: int, scan_id: int, number: int) -> HttpResponse | FileResponse:
    """One page of a scan as a picture drawn by this program."""
    letter = _letter(request, letter_id)
    scan = get_object_or_404(letter.scans, pk=scan_id)
    if not 1 <= number <= len(scan.pages):
        raise Http404
    return file_response(scan.pages[number - 1], f"{number}.jpg", "image/jpeg", inline=True)
