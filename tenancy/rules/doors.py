"""Tokens that open one thing without a login: how one is kept, and how long a wrong answer has to wait."""

from datetime import timedelta
from hashlib import sha256

# The one use of an invitation, and how long a bound phone stays bound without being opened.
INVITATION_LASTS = timedelta(days=7)
DEVICE_LASTS = timedelta(days=100)
TOKEN_LASTS_AT_MOST = timedelta(days=366)

FREE_TRIES = 2
FIRST_WAIT = timedelta(seconds=30)
# A PIN is tried by who holds the phone already; the answer to an invitation by who holds a sheet of paper.
LONGEST_PIN_WAIT = timedelta(minutes=30)
LONGEST_ANSWER_WAIT = timedelta(hours=4)


def token_digest(token: str) -> str:
    """SHA-256 of a token, hex. Tokens are random and long, so a plain digest gives nothing away."""
    return sha256(token.encode()).hexdigest()


def wait_after(failures: int, longest: timedelta) -> timedelta:
    """How long nobody may try again after so many wrong answers in a row; it grows, and never becomes for ever."""
    if failures <= FREE_TRIES:
        return timedelta(0)
    doublings = min(failures - FREE_TRIES - 1, 20)
    return min(longest, FIRST_WAIT * (1 << doublings))


def spoken(wait: timedelta) -> str:
    """30秒, 2分钟, 4小时: rounded up, so that who waits as long as he was told is let in."""
    seconds = -(-wait // timedelta(seconds=1))
    if seconds < 60:
        return f"{max(seconds, 1)}秒"
    if seconds < 3600:
        return f"{-(-seconds // 60)}分钟"
    return f"{-(-seconds // 3600)}小时"
