"""The edge of every request: security headers, and the wall opened around the view in one transaction."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from tenancy.models import Post
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.scoping import acting_as, acting_in

Answer = Callable[[HttpRequest], HttpResponse]
CHOSEN = "post"


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
    """Finds the acting post and runs the view inside its places; a failed view leaves nothing half-written."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.post = None  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return self.get_response(request)
        if request.user.must_change_password and request.path not in open_before_change():
            return redirect("tenancy:change-password")
        with acting_as(request.user.pk):
            post = chosen_post(request)
            request.post = post  # type: ignore[attr-defined]
            if post is None:
                return self._rolled_back_when_broken(request)
            with acting_in(*places_of(post)):
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


def open_before_change() -> tuple[str, ...]:
    """What a person with a first password may still open."""
    return reverse("tenancy:change-password"), reverse("tenancy:sign-out")


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
