"""An entity as one ledger row, and another operating status."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities.forms.days import DayField
from entities.models import Entity
from entities.queries.checking import EntityChecks, cells_of, status_names, type_names, unsettled
from entities.rules.changes import Occasion
from entities.rules.ledger import COLUMNS, KEYS, Area, LedgerRow
from entities.rules.vocabulary import OperatingStatus, RiskLevel
from tenancy.rules.importing import Finding, Level
from tenancy.rules.paths import depth_of

SELECTS = ("business_type", "area", "status", "risk_level")
HELP = {
    "uscc": gettext_lazy("18 位，照营业执照填写。"),
    "licence": gettext_lazy("食品生产、经营许可证或备案、登记编号。"),
    "revenue": gettext_lazy("单位：万元，与从业人员一起定规模。"),
    "staff": gettext_lazy("单位：人。"),
    "diners": gettext_lazy("食堂填写，单位：人。"),
    "further_types": gettext_lazy("同一主体还做别的就勾上，按等级高的定级。"),
    "tags": gettext_lazy("方案按标签定级、提级时用，如“重点生产企业”；多个用顿号隔开。"),
    "risk_level": gettext_lazy("监管部门评定的 A 至 D 级，A 风险最低；与包保等级是两回事。"),
}


def area_choices(areas: Sequence[Area], value: str = "pk") -> list[tuple[str, str]]:
    """Places by their id or path, deeper ones set in."""
    top = min((depth_of(area.path) for area in areas), default=0)
    return [(str(getattr(area, value)), "\u3000" * (depth_of(area.path) - top) + area.name) for area in areas]


class EntityForm(forms.Form):
    """An entity as one ledger row. The import's checker says what is wrong; warnings may be accepted."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    forget_phone = forms.BooleanField(label=gettext_lazy("删除已登记的电话"), required=False)
    accept = forms.BooleanField(label=gettext_lazy("已核对，仍要保存"), required=False)

    def __init__(self, data: Any = None, *, checks: EntityChecks, entity: Entity | None = None, seen: str = "") -> None:
        doc = checks.plan.value
        cells = cells_of(entity, doc) if entity else {"status": status_names(doc)[OperatingStatus.ACTIVE.value]}
        super().__init__(data, initial={**cells, "seen": seen})
        self.checks, self.entity = checks, entity
        self.row: LedgerRow | None = None
        self.problems: list[Finding] = []
        titles = {"area": _("所属%s") % doc.names.area}
        for column in COLUMNS:
            self.fields[column.key] = _cell_field(column.key, titles.get(column.key, column.title), column.required)
        names = {name: name for name in type_names(doc).values()}
        self._offer("business_type", list(names.items()))
        self._offer("area", area_choices(checks.areas))
        self._offer("status", [(name, name) for name in status_names(doc).values()])
        self._offer("risk_level", [(level.name, level.label) for level in RiskLevel])
        self._offer("further_types", [(name, name) for name in names])
        if entity and entity.phone:
            self.fields["phone"].help_text = _("已登记 %s；不改就留空。") % entity.phone
        else:
            del self.fields["forget_phone"]

    def _offer(self, key: str, choices: list[tuple[str, str]]) -> None:
        widget = self.fields[key].widget
        assert isinstance(widget, forms.Select | JoinedChoices)
        none = [] if isinstance(widget, JoinedChoices) else [("", _("请选择"))]
        widget.choices = [*none, *choices]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if any(key in self.errors for key in KEYS):
            return given
        self.row, findings = self.checks.check(self.cells(given), but=self.entity.pk if self.entity else None)
        touched = set(self.changed_data) if self.entity else set(KEYS)
        self.problems = unsettled(findings, touched=touched, accepted=bool(given.get("accept")))
        for finding in self.problems:
            column = finding.column if finding.column in self.fields else None
            self.add_error(column, forms.ValidationError(finding.message, code=finding.code))
        return given

    def cells(self, given: dict[str, Any]) -> dict[str, Any]:
        """The whole row as it would be typed."""
        return given

    @property
    def may_accept(self) -> bool:
        """Whether only warnings keep the entity from being saved, so that the tick is offered."""
        return bool(self.problems) and all(finding.level is Level.WARNING for finding in self.problems)


def _cell_field(key: str, title: str, needed: bool) -> "CellField":
    widget: forms.Widget = forms.TextInput(attrs={"autocomplete": "off"})
    if key in SELECTS:
        widget = forms.Select()
    elif key == "further_types":
        widget = JoinedChoices()
    if key == "phone":
        widget.attrs["inputmode"] = "tel"
    return CellField(label=title, required=needed, max_length=2000, widget=widget, help_text=HELP.get(key, ""))


class JoinedChoices(forms.CheckboxSelectMultiple):
    """Several boxes that make one cell, as a ledger would write it: 食品销售（零售）、小餐饮."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """The picked ones joined; a program may send the cell itself."""
        picked = data.getlist(name) if hasattr(data, "getlist") else data.get(name, "")
        return picked if isinstance(picked, str) else "、".join(picked)

    def format_value(self, value: Any) -> list[str]:
        """Which boxes are ticked."""
        return str(value or "").split("、")


class CellField(forms.CharField):
    """Takes any text and even none: what a cell may hold is the checker's to say, so that all doors say the same."""

    def validate(self, value: Any) -> None:
        """Nothing is refused here."""


class StatusForm(forms.Form):
    """Another operating status with the day, the office's reason and the paper."""

    seen = forms.CharField(widget=forms.HiddenInput)
    status = forms.ChoiceField(label=gettext_lazy("改为"), widget=forms.RadioSelect)
    since = DayField(
        label=gettext_lazy("变动日期"),
        required=False,
        help_text=gettext_lazy("从哪一天起；不填就是今天。期限从这一天起算。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明变动原因，如怎样核实的。")},
        help_text=gettext_lazy("如核实方式、关店日期；记入变更记录。"),
    )
    document = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("决定书、公告或申请的文号、名称；注销、吊销必填。"),
    )

    def __init__(
        self, data: Any = None, *, entity: Entity, names: Mapping[str, str], today: date, seen: str = ""
    ) -> None:
        super().__init__(data, initial={"seen": seen, "since": today})
        self.today = today
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, name) for code, name in names.items() if code != entity.status]

    def occasion(self) -> Occasion:
        """Since when, why and by which paper; only after `is_valid`."""
        given = self.cleaned_data
        return Occasion(given["since"] or self.today, given["reason"], given["document"])
