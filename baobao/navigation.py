"""The navigation of every page, as data: which entries exist, in which group, behind which right.

The rights are asked of tenancy.policies; an entry whose page does not exist in this installation is left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy

from tenancy.models import Post
from tenancy.policies import READERS, may
from tenancy.rules.periods import quarter_of
from tenancy.rules.roles import Right


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as planned: any one of the rights opens it, none means everybody in a post."""

    label: str | Promise
    page: str
    icon: str
    rights: tuple[Right, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as shown to one person on one page."""

    label: str
    url: str
    icon: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading; the first group has none."""

    name: str
    entries: list[Entry]


DESK: tuple[tuple[str | Promise, tuple[Item, ...]], ...] = (
    (
        "",
        (
            Item(gettext_lazy("工作台"), "reports:home", "home"),
            Item(gettext_lazy("待办"), "reports:todo", "inbox"),
        ),
    ),
    (
        gettext_lazy("台账与责任"),
        (
            Item(gettext_lazy("包保主体"), "entities:list-entities", "store", (Right.VIEW_REGISTER,)),
            Item(gettext_lazy("包保干部"), "cadres:list-cadres", "user", (Right.VIEW_CADRES,)),
            Item(gettext_lazy("责任清单"), "cadres:show-list", "link", (Right.VIEW_CADRES,)),
            Item(
                gettext_lazy("承诺书"),
                "commitments:list-letters",
                "pen",
                (Right.ISSUE_LETTERS, Right.UPLOAD_LETTERS, Right.REVIEW_LETTERS),
            ),
        ),
    ),
    (
        gettext_lazy("督导与闭环"),
        (
            Item(gettext_lazy("季度督导"), "supervision:show-progress", "check-list", (Right.VIEW_PROGRESS,)),
            Item(
                gettext_lazy("问题与整改"),
                "supervision:list-issues",
                "warn",
                (Right.VIEW_ISSUES, Right.HANDLE_ISSUES),
            ),
        ),
    ),
    (
        gettext_lazy("报送与统计"),
        (
            Item(gettext_lazy("统计报表"), "reports:show-ratios", "chart", (Right.VIEW_PROGRESS,)),
            Item(gettext_lazy("实施方案"), "tenancy:list-plans", "file", (*READERS, Right.OWN_RECORDS)),
            Item(gettext_lazy("导入记录"), "tenancy:list-imports", "up", (Right.IMPORT_REGISTER, Right.IMPORT_ROSTER)),
            Item(gettext_lazy("工作日历"), "reports:show-calendar", "calendar", (Right.EDIT_PLAN,)),
            Item(
                gettext_lazy("设置"),
                "tenancy:show-settings",
                "gear",
                (Right.EDIT_PLAN, Right.MANAGE_ACCOUNTS, Right.GRANT_ROLES, Right.READ_AUDIT),
            ),
        ),
    ),
)
PHONE: tuple[Item, ...] = (
    Item(gettext_lazy("待办"), "supervision:my-visits", "inbox"),
    Item(gettext_lazy("我的主体"), "cadres:my-entities", "store"),
    Item(gettext_lazy("记录"), "supervision:my-records", "check-list"),
    Item(gettext_lazy("我的"), "tenancy:show-me", "user"),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor. Nothing is asked of the database unless a template draws the navigation."""
    post: Post | None = getattr(request, "post", None)
    today = timezone.localdate()
    return {
        "nav": SimpleLazyObject(lambda: _desk(request, post, today)),
        "phone_nav": SimpleLazyObject(lambda: _phone(request, post, today)),
        "quarter": _quarter_of(today) if post else "",
    }


def _quarter_of(day: date) -> str:
    return quarter_of(day).label


def _desk(request: HttpRequest, post: Post | None, on: date) -> list[Group]:
    if post is None:
        return []
    shown = [(name, list(_open_to(post, items, on))) for name, items in DESK]
    here = _current(request.path, [url for _name, pairs in shown for _item, url in pairs])
    counts = _counts(request)
    groups = [Group(str(name), [_entry(item, url, here, counts) for item, url in pairs]) for name, pairs in shown]
    return [group for group in groups if group.entries]


def _phone(request: HttpRequest, post: Post | None, on: date) -> list[Entry]:
    if post is None:
        return []
    pairs = list(_open_to(post, PHONE, on))
    here = _current(request.path, [url for _item, url in pairs])
    counts = _counts(request)
    return [_entry(item, url, here, counts) for item, url in pairs]


def _open_to(post: Post, items: Iterable[Item], on: date) -> Iterable[tuple[Item, str]]:
    for item in items:
        url = _address(item.page)
        if url and (not item.rights or any(may(post, right, on=on) for right in item.rights)):
            yield item, url


def _address(page: str) -> str:
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def _current(path: str, urls: Sequence[str]) -> str:
    """The entry the page belongs to: its own address, or the longest one it lies under; the root owns only itself."""
    owners = [url for url in urls if path == url or (url.count("/") > 1 and path.startswith(url))]
    return max(owners, key=len, default="")


def _counts(request: HttpRequest) -> dict[str, int]:
    """Open items by page name, where a view has set them on the request."""
    counts: dict[str, int] = getattr(request, "nav_counts", {})
    return counts


def _entry(item: Item, url: str, here: str, counts: dict[str, int]) -> Entry:
    return Entry(str(item.label), url, item.icon, url == here, counts.get(item.page) or None)
