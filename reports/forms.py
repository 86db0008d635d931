"""What the pages of figures are asked for, everything of which may be absent; and what a corrected calendar is told."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities.rules.changes import CHANGE_LABELS
from entities.rules.ledger import Area
from reports.queries.changes import TABS, ChangeFilter
from reports.rules import number_asked
from tenancy.forms.plans import SinceForm
from tenancy.rules.corrections import LONGEST_REASON, Change, Correction, correction_of, read_corrections, year_in_reach
from tenancy.rules.periods import Quarter, quarter_of
from tenancy.rules.refusals import Refused

WORDS = {"off": gettext_lazy("休息"), "work": gettext_lazy("上班")}
# As many faults as a person mends in one go.
FAULTS_SHOWN = 50


def period_asked(text: str | None, on: date) -> Quarter:
    """The quarter of a query string, the present one by default. Raises Refused for anything else."""
    if not text:
        return quarter_of(on)
    try:
        return Quarter.parse(text)
    except ValueError as error:
        raise Refused(_("季度应写成“2026Q4”的样子，请从页面上选择季度。"), code="period-unknown") from error


def year_asked(text: str | None, on: date) -> int:
    """The year of a query string, the present one by default. Raises Refused for one without a calendar."""
    if not text:
        return on.year
    number = number_asked(text)
    if number is None:
        raise Refused(_("年份应写成“2027”的样子，请从页面上选择年份。"), code="calendar-year")
    return year_in_reach(number)


class CorrectionsForm(forms.Form):
    """Corrections of one day or of pasted lines, and days whose correction is taken back; all faults at once."""

    day = forms.DateField(
        label=gettext_lazy("日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("日期看不懂，应写成 2027-02-06，并且确有这一天。")},
    )
    word = forms.ChoiceField(
        label=gettext_lazy("这天"), choices=list(WORDS.items()), required=False, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("事由或文号"), required=False, help_text=gettext_lazy("如“春节”“国办发明电〔2026〕9号”。")
    )
    lines = forms.CharField(
        label=gettext_lazy("一次贴入多天"),
        required=False,
        help_text=gettext_lazy(
            "每行一天或一段：日期 休或班 事由。如“2027-02-06至2027-02-12 休 春节”“2027-02-20 班 春节调休”。"
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    remove = forms.MultipleChoiceField(label=gettext_lazy("撤回"), required=False)

    def __init__(self, data: Any = None, *, standing: Collection[date]) -> None:
        super().__init__(data, initial={"word": "off"})
        self.standing = standing
        field = self.fields["remove"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(day.isoformat(), day.isoformat()) for day in sorted(standing)]
        field.error_messages["invalid_choice"] = _("%(value)s 没有本单位的更正，可能已经撤回，请刷新后再看。")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        removed = tuple(date.fromisoformat(day) for day in given.get("remove", ()))
        # What is taken back here may be said anew in the same change.
        standing = set(self.standing) - set(removed)
        reading = read_corrections(given.get("lines", ""), standing=standing)
        for fault in reading.faults[:FAULTS_SHOWN]:
            self.add_error("lines", str(fault))
        if len(reading.faults) > FAULTS_SHOWN:
            self.add_error("lines", _("其余 %s 处略，请先改好上面的。") % (len(reading.faults) - FAULTS_SHOWN))
        single = self._single(given, standing | {each.day for each in reading.corrections})
        change = Change((*single, *reading.corrections), removed)
        if not change and not self.errors:
            self.add_error(None, _("请填写要更正的日期，或贴入几行，或勾选要撤回的更正。"))
        return {**given, "change": change}

    def _single(self, given: dict[str, Any], taken: Collection[date]) -> list[Correction]:
        """The correction of the three fields, none while they are empty."""
        day = given.get("day")
        if day is None:
            if given.get("reason") and "day" not in self.errors:
                self.add_error("day", _("写了事由，没有写日期，请补上。"))
            return []
        if day in taken:
            self.add_error("day", _("%s 已有更正，要改请先撤回那一条。") % day.isoformat())
        try:
            return [correction_of(day, is_workday=given.get("word") == "work", reason=given.get("reason", ""))]
        except ValueError as fault:
            self.add_error("reason" if "事由" in str(fault) else "day", str(fault))
            return []


class InForceForm(SinceForm):
    """The day, and whether the register is graded by the plan: `grades` is the digest of what was shown."""

    regrade = forms.BooleanField(label=gettext_lazy("同时按新方案重新分级"), required=False)
    grades = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def asked_grades(self) -> str | None:
        """What is handed to the act; None where the register stays as it is."""
        return self.cleaned_data["grades"] if self.cleaned_data["regrade"] else None


class SettledForm(forms.Form):
    """The paper on which an office settles a year."""

    document = forms.CharField(
        label=gettext_lazy("依据（通知名称或文号）"),
        max_length=LONGEST_REASON,
        error_messages={"required": gettext_lazy("请写明依据，如“国办发明电〔2026〕9号”。")},
    )


class ChangeFilterForm(forms.Form):
    """The filter of 变动事项 as it stands in an address; page, workbook and endpoint read it here."""

    tab = forms.ChoiceField(choices=list(TABS.items()), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("变动"), choices=[("", gettext_lazy("全部变动")), *CHANGE_LABELS.items()], required=False
    )
    area = forms.ChoiceField(label=gettext_lazy("所属区域"), required=False)
    q = forms.CharField(label=gettext_lazy("主体名称"), max_length=60, required=False)

    def __init__(self, data: Any, *, areas: Sequence[Area]) -> None:
        super().__init__(data, auto_id="filter_%s")
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部区域")), *((area.path, area.name) for area in areas)]
        for name in ("kind", "area"):
            self.fields[name].widget.attrs.update({"class": "in sel", "aria-label": self.fields[name].label})

    def asked(self) -> ChangeFilter:
        """The filter; a value nobody offered is left out."""
        self.is_valid()
        given = self.cleaned_data
        return ChangeFilter(
            tab=given.get("tab") or "open",
            kind=given.get("kind", ""),
            area=given.get("area", ""),
            words=given.get("q", ""),
        )
