"""Another size, type or place of an entity; a shop that nobody could find, and the answer to it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from entities.forms.days import DayField
from entities.forms.register import EntityForm
from entities.models import Entity
from entities.queries.checking import EntityChecks, cells_of
from entities.rules.changes import Occasion
from entities.rules.ledger import COLUMNS

CHANGED = ("business_type", "further_types", "staff", "revenue", "diners", "area", "address")
LIMIT = 20 * 2**20
ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,image/jpeg,image/png,image/webp,application/pdf"


class ChangeForm(EntityForm):
    """The facts by which an entity is graded and covered, with the day, the reason and the paper of their change."""

    since = DayField(label=gettext_lazy("变动日期"), help_text=gettext_lazy("实际发生的那一天；期限从这一天起算。"))
    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明变动原因，如“扩建二楼大厅”。")},
    )
    document = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("变更后的许可证、申请或核实材料的编号、名称。"),
    )

    def __init__(self, data: Any = None, *, checks: EntityChecks, entity: Entity, today: date, seen: str = "") -> None:
        super().__init__(data, checks=checks, entity=entity, seen=seen)
        self.initial["since"] = today
        for column in COLUMNS:
            if column.key not in CHANGED:
                del self.fields[column.key]
        self.fields.pop("forget_phone", None)

    def cells(self, given: dict[str, Any]) -> dict[str, Any]:
        assert self.entity is not None
        return cells_of(self.entity, self.checks.plan.value) | {key: given.get(key, "") for key in CHANGED}

    def occasion(self) -> Occasion:
        """Since when, why and by which paper; only after `is_valid`."""
        given = self.cleaned_data
        return Occasion(given["since"], given["reason"], given["document"])


class ClearanceForm(forms.Form):
    """A shop that was looked for in vain, with the proof of it."""

    since = DayField(label=gettext_lazy("查找日期"))
    reason = forms.CharField(
        label=gettext_lazy("查找经过"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明怎样查找的，如“三次上门无人，电话停机，房东称已搬离”。")},
        help_text=gettext_lazy("什么时候、去了哪里、问了谁。"),
    )
    status = forms.ChoiceField(label=gettext_lazy("复核后改为"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("证明材料"),
        help_text=gettext_lazy("现场照片或书面证明：PDF、JPEG、PNG 或 WebP，不超过 20 MB。"),
        error_messages={
            "required": gettext_lazy("请附现场照片或书面证明，没有证明不能移出。"),
            "empty": gettext_lazy("这个文件是空的，请检查后重新选择。"),
        },
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, statuses: dict[str, str], today: date | None = None
    ) -> None:
        super().__init__(data, files, initial={"since": today})
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(statuses.items())

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMIT:
            raise forms.ValidationError(
                gettext_lazy("文件有 %(size).1f MB，超过 20 MB 上限。请缩小后再传。"),
                params={"size": file.size / 2**20},
                code="too-big",
            )
        return file

    def occasion(self) -> Occasion:
        """When it was looked for and how; only after `is_valid`."""
        return Occasion(self.cleaned_data["since"], self.cleaned_data["reason"])


class ClearanceAnswerForm(forms.Form):
    """Why a shop stays in the register."""

    answer = forms.CharField(
        label=gettext_lazy("没有通过的原因"),
        max_length=200,
        error_messages={"required": gettext_lazy("请写明为什么没有通过复核，提出人会看到。")},
        help_text=gettext_lazy("如“已联系上店主，节后恢复营业”。"),
    )
