"""Parse and check what pages and endpoints send; nothing here saves."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.models import Cadre, ProposedAssignment
from cadres.queries.coverage import Scope
from cadres.queries.proposals import Load, candidates
from cadres.rules.caps import Excess, reason_offered
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
