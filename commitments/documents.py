"""Letters as PDF in the look of GB/T 9704, and print files of many. Bytes out; storing is an act."""

import io
from collections.abc import Iterable, Iterator

import pikepdf
import segno
from django.template.loader import render_to_string

from commitments.models import CommitmentLetter
from commitments.queries import token_of
from tenancy.documents import drawn
from tenancy.plans import PlanDocument, ResolvedPlan

PRINT_PAGES = 100
PERIODS = {"month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}


def letter_pdf(letter: CommitmentLetter, plan: ResolvedPlan) -> bytes:
    """One letter, ready to print and sign. Places for signatures stay empty."""
    return drawn(render_to_string("commitments/letter.html", letter_words(letter, plan.value)))


def letter_words(letter: CommitmentLetter, plan: PlanDocument) -> dict[str, object]:
    """What the letter's text is filled with: the plan's own words and numbers."""
    tier = plan.tier(letter.signer_tier)
    pair = next((pair for pair in plan.signing_pairs if pair.code == letter.pair), None)
    token = token_of(letter)
    return {
        "letter": letter,
        "plan": plan,
        "names": plan.names,
        "tier": tier.name if tier else letter.signer_tier,
        "frequency": frequency_text(plan),
        "onsite": [rule.name for rule in plan.must_onsite],
        "delegate_allowed": bool(pair and pair.delegate_allowed),
        "kept_by": letter.reviewer_body or (pair.filed_to if pair else "") or plan.names.upper_commission_office,
        "token": token,
        "code": segno.make(token, error="m", micro=False).svg_data_uri(border=2),
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
