"""The edge of every request: security headers, and the wall opened around the view in one transaction."""

from tenancy.middleware.acting import CHOSEN, DEVICE, ActingPost, posts_held, refusal_response
from tenancy.middleware.headers import SecurityHeaders
from tenancy.middleware.limits import seconds_to_wait
from tenancy.middleware.tokens import ByToken, Signed

__all__ = [
    "CHOSEN",
    "DEVICE",
    "ActingPost",
    "ByToken",
    "SecurityHeaders",
    "Signed",
    "posts_held",
    "refusal_response",
    "seconds_to_wait",
]
