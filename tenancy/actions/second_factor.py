"""Acts on the second factor of a login: bind, check, renew its recovery codes, take it away."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.fields import seal_secret, secret_index, unseal_secret
from tenancy.models import Post, SecondFactor, User
from tenancy.rules.refusals import Refused
from tenancy.rules.second_factor import (
    KEY_BYTES,
    LOCK_MINUTES,
    RECOVERY_CODES,
    TRIES,
    Outcome,
    binding_address,
    fitting_step,
    typed,
)

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
ISSUER = "食安包保"


def start_factor(user: AbstractBaseUser) -> SecondFactor:
    """A key that is shown until its first code proves that a telephone has it."""
    factor = SecondFactor.objects.select_for_update().filter(user=user.pk).first()
    if factor is not None and factor.confirmed_at is not None:
        raise Refused(_("已经绑定了双因子；换手机请先用验证码解除，再重新绑定。"), code="factor-bound")
    sealed = seal_secret(secrets.token_bytes(KEY_BYTES), _owner(user))
    made, _created = SecondFactor.objects.update_or_create(user_id=user.pk, defaults={"secret": sealed})
    return made


def secret_of(factor: SecondFactor) -> bytes:
    """The key itself, for the one page that shows it and for checking codes."""
    return unseal_secret(factor.secret, _owner(factor.user))


def binding_of(factor: SecondFactor) -> str:
    """The address in the QR code."""
    return binding_address(secret_of(factor), factor.user.username, ISSUER)


def confirm_factor(user: AbstractBaseUser, code: str, *, by: Post, at: datetime) -> list[str]:
    """Binds the telephone whose first code this is and returns the recovery codes; an empty list for a wrong code."""
    factor = SecondFactor.objects.select_for_update().select_related("user").filter(user=user.pk).first()
    if factor is None or factor.confirmed_at is not None:
        raise Refused(_("没有等待绑定的双因子；请从头开始绑定。"), code="no-factor")
    step = fitting_step(secret_of(factor), typed(code), at.timestamp())
    if step is None:
        return []
    codes = _fresh_codes(factor)
    factor.confirmed_at, factor.last_step, factor.failures = at, step, 0
    factor.save()
    User.objects.filter(pk=user.pk).update(has_second_factor=True)
    audit.record("tenancy.second_factor.bound", by, by=by)
    return codes


def check_code(user: AbstractBaseUser, code: str, *, at: datetime) -> Outcome:
    """Whether the code, or a recovery code, is the person's; each is taken once, and wrong ones lock for a while."""
    with transaction.atomic():
        factors = SecondFactor.objects.select_for_update(of=("self",)).select_related("user")
        factor = factors.filter(user=user.pk, confirmed_at__isnull=False).first()
        if factor is None:
            return Outcome.WRONG
        if factor.locked_until is not None and factor.locked_until > at:
            return Outcome.LOCKED
        outcome = _tried(factor, typed(code), at)
        _count(factor, outcome, at)
        factor.save()
    return outcome


def _tried(factor: SecondFactor, code: str, at: datetime) -> Outcome:
    step = fitting_step(secret_of(factor), code, at.timestamp(), after=factor.last_step)
    if step is not None:
        factor.last_step = step
        return Outcome.CODE
    if (hashed := secret_index(code)) in factor.recovery:
        factor.recovery = [each for each in factor.recovery if each != hashed]
        return Outcome.RECOVERY
    return Outcome.WRONG


def _count(factor: SecondFactor, outcome: Outcome, at: datetime) -> None:
    factor.failures = 0 if outcome.is_good else factor.failures + 1
    if factor.failures >= TRIES:
        factor.failures, factor.locked_until = 0, at + timedelta(minutes=LOCK_MINUTES)


def renew_codes(user: AbstractBaseUser, *, by: Post) -> list[str]:
    """New recovery codes; the old ones are good no more."""
    factor = SecondFactor.objects.select_for_update().get(user=user.pk, confirmed_at__isnull=False)
    codes = _fresh_codes(factor)
    factor.save(update_fields=["recovery"])
    audit.record("tenancy.second_factor.codes_renewed", by, by=by)
    return codes


def remove_factor(user: AbstractBaseUser, *, by: Post | None, subject: Model) -> User:
    """Takes the second factor away and ends every session; the trail names the subject (account or own post)."""
    SecondFactor.objects.filter(user=user.pk).delete()
    login = User.objects.select_for_update().get(pk=user.pk)
    login.has_second_factor = False
    login.sessions_ended += 1
    login.save(update_fields=["has_second_factor", "sessions_ended"])
    audit.record("tenancy.second_factor.removed", subject, by=by, after={"login": login.username})
    return login


def _fresh_codes(factor: SecondFactor) -> list[str]:
    codes = [
        "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]
    factor.recovery = [secret_index(typed(code)) for code in codes]
    return codes


def _owner(user: AbstractBaseUser) -> str:
    return f"user:{user.pk}"
