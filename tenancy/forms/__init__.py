"""Parse and check input of the bottom app's pages; nothing here saves."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenancy.models import User
from tenancy.rules.doors import TOKEN_LASTS_AT_MOST
from tenancy.rules.names import tidy
from tenancy.rules.pins import weakness

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


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


def _pin_field(label: "StrOrPromise", help_text: "StrOrPromise" = "") -> forms.CharField:
    """Six digits from the number pad; no browser is to keep them, since whoever holds the phone holds the browser."""
    widget = forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    missing = {"required": _("请输入6位数字。")}
    return forms.CharField(label=label, max_length=6, help_text=help_text, widget=widget, error_messages=missing)


class PinForm(forms.Form):
    """The PIN of a bound phone."""

    pin = _pin_field(_("PIN（6位数字）"))

    def clean_pin(self) -> str:
        return tidy(self.cleaned_data["pin"])


class BindForm(forms.Form):
    """What the person knows, and the PIN he chooses, twice."""

    known = forms.CharField(max_length=40)
    pin = _pin_field(
        _("设一个PIN（6位数字）"), help_text=_("像银行卡密码一样，以后打开只输这6位数字。不要用123456这样好猜的。")
    )
    again = _pin_field(_("再输一遍PIN"))

    def __init__(self, *args: Any, by_digits: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.fields["known"]
        known.label = _("您手机号的后四位") if by_digits else _("您的姓名")
        known.help_text = _("名册上登记的那个号码。") if by_digits else _("与名册上写的一样。")
        known.widget.attrs["autocomplete"] = "off"
        known.error_messages["required"] = _("请填写手机号后四位。") if by_digits else _("请填写姓名。")
        if by_digits:
            known.widget.attrs |= {"inputmode": "numeric", "maxlength": "4"}

    def clean_pin(self) -> str:
        pin = tidy(self.cleaned_data["pin"])
        if reason := weakness(pin):
            raise forms.ValidationError(reason, code="pin-weak")
        return pin

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if "pin" in facts and "again" in facts and tidy(facts["again"]) != facts["pin"]:
            self.add_error("again", _("两遍PIN不一样，请重新输入。"))
        return facts


class TokenForm(forms.Form):
    """What a token is for, until when, and whether it may write."""

    name = forms.CharField(label=_("用途"), max_length=60, help_text=_("例如：区数据平台每晚读取台账。"))
    last_day = forms.DateField(label=_("有效期至"), widget=forms.DateInput(attrs={"type": "date"}))
    may_write = forms.BooleanField(label=_("允许写入（不勾选则只能读取）"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = self.fields["last_day"]
        last.widget.attrs |= {"min": today.isoformat(), "max": (today + TOKEN_LASTS_AT_MOST).isoformat()}
        last.help_text = _("最长一年，到期后重新生成。")

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        facts["read_only"] = not facts.pop("may_write", False)
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
