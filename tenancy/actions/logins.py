"""What a system administrator does with logins: open, correct, reset, stop and start, end sessions.

Passwords appear once, in the answer of the act that made them; the trail never holds one.
"""

import secrets
from datetime import date, datetime

from axes.utils import reset as forget_failures
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.actions.accounts import create_login, give_login, lay_password, look_after, refuse_last
from tenancy.actions.doors import revoke_door
from tenancy.models import Account, Jurisdiction, Post, User
from tenancy.queries.doors import doors_of
from tenancy.rules.accounts import AccountVerb
from tenancy.rules.names import sort_key
from tenancy.rules.refusals import Refused

# No character that is read as another when it is copied from paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def first_password() -> str:
    """Sixteen characters in four groups, some 79 bits; its person has to change it."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def open_account(
    jurisdiction: Jurisdiction, *, username: str, person_name: str, by: Post | None, post: Post | None = None
) -> tuple[Account, str]:
    """A login for a person of that place, with its first password.

    It opens nothing before it has a post: the one of a roster that is given with it, or one that is asked for.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise _taken(username)
    password = first_password()
    try:
        with transaction.atomic():
            user = create_login(username, password=password)
    except IntegrityError as error:
        raise _taken(username) from error
    user.must_change_password = True
    user.save(update_fields=["must_change_password"])
    account = look_after(user, jurisdiction, person_name)
    after = {"login": username, "person": person_name, "place": jurisdiction.name}
    audit.record("tenancy.account.opened", account, by=by, after=after)
    if post is not None:
        give_login(post, user, by=by)
    return account, password


def _taken(username: str) -> Refused:
    return Refused(_("登录名“%s”已被使用，请换一个（例如加上单位简称）。") % username, code="login-taken")


def change_account(account: Account, jurisdiction: Jurisdiction, *, person_name: str, by: Post) -> Account:
    """Corrects the person's name or hands the account to another place. Posts keep the name they were given."""
    account = _locked(account)
    before = {"person": account.person_name, "place": account.jurisdiction.name}
    after = {"person": person_name, "place": jurisdiction.name}
    if before == after:
        return account
    account.person_name, account.sort_key = person_name, sort_key(person_name)
    account.jurisdiction, account.place = jurisdiction, jurisdiction.path
    account.save()
    audit.record("tenancy.account.changed", account, by=by, before=before, after=after)
    return account


def reset_password(account: Account, *, by: Post) -> str:
    """A new first password; every session of the person ends with the old one, and so does a lock for wrong tries."""
    account = _locked(account)
    if account.user_id == by.user_id:
        raise Refused(_("不能重置自己的密码；请到“我的账号”里修改密码。"), code="own-account")
    _refuse_stopped(account)
    if account.user.by_card:
        raise Refused(
            _("“%s”用个人卡登录，没有密码；手机丢了或忘记PIN，请发卡单位重发个人卡。") % account, code="card-login"
        )
    password = first_password()
    lay_password(account.user, password)
    account.user.must_change_password = True
    account.user.save()
    forget_failures(username=account.user.username)
    audit.record("tenancy.account.password_reset", account, by=by, after={"login": account.user.username})
    return password


def stop_account(account: Account, *, by: Post, on: date) -> Account:
    """Nobody signs in with it any more; posts and records stay. Refused for oneself and a last administrator."""
    account = _locked(account)
    if account.user_id == by.user_id:
        raise Refused(_("不能停用自己的账号；请由其他系统管理员办理。"), code="own-account")
    _refuse_stopped(account)
    for post in Post.objects.filter(user=account.user_id).held_on(on).select_related("jurisdiction"):
        refuse_last(post, on)
    account.user.is_active = False
    account.user.save(update_fields=["is_active"])
    audit.record("tenancy.account.stopped", account, by=by, after={"login": account.user.username})
    return account


def restart_account(account: Account, *, by: Post) -> Account:
    """The person may sign in again, with the password he had."""
    account = _locked(account)
    if account.user.is_active:
        raise Refused(_("“%s”的账号没有停用，不用恢复。") % account, code="not-stopped")
    account.user.is_active = True
    account.user.save(update_fields=["is_active"])
    audit.record("tenancy.account.restarted", account, by=by, after={"login": account.user.username})
    return account


def end_sessions(account: Account, *, by: Post, at: datetime) -> Account:
    """Every device on which the person is signed in asks for password or PIN again, and his API tokens open no more."""
    account = _locked(account)
    for token in doors_of("api", Post.objects.filter(user=account.user_id), at):
        revoke_door(token, by=by, at=at)
    account.user.sessions_ended += 1
    account.user.save(update_fields=["sessions_ended"])
    audit.record("tenancy.account.sessions_ended", account, by=by, after={"login": account.user.username})
    return account


def act_on_account(account: Account, verb: AccountVerb, *, by: Post, on: date, at: datetime) -> str:
    """What a button or an endpoint names, with the sentence about it; for a reset the sentence is the password."""
    if verb is AccountVerb.RESET:
        return reset_password(account, by=by)
    if verb is AccountVerb.STOP:
        stop_account(account, by=by, on=on)
        return _("“%s”的账号已停用，正在使用的登录立即失效。") % account
    if verb is AccountVerb.RESTART:
        restart_account(account, by=by)
        return _("“%s”的账号已恢复，可以用原来的密码登录。") % account
    end_sessions(account, by=by, at=at)
    return _("“%s”在所有设备上的登录已结束，接口令牌已收回。") % account


def greet(post: Post, factor: str) -> None:
    """Writes down that the person signed in, and whether by password alone, with a code or a recovery code."""
    audit.record("tenancy.login.signed_in", post, by=post, after={"factor": factor})


def _refuse_stopped(account: Account) -> None:
    if not account.user.is_active:
        raise Refused(_("“%s”的账号已停用；请先恢复，再办理。") % account, code="stopped")


def _locked(account: Account) -> Account:
    """The account with its login, both as they stand now and waited for."""
    return (
        Account.objects.select_for_update(of=("self", "user")).select_related("user", "jurisdiction").get(pk=account.pk)
    )
