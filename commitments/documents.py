"""Letters as PDF in the look of GB/T 9704, and print files of many. Bytes out; storing is an act.

Nothing is fetched while a page is laid out: only data inside the page and the fonts found here.
"""

import io
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import pikepdf
import segno
from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from commitments.models import CommitmentLetter
from commitments.queries import token_of
from tenancy.plans import PlanDocument, ResolvedPlan

SHEET = Path(__file__).resolve().parent.parent / "static/documents/gb9704.css"
# Face -> file names without suffix, an office's licensed font before the free stand-in.
FACES = {
    "gb-fang": ("仿宋_GB2312", "FangSong_GB2312", "simfang", "FandolFang-Regular"),
    "gb-kai": ("楷体_GB2312", "KaiTi_GB2312", "simkai", "FandolKai-Regular"),
    "gb-hei": ("黑体", "SimHei", "simhei", "FandolHei-Regular"),
    "gb-song": ("宋体", "simsun", "FandolSong-Regular"),
    "gb-title": ("方正小标宋简体", "FZXBSJW", "方正小标宋_GBK"),
}
SUFFIXES = (".ttf", ".otf", ".TTF", ".OTF")
PRINT_PAGES = 100
PERIODS = {"month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年"}
# Pango's font map is shared by the process.
DRAWING = Lock()


class OwnFonts(URLFetcher):
    """Gives out the fonts named above and data inside the page; every other address is refused."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",))

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        face = url.removeprefix("font:")
        if face in FACES and (file := font_file(face)):
            return URLFetcherResponse(url, body=file.read_bytes(), headers={"Content-Type": "font/sfnt"})
        return super().fetch(url, headers)


def font_file(face: str) -> Path | None:
    """The file of a face: the office's own in media/fonts first, then the free ones of the installation."""
    folders = (Path(settings.MEDIA_ROOT) / "fonts", settings.VAR / "fonts")
    found = (folder / f"{stem}{suffix}" for folder in folders for stem in FACES[face] for suffix in SUFFIXES)
    return next((file for file in found if file.is_file()), None)


@lru_cache(maxsize=1)
def _sheet() -> tuple[CSS, FontConfiguration]:
    """The style sheet and one font configuration for the life of the process; a new one each time grows without end."""
    fonts = FontConfiguration()
    faces = "".join(f"@font-face{{font-family:{face};src:url(font:{face})}}" for face in FACES if font_file(face))
    css = CSS(string=faces + SHEET.read_text("utf-8"), font_config=fonts, url_fetcher=OwnFonts())
    return css, fonts


def letter_pdf(letter: CommitmentLetter, plan: ResolvedPlan) -> bytes:
    """One letter, ready to print and sign. Places for signatures stay empty."""
    return drawn(render_to_string("commitments/letter.html", letter_words(letter, plan.value)))


def drawn(html: str) -> bytes:
    """A page of HTML as PDF."""
    with DRAWING:
        css, fonts = _sheet()
        page = HTML(string=html, url_fetcher=OwnFonts(), base_url="data:")
        return bytes(page.write_pdf(stylesheets=[css], font_config=fonts))


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
