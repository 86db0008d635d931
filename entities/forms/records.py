"""A line beside an entity as it is typed: the fields are the model's own, in its order."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.forms.models import fields_for_model, model_to_dict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities.forms.grading import DayField
from entities.models import Contact, Flag, Record, StationCheck
from entities.rules.codes import check_phone, normal_code, normal_phone
from entities.rules.station import check_faults, penalty_faults

# What must hold of a whole line, the same as of a row of the station's lists.
FAULTS = {Flag: penalty_faults, StationCheck: check_faults}
DAYS_CROSSED = gettext_lazy("“%(ends)s”早于“%(begins)s”，请核对两个日期。")


class RecordForm(forms.Form):
    """Any kind of line. Codes that look wrong are told after saving and refuse nothing."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    forget_phone = forms.BooleanField(label=gettext_lazy("删除已登记的电话"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        model: type[Record],
        on: date,
        measures: Sequence[str] = (),
        record: Record | None = None,
        seen: str = "",
    ) -> None:
        names = [name for name in model.typed if name != "phone"]
        kept = model_to_dict(record, names) if record else {}
        super().__init__(data, initial={**kept, "seen": seen})
        self.model, self.on = model, on
        typed = fields_for_model(model, model.typed, formfield_callback=form_field)
        self.fields.update({name: field for name in model.typed if (field := typed.get(name))})
        if "measures" in self.fields:
            kept_words = list(kept.get("measures") or ())
            words = [(word, word) for word in dict.fromkeys([*measures, *kept_words])]
            self.fields["measures"] = _choose_many(self.fields["measures"], words)
        phone = record.phone if isinstance(record, Contact) else None
        if phone:
            self.fields["phone"].help_text = _("已登记 %s；不改就留空。") % phone
        else:
            del self.fields["forget_phone"]

    def clean_number(self) -> str:
        """One width and no spaces, as numbers are compared."""
        number = str(self.cleaned_data["number"])
        return normal_code(number) if self.model._meta.model_name == "licence" else number

    def clean_phone(self) -> str:
        """Digits alone. Raises ValidationError for what is no number; a doubtful length passes, as in a ledger."""
        number = self.cleaned_data["phone"]
        if not number:
            return ""
        for fault in check_phone(number):
            if fault.level == "error":
                raise forms.ValidationError(fault.message, code=fault.code)
        return normal_phone(number)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        begins, ends = (given.get(name) for name in (self.model.begins, self.model.ends))
        if begins and ends and ends < begins:
            words = {name: self.fields[getattr(self.model, name)].label for name in ("begins", "ends")}
            self.add_error(self.model.ends, forms.ValidationError(DAYS_CROSSED, params=words, code="days-crossed"))
        faults = FAULTS[self.model](given, self.on) if self.model in FAULTS and not self.errors else ()
        for name, code, sentence in faults:
            self.add_error(name, forms.ValidationError(sentence, code=code))
        return given

    def values(self) -> dict[str, Any]:
        """What was typed, by the model's names."""
        return {name: self.cleaned_data[name] for name in self.model.typed}

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields a page draws."""
        return [field for field in self.visible_fields() if field.name != "forget_phone"]


def _choose_many(field: forms.Field, words: list[tuple[str, str]]) -> forms.Field:
    return forms.MultipleChoiceField(
        label=field.label,
        help_text=field.help_text,
        required=False,
        choices=words,
        widget=forms.CheckboxSelectMultiple,
    )


def form_field(field: "models.Field[Any, Any]", **kwargs: Any) -> forms.Field | None:
    if isinstance(field, models.DateField):
        return DayField(label=field.verbose_name, required=not field.blank, help_text=field.help_text)
    if field.name == "phone":
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
        return forms.CharField(label=field.verbose_name, required=False, max_length=30, widget=widget)
    made = field.formfield(**kwargs)
    if isinstance(made, forms.CharField):
        made.widget.attrs["autocomplete"] = "off"
    return made
