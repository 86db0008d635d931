"""The second factor of a login: asked for at sign-in, bound, renewed and taken away by its own person."""

import base64

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenancy.actions.second_factor import (
    binding_of,
    check_code,
    confirm_factor,
    remove_factor,
    renew_codes,
    secret_of,
    start_factor,
)
from tenancy.forms.accounts import CodeForm
from tenancy.middleware import FACTOR_SHOWN, owes_code
from tenancy.models import SecondFactor
from tenancy.policies import needs_second_factor
from tenancy.rules.second_factor import LOCK_MINUTES, TRIES, Outcome
from tenancy.views.session import begin_session, next_url


def sentence_of(outcome: Outcome) -> str:
    """Why a code was not taken."""
    if outcome is Outcome.LOCKED:
        return _("连续输错%(tries)d次，暂停%(minutes)d分钟；请稍后再试。") % {"tries": TRIES, "minutes": LOCK_MINUTES}
    return _("验证码不正确或已用过；请核对手机时间，等下一组数字出来再输，或用一个恢复码。")


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """The second step of signing in; a new session key once it is taken."""
    if not owes_code(request):
        return HttpResponseRedirect(next_url(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome = check_code(request.user, form.cleaned_data["code"], at=timezone.now())  # type: ignore[arg-type]
        if outcome.is_good:
            request.session.cycle_key()
            request.session[FACTOR_SHOWN] = True
            begin_session(request, outcome.value)
            return HttpResponseRedirect(next_url(request))
        form.add_error("code", sentence_of(outcome))
    context = {"form": form, "next": next_url(request)}
    return render(request, "tenancy/code.html", context, status=422 if form.errors else 200)


@never_cache
@login_required
@require_safe
def show_second_factor(request: HttpRequest) -> HttpResponse:
    """Not bound, waiting for its first code, or bound."""
    return _page(request)


@never_cache
@login_required
@require_POST
def start_second_factor(request: HttpRequest) -> HttpResponse:
    """Makes a key and shows it as a QR code."""
    start_factor(request.user)  # type: ignore[arg-type]
    return redirect("tenancy:show-second-factor")


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_POST
def bind_second_factor(request: HttpRequest) -> HttpResponse:
    """The first code binds the telephone; the answer shows the recovery codes, this once."""
    form = CodeForm(request.POST)
    if form.is_valid():
        codes = confirm_factor(request.user, form.cleaned_data["code"], by=request.post, at=timezone.now())  # type: ignore[arg-type,attr-defined]
        if codes:
            request.session[FACTOR_SHOWN] = True
            return render(request, "tenancy/recovery.html", {"codes": codes})
        form.add_error("code", sentence_of(Outcome.WRONG))
    return _page(request, form)


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_POST
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes for a present code."""
    form = _checked(request)
    if form.errors:
        return _page(request, form)
    return render(request, "tenancy/recovery.html", {"codes": renew_codes(request.user, by=request.post)})  # type: ignore[arg-type,attr-defined]


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_POST
def remove_second_factor(request: HttpRequest) -> HttpResponse:
    """Takes the factor away for a present code, to bind another telephone or to do without where that is allowed."""
    form = _checked(request)
    if form.errors:
        return _page(request, form)
    post = request.post  # type: ignore[attr-defined]
    update_session_auth_hash(request, remove_factor(request.user, by=post, subject=post))  # type: ignore[arg-type]
    request.session.pop(FACTOR_SHOWN, None)
    messages.success(request, _("双因子已解除，其他设备上的登录已退出。"))
    return redirect("tenancy:show-second-factor")


def _checked(request: HttpRequest) -> CodeForm:
    form = CodeForm(request.POST)
    if form.is_valid():
        outcome = check_code(request.user, form.cleaned_data["code"], at=timezone.now())  # type: ignore[arg-type]
        if not outcome.is_good:
            form.add_error("code", sentence_of(outcome))
    return form


def _page(request: HttpRequest, form: CodeForm | None = None) -> HttpResponse:
    post = request.post  # type: ignore[attr-defined]
    factor = SecondFactor.objects.select_related("user").filter(user=request.user.pk).first()
    waiting = factor is not None and factor.confirmed_at is None
    context = {
        "factor": factor,
        "form": form or CodeForm(),
        "needed": post is not None and needs_second_factor(post),
        "code": _picture(binding_of(factor)) if factor and waiting else "",
        "key": _grouped(secret_of(factor)) if factor and waiting else "",
    }
    return render(request, "tenancy/second_factor.html", context, status=422 if form and form.errors else 200)


def _picture(text: str) -> SafeString:
    # Made here of our own address: black squares as one path, without a style attribute.
    drawn = segno.make(text, error="m", micro=False).svg_inline(border=2, svgclass="qr", lineclass=None, omitsize=True)
    return SafeString(drawn)


def _grouped(secret: bytes) -> str:
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
