"""Letters as PDF in the look of GB/T 9704, and print files of many. Bytes out; storing is an act."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import pikepdf
import segno
from django.template.loader import render_to_string

from commitments.models import CommitmentLetter
from commitments.queries import token_of
from tenancy.documents import drawn
from tenancy.plans import PlanDocument, ResolvedPlan
from tenancy.plans.document import SigningPair

PRINT_PAGES = 100
ROOM = "\u3000" * 4
PERIODS = {"month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a blank is to be used."""

    name: str


@dataclass(frozen=True, slots=True)
class BlankLetter:
    """What the text of a letter asks for, with room where a person or a number would stand."""

    jurisdiction: Place
    pair: str
    signer_tier: str
    signer_title: str
    other_role: str
    plan_source: str
    number_text: str = f"〔{ROOM}〕{ROOM}号"
    signer_name: str = ROOM
    signer_unit: str = ROOM
    other_name: str = ROOM
    other_title: str = ROOM
    reviewer_body: str = ""

    @classmethod
    def of(cls, pair: SigningPair, plan: ResolvedPlan, place: str) -> Self:
        """The blank of one signing pair."""
        other = next((each for each in plan.value.counterparties if each.code == pair.counterparty_role), None)
        role, title = other.name if other else pair.counterparty_role, pair.name
        return cls(Place(place), pair.code, pair.tier, title, role, plan.cite("signing_pairs", pair.clause))


def letter_pdf(letter: CommitmentLetter, plan: ResolvedPlan) -> bytes:
    """One letter, ready to print and sign. Places for signatures stay empty."""
    return drawn(render_to_string("commitments/letter.html", letter_words(letter, plan.value)))


def blank_letters_pdf(plan: ResolvedPlan, place: str) -> bytes:
    """The letter of every pair of a plan with room for names, as its annex prints it; the place is named by its name."""
    blanks = [BlankLetter.of(pair, plan, place) for pair in plan.value.signing_pairs]
    pages = [drawn(render_to_string("commitments/letter.html", _words(blank, plan.value))) for blank in blanks]
    return next(print_files(pages), b"")


def letter_words(letter: CommitmentLetter, plan: PlanDocument) -> dict[str, object]:
    """What the letter's text is filled with: the plan's own words and numbers."""
    token = token_of(letter)
    code = segno.make(token, error="m", micro=False).svg_data_uri(border=2)
    return {**_words(letter, plan), "token": token, "code": code}


def _words(letter: "CommitmentLetter | BlankLetter", plan: PlanDocument) -> dict[str, object]:
    tier = plan.tier(letter.signer_tier)
    pair = next((pair for pair in plan.signing_pairs if pair.code == letter.pair), None)
    return {
        "letter": letter,
        "plan": plan,
        "names": plan.names,
        "tier": tier.name if tier else letter.signer_tier,
        "frequency": frequency_text(plan),
        "onsite": [rule.name for rule in plan.must_onsite],
        "delegate_allowed": bool(pair and pair.delegate_allowed),
        "kept_by": letter.reviewer_body or (pair.filed_to if pair else "") or plan.names.upper_commission_office,
    }


def frequency_text(plan: PlanDocument) -> str:
    """对每家包保主体每季度至少督导1次, by the plan's line for everybody."""
    line = plan.frequency[-1] if plan.frequency else None
    often = f"{PERIODS[line.per]}至少督导{line.times}次" if line else "按规定的频次督导"
    return f"对每家{plan.names.entity}{often}"


def print_files(letters: Iterable[bytes]) -> Iterator[bytes]:
    """The same pages one after another, in files of at most a hundred pages, each letter beginning on a front side."""
    merged = pikepdf.new()
    for data in letters:
        with pikepdf.open(io.BytesIO(data)) as letter:
            pages = len(letter.pages) + len(letter.pages) % 2
            if len(merged.pages) and len(merged.pages) + pages > PRINT_PAGES:
                yield _saved(merged)
                merged = pikepdf.new()
            merged.pages.extend(letter.pages)
            if len(letter.pages) % 2:
                merged.add_blank_page(page_size=(595.28, 841.89))
    if len(merged.pages):
        yield _saved(merged)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()
