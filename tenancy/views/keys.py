"""What a person has given out of his own: bound phones and API tokens."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tenancy.actions.doors import revoke_door
from tenancy.actions.tokens import issue_token
from tenancy.forms import TokenForm
from tenancy.policies import may_issue_tokens
from tenancy.queries.doors import doors_of
from tenancy.rules.refusals import Refused, require


@login_required
@require_POST
def revoke_own_device(request: HttpRequest, device_id: int) -> HttpResponse:
    """Ends one of the acting post's own phones; its next request is signed out."""
    post, now = request.post, timezone.now()  # type: ignore[attr-defined]
    device = get_object_or_404(doors_of("device", [post] if post else [], now), pk=device_id)
    revoke_door(device, by=post, at=now)
    messages.success(request, _("已解除这台手机的绑定；没有传完的记录还留在那台手机上。"))
    return redirect("tenancy:show-me")


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def list_tokens(request: HttpRequest) -> HttpResponse:
    """The acting post's tokens, and a new one, which is shown this once."""
    post = request.post  # type: ignore[attr-defined]
    require(may_issue_tokens(post))
    today, now = timezone.localdate(), timezone.now()
    form, token = TokenForm(request.POST or None, today=today), ""
    if request.method == "POST" and form.is_valid():
        try:
            _door, token = issue_token(**form.cleaned_data, by=post, on=today, at=now)
        except Refused as refused:
            form.add_error(None, refused.reason)
        else:
            form = TokenForm(today=today)
    context = {"form": form, "token": token, "tokens": doors_of("api", [post], now)}
    return render(request, "tenancy/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Ends one of the acting post's tokens."""
    post, now = request.post, timezone.now()  # type: ignore[attr-defined]
    require(may_issue_tokens(post))
    token = get_object_or_404(doors_of("api", [post], now), pk=token_id)
    revoke_door(token, by=post, at=now)
    messages.success(request, _("令牌“%s”已收回，用它的程序从现在起不能再读取。") % token.name)
    return redirect("tenancy:list-tokens")
