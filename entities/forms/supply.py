"""The way a canteen is supplied."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from entities.models import SUPPLY_WAYS, Entity
from entities.rules.vocabulary import SupplyWay


class SupplyForm(forms.Form):
    """One of the three ways, or not known; with what it is known from."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    supply_way = forms.ChoiceField(
        label=gettext_lazy("供餐方式"),
        choices=[*SUPPLY_WAYS.items(), ("", gettext_lazy("不清楚"))],
        widget=forms.RadioSelect,
        required=False,
    )
    source = forms.CharField(
        label=gettext_lazy("来源"), max_length=60, help_text=gettext_lazy("如承包合同、现场查看、学校报送。")
    )

    def __init__(self, data: Any = None, *, entity: Entity | None = None, seen: str = "") -> None:
        super().__init__(data, initial={"seen": seen, "supply_way": entity.supply_way if entity else ""})

    def way(self) -> SupplyWay | None:
        """What was chosen; None for not known."""
        chosen = self.cleaned_data["supply_way"]
        return SupplyWay(chosen) if chosen else None
