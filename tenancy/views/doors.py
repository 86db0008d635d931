"""Pages behind a door: who brings a token sees what it is for, and nothing beside it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from tenancy.actions.doors import DoorClosed, open_door
from tenancy.middleware import seconds_to_wait

Page = Callable[..., HttpResponse]


def answer_closed(request: HttpRequest) -> HttpResponse:
    """The same words for what was never given out, has been used, has run out or was taken back."""
    return render(request, "tenancy/door_closed.html", status=404)


def answer_too_many(request: HttpRequest, wait: int) -> HttpResponse:
    reason = _("打开得过于频繁，请在%d秒后再试。") % wait
    response = render(request, "429.html", {"reason": reason}, status=429)
    response["Retry-After"] = str(wait)
    return response


def through_door(kind: str, *, closed: Page = answer_closed) -> Callable[[Page], Page]:
    """The view gets the `Opening` in place of the token in its address, and runs inside the door's place."""

    def behind(view: Page) -> Page:
        @wraps(view)
        @never_cache
        def opened(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
            if wait := seconds_to_wait(request, token):
                return answer_too_many(request, wait)
            try:
                with open_door(token, kind, at=timezone.now()) as opening:
                    response = view(request, opening, *args, **kwargs)
                    if response.status_code >= 500:
                        transaction.set_rollback(True)
                    return response
            except DoorClosed:
                return closed(request)

        opened.is_door = True  # type: ignore[attr-defined]
        return opened

    return behind
