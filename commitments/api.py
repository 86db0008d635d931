"""Endpoints beside the pages: same policy, same act, same sentence."""

from typing import Any

from django.forms import Form
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from commitments import actions
from commitments.forms import DelegateForm, FilingForm, ReviewForm, ScanForm
from commitments.models import TABS, CommitmentLetter
from commitments.policies import may_file, may_review, may_see, may_upload
from commitments.queries import letters_for
from tenancy.api import Pages, fields_of
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.scans import UnreadablePicture


def _post(request: Request) -> Post:
    post: Post | None = getattr(request, "post", None)
    require(may_see(post))
    assert post is not None
    return post


def _letter(request: Request, letter_id: int) -> CommitmentLetter:
    return get_object_or_404(letters_for(_post(request)), pk=letter_id)


def _told(letter: CommitmentLetter) -> dict[str, Any]:
    return {
        "id": letter.pk,
        "number": letter.number_text,
        "state": letter.state,
        "state_label": letter.get_state_display(),
        "signer": {"name": letter.signer_name, "unit": letter.signer_unit, "title": letter.signer_title},
        "tier": letter.signer_tier,
        "pair": letter.pair,
        "counterparty": {"name": letter.other_name, "title": letter.other_title, "role": letter.other_role},
        "delegate": {"name": letter.delegate_name, "title": letter.delegate_title, "basis": letter.delegate_basis},
        "list_version": letter.list_version,
        "source": letter.plan_source,
        "sha256": letter.sha256,
        "reviewer": letter.reviewer_body,
        "returned_reason": letter.returned_reason,
        "filed_on": letter.filed_on,
        "archive_number": letter.archive_number,
    }


def _unfit(form: Form) -> Response:
    fields = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
    first = next(text for texts in fields.values() for text in texts)
    return Response({"code": "invalid", "detail": first, "fields": fields}, status=422)


@api_view(["GET"])
def list_letters(request: Request) -> Response:
    """The letters the post sees, of one tab when `tab` names it."""
    letters = letters_for(_post(request)).order_by("place", "year", "number")
    if (tab := request.query_params.get("tab")) in TABS:
        letters = letters.in_tab(tab)
    pages = Pages()
    return pages.get_paginated_response([_told(letter) for letter in pages.paginate_queryset(letters, request) or []])


@api_view(["POST"])
def issue_letters(request: Request) -> Response:
    """Draws up every missing letter in the post's place."""
    post = _post(request)
    require(may(post, Right.ISSUE_LETTERS, post.place))
    issued = actions.issue_letters(post.jurisdiction, by=post, on=timezone.localdate())
    left_out = [
        {"cadre": cadre.pk, "name": cadre.post.person_name, "reason": reason, "signed_above": above}
        for above, pairs in ((True, issued.above), (False, issued.missing))
        for cadre, reason in pairs
    ]
    return Response({"letters": [letter.pk for letter in issued.letters], "left_out": left_out}, status=201)


@api_view(["GET"])
def show_letter(request: Request, letter_id: int) -> Response:
    """One letter."""
    return Response(_told(_letter(request, letter_id)))


@api_view(["POST"])
def name_delegate(request: Request, letter_id: int) -> Response:
    """Puts a delegate on the other side's line."""
    letter = _letter(request, letter_id)
    require(may(_post(request), Right.ISSUE_LETTERS, letter.place))
    form = DelegateForm(fields_of(request))
    if not form.is_valid():
        return _unfit(form)
    return Response(
        _told(actions.name_delegate(letter, **form.cleaned_data, by=_post(request), on=timezone.localdate()))
    )


@api_view(["POST"])
def upload_scan(request: Request, letter_id: int) -> Response:
    """Takes the signed letter's scan (multipart, field `file`); the receipt is its SHA-256."""
    letter = _letter(request, letter_id)
    require(may_upload(_post(request), letter))
    form = ScanForm(fields_of(request), request.FILES)
    if not form.is_valid():
        return _unfit(form)
    file = form.cleaned_data["file"]
    try:
        scan = actions.upload_scan(letter, file.read(), file.name, by=_post(request), at=timezone.now())
    except UnreadablePicture as error:
        return Response({"code": error.code, "detail": error.message}, status=422)
    return Response({"scan": scan.pk, "sha256": scan.sha256, "pages": len(scan.pages)}, status=201)


@api_view(["POST"])
def review_letter(request: Request, letter_id: int) -> Response:
    """Passes or returns the waiting scan."""
    letter = _letter(request, letter_id)
    require(may_review(_post(request), letter))
    form = ReviewForm(fields_of(request))
    if not form.is_valid():
        return _unfit(form)
    made = actions.review(
        letter, form.cleaned_data["decision"], form.reason_text(), by=_post(request), at=timezone.now()
    )
    return Response({"review": made.pk, "decision": made.decision, "reason": made.reason})


@api_view(["POST"])
def undo_review(request: Request, letter_id: int) -> Response:
    """Takes the post's own last decision back."""
    letter = _letter(request, letter_id)
    require(may_review(_post(request), letter))
    return Response(_told(actions.undo_review(letter, by=_post(request), at=timezone.now())))


@api_view(["POST"])
def file_letter(request: Request, letter_id: int) -> Response:
    """Records the archive number of a passed letter."""
    letter = _letter(request, letter_id)
    require(may_file(_post(request), letter))
    form = FilingForm(fields_of(request))
    if not form.is_valid():
        return _unfit(form)
    return Response(_told(actions.file_letter(letter, **form.cleaned_data, by=_post(request), on=timezone.localdate())))
