"""设置: what an administrator or a plan editor may open, and what every role is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.accounts import holders_of_roles, petition_counts
from tenancy.rules.roles import ABOUT_POSTS, ADMINISTRATION, RIGHT_LABELS, ROLES, Right, Role, way_of
from tenancy.views.pieces import acting

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the settings: its page, what is done there, and the rights of which any one opens it."""

    title: "StrOrPromise"
    text: "StrOrPromise"
    page: str
    icon: str
    rights: tuple[Right, ...]


# A section whose page this installation does not have is left out.
SECTIONS = (
    Section(
        _("账号"),
        _("开立账号、重置密码、停用与恢复、结束登录。"),
        "tenancy:list-accounts",
        "user",
        (Right.MANAGE_ACCOUNTS,),
    ),
    Section(
        _("岗位"),
        _("谁在哪里任什么职，服务区域、离任、临时授权。"),
        "tenancy:list-posts",
        "users",
        ABOUT_POSTS,
    ),
    Section(
        _("申请与确认"),
        _("办公室和管理员岗位由两人办理：系统管理员申请，安全管理员确认。"),
        "tenancy:list-petitions",
        "check-list",
        ABOUT_POSTS,
    ),
    Section(_("角色与权限"), _("每个角色能做什么，现在由谁担任。"), "tenancy:show-roles", "shield", ADMINISTRATION),
    Section(
        _("区划"),
        _("本地的街道、社区等：新增、更正、撤销。"),
        "tenancy:list-places",
        "pin",
        (Right.MANAGE_ACCOUNTS, Right.EDIT_PLAN),
    ),
    Section(
        _("实施方案"),
        _("起草、核对、启用本地方案，附件、下级方案和时间表。"),
        "tenancy:list-plans",
        "file",
        (Right.EDIT_PLAN,),
    ),
    Section(
        _("工作日历"),
        _("更正本地的节假日和调休，核定年度日历，先看会变动哪些日期。"),
        "reports:show-calendar",
        "calendar",
        (Right.EDIT_PLAN,),
    ),
    Section(
        _("审计日志"),
        _("谁在什么时候做了什么，改动前后对照，导出。"),
        "tenancy:list-events",
        "eye",
        (Right.READ_AUDIT,),
    ),
    Section(
        _("校验审计链"),
        _("核对日志有没有被改动或缺失，抄存最新摘要。"),
        "tenancy:verify-trail",
        "lock",
        (Right.READ_AUDIT,),
    ),
)


def sections_for(post: Post) -> list[tuple[Section, str]]:
    """The sections this post may open, with their addresses."""
    return [
        (section, url)
        for section in SECTIONS
        if (url := address(section.page)) and any(may(post, right) for right in section.rights)
    ]


def address(page: str) -> str:
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


@login_required
@require_safe
def show_settings(request: HttpRequest) -> HttpResponse:
    """The parts of the administration that are this post's work."""
    post = acting(request, *ADMINISTRATION)
    waiting = petition_counts()["waiting"] if may(post, Right.GRANT_ROLES) else 0
    context = {"sections": sections_for(post), "waiting": waiting, "role": ROLES[Role(post.role)]}
    return render(request, "tenancy/settings.html", context)


@login_required
@require_safe
def show_roles(request: HttpRequest) -> HttpResponse:
    """Every role with its paragraph and its rights, who holds it now and since when."""
    post = acting(request, *ADMINISTRATION)
    held = holders_of_roles(timezone.localdate())
    rows = [
        {
            "code": role.value,
            "text": text,
            "rights": [RIGHT_LABELS[right] for right in Right if right in text.rights],
            "way": way_of(role),
            "holders": held[role],
            "more": held[role].count - len(held[role].posts),
        }
        for role, text in ROLES.items()
    ]
    listed = may(post, Right.MANAGE_ACCOUNTS) or may(post, Right.GRANT_ROLES)
    return render(request, "tenancy/roles.html", {"rows": rows, "may_list": listed})
