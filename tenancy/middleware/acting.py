"""The acting post of a request, and the wall opened around its view."""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy.actions.logins import greet
from tenancy.middleware.owing import CODE, is_idle, is_open, owed_by, owed_first, turned_away
from tenancy.middleware.remembered import ARRIVED, CHOSEN, DEVICE
from tenancy.middleware.tokens import answer_token, bearer_of, places_of
from tenancy.models import Door, Post
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.scoping import acting_as, acting_in

Answer = Callable[[HttpRequest], HttpResponse]


class ActingPost:
    """Finds the acting post and runs the view inside its places; a failed view leaves nothing half-written.

    Whoever still owes a code, a password of his own or a second factor gets no further than the page for it.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.post = None  # type: ignore[attr-defined]
        if token := bearer_of(request):
            return answer_token(request, token, self._rolled_back_when_broken)
        if not request.user.is_authenticated or leads_through_a_door(request):
            return self.get_response(request)
        if (owed := owed_first(request)) and not is_open(request, owed):
            return turned_away(request, owed)
        if owed is CODE:
            return self.get_response(request)
        if device_is_gone(request):
            return ended_with_device(request)
        with acting_as(request.user.pk):
            post = chosen_post(request)
            request.post = post  # type: ignore[attr-defined]
            return self._in_post(request, post) if post else self._rolled_back_when_broken(request)

    def _in_post(self, request: HttpRequest, post: Post) -> HttpResponse:
        if is_idle(request, post):
            return ended_by_idleness(request)
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


def leads_through_a_door(request: HttpRequest) -> bool:
    """Whether the view opens a place of its own by a token: whoever is signed in is nobody there."""
    try:
        return bool(getattr(resolve(request.path_info).func, "is_door", False))
    except Resolver404:
        return False


def device_is_gone(request: HttpRequest) -> bool:
    """Whether the session was begun on a bound phone that has been revoked since, or not been opened for too long."""
    device = request.session.get(DEVICE)
    if device is None:
        return False
    return not Door.objects.open_at(timezone.now()).filter(pk=device, kind="device").exists()


def ended_with_device(request: HttpRequest) -> HttpResponse:
    """Ends the session of a revoked phone; what it has not sent yet stays on it."""
    logout(request)
    if request.path.startswith("/api/"):
        detail = _("这台手机的绑定已解除，没有传完的记录还在手机上；重新绑定后会自动上传。")
        return JsonResponse({"code": "device-gone", "detail": detail}, status=401)
    return back_through(request, "tenancy:enter-pin")


def ended_by_idleness(request: HttpRequest) -> HttpResponse:
    """Ends an idle session and asks for the password again."""
    logout(request)
    why = _("超过%d分钟没有操作，已退出登录；请重新登录。") % settings.SESSION_IDLE_MINUTES
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "sign-in", "detail": why}, status=401)
    messages.info(request, why)
    return back_through(request, "tenancy:sign-in")


def back_through(request: HttpRequest, page: str) -> HttpResponse:
    """To the page where one comes in, and from there back here."""
    query = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return redirect(f"{reverse(page)}?{query}" if query else page)


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


def posts_held(request: HttpRequest, on: date) -> QuerySet[Post]:
    """The posts the person may act from: those he holds, on a bound phone the one it is bound to."""
    posts = Post.objects.filter(user_id=request.user.pk or 0).held_on(on).select_related("jurisdiction")
    if device := request.session.get(DEVICE):
        posts = posts.filter(pk__in=Door.objects.filter(pk=device).values("subject_id"))
    return posts.order_by("rank_order", "pk")


def chosen_post(request: HttpRequest) -> Post | None:
    """The post chosen in this session while it is still held, else the person's first."""
    today = timezone.localdate()
    wanted = request.session.get(CHOSEN)
    held = list(posts_held(request, today))
    post = next((post for post in held if post.pk == wanted), held[0] if held else None)
    if post is not None:
        post.acting_on = today
    return post
