"""What is to be done to many entities."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from entities.forms.register import area_choices
from entities.queries.checking import status_names
from entities.queries.groups import open_clusters
from entities.rules.bulk import BulkKind, Wish, refuse_unfounded
from entities.rules.ledger import Area
from entities.rules.ledger_cells import TAG_LENGTH
from entities.rules.vocabulary import RiskLevel
from tenancy.plans import PlanDocument
from tenancy.rules.names import tidy
from tenancy.rules.refusals import Refused

VALUES = {
    BulkKind.ADD_TAG: "tag",
    BulkKind.REMOVE_TAG: "tag",
    BulkKind.RISK: "risk",
    BulkKind.MOVE: "area",
    BulkKind.STATUS: "status",
    BulkKind.CLUSTER: "cluster",
}
MISSING = {
    "tag": gettext_lazy("请写明标签。"),
    "risk": gettext_lazy("请选风险等级。"),
    "area": gettext_lazy("请选划到哪里。"),
    "cluster": gettext_lazy("请选归入哪个集聚场所；没有的请先到“集聚场所”登记。"),
    "status": gettext_lazy("请选改成的经营状态。"),
}


class BulkForm(forms.Form):
    """One kind of act with the one value it asks for; `seen` is the digest of what was shown."""

    kind = forms.ChoiceField(
        label=gettext_lazy("办理事项"),
        choices=[(kind.value, kind.label) for kind in BulkKind],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选办理事项。")},
    )
    tag = forms.CharField(
        label=gettext_lazy("标签"),
        max_length=TAG_LENGTH,
        required=False,
        help_text=gettext_lazy("加、去标签时填，如“重点生产企业”。方案按标签定级、提级的，等级会跟着变。"),
    )
    risk = forms.ChoiceField(label=gettext_lazy("食品安全风险等级"), required=False)
    area = forms.ChoiceField(label=gettext_lazy("划到"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("经营状态"), required=False)
    cluster = forms.ChoiceField(label=gettext_lazy("集聚场所"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("变更经营状态必填，如怎样核实的；记入每一家的变动。"),
    )
    document = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("决定书、公告或申请的文号、名称；注销、吊销必填。"),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, data: Any = None, *, plan: PlanDocument, areas: Sequence[Area], today: date) -> None:
        super().__init__(data)
        self.today = today
        self._offer("risk", [(level.value, level.label) for level in RiskLevel])
        self._offer("area", area_choices(areas))
        self._offer("status", list(status_names(plan).items()))
        self._offer("cluster", [(str(each.pk), each.name) for each in open_clusters()])
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        move = {BulkKind.MOVE.value: _("划到别的%s") % plan.names.area}
        field.choices = [(kind.value, move.get(kind.value, kind.label)) for kind in BulkKind]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择")), *choices]

    def clean_tag(self) -> str:
        return tidy(self.cleaned_data["tag"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if kind := given.get("kind"):
            name = VALUES[BulkKind(kind)]
            if not given.get(name) and name not in self.errors:
                self.add_error(name, str(MISSING[name]))
        if kind and not self.errors:
            self._founded()
        return given

    def _founded(self) -> None:
        try:
            refuse_unfounded(self.wish(), self.today)
        except Refused as refused:
            self.add_error("document" if refused.code == "paper-missing" else "reason", refused.reason)

    def wish(self) -> Wish:
        """What was asked for; only after `is_valid`."""
        kind = BulkKind(self.cleaned_data["kind"])
        name = VALUES[kind]
        value, field = self.cleaned_data[name], self.fields[name]
        said = dict(field.choices)[value] if isinstance(field, forms.ChoiceField) else value  # type: ignore[arg-type]
        reason, document = (tidy(self.cleaned_data[each]) for each in ("reason", "document"))
        return Wish(kind, value, str(said).strip(), reason, document)
