"""What a person owes before anything else opens: a code, a password of his own, a second factor; and who was idle.

Whoever came by the PIN of a bound phone used no password and showed two things already; he owes nothing.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from tenancy.middleware.remembered import DEVICE, FACTOR_SHOWN, SEEN
from tenancy.models import Post
from tenancy.policies import needs_second_factor
from tenancy.rules.roles import PHONE_ROLES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


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


def owed_first(request: HttpRequest) -> Owed | None:
    """What is owed whatever post the person acts in."""
    if DEVICE in request.session:
        return None
    if owes_code(request):
        return CODE
    return PASSWORD if request.user.must_change_password else None  # type: ignore[union-attr]


def owes_code(request: HttpRequest) -> bool:
    """Whether the person signed in by password, has a second factor and has not shown it in this session."""
    if DEVICE in request.session or request.session.get(FACTOR_SHOWN):
        return False
    return bool(request.user.has_second_factor)  # type: ignore[union-attr]


def owed_by(request: HttpRequest, post: Post) -> Owed | None:
    """What the acting post still wants from its person; nothing of the kind from a cadre on his phone."""
    if DEVICE in request.session:
        return None
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
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return redirect(f"{reverse(owed.page)}?{query}" if query else owed.page)


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
