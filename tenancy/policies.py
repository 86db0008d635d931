"""Who may do what where. The only module that speaks to django-guardian's tables.

Rights stand on jurisdictions and are inherited down the tree; one query answers a request.
"""

from datetime import date

from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm

from tenancy.models import ImportWord, Jurisdiction, JurisdictionGroupPermission, Post, SubPlan
from tenancy.rules.paths import contains, within
from tenancy.rules.refusals import Allowed, Denied, require
from tenancy.rules.roles import ABOUT_POSTS, RIGHT_LABELS, ROLES, ROSTER_ROLES, Right, Role

# Whoever works for an office of the place in any way reads its plans; a shop and the three administrators do not.
READERS = (
    Right.VIEW_REGISTER,
    Right.VIEW_CADRES,
    Right.VISIT,
    Right.ENTER_FOR_OTHERS,
    Right.HANDLE_ISSUES,
    Right.REPORT_ISSUES,
    Right.INSPECT,
    Right.EDIT_PLAN,
)


def granted_roots(post: Post, on: date | None) -> dict[str, list[str]]:
    """Right -> paths it was granted on, for this post on this day; one query, kept on the post.

    Without a day only grants without a window count.
    """
    kept: dict[date | None, dict[str, list[str]]] = post.__dict__.setdefault("_granted_roots", {})
    if on in kept:
        return kept[on]
    window = Q(valid__isnull=True)
    if on is not None:
        window |= Q(valid__contains=on)
    groups = [each for each in (post.group_id, post.own_group_id) if each is not None]
    rows = (
        JurisdictionGroupPermission.objects.filter(group__in=groups)
        .filter(window)
        .values_list("permission__codename", "content_object__path")
    )
    roots: dict[str, list[str]] = {}
    for codename, path in rows:
        roots.setdefault(codename, []).append(path)
    kept[on] = roots
    return roots


def may(post: Post | None, right: str, place: str | None = None, *, on: date | None = None) -> Allowed | Denied:
    """Whether the post carries a right, in a place (anywhere, when none is given)."""
    if post is None:
        return Denied(_("请先登录并选择岗位。"))
    label = RIGHT_LABELS[Right(right)]
    roots = granted_roots(post, on or post.acting_on).get(right, [])
    if not roots:
        return Denied(
            _("“%(role)s”岗位没有“%(right)s”权限；如工作需要，请联系安全管理员。")
            % {"role": post.role_name, "right": label}
        )
    if place is not None and not within(roots, place):
        return Denied(_("您的岗位在这个地方没有“%(right)s”权限；请联系当地食安办办理。") % {"right": label})
    return Allowed()


def may_import(post: Post | None) -> Allowed | Denied:
    """Whether the post imports anything at all."""
    answers = [may(post, right) for right in (Right.IMPORT_REGISTER, Right.IMPORT_ROSTER)]
    return next((answer for answer in answers if answer), answers[0])


def may_forget(post: Post | None, word: ImportWord) -> Allowed | Denied:
    """Whether the post may take back what a word was settled to mean: who imports its kind, where it was settled."""
    right = {"roster": Right.IMPORT_ROSTER, "reconcile": Right.APPROVE_LIST}.get(word.kind, Right.IMPORT_REGISTER)
    return may(post, right, word.place)


def acting(post: Post | None, *rights: Right) -> Post:
    """The acting post, once it carries one of the rights somewhere; asked before anything is looked up."""
    answers = [may(post, right) for right in rights] or [may(post, Right.VISIT)]
    if post is None or (rights and not any(answers)):
        require(answers[0])
    assert post is not None, "without a post every answer is a no"
    return post


def about_posts(post: Post) -> Right:
    """With which of the two rights the post looks at posts."""
    return next((right for right in ABOUT_POSTS if may(post, right)), ABOUT_POSTS[0])


def may_edit_place(post: Post, place: Jurisdiction) -> Allowed | Denied:
    """Places strictly below one's own: what stands at the top is the business of whoever is above."""
    if place.path == post.place:
        return Denied(_("“%s”是您所在的单位，名称和撤并由上级办理；您可以维护它的下级。") % place.name)
    return may(post, Right.MANAGE_ACCOUNTS, place.path)


def own_group(post: Post) -> Group:
    """The group of one post alone, for rights that are lent; made with the first of them."""
    if post.own_group is None:
        post.own_group = Group.objects.create(name=f"post@{post.pk}")
        post.save(update_fields=["own_group"])
    return post.own_group


def needs_second_factor(post: Post) -> bool:
    """Whether the installation wants a second factor from whoever acts in this post."""
    return post.role in settings.SECOND_FACTOR_ROLES


def may_invite(by: Post | None, post: Post) -> Allowed | Denied:
    """Who keeps the roster of a place hands out its cards; only posts that follow from a roster get one."""
    if Role(post.role) not in ROSTER_ROLES:
        return Denied(_("只有名册上的包保干部等人员用个人卡；“%s”用登录名和密码登录。") % post.role_name)
    return may(by, Right.IMPORT_ROSTER, post.place)


def may_issue_tokens(post: Post | None) -> Allowed | Denied:
    """Whoever may carry data out of his place may let another system fetch it."""
    return may(post, Right.EXPORT, post.place if post else None)


def may_edit_calendar(post: Post | None, jurisdiction: Jurisdiction) -> Allowed | Denied:
    """Working days belong to the rules of a place, so whoever keeps its plan corrects them."""
    return may(post, Right.EDIT_PLAN, jurisdiction.path)


def role_group(role: Role, jurisdiction: Jurisdiction) -> Group:
    """The group of a role on a node; created with the role's rights the first time it is asked for."""
    group, created = Group.objects.get_or_create(name=f"{role.value}@{jurisdiction.pk}")
    if created:
        for right in sorted(ROLES[role].rights):
            assign_perm(right.value, group, jurisdiction)
    return group


def reads_every_plan(post: Post | None) -> bool:
    """Whether the plans that are not for publication are open to the post: those the wall shows it."""
    return any(may(post, right) for right in READERS)


def may_read_plans(post: Post | None) -> Allowed | Denied:
    """An office reads the plans of its place and of those above; a shop what was published."""
    if reads_every_plan(post):
        return Allowed()
    return may(post, Right.OWN_RECORDS)


def may_file_sub_plan(post: Post | None, place: str) -> Allowed | Denied:
    """Whether the post files for the office of a place: whoever drafts its plans or runs its quarter."""
    answer = may(post, Right.EDIT_PLAN, place)
    return answer or may(post, Right.OPEN_QUARTER, place) or answer


def may_keep_sub_plan(post: Post | None, sub_plan: SubPlan) -> Allowed | Denied:
    """The same for one that was filed: a department's own clerk keeps his department's."""
    if post and post.unit and (post.unit, post.place) == (sub_plan.unit, sub_plan.place) and reads_every_plan(post):
        return Allowed()
    return may_file_sub_plan(post, sub_plan.place)


def sees_all_sub_plans(post: Post | None, place: str) -> bool:
    """Only from the plan's own place or above can be told who has not filed; a street sees its own."""
    return post is not None and contains(post.place, place)
