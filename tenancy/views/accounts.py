"""Pages of the system administrator about accounts. A password appears once, in the answer that made it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenancy.actions import logins
from tenancy.actions.accounts import give_login
from tenancy.actions.petitions import ask_factor_removal, ask_post
from tenancy.forms.accounts import AccountForm, ChangeAccountForm, PostRequestForm, ReasonForm, account_filter
from tenancy.models import Account, Post
from tenancy.policies import needs_second_factor
from tenancy.queries.accounts import (
    account_counts,
    accounts,
    free_posts,
    posts_by_user,
    posts_of_account,
)
from tenancy.queries.tree import open_places
from tenancy.rules.accounts import AccountVerb
from tenancy.rules.roles import Right
from tenancy.views.pieces import acting, chips, found, paged, tabs

RIGHT = Right.MANAGE_ACCOUNTS


def account_of(post: Post, account_id: int) -> Account:
    return found(Account.objects.select_related("user", "jurisdiction"), post, RIGHT, account_id)


@login_required
@require_safe
def list_accounts(request: HttpRequest) -> HttpResponse:
    """The accounts looked after here, with the posts their people hold today."""
    acting(request, RIGHT)
    today, places = timezone.localdate(), open_places()
    asked = account_filter(request.GET, places)
    counts = account_counts(today)
    page = paged(request, accounts(asked, today))
    held = posts_by_user([account.user_id for account in page], today)
    words = {
        "": (_("全部"), "all"), "active": (_("在用"), "active"), "never": (_("从未登录"), "never"),
        "idle": (_("没有岗位"), "idle"), "stopped": (_("已停用"), "stopped"),
    }  # fmt: skip
    names = {"area": {str(place.pk): place.name for place in places}}
    context = {
        "page": page,
        "rows": [(account, held.get(account.user_id, [])) for account in page],
        "tabs": tabs(request, words, counts),
        "chips": chips(request, {"q": _("姓名"), "area": _("单位")}, names),
        "counts": counts,
        "places": places,
    }
    return render(request, "tenancy/accounts.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def open_account(request: HttpRequest) -> HttpResponse:
    """A new account, and for a post of the roster its login at once. The answer shows the first password."""
    post = acting(request, RIGHT)
    meant = _roster_post(post, request.POST.get("post") or request.GET.get("post") or "")
    form = AccountForm(request.POST or None, places=open_places(), post=meant)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        words = {name: given[name] for name in ("username", "person_name")}
        return _password_page(request, *logins.open_account(given["place"], **words, by=post, post=meant))
    return _form_page(request, form, _("开立账号"), _("开立账号"), meant=meant)


def _roster_post(post: Post, pk: str) -> Post | None:
    """The post without a login that the account is opened for."""
    if not pk:
        return None
    if not pk.isdecimal():
        raise Http404
    held = Post.objects.held_on(timezone.localdate()).filter(user=None).select_related("jurisdiction")
    return found(held, post, RIGHT, int(pk))


def _password_page(request: HttpRequest, account: Account, password: str) -> HttpResponse:
    return render(request, "tenancy/first_password.html", {"account": account, "password": password})


def _form_page(request: HttpRequest, form: Any, title: str, label: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, "label": label, "account": None, **more}
    return render(request, "tenancy/account_form.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def show_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """One account: its state, its posts past and present, what waits, and what can be done with it."""
    post = acting(request, RIGHT)
    account, today = account_of(post, account_id), timezone.localdate()
    held = posts_of_account(account)
    context = {
        "account": account,
        "posts": [(each, today in each.valid, (each.valid.lower or today) > today) for each in held],
        "petitions": account.petitions.filter(state="waiting").select_related("jurisdiction", "asked_by"),
        "free": list(free_posts(account, today)[:5]) if not held else [],
        "own": account.user_id == post.user_id,
        "needed": any(needs_second_factor(each) for each in held if today in each.valid),
    }
    return render(request, "tenancy/account.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def change_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """A corrected name, or another place that looks after the account."""
    post = acting(request, RIGHT)
    account = account_of(post, account_id)
    form = ChangeAccountForm(request.POST or None, places=open_places(), account=account)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        logins.change_account(account, given["place"], person_name=given["person_name"], by=post)
        messages.success(request, _("账号已更正。"))
        return redirect("tenancy:show-account", account.pk)
    return _form_page(request, form, _("更正账号"), _("保存更正"), account=account)


@never_cache
@login_required
@require_POST
def act_on_account(request: HttpRequest, account_id: int, verb: str) -> HttpResponse:
    """reset, stop, restart, sign-out: what a button on the account's page does."""
    post = acting(request, RIGHT)
    account = account_of(post, account_id)
    if verb not in set(AccountVerb):
        raise Http404
    now = timezone.now()
    said = logins.act_on_account(account, AccountVerb(verb), by=post, on=timezone.localdate(now), at=now)
    if verb == AccountVerb.RESET:
        return _password_page(request, account, said)
    messages.success(request, said)
    return redirect("tenancy:show-account", account.pk)


@login_required
@require_POST
def link_post(request: HttpRequest, account_id: int) -> HttpResponse:
    """Gives the account to a post that a roster created under the person's name."""
    post = acting(request, RIGHT)
    account = account_of(post, account_id)
    asked = request.POST.get("post", "")
    meant = get_object_or_404(free_posts(account, timezone.localdate()), pk=asked if asked.isdecimal() else None)
    give_login(meant, account.user, by=post)
    messages.success(request, _("已关联岗位“%s”。") % meant)
    return redirect("tenancy:show-account", account.pk)


@login_required
@require_http_methods(["GET", "POST"])
def request_post(request: HttpRequest, account_id: int) -> HttpResponse:
    """Asks for an office or administrator post; the security administrator confirms it."""
    post = acting(request, RIGHT)
    account, today = account_of(post, account_id), timezone.localdate()
    form = PostRequestForm(request.POST or None, places=open_places(), account=account, on=today)
    if request.method == "POST" and form.is_valid():
        ask_post(account, form.cleaned_data["place"], **form.facts(), by=post)
        messages.success(request, _("申请已提交，安全管理员确认后生效。"))
        return redirect("tenancy:show-account", account.pk)
    return _form_page(request, form, _("申请岗位"), _("提交申请"), account=account)


@login_required
@require_http_methods(["GET", "POST"])
def request_factor_removal(request: HttpRequest, account_id: int) -> HttpResponse:
    """Asks to take a lost second factor away; the security administrator confirms it."""
    post = acting(request, RIGHT)
    account = account_of(post, account_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_factor_removal(account, reason=form.cleaned_data["reason"], by=post)
        messages.success(request, _("申请已提交，安全管理员确认后生效。"))
        return redirect("tenancy:show-account", account.pk)
    return _form_page(request, form, _("申请解除双因子"), _("提交申请"), account=account)
