"""The edge of every request: security headers, and the wall opened around the view in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenancy.actions.logins import greet
from tenancy.models import Post
from tenancy.policies import needs_second_factor
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.rules.roles import PHONE_ROLES
from tenancy.scoping import acting_as, acting_in

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Answer = Callable[[HttpRequest], HttpResponse]
# What a session remembers: the post chosen, that the second factor was shown, when something was last done, and how
# its person came in until that is written down.
CHOSEN, FACTOR_SHOWN, SEEN, ARRIVED = "post", "second-factor", "seen", "arrived"


class SecurityHeaders:
    """Content-Security-Policy and its companions; own files keep a stricter policy set by their view."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self), microphone=()")
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class ActingPost:
    """Finds the acting post and runs the view inside its places; a failed view leaves nothing half-written.

    Whoever still owes a code, a password of his own or a second factor gets no further than the page for it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.post = None  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return self.get_response(request)
        if owes_code(request):
            return self.get_response(request) if is_open(request, CODE) else turned_away(request, CODE)
        if request.user.must_change_password and not is_open(request, PASSWORD):
            return turned_away(request, PASSWORD)
        with acting_as(request.user.pk):
            post = chosen_post(request)
            request.post = post  # type: ignore[attr-defined]
            return self._in_post(request, post) if post else self._rolled_back_when_broken(request)

    def _in_post(self, request: HttpRequest, post: Post) -> HttpResponse:
        if is_idle(request, post):
            return signed_out(request)
        if (owed := owed_by(request, post)) and not is_open(request, owed):
            return turned_away(request, owed)
        with acting_in(*places_of(post)):
            if factor := request.session.pop(ARRIVED, ""):
                greet(post, factor)
            return self._rolled_back_when_broken(request)

    def _rolled_back_when_broken(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 500 or getattr(response, "refused", False):
            transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal that a view did not place beside a field becomes a page, or JSON for the API, with its sentence."""
        if not isinstance(exception, Refused):
            return None
        return refusal_response(request, exception)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a person has to do before anything else: on which page, which other pages stay open, and why."""

    page: str
    open: tuple[str, ...]
    why: "StrOrPromise"


CODE = Owed("tenancy:enter-code", (), gettext_lazy("请先输入手机上的验证码。"))
PASSWORD = Owed("tenancy:change-password", (), gettext_lazy("请先换成您自己的密码。"))
OLD_PASSWORD = Owed("tenancy:change-password", (), gettext_lazy("密码已到期，请先修改密码。"))
FACTOR = Owed(
    "tenancy:show-second-factor",
    ("tenancy:start-second-factor", "tenancy:bind-second-factor", "tenancy:change-password", "tenancy:choose-post"),
    gettext_lazy("这个岗位须绑定双因子才能办理业务，请先绑定。"),
)


def owes_code(request: HttpRequest) -> bool:
    """Whether the person has a second factor and has not shown it in this session."""
    return request.user.has_second_factor and not request.session.get(FACTOR_SHOWN)  # type: ignore[union-attr]


def owed_by(request: HttpRequest, post: Post) -> Owed | None:
    """What the acting post still wants from its person; nothing of the kind from a cadre on his phone."""
    if needs_second_factor(post) and not (request.user.has_second_factor or request.session.get(FACTOR_SHOWN)):  # type: ignore[union-attr]
        return FACTOR
    return OLD_PASSWORD if days_old(request) else None


def days_old(request: HttpRequest) -> int:
    """How many days the password has, once that is too many for the acting post; else 0."""
    post: Post | None = request.post  # type: ignore[attr-defined]
    if not settings.PASSWORD_MAX_AGE_DAYS or post is None or post.role in PHONE_ROLES:
        return 0
    since = request.user.password_changed_at or request.user.created_at  # type: ignore[union-attr]
    days: int = (timezone.now() - since).days
    return days if days > settings.PASSWORD_MAX_AGE_DAYS else 0


def is_open(request: HttpRequest, owed: Owed) -> bool:
    """The page of what is owed, the way out, and what goes with them."""
    return request.path in {reverse(name) for name in (owed.page, "tenancy:sign-out", *owed.open)}


def turned_away(request: HttpRequest, owed: Owed) -> HttpResponse:
    """To the page of what is owed and afterwards back here; an endpoint says it in its own form."""
    if request.path.startswith("/api/"):
        return JsonResponse({"code": owed.page.split(":")[1], "detail": str(owed.why)}, status=403)
    back = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return redirect(f"{reverse(owed.page)}?{back}" if back else owed.page)


def is_idle(request: HttpRequest, post: Post) -> bool:
    """Whether an office or administrator did nothing for too long. Written down once a minute at most."""
    if post.role in PHONE_ROLES or not settings.SESSION_IDLE_MINUTES:
        return False
    now, seen = int(timezone.now().timestamp()), request.session.get(SEEN)
    if seen is not None and now - seen > settings.SESSION_IDLE_MINUTES * 60:
        return True
    if seen is None or now - seen >= 60:
        request.session[SEEN] = now
    return False


def signed_out(request: HttpRequest) -> HttpResponse:
    """Ends an idle session and asks for the password again."""
    logout(request)
    why = _("超过%d分钟没有操作，已退出登录；请重新登录。") % settings.SESSION_IDLE_MINUTES
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "sign-in", "detail": why}, status=403)
    messages.info(request, why)
    back = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return redirect(f"{reverse('tenancy:sign-in')}?{back}")


def refusal_response(request: HttpRequest, refused: Refused) -> HttpResponse:
    """403 for a missing right, 409 for a state that does not allow it; nothing of the request is kept."""
    status = 403 if isinstance(refused, Forbidden) else 409
    response: HttpResponse
    if request.path.startswith("/api/"):
        response = JsonResponse({"code": refused.code, "detail": refused.reason}, status=status)
    else:
        response = render(request, "refused.html", {"reason": refused.reason}, status=status)
    response.refused = True  # type: ignore[attr-defined]
    return response


def chosen_post(request: HttpRequest) -> Post | None:
    """The post chosen in this session while it is still held, else the person's first."""
    today = timezone.localdate()
    posts = Post.objects.filter(user_id=request.user.pk or 0).held_on(today).select_related("jurisdiction")
    wanted = request.session.get(CHOSEN)
    held = list(posts.order_by("rank_order", "pk"))
    post = next((post for post in held if post.pk == wanted), held[0] if held else None)
    if post is not None:
        post.acting_on = today
    return post


def places_of(post: Post) -> list[str]:
    """The places a post acts in: those it serves when there are any, else its own."""
    served = list(post.serves.values_list("jurisdiction__path", flat=True))
    return served or [post.place]
