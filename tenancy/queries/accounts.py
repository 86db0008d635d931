"""Accounts, posts and who holds which role, as an administrator's pages and endpoints ask for them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from tenancy.models import Account, JurisdictionGroupPermission, Petition, Post
from tenancy.rules.paths import END, ancestors_of
from tenancy.rules.roles import Role

# So many holders of a role are named beside it; the list of posts has them all.
NAMED = 8


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """What the list of accounts is asked for; every field may be empty."""

    words: str = ""
    area: str = ""
    tab: str = ""


@dataclass(frozen=True, slots=True)
class PostFilter:
    """What the list of posts is asked for; every field may be empty."""

    words: str = ""
    area: str = ""
    role: str = ""
    tab: str = ""


@dataclass(slots=True)
class Holders:
    """Who holds a role: how many, and the first few."""

    count: int = 0
    posts: list[Post] = field(default_factory=list)


def _held(on: date) -> Exists:
    return Exists(Post.objects.held_on(on).filter(user=OuterRef("user")))


# The value of ?tab= -> which accounts.
STATES: dict[str, Q] = {
    "active": Q(user__is_active=True, user__last_login__isnull=False),
    "never": Q(user__is_active=True, user__last_login=None),
    "stopped": Q(user__is_active=False),
}


def accounts(asked: AccountFilter, on: date) -> QuerySet[Account]:
    """The accounts looked after here, by name."""
    found = Account.objects.select_related("user", "jurisdiction")
    if asked.words:
        found = found.filter(Q(person_name__icontains=asked.words) | Q(user__username__icontains=asked.words))
    if asked.area:
        found = found.filter(place__gte=asked.area, place__lt=asked.area + END)
    if asked.tab in STATES:
        found = found.filter(STATES[asked.tab])
    if asked.tab == "idle":
        found = found.filter(~_held(on))
    return found.order_by("sort_key", "pk")


def account_counts(on: date) -> dict[str, int]:
    """How many accounts stand under each tab; one query."""
    states = {tab: Count("pk", filter=condition) for tab, condition in STATES.items()}
    found: dict[str, int] = Account.objects.aggregate(all=Count("pk"), idle=Count("pk", filter=~_held(on)), **states)
    return found


def posts_by_user(users: Iterable[int], on: date) -> dict[int, list[Post]]:
    """The posts these people hold on the day; one query."""
    found: dict[int, list[Post]] = defaultdict(list)
    posts = Post.objects.held_on(on).filter(user__in=list(users)).select_related("jurisdiction")
    for post in posts.order_by("place", "pk"):
        assert post.user_id is not None, "asked for by user"
        found[post.user_id].append(post)
    return found


def posts_of_account(account: Account) -> list[Post]:
    """Every post of the person in sight, the latest first."""
    return list(Post.objects.filter(user=account.user_id).select_related("jurisdiction").order_by("-valid", "pk"))


def free_posts(account: Account, on: date) -> QuerySet[Post]:
    """Posts without a login that may be this person's: held today under his name."""
    posts = Post.objects.held_on(on).filter(user=None, person_name=account.person_name)
    return posts.select_related("jurisdiction").order_by("place", "pk")


def posts(asked: PostFilter, on: date) -> QuerySet[Post]:
    """People in post, by place and name; with the tab "ended" those whose post is over."""
    found = Post.objects.select_related("jurisdiction", "user")
    if asked.words:
        found = found.filter(Q(person_name__icontains=asked.words) | Q(title__icontains=asked.words))
    if asked.area:
        found = found.filter(place__gte=asked.area, place__lt=asked.area + END)
    if asked.role:
        found = found.filter(role=asked.role)
    return found.filter(_tab(asked.tab, on)).order_by("place", "rank_order", "sort_key", "pk")


def _tab(tab: str, on: date) -> Q:
    return {
        "ended": Q(valid__endswith__lte=on),
        "coming": Q(valid__startswith__gt=on),
        "free": Q(valid__contains=on, user=None),
    }.get(tab, Q(valid__contains=on))


def post_counts(on: date) -> dict[str, int]:
    """How many posts stand under each tab; one query."""
    tabs = {tab or "held": Count("pk", filter=_tab(tab, on)) for tab in ("", "free", "coming", "ended")}
    found: dict[str, int] = Post.objects.aggregate(**tabs)
    return found


def holders_of_roles(on: date) -> dict[Role, Holders]:
    """Role -> who holds it today, the longest in post first; two queries."""
    held = Post.objects.held_on(on)
    found: dict[Role, Holders] = defaultdict(Holders)
    for role, count in held.order_by().values_list("role").annotate(Count("pk")):
        found[Role(role)].count = count
    place = Window(RowNumber(), partition_by=F("role"), order_by=[F("valid").asc(), F("pk").asc()])
    named = held.annotate(number=place).filter(number__lte=NAMED).select_related("jurisdiction")
    for post in named.order_by("role", "number"):
        found[Role(post.role)].posts.append(post)
    return found


def successors_of(post: Post, on: date) -> QuerySet[Post]:
    """Others in the same role for the same place, able to sign in on the day, whose post has no end."""
    same = Post.objects.held_on(on).filter(role=post.role, place__in=ancestors_of(post.place), valid__upper_inf=True)
    return same.filter(user__is_active=True).exclude(user=post.user_id)


def lent_rights(post: Post) -> list[JurisdictionGroupPermission]:
    """The rights lent to this post alone, the latest first."""
    if post.own_group_id is None:
        return []
    rows = JurisdictionGroupPermission.objects.filter(group=post.own_group_id)
    return list(rows.select_related("permission", "content_object").order_by("-valid", "pk"))


def lent_right(post: Post) -> QuerySet[JurisdictionGroupPermission]:
    """The rows a request may name: those of this very post, since the table of grants stands outside the wall."""
    rows = JurisdictionGroupPermission.objects.filter(group__isnull=False, group=post.own_group_id)
    return rows.select_related("permission")


def petitions(tab: str) -> QuerySet[Petition]:
    """What was asked for and waits for its answer, or with the tab "done" what was decided."""
    found = Petition.objects.select_related(
        "account", "account__user", "jurisdiction", "asked_by", "asked_by__jurisdiction", "decided_by"
    )
    if tab == "done":
        return found.exclude(state="waiting").order_by("-decided_at", "-pk")
    return found.filter(state="waiting").order_by("pk")


def petition_counts() -> dict[str, int]:
    waiting = Q(state="waiting")
    found: dict[str, int] = Petition.objects.aggregate(
        waiting=Count("pk", filter=waiting), done=Count("pk", filter=~waiting)
    )
    return found
