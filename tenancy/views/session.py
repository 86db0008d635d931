"""Signing in and out, and choosing the post a person acts in."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenancy.actions.accounts import replace_password
from tenancy.forms import SignInForm
from tenancy.middleware import ARRIVED, CHOSEN, DEVICE, SEEN, days_old, posts_held
from tenancy.policies import may, may_issue_tokens
from tenancy.queries.doors import doors_of
from tenancy.queries.tree import posts_of
from tenancy.rules.roles import Right


def begin_session(request: HttpRequest, factor: str) -> None:
    """Starts the idle clock; how the person came in is written down with his first page behind the wall."""
    request.session[SEEN] = int(timezone.now().timestamp())
    if factor:
        request.session[ARRIVED] = factor


def next_url(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse(settings.LOGIN_REDIRECT_URL)


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """A new session for a known person; somewhere else's address in `next` is ignored. A bound phone asks for its PIN."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    if request.method == "GET" and "device" in request.COOKIES and request.GET.get("with") != "password":
        return redirect(f"{reverse('tenancy:enter-pin')}?{urlencode({'next': next_url(request)})}")
    form = SignInForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        login(request, form.user, backend="django.contrib.auth.backends.ModelBackend")
        begin_session(request, "" if form.user.has_second_factor else "password")
        return HttpResponseRedirect(next_url(request))
    status = 422 if form.errors else 200
    return render(request, "tenancy/login.html", {"form": form, "next": next_url(request)}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session and everything kept in it."""
    logout(request)
    return redirect("tenancy:sign-in")


@login_required
@require_http_methods(["GET", "POST"])
def choose_post(request: HttpRequest) -> HttpResponse:
    """Lists the person's own posts and switches to one of them."""
    held = list(posts_held(request, timezone.localdate()))
    if request.method == "POST":
        post = next((post for post in held if str(post.pk) == request.POST.get("post")), None)
        if post is None:
            raise Http404
        request.session[CHOSEN] = post.pk
        return HttpResponseRedirect(next_url(request))
    return render(request, "tenancy/posts.html", {"posts": held, "next": next_url(request)})


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password for oneself; every other session of the person ends."""
    form = PasswordChangeForm(request.user, request.POST or None)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(
            request, replace_password(form.user, form.cleaned_data["new_password1"], at=timezone.now())
        )
        messages.success(request, _("密码已修改，其他设备上的登录已退出。"))
        return HttpResponseRedirect(next_url(request))
    context = {"form": form, "old_days": days_old(request)}
    return render(request, "tenancy/password.html", context, status=422 if form.errors else 200)


@login_required
def show_me(request: HttpRequest) -> HttpResponse:
    """The person's posts, telephone (masked), bound phones and ways out; with the phone's bar for those who visit."""
    post = request.post  # type: ignore[attr-defined]
    device = request.session.get(DEVICE)
    context = {
        "posts": [post] if device and post else posts_of(request.user),
        "layout": "phone.html" if may(post, Right.VISIT) else "base.html",
        "devices": doors_of("device", [post] if post else [], timezone.now()),
        "this_device": device,
        "may_issue_tokens": may_issue_tokens(post),
    }
    return render(request, "tenancy/me.html", context)
