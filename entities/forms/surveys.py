"""A round, what was found at one of its shops, and why a line goes back."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from entities.actions.surveys import Found
from entities.forms.days import DayField
from entities.forms.finding import GRADE_CHOICES
from entities.forms.register import EntityForm
from entities.models import SurveyLine
from entities.queries.checking import EntityChecks
from entities.rules.ledger import COLUMNS
from entities.rules.surveys import OUTCOME_LABELS, WITH_FACTS, Outcome, refuse_days
from tenancy.rules.refusals import Refused

LEFT_OUT = ("phone", "forget_phone", "seen", "status")


class SurveyForm(forms.Form):
    """A round of a place: its name, from when to when, and who goes."""

    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=80,
        error_messages={"required": gettext_lazy("请写摸底的名称，如“2026年第四季度摸底”。")},
    )
    starts_on = DayField(label=gettext_lazy("开始日期"))
    ends_on = DayField(label=gettext_lazy("结束日期"))
    surveyors = forms.CharField(
        label=gettext_lazy("由谁去"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明由谁上门核实。")},
        help_text=gettext_lazy("如“市场监管所按片区上门，各居民区协助”。"),
    )

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"starts_on": today})

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "starts_on" in given and "ends_on" in given:
            try:
                refuse_days(given["starts_on"], given["ends_on"])
            except Refused as refused:
                self.add_error("ends_on", refused.reason)
        return given


class LineForm(EntityForm):
    """What was found at a shop, the grade drafted for it, and its facts where they moved."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("核实结果"),
        choices=list(OUTCOME_LABELS.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("请选核实结果。"),
            "invalid_choice": gettext_lazy("没有“%(value)s”这种核实结果。"),
        },
    )
    grade = forms.ChoiceField(
        label=gettext_lazy("拟定等级"),
        choices=[("", gettext_lazy("按规则")), *GRADE_CHOICES],
        required=False,
        help_text=gettext_lazy("一般按规则判定；另有考虑的选等级并写明说明。"),
    )
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, checks: EntityChecks, line: SurveyLine | None = None) -> None:
        super().__init__(data, checks=checks, entity=line.entity if line else None)
        for name in LEFT_OUT:
            self.fields.pop(name, None)
        known = line is not None and line.entity_id is not None
        outcomes = {code: word for code, word in OUTCOME_LABELS.items() if (code == Outcome.NEW) is not known}
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(outcomes.items())
        # A shop found on the way has one outcome only.
        self.initial["outcome"] = "" if known else Outcome.NEW.value
        if line is not None:
            kept = {"outcome": line.outcome, "grade": line.grade, "note": line.note}
            self.initial.update({key: value for key, value in (line.cells | kept).items() if value})

    def full_clean(self) -> None:
        """Facts are needed only where they are to be written."""
        if self.is_bound and self.data.get("outcome") not in WITH_FACTS:
            for column in COLUMNS:
                if column.key in self.fields:
                    self.fields[column.key].required = False
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data.get("outcome")
        given = super().clean() if asked in WITH_FACTS else self.cleaned_data
        if given.get("grade") and not given.get("note"):
            self.add_error("note", gettext_lazy("选了拟定等级，请写明说明：为什么不按规则。"))
        return given

    def cells(self, given: dict[str, Any]) -> dict[str, Any]:
        standing = {"status": self.initial.get("status", "")}
        return standing | {column.key: given.get(column.key, "") for column in COLUMNS if column.key in self.fields}

    def found(self) -> Found:
        """What was found; only after `is_valid`."""
        given = self.cleaned_data
        outcome = Outcome(given["outcome"])
        cells = {key: given.get(key) or "" for key in (column.key for column in COLUMNS) if key in self.fields}
        row = self.row if outcome in WITH_FACTS else None
        return Found(outcome, given.get("grade", ""), given.get("note", ""), row, cells if row else None)


class ReturnForm(forms.Form):
    """Why a line goes back to the officer."""

    reason = forms.CharField(
        label=gettext_lazy("退回原因"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明退回的原因，核实人会看到。")},
    )
