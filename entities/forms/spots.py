"""Coordinates as they are typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from entities.models import Entity
from entities.rules.spots import DATUM_LABELS, Datum, Spot

NUMBER = {"invalid": gettext_lazy("请填小数，如 121.387654。")}


class SpotForm(forms.Form):
    """Both numbers with their system, or none of them to take them out."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    longitude = forms.DecimalField(
        label=gettext_lazy("经度"), max_digits=9, decimal_places=6, required=False, error_messages=NUMBER
    )
    latitude = forms.DecimalField(
        label=gettext_lazy("纬度"), max_digits=9, decimal_places=6, required=False, error_messages=NUMBER
    )
    datum = forms.ChoiceField(
        label=gettext_lazy("坐标系"),
        choices=list(DATUM_LABELS.items()),
        widget=forms.RadioSelect,
        required=False,
        help_text=gettext_lazy("坐标从哪里来就选哪一种；系统照原样保存，不作换算。"),
    )
    source = forms.CharField(
        label=gettext_lazy("来源"),
        max_length=60,
        error_messages={"required": gettext_lazy("请写明坐标是怎么得来的。")},
        help_text=gettext_lazy("如现场手机定位、地图上点取、部门共享。"),
    )

    def __init__(self, data: Any = None, *, entity: Entity, seen: str = "") -> None:
        names = ("longitude", "latitude", "datum")
        super().__init__(data, initial={**{name: getattr(entity, name) for name in names}, "seen": seen})

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        pair = [given.get(name) for name in ("longitude", "latitude")]
        if self.errors or pair == [None, None]:
            return given
        if None in pair:
            name = "longitude" if pair[0] is None else "latitude"
            self.add_error(name, gettext_lazy("经度、纬度要么都填，要么都留空。"))
        elif not given.get("datum"):
            self.add_error("datum", gettext_lazy("请选坐标系；不知道是哪一种的坐标不能用，请到现场重新定位。"))
        return given

    def spot(self) -> Spot | None:
        """What was typed; only after `is_valid`."""
        given = self.cleaned_data
        if given["longitude"] is None:
            return None
        return Spot(given["longitude"], given["latitude"], Datum(given["datum"]))
