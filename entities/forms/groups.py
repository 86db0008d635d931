"""A cluster or a chain as it is typed, and what one shop belongs to."""

from typing import Any

from django import forms
from django.forms.models import fields_for_model, model_to_dict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities.actions.groups import Belonging
from entities.forms.records import form_field
from entities.models import Chain, Cluster, Entity, Group
from entities.queries.groups import open_chains, open_clusters
from entities.rules.belonging import CLUSTER_LABELS
from entities.rules.codes import check_uscc, normal_code
from tenancy.rules.names import tidy


class GroupForm(forms.Form):
    """The fields are the model's own, in its order."""

    def __init__(self, data: Any = None, *, model: type[Group], group: Group | None = None) -> None:
        super().__init__(data, initial=model_to_dict(group, model.typed) if group else {})
        self.model = model
        typed = fields_for_model(model, model.typed, formfield_callback=form_field)
        self.fields.update({name: field for name in model.typed if (field := typed.get(name))})
        if isinstance(kind := self.fields.get("kind"), forms.ChoiceField):
            kind.choices = [("", _("请选择")), *CLUSTER_LABELS.items()]

    def clean_name(self) -> str:
        return tidy(self.cleaned_data["name"])

    def clean_uscc(self) -> str:
        """One width. Raises ValidationError for what is no code; a wrong check symbol passes, as in a ledger."""
        code = normal_code(self.cleaned_data["uscc"])
        for fault in check_uscc(code) if code else ():
            if fault.level == "error":
                raise forms.ValidationError(fault.message, code=fault.code)
        return code

    def values(self) -> dict[str, Any]:
        """What was typed, by the model's names."""
        return {name: self.cleaned_data[name] for name in self.model.typed}


class BelongingForm(forms.Form):
    """Cluster and stall, chain, and where and when a seller without a fixed address sells."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    cluster = forms.ModelChoiceField(
        Cluster.objects.none(), label=gettext_lazy("集聚场所"), required=False, empty_label=gettext_lazy("不在集聚场所"),
        error_messages={"invalid_choice": gettext_lazy("没有这个集聚场所；请先登记，或选别的。")},
    )  # fmt: skip
    stall = forms.CharField(label=gettext_lazy("摊位号"), max_length=20, required=False)
    chain = forms.ModelChoiceField(
        Chain.objects.none(), label=gettext_lazy("连锁企业"), required=False, empty_label=gettext_lazy("不是连锁门店"),
        error_messages={"invalid_choice": gettext_lazy("没有这家连锁企业；请先登记，或选别的。")},
    )  # fmt: skip
    sells_at = forms.CharField(
        label=gettext_lazy("经常出摊地点"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("流动经营、没有固定门店的才填；填了就不算缺经营地址。"),
    )
    sells_hours = forms.CharField(
        label=gettext_lazy("出摊时段"), max_length=60, required=False, help_text=gettext_lazy("如每天 6:00—9:00。")
    )

    def __init__(self, data: Any = None, *, entity: Entity, seen: str = "") -> None:
        names = ("cluster", "stall", "chain", "sells_at", "sells_hours")
        super().__init__(data, initial={**model_to_dict(entity, names), "seen": seen})
        # What it belongs to already stays on offer after it was closed.
        self.fields["cluster"].queryset = open_clusters(or_this=entity.cluster_id)  # type: ignore[attr-defined]
        self.fields["chain"].queryset = open_chains(or_this=entity.chain_id)  # type: ignore[attr-defined]

    def belonging(self) -> Belonging:
        """What was typed; only after `is_valid`."""
        given = self.cleaned_data
        texts = {name: tidy(given[name]) for name in ("stall", "sells_at", "sells_hours")}
        return Belonging(cluster=given["cluster"], chain=given["chain"], **texts)
