"""Requests of other systems: `Authorization: Bearer <token>` acts from the post that issued the token.

The middleware opens the post as it does for a session, so policies, filters and the wall are the same. A request that
brings a token is never anything else beside it: a session cookie sent along is ignored.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from tenancy.actions.doors import DoorClosed, Opening, open_door
from tenancy.middleware.limits import seconds_to_wait
from tenancy.models import Post, User
from tenancy.queries.doors import posts_that_enter
from tenancy.scoping import acting_as, acting_in

SCHEME = "bearer "
READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Signed(SessionAuthentication):
    """The page's session; who is not signed in gets 401, so that the phone asks for the login and keeps its work."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class ByToken(BaseAuthentication):
    """The post that a token has opened. A wrong token was answered before any endpoint was asked."""

    def authenticate(self, request: Request) -> tuple[User, Opening] | None:
        opening: Opening | None = getattr(request._request, "opening", None)  # noqa: SLF001 -- set by the middleware
        return (request._request.user, opening) if opening else None  # type: ignore[return-value]  # noqa: SLF001

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def bearer_of(request: HttpRequest) -> str:
    """The token of an API request; empty when it brings none. Pages take no tokens."""
    header = request.headers.get("Authorization", "")
    if not request.path.startswith("/api/") or not header.lower().startswith(SCHEME):
        return ""
    return header[len(SCHEME) :].strip()


def answer_token(request: HttpRequest, token: str, answer: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """The endpoint's answer from the token's post, or why there is none."""
    if wait := seconds_to_wait(request, token):
        return _refusal(429, "too-many", _("请求过于频繁，请在%d秒后再试。") % wait, {"Retry-After": str(wait)})
    try:
        opening, post = _post_of(token)
    except DoorClosed:
        sentence = _("令牌无效、已过期或已收回，请在“我的账号”里重新生成。")
        return _refusal(401, "token-closed", sentence, {"WWW-Authenticate": "Bearer"})
    if opening.read_only and request.method not in READS:
        return _refusal(403, "token-read-only", _("这个令牌只能读取，不能写入；如需写入，请另生成可写的令牌。"))
    request.opening, request.user, request.post = opening, post.user, post  # type: ignore[attr-defined,assignment]
    with _acting_from(post):
        return answer(request)


def _post_of(token: str) -> tuple[Opening, Post]:
    """What the token opens, and its post when it is held today by somebody who may sign in."""
    today = timezone.localdate()
    with open_door(token, "api", at=timezone.now()) as opening:
        post = opening.subject(posts_that_enter(today))
    post.acting_on = today
    return opening, post


@contextmanager
def _acting_from(post: Post) -> Iterator[None]:
    assert post.user_id is not None
    with acting_as(post.user_id), acting_in(*places_of(post)):
        yield


def places_of(post: Post) -> list[str]:
    """The places a post acts in: those it serves when there are any, else its own."""
    served = list(post.serves.values_list("jurisdiction__path", flat=True))
    return served or [post.place]


def _refusal(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse({"code": code, "detail": detail}, status=status, headers=headers)
