"""An outside list as it is uploaded, its differences as they are looked for, and what is made of one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities.actions.outside import Origin
from entities.forms.days import DayField
from entities.forms.register import EntityForm, area_choices
from entities.models import ANSWERS, KINDS, SOURCES
from entities.queries.checking import EntityChecks, type_names
from entities.queries.outside import DifferenceFilter, Proposed
from entities.queries.register import areas_under
from entities.rules.ledger import KEYS, Area
from entities.rules.outside import Source
from entities.rules.reconciling import FIELD_LABELS, Answer
from tenancy.forms.imports import UploadForm
from tenancy.models import Post
from tenancy.plans import PlanDocument
from tenancy.rules.refusals import Refused

ANY = "any"


class OutsideForm(UploadForm):
    """The file, whose list it is, and the day it shows."""

    source = forms.ChoiceField(
        label=gettext_lazy("来源"), choices=list(SOURCES.items()), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选名单来自哪里。")},
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("名单名称"),
        max_length=80,
        error_messages={"required": gettext_lazy("请写名单的名称，如“食品经营许可获证名单（11月）”。")},
        help_text=gettext_lazy("会写进变更原因和统计页，如“食品经营许可获证名单（11月）”。"),
    )
    listed_on = DayField(label=gettext_lazy("数据截至"), help_text=gettext_lazy("名单反映的是哪一天的情况。"))

    field_order = ("file", "source", "name", "listed_on")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_listed_on(self) -> date:
        day: date = self.cleaned_data["listed_on"]
        if day > self.today:
            raise forms.ValidationError(_("“数据截至”不能晚于今天；请照名单上写的日期填写。"), code="day-ahead")
        return day

    def origin(self) -> Origin:
        """Only after `is_valid`."""
        given = self.cleaned_data
        return Origin(Source(given["source"]), given["name"], given["listed_on"])


class DifferenceFilterForm(forms.Form):
    """The filter of a list's differences as it stands in an address; page, workbook, acts on many and API read it here."""

    q = forms.CharField(label=gettext_lazy("名称、代码、证号、地址"), max_length=60, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("差异"), choices=[("", ""), *KINDS.items()], required=False)
    field = forms.ChoiceField(label=gettext_lazy("项目"), required=False)
    area = forms.ChoiceField(required=False)
    answer = forms.ChoiceField(label=gettext_lazy("处理"), required=False)

    def __init__(self, data: Any, *, areas: Sequence[Area], area_word: str) -> None:
        super().__init__(data, auto_id="filter_%s")
        self.fields["area"].label = area_word
        self._offer("field", [("", _("全部项目")), *FIELD_LABELS.items()])
        self._offer("area", [("", _("全部%s") % area_word), *area_choices(areas, "path")])
        rest = [(code, name) for code, name in ANSWERS.items() if code != Answer.OPEN]
        self._offer("answer", [("", ANSWERS[Answer.OPEN.value]), *rest, (ANY, _("全部处理情况"))])

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        field.widget.attrs.update({"class": "in sel", "aria-label": field.label})

    def asked(self) -> DifferenceFilter:
        """The filter; a value nobody offered is left out and stands in `errors`."""
        self.is_valid()
        given = self.cleaned_data
        answer = given.get("answer") or Answer.OPEN.value
        return DifferenceFilter(
            kind=given.get("kind", ""),
            answer="" if answer == ANY else answer,
            field=given.get("field", ""),
            area=given.get("area", ""),
            words=given.get("q", ""),
        )

    def exactly(self) -> DifferenceFilter:
        """The filter for an act. Raises Refused where `asked` would leave a value out, and so mean more differences."""
        asked = self.asked()
        if self.errors:
            raise Refused(_("筛选条件里有系统不认识的，没有办理；请回名单页重新筛选后再办。"), code="filter-unfit")
        return asked

    def conditions(self) -> str:
        """What is asked for, in words."""
        self.is_valid()
        given, said = self.cleaned_data, []
        for name in ("kind", "field", "area", "answer"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            if name == "answer" or given.get(name):
                said.append(str(dict(field.choices)[given.get(name) or ""]).strip())  # type: ignore[arg-type]
        return "、".join([*said, *([f"“{given['q']}”"] if given.get("q") else [])])


def filter_form(data: Any, post: Post, doc: PlanDocument) -> DifferenceFilterForm:
    """The filter with the places the post reads."""
    return DifferenceFilterForm(data, areas=areas_under(post.jurisdiction), area_word=doc.names.area)


class AnswerForm(forms.Form):
    """Why a difference is not taken over, or a business is kept."""

    reason = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("如“已实地核实，名单未更新”。同样的差异以后不再提示；值变了会重新列出。"),
    )


class ManyForm(forms.Form):
    """One answer to every difference of a filter, with how many there were."""

    answer = forms.ChoiceField(
        label=gettext_lazy("一并办理"),
        choices=[
            (Answer.REJECTED.value, gettext_lazy("不采纳")),
            (Answer.KEPT.value, gettext_lazy("保留（只在本台账的）")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选不采纳或保留。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("说明"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明说明，如“已逐家核实，名单未更新”；以后同样的差异不再提示。")},
    )
    count = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class TakingForm(forms.Form):
    """What is laid on businesses whose list says no type."""

    business_type = forms.ChoiceField(label=gettext_lazy("名单没有写明业态的，按"), required=False)

    def __init__(self, data: Any = None, *, doc: PlanDocument) -> None:
        super().__init__(data)
        field = self.fields["business_type"]
        assert isinstance(field, forms.ChoiceField)
        names = list(type_names(doc).values())
        field.choices = [("", _("不登记，留着逐家办")), *((name, name) for name in names)]

    def words(self) -> dict[str, str]:
        """For the act; an unknown type counts as none."""
        self.is_valid()
        return {"business_type": self.cleaned_data.get("business_type", "")}


class TakenForm(EntityForm):
    """A business of a list as a ledger row, with what the list says filled in."""

    def __init__(self, data: Any = None, *, checks: EntityChecks, proposed: Proposed) -> None:
        super().__init__(data, checks=checks)
        self.initial.update((key, value) for key, value in proposed.cells.items() if key in KEYS)
