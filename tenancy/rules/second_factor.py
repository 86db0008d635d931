"""One-time codes by time (RFC 6238: SHA-1, six digits, thirty seconds), which every authenticator program makes.

The computing is cryptography's; here stands which codes are taken: the present one and its two neighbours, each once.
"""

import re
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECONDS = 30
DIGITS = 6
KEY_BYTES = 20
# A telephone's clock may be half a minute off.
NEIGHBOURS = (0, -1, 1)
TRIES = 5
LOCK_MINUTES = 15
RECOVERY_CODES = 8


class Outcome(StrEnum):
    """What became of a code that was typed."""

    CODE = "code"
    RECOVERY = "recovery"
    WRONG = "wrong"
    LOCKED = "locked"

    @property
    def is_good(self) -> bool:
        return self in (Outcome.CODE, Outcome.RECOVERY)


def _codes(secret: bytes) -> TOTP:
    # SHA-1 is what authenticator programs know; the code is an HMAC, where its weakness does not count.
    return TOTP(secret, DIGITS, SHA1(), SECONDS)  # noqa: S303


def code_at(secret: bytes, time: float) -> str:
    """The code a telephone shows at that moment (seconds since 1970)."""
    return _codes(secret).generate(int(time)).decode()


def fitting_step(secret: bytes, code: str, time: float, *, after: int = 0) -> int | None:
    """The time step whose code this is, None when it is none of the present ones or not later than `after`."""
    now = int(time) // SECONDS
    for step in (now + each for each in NEIGHBOURS):
        try:
            _codes(secret).verify(code.encode(), step * SECONDS)
        except InvalidToken:
            continue
        return step if step > after else None
    return None


def binding_address(secret: bytes, login: str, issuer: str) -> str:
    """What the QR code says (otpauth://)."""
    return _codes(secret).get_provisioning_uri(login, issuer)


def typed(text: str) -> str:
    """A code as it is compared: without the spaces and dashes people type, in small letters."""
    return re.sub(r"[\s-]+", "", text).lower()
