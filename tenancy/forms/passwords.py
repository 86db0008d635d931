"""What a new password must be, beside Django's own validators (GB/T 22239: complexity, no return of old ones)."""

import string

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tenancy.models import User

KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
WANTED = 3


class LongEnough(MinimumLengthValidator):
    """Django's own length, in words it has no translation for."""

    def get_error_message(self) -> str:
        return _("密码太短：至少要有%d个字符。") % self.min_length

    def get_help_text(self) -> str:
        return _("至少要有%d个字符。") % self.min_length


class SeveralKinds:
    """Three of small letters, capitals, digits and other signs."""

    def validate(self, password: str, user: User | None = None) -> None:
        kinds = [any(letter in kind for letter in password) for kind in KINDS]
        other = any(letter not in "".join(KINDS) for letter in password)
        if sum([*kinds, other]) < WANTED:
            raise ValidationError(
                _("密码太简单：小写字母、大写字母、数字、符号四类中至少要有三类。"), code="password-kinds"
            )

    def get_help_text(self) -> str:
        return _("小写字母、大写字母、数字、符号四类中至少要有三类。")


class NotUsedBefore:
    """Neither the present password nor one of the last five."""

    def validate(self, password: str, user: User | None = None) -> None:
        known = [user.password, *user.former_passwords] if isinstance(user, User) else []
        if any(check_password(password, each) for each in known):
            raise ValidationError(_("这个密码用过；请换一个与最近几次都不同的。"), code="password-used")

    def get_help_text(self) -> str:
        return _("不能与最近用过的密码相同。")
