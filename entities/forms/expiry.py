"""The filter of what runs out, as it stands in an address; page, export and API read it here."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from entities.queries.expiry import TABS, WHAT, ExpiryFilter


class ExpiryForm(forms.Form):
    """A value nobody offered is left out."""

    q = forms.CharField(label=gettext_lazy("主体名称"), max_length=60, required=False)
    what = forms.ChoiceField(
        label=gettext_lazy("到期事项"), choices=[("", gettext_lazy("全部事项")), *WHAT.items()], required=False
    )
    tab = forms.ChoiceField(label=gettext_lazy("视图"), choices=list(TABS.items()), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["what"].widget.attrs.update({"class": "in sel", "aria-label": self.fields["what"].label})

    def asked(self) -> ExpiryFilter:
        self.is_valid()
        given = self.cleaned_data
        return ExpiryFilter(given.get("what", ""), given.get("tab", ""), given.get("q", ""))
