"""The fields a plan adds, each as its kind is typed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from entities.forms.days import DayField
from entities.queries.extras import Extra
from tenancy.plans.document import ExtraField

YES_NO = ("是", "否")


class ExtrasForm(forms.Form):
    """One field for each of the plan's that are for the entity, under its code."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, extras: Sequence[Extra], seen: str = "") -> None:
        super().__init__(data, initial={**{each.field.code: each.value for each in extras}, "seen": seen})
        self.codes = [each.field.code for each in extras]
        self.fields.update({each.field.code: _typed(each.field) for each in extras})

    def values(self) -> dict[str, str]:
        """What was typed, as it is kept: days as 2026-10-09, numbers without a comma."""
        given = self.cleaned_data
        return {code: "" if given[code] is None else str(given[code]) for code in self.codes}

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields a page draws."""
        return [self[code] for code in self.codes]


def _typed(field: ExtraField) -> forms.Field:
    words: dict[str, Any] = {"label": field.name, "required": field.required, "help_text": field.help}
    if field.kind == "date":
        return DayField(**words)
    if field.kind == "number":
        return forms.DecimalField(
            max_digits=16, decimal_places=4, **words, error_messages={"invalid": _("请填数字，不要带单位。")}
        )
    if field.kind in ("choice", "yes_no"):
        offered = field.choices if field.kind == "choice" else YES_NO
        return forms.ChoiceField(choices=[("", _("没有填")), *((word, word) for word in offered)], **words)
    return forms.CharField(max_length=200, **words)
