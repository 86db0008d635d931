"""Parse and check input of the plans' pages; nothing here saves."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenancy.actions.subplans import SubPlanFacts
from tenancy.models import Jurisdiction
from tenancy.models.subplans import STAGE_STATES
from tenancy.plans.yamltext import MAX_BYTES
from tenancy.rules.stages import NOTED
from tenancy.scans.unreadable import FILE_BYTES, MIB

ANNEX_ACCEPT = ".pdf,.docx,.xlsx"
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StartDraftForm(forms.Form):
    """A name, and what the draft begins with."""

    name = forms.CharField(
        label=_("草稿名称"), max_length=100, help_text=_("只在系统里用来区分草稿，例如“2027年修订稿”。")
    )
    basis = forms.ChoiceField(
        label=_("从哪里开始"), help_text=_("抄来的条款号按原方案写着，请逐条核对；文号和日期不会抄过来。")
    )
    place = forms.TypedChoiceField(label=_("哪个地方的方案"), coerce=int)

    def __init__(
        self, *args: Any, bases: Iterable[tuple[str, str]], places: Iterable[Jurisdiction], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(place.pk, place.name) for place in places]
        self.fields["basis"].choices = list(bases)  # type: ignore[attr-defined]
        self.fields["place"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["place"].initial = choices[0][0]
            self.fields["place"].widget = forms.HiddenInput()


class DraftTextForm(forms.Form):
    """A whole plan as YAML, typed or as a file; `seen` is the version its person had before him."""

    text = forms.CharField(
        label=_("方案文本"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "class": "mono"}),
    )
    file = forms.FileField(
        label=_("或者上传文件"),
        required=False,
        help_text=_("YAML 文本文件（.yaml），UTF-8 编码，不超过 1 MB；选了文件就以文件为准。"),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,text/yaml,text/plain"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        file = facts.get("file")
        if file and file.size > MAX_BYTES:
            self.add_error("file", _("文件超过 1 MB，方案用不到这么大，请核对选的是不是方案文本。"))
        elif not file and not facts.get("text", "").strip():
            self.add_error("text", _("请粘贴方案文本，或选择文件。"))
        return facts

    def given(self) -> bytes | str:
        """What was sent: the file where there is one, else the text."""
        file = self.cleaned_data["file"]
        content: bytes | str = file.read() if file else self.cleaned_data["text"]
        return content


class SeenForm(forms.Form):
    """An act on the version its person had before him."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


class SinceForm(forms.Form):
    """The day a plan is to be in force from."""

    since = forms.DateField(label=_("施行日期"), widget=DAY, help_text=_("现行方案到前一天为止。"))
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if not 2000 <= since.year <= 2099:
            raise forms.ValidationError(_("年份不对，请核对后重填。"), code="since-year")
        return since


def _small_enough(file: Any) -> Any:
    if file and file.size > FILE_BYTES:
        raise forms.ValidationError(
            _("文件有 %(size).1f MB，超过 %(limit)d MB 上限。请压缩或分开后再传。"),
            params={"size": file.size / MIB, "limit": FILE_BYTES // MIB},
            code="too-big",
        )
    return file


class AnnexForm(forms.Form):
    """One annex."""

    title = forms.CharField(
        label=_("附件名称"), max_length=120, required=False, help_text=_("不填就用文件名，例如“附件1 责任清单”。")
    )
    file = forms.FileField(
        label=_("文件"),
        help_text=_("PDF、Word（.docx）或 Excel（.xlsx），不超过 20 MB。"),
        error_messages={"required": _("请选择一个文件。"), "empty": _("这个文件是空的，请检查后重新选择。")},
        widget=forms.FileInput(attrs={"accept": ANNEX_ACCEPT}),
    )

    def clean_file(self) -> Any:
        return _small_enough(self.cleaned_data["file"])


class ExpectForm(forms.Form):
    """A department that owes a plan."""

    unit = forms.CharField(label=_("应报部门"), max_length=60)


class SubPlanForm(forms.Form):
    """What a street or department files; the timetable stands beside it as a formset."""

    title = forms.CharField(label=_("标题"), max_length=200)
    responsible = forms.CharField(label=_("责任人"), max_length=60, help_text=_("姓名和职务。"))
    file = forms.FileField(
        label=_("方案文件"),
        required=False,
        help_text=_("PDF、Word（.docx）或 Excel（.xlsx），不超过 20 MB。再次报送时不选，就留着原来的文件。"),
        widget=forms.FileInput(attrs={"accept": ANNEX_ACCEPT}),
    )
    text = forms.CharField(label=_("或者正文"), required=False, widget=forms.Textarea(attrs={"rows": 6}))

    def clean_file(self) -> Any:
        return _small_enough(self.cleaned_data["file"])

    def facts(self, milestones: list[tuple[str, date]]) -> SubPlanFacts:
        """Everything that was filled in, as the act takes it."""
        given = self.cleaned_data
        file = (given["file"].read(), given["file"].name) if given["file"] else None
        return SubPlanFacts(given["title"], given["responsible"], given["text"], file, tuple(milestones))


class MilestoneForm(forms.Form):
    """One line of a timetable; a line left blank is no line."""

    what = forms.CharField(label=_("工作"), max_length=200, required=False)
    due_on = forms.DateField(label=_("期限"), required=False, widget=DAY)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if bool(facts.get("what")) != bool(facts.get("due_on")) and not self.errors:
            raise forms.ValidationError(_("时间表每行要有工作和期限两样，或者整行留空。"), code="half-line")
        return facts


TimetableSet = forms.formset_factory(MilestoneForm, extra=4, max_num=40, absolute_max=40)


def timetable_lines(timetable: "forms.BaseFormSet[MilestoneForm]") -> list[tuple[str, date]]:
    """The lines of a valid timetable that say something."""
    return [(line["what"], line["due_on"]) for line in timetable.cleaned_data if line.get("what")]


class DoneForm(forms.Form):
    """The day a line of the timetable was done; empty opens it again."""

    done_on = forms.DateField(label=_("完成日期"), required=False, widget=DAY)


class StageForm(forms.Form):
    """How far a stage has come."""

    stage = forms.CharField(max_length=40, widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=_("完成情况"), choices=[(state.value, STAGE_STATES[state.value]) for state in NOTED]
    )
    note = forms.CharField(label=_("说明"), max_length=200, help_text=_("依据、数字，或还差在哪里。"))
