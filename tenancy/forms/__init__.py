"""Parse and check input of the bottom app's pages; nothing here saves."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenancy.models import User


class SignInForm(forms.Form):
    """Name and password; the answer never says which of the two was wrong."""

    username = forms.CharField(label=_("登录名"), max_length=60)
    password = forms.CharField(label=_("密码"), max_length=128, widget=forms.PasswordInput, strip=False)

    def __init__(self, *args: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if "username" in facts and "password" in facts:
            user = authenticate(self.request, username=facts["username"], password=facts["password"])
            if user is None:
                raise forms.ValidationError(
                    _("登录名或密码不正确。请核对后重试；连续5次不符将锁定15分钟。"), code="sign-in"
                )
            self.user = user
        return facts


class UploadForm(forms.Form):
    """One workbook of at most ten megabytes; what is inside is the gate's business."""

    LIMIT = 10 * 2**20
    file = forms.FileField(
        label=_("Excel 文件"),
        help_text=_("支持 .xlsx、.xls、.csv，不超过 10 MB。"),
        error_messages={
            "required": _("请选择一个文件。"),
            "empty": _("这个文件是空的，请检查后重新选择。"),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > self.LIMIT:
            raise forms.ValidationError(
                _("文件有 %(size).1f MB，超过 10 MB 上限。请删除图片或拆成几个文件后再传。"),
                params={"size": file.size / 2**20},
                code="too-large",
            )
        return file
