"""What the pages and endpoints of the tree and of the trail are sent; nothing here saves."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.forms.accounts import DayField, PlaceChoice
from tenancy.models import Jurisdiction
from tenancy.queries.trail import TrailFilter, subjects
from tenancy.rules.divisions import Division, Known, faults_of, read_lines
from tenancy.rules.names import tidy
from tenancy.rules.trail import ACTS


class AddPlacesForm(forms.Form):
    """New places under one: a line for each, with its code or without."""

    level = forms.ChoiceField(label=gettext_lazy("层级"), help_text=gettext_lazy("层级名称来自当地实施方案。"))
    lines = forms.CharField(
        label=gettext_lazy("名称，一行一个"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=gettext_lazy("可以从 Excel 里复制“编码、名称”两列直接粘贴；没有编码的，只写名称。"),
    )

    def __init__(self, data: Any = None, *, levels: Sequence[tuple[str, str]], known: Known) -> None:
        super().__init__(data, initial={"level": levels[0][0] if levels else ""})
        self.known = known
        self.divisions: list[Division] = []
        field = self.fields["level"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(levels)

    def clean_lines(self) -> str:
        text: str = self.cleaned_data["lines"]
        self.divisions, faults = read_lines(text, self.known)
        if faults:
            raise forms.ValidationError(faults, code="lines")
        return text


class PlaceForm(forms.Form):
    """A place's name and code, corrected."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    code = forms.CharField(
        label=gettext_lazy("区划代码"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("6至12位数字；没有就不填。"),
    )

    def __init__(self, data: Any = None, *, place: Jurisdiction, known: Known) -> None:
        super().__init__(data, initial={"name": place.name, "code": place.code})
        self.known = known

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        given = {key: tidy(value) for key, value in given.items()}
        if "name" in given and "code" in given:
            for fault in faults_of(Division(given["name"], given["code"]), self.known):
                self.add_error("code" if fault.startswith("编码") else "name", f"{fault}。")
        return given


class TrailFilterForm(forms.Form):
    """The filter of the trail as it stands in an address; page, export and API read it here."""

    who = forms.CharField(label=gettext_lazy("操作人"), max_length=60, required=False)
    act = forms.ChoiceField(label=gettext_lazy("操作"), required=False)
    subject = forms.ChoiceField(label=gettext_lazy("对象种类"), required=False)
    words = forms.CharField(label=gettext_lazy("对象名称"), max_length=60, required=False)
    since = DayField(label=gettext_lazy("从"), required=False)
    until = DayField(label=gettext_lazy("到"), required=False)
    area = PlaceChoice(label=gettext_lazy("地方"), required=False)

    def __init__(self, data: Mapping[str, Any], *, places: Sequence[Jurisdiction]) -> None:
        super().__init__(data, auto_id="filter_%s")
        acts = [(area, list(names.items())) for area, names in ACTS.items()]
        self._offer("act", [("", _("全部操作")), *acts])
        self._offer("subject", [("", _("全部对象")), *subjects()])
        area = self.fields["area"]
        assert isinstance(area, PlaceChoice)
        area.offer(places, _("全部地方"))
        for name, field in self.fields.items():
            kind = "in sel" if isinstance(field, forms.ChoiceField) else "in in--m"
            field.widget.attrs.update({"class": kind, "aria-label": field.label, "placeholder": field.label})
            if name in ("who", "words"):
                field.widget.input_type = "search"

    def _offer(self, name: str, choices: Sequence[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("结束日期早于开始日期，请核对。"))
        return given

    def asked(self) -> TrailFilter:
        """The filter; what does not fit is left out and stands in `errors`."""
        self.is_valid()
        given = self.cleaned_data
        days: dict[str, date | None] = {name: given.get(name) for name in ("since", "until")}
        words = {name: given.get(name, "") for name in ("who", "act", "subject", "words")}
        place = given.get("area")
        return TrailFilter(**words, **days, area=place.path if place else "")  # type: ignore[arg-type]

    def conditions(self) -> list[tuple[str, str]]:
        """What is asked for as (field, words), for the chips."""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        acts = {code: name for names in ACTS.values() for code, name in names.items()}
        said = {"act": acts, "subject": dict(subjects())}
        return [
            (name, f"{self.fields[name].label}：{said.get(name, {}).get(str(value), value)}")
            for name, value in given.items()
        ]
