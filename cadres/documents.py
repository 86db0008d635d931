"""Personal cards as PDF: eight on a page, each community beginning a new one, ready to cut. Bytes out.

Drawn community by community, because the layout of thousands of cards at once would need gigabytes.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import pikepdf
import segno
from django.template.loader import render_to_string

from tenancy.documents import drawn

AT_ONCE = 80


@dataclass(frozen=True, slots=True)
class Card:
    """What is printed on one: for whom, and the address that binds his phone."""

    name: str
    title: str
    place: str
    address: str

    @property
    def code(self) -> str:
        return segno.make(self.address, error="m", micro=False).svg_data_uri(border=2, scale=4)


def cards_pdf(cards: Sequence[Card], *, office: str, until: datetime) -> bytes:
    """The cards in the order given; neighbours of one place stand together."""
    merged = pikepdf.new()
    for place, group in groupby(cards, key=lambda card: card.place):
        together = list(group)
        for start in range(0, len(together), AT_ONCE):
            part = together[start : start + AT_ONCE]
            words = {"place": place, "count": len(together), "cards": part, "office": office, "until": until}
            with pikepdf.open(io.BytesIO(drawn(render_to_string("cadres/cards.html", words), "cards"))) as pages:
                merged.pages.extend(pages.pages)
    out = io.BytesIO()
    merged.save(out)
    return out.getvalue()
