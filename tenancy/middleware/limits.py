"""How often a token and an address may knock at a door. Counted in the cache, which all processes share.

Only crowds are kept off here, so a few requests too many do no harm; whatever must be exact (wrong PINs, the one use
of an invitation) is counted in the door's own row.
"""

from typing import Any, cast

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from tenancy.rules.doors import token_digest


class Limit(SimpleRateThrottle):
    """One limit for one holder of whatever it counts."""

    def __init__(self, ident: str) -> None:
        super().__init__()
        self.ident = ident

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"door-{self.scope}-{self.ident}"


class TokenLimit(Limit):
    """One token: what a person, or a program that waits for its answers, needs."""

    scope, rate = "token", "120/min"


class AddressLimit(Limit):
    """One address: a whole office, or a meeting room in which everybody binds his phone, stands behind one."""

    scope, rate = "address", "600/min"


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: the peer, or what the one trusted proxy wrote down (BEHIND_PROXY)."""
    return BaseThrottle().get_ident(cast("Request", request)) or ""


def seconds_to_wait(request: HttpRequest, token: str) -> int:
    """0 when the token may be tried now."""
    asked: Any = request
    for limit in (AddressLimit(address_of(request)), TokenLimit(token_digest(token))):
        if not limit.allow_request(asked, asked):
            return max(1, round(limit.wait() or 0))
    return 0
