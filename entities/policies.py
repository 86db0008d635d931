"""Who may try the grading rules, keep a view, look at a shop that nobody found, and settle what an outside list says."""

from django.utils.translation import gettext as _

from entities.models import Clearance, SavedView, SurveyLine
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import Allowed, Denied
from tenancy.rules.roles import Right

# What the market-supervision station knows of a business, by the words of addresses.
OF_STATION = ("flag", "check")


def may_try_grading(post: Post | None) -> Allowed | Denied:
    """Whoever reads the register or keeps the plan."""
    if may(post, Right.VIEW_REGISTER) or may(post, Right.EDIT_PLAN):
        return Allowed()
    if post is None:
        return Denied(_("请先登录并选择岗位。"))
    words = {"role": post.role_name}
    return Denied(
        _("“%(role)s”岗位不能试算分级：要有“查看主体台账”或“维护实施方案”权限；如工作需要，请联系安全管理员。") % words
    )


def may_keep_view(post: Post | None, view: SavedView) -> Allowed | Denied:
    """Whoever keeps it; one that is shared also by those who keep the register of its place."""
    if post is not None and view.keeper_id == post.pk:
        return Allowed()
    return may(post, Right.EDIT_REGISTER, view.place)


def may_share_view(post: Post | None) -> Allowed | Denied:
    """What everybody of a place sees is laid out by those who keep its register."""
    return may(post, Right.EDIT_REGISTER, post.place if post else None)


def may_read_clearances(post: Post | None, place: str | None = None) -> Allowed | Denied:
    """Whoever keeps the register or approves lists there."""
    answer = may(post, Right.EDIT_REGISTER, place)
    return answer or may(post, Right.APPROVE_LIST, place) or answer


def may_confirm_clearance(post: Post | None, asked: Clearance) -> Allowed | Denied:
    """A second person: never whoever asked, in whatever other post he may act."""
    answer = may_read_clearances(post, asked.place)
    if answer and post is not None and _same_person(post, asked.asked_by_id):
        return Denied(_("这是您本人提出的，须由另一人复核。"))
    return answer


def _same_person(post: Post, other: int) -> bool:
    """A person's own posts can be read from wherever he acts; the post of somebody else may lie out of sight."""
    own = Post.objects.filter(pk=other, user=post.user_id).exclude(user=None)
    return post.pk == other or own.exists()


def may_keep_record(post: Post | None, kind: str, place: str | None = None) -> Allowed | Denied:
    """Whoever keeps the register there; penalties and checks also the station's officer, whose own they are."""
    answer = may(post, Right.EDIT_REGISTER, place)
    if answer or kind not in OF_STATION:
        return answer
    reads, handles = may(post, Right.VIEW_REGISTER, place), may(post, Right.HANDLE_ISSUES, place)
    return handles if reads and handles else answer


def may_read_surveys(post: Post | None, place: str | None = None) -> Allowed | Denied:
    """Whoever reads the register."""
    return may(post, Right.VIEW_REGISTER, place)


def may_draft_line(post: Post | None, place: str | None = None) -> Allowed | Denied:
    """The station's officer, who goes to the shops, and whoever keeps the register there."""
    reads, handles = may(post, Right.VIEW_REGISTER, place), may(post, Right.HANDLE_ISSUES, place)
    return handles if reads and handles else may(post, Right.EDIT_REGISTER, place)


def may_confirm_lines(post: Post | None, place: str | None = None) -> Allowed | Denied:
    """The community's secretary and the street's office."""
    answer = may(post, Right.EDIT_REGISTER, place)
    return answer or may(post, Right.UPLOAD_LETTERS, place) or answer


def may_confirm_line(post: Post | None, line: SurveyLine) -> Allowed | Denied:
    """A second person: never whoever drafted it."""
    answer = may_confirm_lines(post, line.place)
    if answer and post is not None and line.drafted_by_id is not None and _same_person(post, line.drafted_by_id):
        return Denied(_("这一家是您本人核实的，须由另一人确认。"))
    return answer


def may_close_survey(post: Post | None, place: str) -> Allowed | Denied:
    """Whoever approves lists in the place of the round or above it."""
    return may(post, Right.APPROVE_LIST, place)


def may_keep_list(post: Post | None, place: str | None = None) -> Allowed | Denied:
    """Whoever answers for the lists of a place: uploads an outside one, compares it, counts a rate by it."""
    return may(post, Right.APPROVE_LIST, place)


def may_settle_difference(post: Post | None, place: str | None = None) -> Allowed | Denied:
    """Whoever keeps the register there or approves its lists; taking over takes the first of the two."""
    answer = may(post, Right.EDIT_REGISTER, place)
    return answer or may(post, Right.APPROVE_LIST, place) or answer
