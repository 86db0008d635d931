"""What the pages and endpoints of accounts, posts and requests are sent; nothing here saves."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.models import Account, Jurisdiction, Post
from tenancy.queries.accounts import AccountFilter, PostFilter
from tenancy.rules.names import tidy
from tenancy.rules.paths import depth_of
from tenancy.rules.roles import GRANTED_ROLES, LENDABLE_RIGHTS, RIGHT_LABELS, ROLES, Right, Role

LOGIN = RegexValidator(
    r"^[\w.@+-]{2,60}\Z",
    gettext_lazy("登录名为2至60个字，只用字母、数字、汉字和 . _ - @ +，请改后再提交。"),
    code="login",
)
PHONE = RegexValidator(r"^\d[\d-]{6,18}\d\Z", gettext_lazy("电话只写数字和短横，如手机11位，请核对。"), code="phone")


class PlaceChoice(forms.ChoiceField):
    """A place in sight, chosen by its id; a foreign id reads as a missing one."""

    default_error_messages = {"invalid_choice": gettext_lazy("没有这个区划，或不在您的辖区内，请重新选择。")}

    def offer(self, places: Sequence[Jurisdiction], nothing: str = "") -> None:
        """Lets these be chosen, deeper ones set in."""
        self.by_id = {str(place.pk): place for place in places}
        top = min((depth_of(place.path) for place in places), default=0)
        shown = [(str(each.pk), "\u3000" * (depth_of(each.path) - top) + each.name) for each in places]
        self.choices = [*([("", nothing)] if nothing or not self.required else []), *shown]

    def clean(self, value: Any) -> Jurisdiction | None:
        chosen = super().clean("" if value is None else str(value))
        return self.by_id.get(chosen)


class NameField(forms.CharField):
    """A person's name as it is kept: NFC, no spaces at its ends."""

    def __init__(self, **more: Any) -> None:
        super().__init__(label=gettext_lazy("姓名"), max_length=40, **more)

    def to_python(self, value: Any) -> str:
        return tidy(str(super().to_python(value) or ""))


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    def __init__(self, **more: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, error_messages={"invalid": _DAY}, **more)


_DAY = gettext_lazy("日期请写成 2026-10-09 这样。")
# Nothing is chosen before somebody chooses.
NOTHING = ("", gettext_lazy("请选择"))


class AccountForm(forms.Form):
    """A new account: whose, where, under which login, and the roster's post it is for, if any."""

    username = forms.CharField(
        label=gettext_lazy("登录名"),
        validators=[LOGIN],
        help_text=gettext_lazy("建议用姓名拼音加单位简称；定了就不能改。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    person_name = NameField()
    place = PlaceChoice(label=gettext_lazy("所在单位"))
    post = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, places: Sequence[Jurisdiction], post: Post | None = None) -> None:
        initial = {"person_name": post.person_name, "place": post.jurisdiction_id, "post": post.pk} if post else {}
        super().__init__(data, initial=initial)
        _offer(self, "place", places)


class ChangeAccountForm(forms.Form):
    """A corrected name or another place."""

    person_name = NameField()
    place = PlaceChoice(label=gettext_lazy("所在单位"), help_text=gettext_lazy("账号由这个单位的系统管理员管理。"))

    def __init__(self, data: Any = None, *, places: Sequence[Jurisdiction], account: Account) -> None:
        super().__init__(data, initial={"person_name": account.person_name, "place": account.jurisdiction_id})
        _offer(self, "place", places)


class PostRequestForm(forms.Form):
    """A post asked for: which role, where, from when, why."""

    role = forms.ChoiceField(
        label=gettext_lazy("角色"),
        choices=[NOTHING, *((role.value, ROLES[role].name) for role in Role if role in GRANTED_ROLES)],
    )
    place = PlaceChoice(label=gettext_lazy("任职的地方"), help_text=gettext_lazy("权限在这里和它的下级生效。"))
    title = forms.CharField(label=gettext_lazy("职务"), max_length=60, required=False)
    phone = forms.CharField(
        label=gettext_lazy("联系电话"),
        required=False,
        validators=[PHONE],
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    since = DayField(label=gettext_lazy("任职起"))
    until = DayField(
        label=gettext_lazy("任职止（不含当日）"),
        required=False,
        help_text=gettext_lazy("长期任职不填；代班、借调写明。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=200, help_text=gettext_lazy("如任职文件文号；安全管理员据此确认。")
    )

    def __init__(self, data: Any = None, *, places: Sequence[Jurisdiction], account: Account, on: date) -> None:
        super().__init__(data, initial={"place": account.jurisdiction_id, "since": on})
        _offer(self, "place", places)

    def facts(self) -> dict[str, Any]:
        """What `ask_post` is told."""
        given = self.cleaned_data
        names = ("title", "phone", "since", "until", "reason")
        return {"role": Role(given["role"]), **{name: given[name] for name in names}}


class ReasonForm(forms.Form):
    """Why, in the words of whoever acts."""

    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)


class EndPostForm(forms.Form):
    """The day from which a post is held no more."""

    on = DayField(label=gettext_lazy("离任日期"), help_text=gettext_lazy("从这一天起不再任职，前一天是最后一天。"))

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data, initial={"on": today})


class ServesForm(forms.Form):
    """The places a post serves; none means its whole place."""

    places = forms.MultipleChoiceField(
        label=gettext_lazy("服务区域"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": PlaceChoice.default_error_messages["invalid_choice"]},
    )

    def __init__(self, data: Any = None, *, places: Sequence[Jurisdiction], served: Sequence[int] = ()) -> None:
        super().__init__(data, initial={"places": [str(pk) for pk in served]})
        self.by_id = {str(place.pk): place for place in places}
        field = self.fields["places"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(pk, place.name) for pk, place in self.by_id.items()]

    def chosen(self) -> list[Jurisdiction]:
        return [self.by_id[pk] for pk in self.cleaned_data["places"]]


class LendForm(forms.Form):
    """A right for a time: which, where, from when until when, why."""

    right = forms.ChoiceField(
        label=gettext_lazy("权限"),
        choices=[NOTHING, *((right.value, RIGHT_LABELS[right]) for right in Right if right in LENDABLE_RIGHTS)],
    )
    place = PlaceChoice(label=gettext_lazy("在哪里"))
    since = DayField(label=gettext_lazy("开始日期"))
    until = DayField(label=gettext_lazy("结束日期（不含当日）"))
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def __init__(self, data: Any = None, *, places: Sequence[Jurisdiction], post: Post, on: date) -> None:
        super().__init__(data, initial={"place": post.jurisdiction_id, "since": on})
        _offer(self, "place", places)

    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"right": Right(given["right"]), **{name: given[name] for name in ("since", "until", "reason")}}


class CodeForm(forms.Form):
    """Six digits from the telephone, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("验证码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "none"}),
    )


def account_filter(asked: Mapping[str, str], places: Sequence[Jurisdiction]) -> AccountFilter:
    """The list's address as its filter; a place out of sight is left out."""
    return AccountFilter(words=tidy(asked.get("q", ""))[:60], area=_path(asked, places), tab=asked.get("tab", ""))


def post_filter(asked: Mapping[str, str], places: Sequence[Jurisdiction]) -> PostFilter:
    return PostFilter(
        words=tidy(asked.get("q", ""))[:60],
        area=_path(asked, places),
        role=asked.get("role", ""),
        tab=asked.get("tab", ""),
    )


def _path(asked: Mapping[str, str], places: Sequence[Jurisdiction]) -> str:
    return next((place.path for place in places if str(place.pk) == asked.get("area")), "")


def _offer(form: forms.Form, name: str, places: Sequence[Jurisdiction]) -> None:
    field = form.fields[name]
    assert isinstance(field, PlaceChoice)
    field.offer(places, _("请选择"))
