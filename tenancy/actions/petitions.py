"""What it takes two people to do: the system administrator asks, the security administrator confirms or refuses.

Neither alone can make an office or administrator post, nor take a person's second factor away.
"""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.actions.accounts import appoint
from tenancy.actions.second_factor import remove_factor
from tenancy.models import Account, Jurisdiction, Petition, Post
from tenancy.rules.accounts import Decision
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import GRANTED_ROLES, ROLES, Role, conflicts


def ask_post(
    account: Account,
    jurisdiction: Jurisdiction,
    *,
    role: Role,
    since: date,
    reason: str,
    by: Post,
    until: date | None = None,
    title: str = "",
    phone: str = "",
) -> Petition:
    """Asks for a post in a role that is granted. What would be refused at the confirmation is refused here already."""
    _refuse_own(account, by, _("不能为自己申请岗位；请由其他系统管理员办理。"))
    if role not in GRANTED_ROLES:
        raise Refused(
            _("“%s”随干部名册或台账产生，不用申请；请导入名册后，在岗位页为他关联账号。") % ROLES[role].name,
            code="role-not-granted",
        )
    if until is not None and until <= since:
        raise Refused(_("任职止（不含当日）必须晚于任职起，请核对日期。"), code="dates")
    if jurisdiction.closed_on is not None:
        raise Refused(_("“%s”已撤销，不能再设岗位。") % jurisdiction.name, code="place-closed")
    _refuse_separated(account, role, since, until)
    facts = {"role": role.value, "title": title, "phone": phone, "since": since, "until": until}
    return _ask(account, jurisdiction, kind="post", reason=reason, by=by, **facts)


def ask_factor_removal(account: Account, *, reason: str, by: Post) -> Petition:
    """Asks to take a lost second factor away, so that the person can bind another telephone."""
    _refuse_own(account, by, _("不能为自己申请解除双因子；请用恢复码登录后重新绑定。"))
    if not account.user.has_second_factor:
        raise Refused(_("“%s”没有绑定双因子，不用解除。") % account, code="no-factor")
    return _ask(account, account.jurisdiction, kind="second_factor", reason=reason, by=by)


def confirm_petition(petition: Petition, *, by: Post, on: date, at: datetime) -> Petition:
    """The second person's yes: the post stands, or the second factor is gone."""
    petition = _decided(petition, "confirmed", by=by, at=at)
    account = petition.account
    if petition.kind == "second_factor":
        remove_factor(account.user, by=by, subject=account)
    else:
        _refuse_separated(account, Role(petition.role), petition.since, petition.until)
        appoint(
            petition.jurisdiction,
            role=Role(petition.role),
            person_name=account.person_name,
            since=petition.since or on,
            until=petition.until,
            user=account.user,
            title=petition.title,
            phone=petition.phone,
            by=by,
        )
    audit.record("tenancy.petition.confirmed", petition, by=by, after=_told(petition))
    return petition


def refuse_petition(petition: Petition, *, answer: str, by: Post, at: datetime) -> Petition:
    """The second person's no, with the reason the first one reads."""
    if not answer:
        raise Refused(_("请写明不同意的理由，申请人会看到。"), code="no-answer")
    petition = _decided(petition, "refused", answer, by=by, at=at)
    audit.record("tenancy.petition.refused", petition, by=by, after={"answer": answer})
    return petition


def withdraw_petition(petition: Petition, *, by: Post, at: datetime) -> Petition:
    """Whoever may ask takes back what still waits."""
    petition = _decided(petition, "withdrawn", by=by, at=at)
    audit.record("tenancy.petition.withdrawn", petition, by=by, after=_told(petition))
    return petition


def decide(petition: Petition, decision: Decision, *, answer: str, by: Post, on: date, at: datetime) -> str:
    """What a button or an endpoint names, with the sentence about it."""
    if decision is Decision.CONFIRM:
        confirm_petition(petition, by=by, on=on, at=at)
        return _("已确认，立即生效。")
    if decision is Decision.REFUSE:
        refuse_petition(petition, answer=answer.strip()[:200], by=by, at=at)
        return _("已记为不同意，申请人会看到您写的理由。")
    withdraw_petition(petition, by=by, at=at)
    return _("申请已撤回。")


def _ask(account: Account, jurisdiction: Jurisdiction, *, reason: str, by: Post, **facts: Any) -> Petition:
    if not account.user.is_active:
        raise Refused(_("“%s”的账号已停用；请先恢复，再办理。") % account, code="stopped")
    petition = Petition(
        account=account, jurisdiction=jurisdiction, place=jurisdiction.path, reason=reason, asked_by=by, **facts
    )
    try:
        with transaction.atomic():
            petition.save()
    except IntegrityError as error:
        raise Refused(
            _("同样的申请已经提交，正在等安全管理员确认；要改请先撤回那一份。"), code="asked-already"
        ) from error
    audit.record("tenancy.petition.asked", petition, by=by, after={**_told(petition), "reason": reason})
    return petition


def _decided(petition: Petition, state: str, answer: str = "", *, by: Post, at: datetime) -> Petition:
    """The petition locked, still waiting, and decided by somebody who may; saved."""
    waiting = Petition.objects.select_for_update(of=("self",)).select_related(
        "account", "account__user", "account__jurisdiction", "jurisdiction", "asked_by"
    )
    petition = waiting.get(pk=petition.pk)
    if petition.state != "waiting":
        raise Refused(
            _("这份申请已有结果（%s），不用再办。") % petition.get_state_display(),
            code="decided-already",
        )
    if state != "withdrawn":
        _refuse_own(petition.account, by, _("不能确认与自己有关的申请；请由另一名安全管理员办理。"))
        if petition.asked_by.user_id == by.user_id:
            raise Refused(_("申请和确认须由两个人办理；这份申请是您提交的。"), code="two-people")
    petition.state, petition.answer, petition.decided_by, petition.decided_at = state, answer, by, at
    petition.save()
    return petition


def _refuse_own(account: Account, by: Post, sentence: str) -> None:
    if account.user_id == by.user_id:
        raise Refused(sentence, code="own-account")


def _refuse_separated(account: Account, role: Role, since: date | None, until: date | None) -> None:
    held = Post.objects.filter(user=account.user_id, valid__overlap=(since, until)).values_list("role", flat=True)
    roles = frozenset(Role(value) for value in held)
    if conflicts(roles, role):
        raise Refused(
            _("%(person)s同期任%(held)s，不能再任%(wanted)s：系统、安全、审计三员须分设，也不得兼办业务。请另选人员。")
            % {
                "person": account.person_name,
                "held": "、".join(ROLES[each].name for each in sorted(roles)),
                "wanted": ROLES[role].name,
            },
            code="separated-duties",
        )


def _told(petition: Petition) -> dict[str, Any]:
    """The facts as the trail keeps them; a telephone is no part of them."""
    facts: dict[str, Any] = {"kind": petition.kind, "place": petition.jurisdiction.name}
    if petition.kind == "post":
        facts |= {"role": petition.role, "title": petition.title, "since": str(petition.since)}
        facts |= {"until": str(petition.until)} if petition.until else {}
    return facts
