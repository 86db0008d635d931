"""Days as browsers and programs send them."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

DAY_ERRORS = {
    "invalid": gettext_lazy("日期请写成 2026-10-09 这样。"),
    "required": gettext_lazy("请写明日期，如 2026-10-09。"),
}


class DayField(forms.DateField):
    """A date as browsers and programs send it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], error_messages=DAY_ERRORS, **kwargs)


def asked_day(text: str | None, today: date) -> date | None:
    """The day in an address, today when it is left out; None for what is no day."""
    if not text:
        return today
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
