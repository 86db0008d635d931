"""One figure of an entity with its day and source."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from entities.actions.sizes import Figure
from entities.forms.days import DayField
from entities.models import Entity
from entities.queries.checking import EntityChecks, shown_number
from entities.rules.sizes import GRADED, TYPED_SOURCES, SizeKind, SizeSource
from tenancy.rules.importing import Level


class SizeForm(forms.Form):
    """A figure as the ledger's own reader takes it, so that a unit typed with it counts and what is past belief is said."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("项目"),
        choices=[(kind.value, f"{kind.label}（{kind.unit}）") for kind in SizeKind],
        widget=forms.RadioSelect,
    )
    value = forms.CharField(
        label=gettext_lazy("数值"),
        max_length=40,
        help_text=gettext_lazy("只填数字，单位见上面；年营业收入可写“320万元”“3200000元”。"),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("来源"), choices=[(source.value, source.label) for source in TYPED_SOURCES]
    )
    known_on = DayField(
        label=gettext_lazy("数据日期"),
        help_text=gettext_lazy("这个数字是哪一天的，如报表日期、上门那一天。比现有数字早的只作历史，不影响等级。"),
    )
    accept = forms.BooleanField(label=gettext_lazy("已核对，仍要登记"), required=False)

    def __init__(self, data: Any = None, *, entity: Entity, checks: EntityChecks, today: date, seen: str = "") -> None:
        initial = {"seen": seen, "known_on": today, "source": SizeSource.OFFICE.value}
        super().__init__(data, initial=initial)
        self.entity, self.checks, self.may_accept = entity, checks, False

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "kind" in given and "value" in given:
            kind = SizeKind(given["kind"])
            given["figure"] = self._read(kind, given["value"]) if kind.grades else self._area(given["value"])
        return given

    def _area(self, text: str) -> Decimal | None:
        try:
            area: Decimal | None = forms.DecimalField(max_digits=9, decimal_places=2, min_value=0).clean(text)
        except forms.ValidationError:
            self.add_error("value", gettext_lazy("经营面积应是不超过两位小数的数字，单位平方米；请重填。"))
            return None
        return area

    def _read(self, kind: SizeKind, text: str) -> Decimal | None:
        standing = {each.value: shown_number(getattr(self.entity, each.value)) for each in GRADED}
        row, findings = self.checks.rows.read(standing | {kind.value: text}, self.entity.activities)
        mine = [finding for finding in findings if finding.column == kind.value]
        self.may_accept = bool(mine) and all(finding.level is Level.WARNING for finding in mine)
        for finding in mine:
            if finding.level is Level.ERROR or not self.cleaned_data.get("accept"):
                self.add_error("value", forms.ValidationError(finding.message, code=finding.code))
        value = getattr(row, kind.value)
        if value is None and not mine:
            self.add_error("value", gettext_lazy("请填数字；要清空的请到“编辑”里清空。"))
        return None if value is None else Decimal(value)

    def figure(self) -> Figure:
        """What was typed; only after `is_valid`."""
        given = self.cleaned_data
        return Figure(SizeKind(given["kind"]), given["figure"], SizeSource(given["source"]), given["known_on"])
