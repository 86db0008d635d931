"""Acts on letters: draw up, name a delegate, print, upload, decide, take back, file. The only writer of the app."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Max
from django.utils.translation import gettext as _

from cadres.models import Cadre
from commitments.documents import letter_pdf
from commitments.models import CommitmentLetter, LetterReview, LetterScan
from commitments.queries import (
    Candidate,
    last_decision,
    letter_number_in,
    list_versions,
    loads_of,
    scan_in_force,
    without_letter,
)
from commitments.rules import State, advance, counterparty, is_undoable, refuse_delegate, review_for, reviewer_of
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.queries.plans import plan_in_force
from tenancy.queries.tree import line_of
from tenancy.rules.names import sort_key, tidy
from tenancy.rules.paths import ancestors_of
from tenancy.rules.refusals import Refused
from tenancy.scans import Scan, read_scan

REASON_LENGTH = 200


@dataclass(slots=True)
class Issued:
    """What a bulk run did: letters drawn up, and cadres left out with the sentence why."""

    letters: list[CommitmentLetter] = field(default_factory=list)
    above: list[tuple[Cadre, str]] = field(default_factory=list)
    missing: list[tuple[Cadre, str]] = field(default_factory=list)


def issue_letters(jurisdiction: Jurisdiction, *, by: Post, on: date) -> Issued:
    """One letter for every cadre in post who has none; repeating it draws up nothing twice. Files are built later."""
    # Two clerks at once would give the same numbers twice.
    jurisdiction = Jurisdiction.objects.select_for_update(no_key=True).get(pk=jurisdiction.pk)
    found = without_letter(jurisdiction, on)
    issued = Issued(
        above=[(c.cadre, c.pairing.obstacle) for c in found if c.pairing.signed_above],
        missing=[(c.cadre, c.pairing.obstacle) for c in found if c.pairing.obstacle and not c.pairing.signed_above],
    )
    ready = [candidate for candidate in found if not candidate.pairing.obstacle]
    if not ready:
        return issued
    issued.letters = CommitmentLetter.objects.bulk_create(_letters(jurisdiction, ready, by=by, on=on))
    audit.record(
        "commitments.letters.issued",
        jurisdiction,
        by=by,
        at=jurisdiction,
        after={
            "letters": [letter.pk for letter in issued.letters],
            "above": len(issued.above),
            "missing": len(issued.missing),
        },
    )
    return issued


def _letters(jurisdiction: Jurisdiction, ready: list[Candidate], *, by: Post, on: date) -> list[CommitmentLetter]:
    last = CommitmentLetter.objects.filter(jurisdiction=jurisdiction, year=on.year).aggregate(last=Max("number"))[
        "last"
    ]
    loads = loads_of([candidate.cadre for candidate in ready], on)
    versions = list_versions(jurisdiction.path)
    lines: dict[str, list[Jurisdiction]] = {}
    letters = []
    for number, candidate in enumerate(ready, start=(last or 0) + 1):
        place = candidate.cadre.place
        line = lines.setdefault(place, line_of(place)) if place not in lines else lines[place]
        letter = CommitmentLetter(
            jurisdiction=jurisdiction, year=on.year, number=number, issued_on=on, issued_by=by, place=place
        )
        _snapshot(letter, candidate)
        _set_reviewer(letter, candidate, line)
        letter.entity_count = loads.get(candidate.cadre.pk, 0)
        letter.list_version = next((versions[p] for p in reversed(ancestors_of(place)) if p in versions), None)
        letters.append(letter)
    return letters


def _snapshot(letter: CommitmentLetter, candidate: Candidate) -> None:
    """Names and titles of the day: later changes of a post do not reach a signed paper."""
    post, pair, other = candidate.cadre.post, candidate.pairing.pair, candidate.pairing.other
    assert pair is not None
    assert other is not None
    role = counterparty(candidate.plan.value, pair)
    letter.cadre = candidate.cadre
    letter.signer_name, letter.signer_title = post.person_name, post.title
    letter.signer_sort_key = sort_key(post.person_name)
    letter.signer_unit = post.unit or post.jurisdiction.name
    letter.signer_tier, letter.signer_category = candidate.cadre.tier, candidate.cadre.category
    letter.pair, letter.other_role = pair.code, role.name if role else pair.counterparty_role
    letter.other_post_id, letter.other_name, letter.other_title = other.post_id, other.name, other.title
    letter.plan_source = candidate.plan.cite("signing_pairs", pair.clause)[:160]


def _set_reviewer(letter: CommitmentLetter, candidate: Candidate, line: list[Jurisdiction]) -> None:
    review = review_for(candidate.plan.value, letter.signer_tier)
    if review is None:
        return
    steps = [(place.pk, place.level) for place in line]
    letter.reviewer_body = review.body
    letter.reviewer_id = reviewer_of(steps, review.reviewer_level, candidate.plan.value)


def build_letter(letter: CommitmentLetter) -> bytes:
    """The letter's PDF: from its stored file, or drawn and stored now. Safe to repeat."""
    letter = CommitmentLetter.objects.select_for_update(of=("self",), no_key=True).get(pk=letter.pk)
    if letter.stored:
        with default_storage.open(letter.stored) as file:
            return bytes(file.read())
    data = letter_pdf(letter, plan_in_force(letter.place, letter.issued_on))
    letter.stored = default_storage.save(f"{letter.place}letters/{uuid4()}.pdf", ContentFile(data))
    letter.sha256 = sha256(data).hexdigest()
    before = letter.state
    if letter.state == State.DRAFT:
        letter.state = advance(State.DRAFT, State.ISSUED).value
    letter.save(update_fields=["stored", "sha256", "state"])
    _record("built", letter, by=None, before={"state": before}, after={"state": letter.state, "sha256": letter.sha256})
    return data


def name_delegate(
    letter: CommitmentLetter, *, name: str, title: str, basis: str, by: Post, on: date
) -> CommitmentLetter:
    """Somebody signs in the other side's stead, with the paper that allows it. Raises Refused where the plan does not."""
    letter = _locked(letter)
    plan = plan_in_force(letter.place, on)
    pair = next((pair for pair in plan.value.signing_pairs if pair.code == letter.pair), None)
    refuse_delegate(plan.value, letter.pair, plan.cite("signing_pairs", pair.clause if pair else ""))
    if State(letter.state) not in (State.DRAFT, State.ISSUED):
        raise Refused(
            _("承诺书已经签字上传，不能再改由谁签订；如需改签，请由审核单位退回后线下重签。"), code="letter-state"
        )
    name, basis = tidy(name)[:40], tidy(basis)[:120]
    if not name or not basis:
        raise Refused(_("请写明委托人姓名和委托依据（文件或会议），方案只允许有委托的人代签。"), code="delegate-empty")
    before = {"delegate": letter.delegate_name}
    letter.delegate_name, letter.delegate_title, letter.delegate_basis = name, tidy(title)[:60], basis
    # A print with the other name on it must not be handed out again.
    letter.state, letter.stored, letter.sha256 = State.DRAFT.value, "", ""
    letter.save()
    _record("delegated", letter, by=by, before=before, after={"delegate": name, "basis": basis})
    return letter


def upload_scan(letter: CommitmentLetter, data: bytes, filename: str, *, by: Post, at: datetime) -> LetterScan:
    """Keeps a signed letter's scan and hands it to the reviewer. Raises UnreadablePicture for a file not taken.

    The same file again, while it waits, is the same upload.
    """
    scan = read_scan(data, filename)
    letter = _locked(letter)
    named = letter_number_in(scan.codes)
    if named is not None and named != letter.pk:
        raise Refused(
            _("扫描件右上角的二维码是另一份承诺书的，不是%(name)s %(number)s。请核对后在对应的承诺书下上传。")
            % {"name": letter.signer_name, "number": letter.number_text},
            code="other-letter",
        )
    earlier = scan_in_force(letter)
    if earlier and earlier.sha256 == scan.sha256 and letter.state == State.UPLOADED:
        return earlier
    before = letter.state
    letter.state = advance(State(letter.state), State.UPLOADED).value
    kept = _kept(letter, scan, data, earlier)
    kept.uploaded_by, kept.uploaded_at = by, at
    kept.save()
    letter.uploaded_at, letter.returned_reason = at, ""
    letter.save(update_fields=["state", "uploaded_at", "returned_reason"])
    after = {"state": letter.state, "sha256": scan.sha256, "pages": scan.page_count}
    _record("scan-uploaded", letter, by=by, before={"state": before}, after=after)
    return kept


def _kept(letter: CommitmentLetter, scan: Scan, data: bytes, earlier: LetterScan | None) -> LetterScan:
    """The scan with its files stored; the very same file after a return is not stored a second time."""
    row = LetterScan(
        letter=letter,
        place=letter.place,
        filename=scan.filename,
        sha256=scan.sha256,
        kind=scan.kind,
        codes=list(scan.codes),
    )
    if earlier and earlier.sha256 == scan.sha256:
        row.stored, row.pages = earlier.stored, earlier.pages
        return row
    folder = f"{letter.place}scans/{uuid4()}"
    row.stored = default_storage.save(f"{folder}/original", ContentFile(data))
    row.pages = [
        default_storage.save(f"{folder}/{number}.jpg", ContentFile(page))
        for number, page in enumerate(scan.pages, start=1)
    ]
    return row


def review(letter: CommitmentLetter, decision: str, reason: str = "", *, by: Post, at: datetime) -> LetterReview:
    """Passes or returns the scan that waits; a return says why. Whether `by` may is the policy's word, asked before."""
    letter = _locked(letter)
    scan = scan_in_force(letter)
    reason = tidy(reason)[:REASON_LENGTH]
    if decision == "returned" and not reason:
        raise Refused(_("退回要写明原因，好让经办人知道改哪里。可点常用原因，也可自己填写。"), code="reason-empty")
    to = State.APPROVED if decision == "passed" else State.RETURNED
    before = letter.state
    letter.state = advance(State(letter.state), to).value
    if scan is None:
        raise Refused(_("这份承诺书还没有扫描件，无从审核。请先上传签字后的扫描件。"), code="no-scan")
    letter.returned_reason = reason if to is State.RETURNED else ""
    letter.save(update_fields=["state", "returned_reason"])
    made = LetterReview.objects.create(
        letter=letter, place=letter.place, scan=scan, decision=decision, reason=reason, by=by, at=at
    )
    _record(decision, letter, by=by, before={"state": before}, after={"state": letter.state, "reason": reason})
    return made


def undo_review(letter: CommitmentLetter, *, by: Post, at: datetime) -> CommitmentLetter:
    """Takes back one's own decision within seconds; the letter waits again."""
    letter = _locked(letter)
    made = last_decision(letter)
    if made is None or made.by_id != by.pk or State(letter.state) not in (State.APPROVED, State.RETURNED):
        raise Refused(_("没有可以撤销的审核：只能撤销您自己刚作出的决定。"), code="undo-nothing")
    if not is_undoable(made.at, at):
        raise Refused(
            _("撤销只在十秒内有效。通过错了，请改为退回并写明原因；退回错了，请经办人重新上传同一份扫描件。"),
            code="undo-late",
        )
    made.undone_at = at
    made.save(update_fields=["undone_at"])
    before, letter.state, letter.returned_reason = letter.state, State.UPLOADED.value, ""
    letter.save(update_fields=["state", "returned_reason"])
    _record("review-undone", letter, by=by, before={"state": before}, after={"state": letter.state})
    return letter


def file_letter(letter: CommitmentLetter, *, archive_number: str, by: Post, on: date) -> CommitmentLetter:
    """Records that the upper office keeps the letter, since when and under which archive number."""
    letter = _locked(letter)
    number = tidy(archive_number)[:60]
    if not number:
        raise Refused(_("请填写档案号，逐级报备要能按档案号找到原件。"), code="archive-empty")
    before = letter.state
    # Where the upper office is not in the system, its receipt on paper stands for its approval.
    if letter.reviewer_id is None and letter.state == State.UPLOADED:
        letter.state = advance(State.UPLOADED, State.APPROVED).value
    letter.state = advance(State(letter.state), State.FILED).value
    letter.filed_on, letter.archive_number = on, number
    letter.save(update_fields=["state", "filed_on", "archive_number"])
    after = {"state": letter.state, "archive": number, "kept_by": letter.reviewer_body}
    _record("filed", letter, by=by, before={"state": before}, after=after)
    return letter


def _locked(letter: CommitmentLetter) -> CommitmentLetter:
    """The row as it is now, held for this act: two reviewers cannot decide at once."""
    rows = CommitmentLetter.objects.select_related("cadre__post__jurisdiction", "jurisdiction", "reviewer")
    return rows.select_for_update(of=("self",), no_key=True).get(pk=letter.pk)


def _record(
    what: str, letter: CommitmentLetter, *, by: Post | None, before: Mapping[str, object], after: Mapping[str, object]
) -> None:
    home = letter.cadre.post.jurisdiction
    audit.record(f"commitments.letter.{what}", letter, by=by, at=home, before=dict(before), after=dict(after))
