"""What tests of doors share: the hour, and a cadre's card from invitation to bound phone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client

from tenancy.actions.invitations import invite
from tenancy.scoping import acting_in
from tests.cast import Cast

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
PIN = "204816"


def card_for(cast: Cast, name: str = "wang") -> str:
    """The token of a new card, made by the clerk of the street."""
    with acting_in(cast.places["甲街道"].path):
        return invite(cast.posts[name], by=cast.li, on=TODAY, at=NOW).token


def last4(cast: Cast, name: str = "wang") -> str:
    with acting_in(cast.posts[name].place):
        return cast.posts[name].phone.last4


@dataclass
class Phone:
    """A browser that may have been bound."""

    cast: Cast
    client: Client

    def bind(self, token: str, name: str = "wang", **changes: str) -> Any:
        form = {"known": last4(self.cast, name), "pin": PIN, "again": PIN} | changes
        return self.client.post(f"/c/{token}/", form)

    def unlock(self, pin: str = PIN, **more: str) -> Any:
        return self.client.post("/pin/", {"pin": pin, **more})

    def forget_session(self) -> None:
        del self.client.cookies["sessionid"]
