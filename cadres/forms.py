"""Parse and check what pages and endpoints send; nothing here saves."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.models import Cadre, ProposedAssignment
from cadres.queries.changes import Successor
from cadres.queries.coverage import Scope
from cadres.queries.proposals import Load, candidates
from cadres.rules.caps import Excess, reason_offered
from cadres.rules.changes import KIND_LABELS, CadreChangeKind
from entities.rules.changes import Occasion
from tenancy.rules.paths import ancestors_of


class ProposeForm(forms.Form):
    """From which day the new assignments would hold."""

    on = forms.DateField(
        label=_("起始日期"),
        help_text=_("新的包保关系从这一天起执行；不能早于今天。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请填写起始日期。"), "invalid": _("日期请写成 2026-10-09 这样。")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on < self.today:
            raise forms.ValidationError(_("起始日期不能早于今天：谁在哪天负责不能事后改写。"), code="past")
        return on


class CadreChoice(forms.ModelChoiceField):
    """Cadres told apart by unit and title, not only by name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.post.person_name}（{obj.post.jurisdiction.name}{obj.post.title}）"


class EditLineForm(forms.Form):
    """Another cadre for one line; only those whose tier and place fit are offered."""

    cadre = CadreChoice(
        label=_("包保干部"),
        queryset=Cadre.objects.none(),
        error_messages={
            "required": _("请选择一名干部。"),
            "invalid_choice": _("这名干部的层级或任职区域与主体不符，请从列出的干部中选择。"),
        },
    )

    def __init__(self, *args: Any, line: ProposedAssignment, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = scope.tiers_for(line.entity.grade) if line.tier else ()
        fitting = candidates(scope).filter(tier__in=tiers, place__in=ancestors_of(line.entity.place))
        self.fields["cadre"].queryset = fitting  # type: ignore[attr-defined]


class ApproveForm(forms.Form):
    """One reason for each cadre above a soft cap, with a text offered; a blank one is refused by the action."""

    def __init__(self, *args: Any, over: Iterable[Load], scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for load in over:
            post, cap = load.cadre.post, scope.cap_of(load.cadre.tier)
            self.fields[f"reason-{load.cadre.pk}"] = forms.CharField(
                label=_("%(name)s（%(unit)s，%(load)d户）超过%(cap)d户的理由")
                % {"name": post.person_name, "unit": post.jurisdiction.name, "load": load.after, "cap": cap.cap},
                max_length=200,
                initial=reason_offered(Excess(post.person_name, load.after, cap)),
                error_messages={"required": _("请写明理由，或沿用系统给出的文字。")},
            )

    def reasons(self) -> dict[int, str]:
        """Cadre id -> reason."""
        return {int(key.removeprefix("reason-")): text for key, text in self.cleaned_data.items()}


class CadreChangeForm(forms.Form):
    """Why a cadre no longer answers for his entities, since when and by which paper."""

    kind = forms.ChoiceField(
        label=_("变动"),
        choices=list(KIND_LABELS.items()),
        widget=forms.RadioSelect,
        help_text=_("离任和工作调整从变动日起结束任职；“其他不能履职”如长期病休，任职不变，主体要另行定人。"),
        error_messages={"required": _("请选择是哪一种变动。")},
    )
    since = forms.DateField(
        label=_("变动日期"),
        help_text=_("不再履职的第一天；重新定人的期限从这一天起算。"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请填写变动日期。"), "invalid": _("日期请写成 2026-10-09 这样。")},
    )
    reason = forms.CharField(
        label=_("原因"), max_length=200, error_messages={"required": _("请写明原因，如“调任其他街道”。")}
    )
    document = forms.CharField(
        label=_("依据"), max_length=120, required=False, help_text=_("任免、调动文件的文号或名称，没有可不填。")
    )

    def occasion(self) -> Occasion:
        """Since when, why and by which paper; only after `is_valid`."""
        given = self.cleaned_data
        return Occasion(given["since"], given["reason"], given["document"])

    def chosen_kind(self) -> CadreChangeKind:
        return CadreChangeKind(self.cleaned_data["kind"])


class HandoverForm(forms.Form):
    """Who takes over; nobody picked means everybody who fits."""

    to = forms.TypedMultipleChoiceField(
        label=_("由谁接手"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("可以选一人全部接手，也可以选几人平均分；不选就由全部符合条件的干部平均分。生成后还能逐户改。"),
        error_messages={"invalid_choice": _("选中的干部不在可以接手的人里，请从列出的人中选择。")},
    )

    def __init__(self, *args: Any, offered: Iterable[Successor], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (
                each.cadre.pk,
                _("%(name)s（%(unit)s%(title)s）现 %(load)d 户，可接 %(fits)d 户")
                % {
                    "name": each.cadre.post.person_name,
                    "unit": each.cadre.post.jurisdiction.name,
                    "title": each.cadre.post.title,
                    "load": each.load,
                    "fits": each.fits,
                },
            )
            for each in offered
        ]
