"""The edge of every request: security headers, and the wall opened around the view in one transaction."""

from tenancy.middleware.acting import ActingPost, posts_held, refusal_response
from tenancy.middleware.headers import SecurityHeaders
from tenancy.middleware.limits import seconds_to_wait
from tenancy.middleware.owing import days_old, owes_code
from tenancy.middleware.remembered import ARRIVED, CHOSEN, DEVICE, FACTOR_SHOWN, SEEN
from tenancy.middleware.tokens import ByToken, Signed

__all__ = [
    "ARRIVED",
    "CHOSEN",
    "DEVICE",
    "FACTOR_SHOWN",
    "SEEN",
    "ActingPost",
    "ByToken",
    "SecurityHeaders",
    "Signed",
    "days_old",
    "owes_code",
    "posts_held",
    "refusal_response",
    "seconds_to_wait",
]
