"""What the pages of figures are asked for; everything may be absent."""

from datetime import date

from django.utils.translation import gettext as _

from tenancy.rules.periods import Quarter, quarter_of
from tenancy.rules.refusals import Refused


def period_asked(text: str | None, on: date) -> Quarter:
    """The quarter of a query string, the present one by default. Raises Refused for anything else."""
    if not text:
        return quarter_of(on)
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise Refused(_("季度应写成“2026Q4”的样子，请从页面上选择季度。"), code="period-unknown") from error


def number_asked(text: str | None) -> int | None:
    """An id of a query string; None when it is absent or no number."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
