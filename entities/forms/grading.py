"""What the pages and endpoints of grading are sent: facts to try, decisions on one entity, the day of a regrading."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities.actions.deciding import Grounds
from entities.forms.days import DayField
from entities.queries.checking import type_names
from entities.rules.explaining import Trial, explain
from entities.rules.grading import EntityFacts
from entities.rules.ledger import LedgerRow, checker
from entities.rules.sizing import REVENUE_UNITS, in_wan
from entities.rules.vocabulary import Grade
from tenancy.plans import ResolvedPlan
from tenancy.rules.importing import Finding, Level

CELLS = ("staff", "diners", "licence", "tags", "revenue")
UNITS = [("万元", "万元"), ("元", "元")]
GRADES = [(grade.value, grade.label) for grade in Grade]


class TrialForm(forms.Form):
    """Facts of an entity that need not exist, read by the ledger's own readers so that every door says the same."""

    business_types = forms.MultipleChoiceField(
        label=gettext_lazy("主体业态"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("兼营的都勾上，按等级高的定级。"),
        error_messages={
            "invalid_choice": gettext_lazy("不认识的主体业态“%(value)s”；请改用方案里的业态。"),
            "required": gettext_lazy("没有主体业态，不能试算；请至少选一种。"),
        },
    )
    staff = forms.CharField(label=gettext_lazy("从业人员（人）"), max_length=40, required=False)
    revenue = forms.CharField(label=gettext_lazy("年营业收入"), max_length=40, required=False)
    unit = forms.ChoiceField(
        label=gettext_lazy("收入单位"),
        choices=UNITS,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("收入单位只能是万元或元。")},
    )
    diners = forms.CharField(label=gettext_lazy("用餐人数（人）"), max_length=40, required=False)
    licence = forms.CharField(
        label=gettext_lazy("许可证编号"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("生产许可证编号能看出高风险类别。"),
    )
    tags = forms.CharField(
        label=gettext_lazy("标签"), max_length=200, required=False, help_text=gettext_lazy("多个用顿号隔开。")
    )
    classes = forms.MultipleChoiceField(
        label=gettext_lazy("高风险类别"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("方案里没有高风险类别“%(value)s”。")},
    )
    on = DayField(label=gettext_lazy("按哪一天施行的方案"), required=False)

    def __init__(self, data: Any = None, *, plan: ResolvedPlan, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.plan, self.row = plan, LedgerRow()
        self.warnings: list[Finding] = []
        self._offer("business_types", list(type_names(plan.value).items()))
        self._offer("classes", [(risk.code, risk.name) for risk in plan.value.high_risk_classes])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        types = given.get("business_types", [])
        cells = {name: given[name] for name in CELLS if given.get(name)}
        if "revenue" in cells:
            cells["revenue"] = self._with_unit(cells["revenue"], given.get("unit") or "")
        self.row, findings = checker(self.plan.value, ()).read(cells, types)
        self.warnings = [finding for finding in findings if finding.level is not Level.ERROR]
        for finding in findings:
            if finding.level is Level.ERROR:
                self.add_error(finding.column, forms.ValidationError(finding.message, code=finding.code))
        return given

    def _with_unit(self, text: str, unit: str) -> str:
        """The figure with one unit: its own, or the chosen one. Two different ones are refused."""
        bare, worth = in_wan(text)
        if bare == text:
            return text + unit
        if unit and worth != REVENUE_UNITS[unit] and "unit" in self.data:
            sentence = _("“%(text)s”自己写了单位，又选了“%(unit)s”；请只写一个。") % {"text": text, "unit": unit}
            self.add_error("revenue", forms.ValidationError(sentence, code="unit-mixed"))
        return text

    @classmethod
    def is_asked(cls, data: Mapping[str, Any]) -> bool:
        """Whether any fact was sent; an address without facts only opens the form."""
        return any(name in data for name in (*CELLS, "business_types", "classes"))

    def trial(self) -> Trial:
        """What the plan makes of these facts; only after `is_valid`."""
        given, row = self.cleaned_data, self.row
        facts = EntityFacts(
            business_types=tuple(given["business_types"]),
            employees=row.staff,
            revenue=row.revenue,
            diners=row.diners,
            tags=frozenset(row.tags or ()),
            classes=frozenset(given["classes"]),
        )
        return explain(facts, self.plan, (row.licence,) if row.licence else ())


class DecisionForm(forms.Form):
    """A decision on one entity's grade with what it rests on; whether the grade is open to it is the act's to say."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    grade = forms.ChoiceField(
        choices=GRADES,
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": gettext_lazy("等级只有 A、B、C、D，没有“%(value)s”。"),
            "required": gettext_lazy("没有选等级，请选一个。"),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=120, error_messages={"required": gettext_lazy("请写明理由。")}
    )
    approver = forms.CharField(
        label=gettext_lazy("批准人"),
        max_length=40,
        error_messages={"required": gettext_lazy("请写明由谁批准。")},
        help_text=gettext_lazy("如“某某某副主任”或批准的会议。"),
    )
    document = forms.CharField(
        label=gettext_lazy("文号"),
        max_length=60,
        error_messages={"required": gettext_lazy("请写明批准文件的文号。")},
        help_text=gettext_lazy("批准文件或会议纪要的编号。"),
    )
    until = DayField(
        label=gettext_lazy("有效期止"),
        required=False,
        help_text=gettext_lazy("到期后自动恢复原来的等级；长期有效就留空。"),
    )

    def __init__(self, data: Any = None, *, open_to: Sequence[Grade] = (), seen: str = "") -> None:
        super().__init__(data, initial={"seen": seen})
        widget = self.fields["grade"].widget
        assert isinstance(widget, forms.RadioSelect)
        widget.choices = [(grade.value, self.option(grade)) for grade in open_to]

    def option(self, grade: Grade) -> str:
        """One choice in words."""
        return _("%s 级") % grade

    def grounds(self) -> Grounds:
        """What the decision rests on; only after `is_valid`."""
        given = self.cleaned_data
        return Grounds(given["reason"], given["approver"], given["document"], given["until"])


class UpgradeForm(DecisionForm):
    """提级 by case."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].label = _("提级后的包保等级")


class CorrectionForm(DecisionForm):
    """人工改级 of the base grade."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grade"].label = _("改为基础等级")
        self.fields["grade"].help_text = _("改级针对现在的判定：资料变了、规则判出别的等级，这次改级就不再适用。")


class WithdrawForm(forms.Form):
    """Why a decision is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("撤回理由"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明撤回理由。")},
        help_text=gettext_lazy("记入分级记录和审计日志。"),
    )


class RegradeForm(forms.Form):
    """From which day a place is graded anew, and the digest of what its person saw."""

    on = DayField(label=gettext_lazy("起算日期"))
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
