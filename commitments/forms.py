"""Parse and check input of the letters' pages; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from commitments.rules import STOCK_REASONS
from tenancy.plans import PlanDocument

LIMIT = 20 * 2**20
ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,image/jpeg,image/png,image/webp,application/pdf"


class FilterForm(forms.Form):
    """Narrowing the list: name and tier."""

    q = forms.CharField(label=_("姓名"), required=False, max_length=40)
    tier = forms.ChoiceField(label=_("层级"), required=False)

    def __init__(self, *args: Any, document: PlanDocument, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"].choices = [("", _("全部层级")), *((tier.code, tier.name) for tier in document.tiers)]  # type: ignore[attr-defined]
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search", "placeholder": _("承诺人姓名")})


class ScanForm(forms.Form):
    """One scan of a signed letter."""

    file = forms.FileField(
        label=_("扫描件"),
        help_text=_("PDF、JPEG、PNG 或 WebP，不超过 20 MB，最多 50 页。"),
        error_messages={"required": _("请选择签字后的扫描件。"), "empty": _("这个文件是空的，请检查后重新选择。")},
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LIMIT:
            raise forms.ValidationError(
                _("文件有 %(size).1f MB，超过 20 MB 上限。请调低扫描分辨率后再传。"),
                params={"size": file.size / 2**20},
                code="too-big",
            )
        return file


class ReviewForm(forms.Form):
    """A decision; a return says why."""

    decision = forms.ChoiceField(label=_("结论"), choices={"passed": _("通过"), "returned": _("退回")})
    stock = forms.ChoiceField(
        label=_("常用原因"), required=False, choices=[("", "—"), *((reason, reason) for reason in STOCK_REASONS)]
    )
    reason = forms.CharField(
        label=_("退回原因"), required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if facts.get("decision") == "returned" and not (facts.get("stock") or facts.get("reason", "").strip()):
            self.add_error("reason", _("退回要写明原因，好让经办人知道改哪里。可点常用原因，也可自己填写。"))
        return facts

    def reason_text(self) -> str:
        """What was picked and what was written, as one sentence."""
        parts = (self.cleaned_data["stock"], self.cleaned_data["reason"].strip())
        return "；".join(part for part in parts if part)


class DelegateForm(forms.Form):
    """Who signs in the other side's stead, and by which paper."""

    name = forms.CharField(label=_("委托人姓名"), max_length=40)
    title = forms.CharField(label=_("职务"), max_length=60, required=False)
    basis = forms.CharField(
        label=_("委托依据"), max_length=120, help_text=_("文件号或会议纪要，例如 会纪〔2026〕3号。")
    )


class FilingForm(forms.Form):
    """The archive number under which the upper office keeps the letter."""

    archive_number = forms.CharField(label=_("档案号"), max_length=60)
