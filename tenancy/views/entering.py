"""Signing in without a password: the personal card once, the PIN from then on."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tenancy.actions.devices import Bound, bind_device, unlock
from tenancy.actions.doors import DoorClosed, Opening, open_door
from tenancy.forms import BindForm, PinForm
from tenancy.middleware import CHOSEN, DEVICE, seconds_to_wait
from tenancy.queries.doors import posts_that_enter
from tenancy.rules.doors import DEVICE_LASTS
from tenancy.rules.refusals import Refused
from tenancy.views.doors import answer_closed, answer_too_many, through_door
from tenancy.views.session import next_url

COOKIE = "device"
LASTS = int(DEVICE_LASTS.total_seconds())


def device_token(request: HttpRequest) -> str:
    """What the phone's cookie holds; empty when there is none or it is not ours."""
    return request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=LASTS) or ""


def used_card(request: HttpRequest) -> HttpResponse:
    """A card that opens nothing any more still shows its owner's bound phone the way in."""
    return redirect("tenancy:enter-pin") if device_token(request) else answer_closed(request)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@through_door("invitation", closed=used_card)
def open_invitation(request: HttpRequest, opening: Opening) -> HttpResponse:
    """Looking uses nothing up, since messengers and scanners look first; sending the form does."""
    today = timezone.localdate()
    post = opening.subject(posts_that_enter(today))
    form = BindForm(request.POST or None, by_digits=bool(post.phone))
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            done = bind_device(opening, known=facts["known"], pin=facts["pin"], on=today, at=timezone.now())
        except Refused as refused:
            form.add_error("pin", refused.reason)
        else:
            if isinstance(done, Bound):
                return signed_in(request, done, reverse(settings.LOGIN_REDIRECT_URL))
            form.add_error("known", done.reason)
    context = {"form": form, "place": post.jurisdiction}
    return render(request, "tenancy/bind.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def enter_pin(request: HttpRequest) -> HttpResponse:
    """The PIN on a bound phone; on any other what to do, the same whether it never was bound or is no more."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_url(request))
    token = device_token(request)
    if token and (wait := seconds_to_wait(request, token)):
        return answer_too_many(request, wait)
    try:
        with open_door(token, "device", at=timezone.now()) as opening:
            return _unlocked(request, opening, token)
    except DoorClosed:
        query = urlencode({"with": "password", "next": next_url(request)})
        return render(request, "tenancy/unbound.html", {"password_url": f"{reverse('tenancy:sign-in')}?{query}"})


def _unlocked(request: HttpRequest, opening: Opening, token: str) -> HttpResponse:
    today = timezone.localdate()
    post = opening.subject(posts_that_enter(today))
    form = PinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = unlock(opening, form.cleaned_data["pin"], token=token, on=today, at=timezone.now())
        if isinstance(done, Bound):
            return signed_in(request, done, next_url(request))
        form.add_error("pin", done.reason)
    context = {"form": form, "post": post, "next": next_url(request)}
    return render(request, "tenancy/pin.html", context, status=422 if form.errors else 200)


def signed_in(request: HttpRequest, bound: Bound, url: str) -> HttpResponse:
    """A session of this phone's post; the cookie that knows the phone lives on without it."""
    login(request, bound.user, backend="django.contrib.auth.backends.ModelBackend")
    request.session[DEVICE], request.session[CHOSEN] = bound.door_id, bound.post.pk
    response = HttpResponseRedirect(url)
    response.set_signed_cookie(
        COOKIE,
        bound.token,
        salt=COOKIE,
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
