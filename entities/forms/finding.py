"""The register's filter as it stands in an address, in a kept view and in a request of a program."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities.forms.register import area_choices
from entities.models import Chain, Cluster, Group
from entities.queries.checking import status_names, type_names
from entities.queries.finding import GROUPED, NO_SIZE, ORDERS, RegisterFilter
from entities.rules.ledger import Area
from entities.rules.quality import Defect
from entities.rules.vocabulary import Grade, RiskLevel, SizeClass
from tenancy.plans import PlanDocument
from tenancy.rules.refusals import Refused

GRADE_CHOICES = [(grade.value, grade.value) for grade in Grade]
TABS = {"": gettext_lazy("全部"), "ungraded": gettext_lazy("待定级"), "closed": gettext_lazy("停业注销")}
SIZES = [*((size.value, size.label) for size in SizeClass), (NO_SIZE, gettext_lazy("规模未定"))]
# Those that open under 更多条件.
FURTHER = ("tag", "size", "risk", "defect")
CHOSEN = ("business_type", "area", "status", *FURTHER)


class RegisterFilterForm(forms.Form):
    """The filter of the register as it stands in an address; page, export, acts on many and API read it here."""

    q = forms.CharField(label=gettext_lazy("名称、拼音、代码、地址、电话尾号"), max_length=60, required=False)
    grade = forms.MultipleChoiceField(label=gettext_lazy("等级"), choices=GRADE_CHOICES, required=False)
    business_type = forms.ChoiceField(label=gettext_lazy("业态"), required=False)
    area = forms.ChoiceField(required=False)
    status = forms.ChoiceField(label=gettext_lazy("经营状态"), required=False)
    tab = forms.ChoiceField(label=gettext_lazy("视图"), choices=list(TABS.items()), required=False)
    tag = forms.ChoiceField(label=gettext_lazy("标签"), required=False)
    size = forms.ChoiceField(label=gettext_lazy("规模"), required=False)
    risk = forms.ChoiceField(label=gettext_lazy("食品安全风险等级"), required=False)
    defect = forms.ChoiceField(label=gettext_lazy("资料问题"), required=False)
    # Not drawn as lists: a cluster's or a chain's own page leads here.
    cluster = forms.ModelChoiceField(Cluster.objects.all(), required=False, widget=forms.HiddenInput)
    chain = forms.ModelChoiceField(Chain.objects.all(), required=False, widget=forms.HiddenInput)
    sort = forms.ChoiceField(
        label=gettext_lazy("排序"),
        choices=[(order, order) for order in ORDERS],
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, data: Any, *, plan: PlanDocument, areas: Sequence[Area], tags: Sequence[str] = ()) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["area"].label = plan.names.area
        self._offer("business_type", _("全部业态"), list(type_names(plan).items()))
        self._offer("area", _("全部%s") % plan.names.area, area_choices(areas, "path"))
        self._offer("status", _("全部状态"), list(status_names(plan).items()))
        self._offer("tag", _("全部标签"), [(tag, tag) for tag in tags])
        self._offer("size", _("全部规模"), SIZES)
        self._offer("risk", _("全部风险等级"), [(level.value, level.label) for level in RiskLevel])
        self._offer("defect", _("资料问题不限"), [(defect.value, defect.label) for defect in Defect])

    def _offer(self, name: str, everything: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", everything), *choices]
        field.widget.attrs.update({"class": "in sel", "aria-label": field.label})

    def asked(self) -> RegisterFilter:
        """The filter; a value nobody offered is left out and stands in `errors`."""
        self.is_valid()
        given = self.cleaned_data
        return RegisterFilter(
            words=given.get("q", ""),
            grades=tuple(given.get("grade", ())),
            order=given.get("sort", ""),
            **{name: given.get(name, "") for name in (*CHOSEN, "tab")},
            **{name: str(group.pk) for name, group in self.grouped()},
        )

    def exactly(self) -> RegisterFilter:
        """The filter for an act. Raises Refused where `asked` would leave a value out, and so mean more entities."""
        asked = self.asked()
        if self.errors:
            raise Refused(_("筛选条件里有系统不认识的，没有办理；请回台账重新筛选后再办。"), code="filter-unfit")
        return asked

    def grouped(self) -> list[tuple[str, Group]]:
        """The cluster and the chain asked for, by field."""
        return [(name, group) for name in GROUPED if (group := self.cleaned_data.get(name))]

    def further(self) -> list[forms.BoundField]:
        """The fields under 更多条件."""
        return [self[name] for name in FURTHER]

    @property
    def is_further(self) -> bool:
        """Whether one of them is asked for, so that they stand open."""
        return any(self.cleaned_data.get(name) for name in FURTHER)

    def conditions(self) -> list[tuple[str, str, str]]:
        """What is asked for as (field, value, words), for the chips."""
        given, found = self.cleaned_data, []
        if given.get("q"):
            found.append(("q", given["q"], f"“{given['q']}”"))
        found += [("grade", grade, _("%s 级") % grade) for grade in given.get("grade", ())]
        for name in CHOSEN:
            if value := given.get(name):
                field = self.fields[name]
                assert isinstance(field, forms.ChoiceField)
                found.append((name, value, str(dict(field.choices)[value]).strip()))  # type: ignore[arg-type]
        return found + [(name, str(group.pk), group.name) for name, group in self.grouped()]
