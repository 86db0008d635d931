"""Who may see, draw up, upload and review letters. The answer carries the sentence for the page."""

from datetime import date

from django.utils.translation import gettext as _

from commitments.models import CommitmentLetter
from tenancy.models import Post
from tenancy.policies import granted_roots, may
from tenancy.rules.refusals import Allowed, Denied
from tenancy.rules.roles import Right

SEEING = (Right.ISSUE_LETTERS, Right.REVIEW_LETTERS, Right.UPLOAD_LETTERS, Right.VIEW_CADRES)


def may_see_every(post: Post) -> bool:
    """Whether the post sees everybody's letters in its place, not only its own."""
    return any(may(post, right) for right in SEEING)


def may_see(post: Post | None) -> Allowed | Denied:
    """Whether the post has anything to do with letters at all; a cadre has, with his own."""
    if post is None:
        return Denied(_("请先登录并选择岗位。"))
    if may_see_every(post) or may(post, Right.VISIT):
        return Allowed()
    return Denied(_("“%s”岗位不经办承诺书；如工作需要，请联系安全管理员。") % post.role_name)


def may_upload(post: Post, letter: CommitmentLetter) -> Allowed | Denied:
    """The office of the place, and the cadre for his own."""
    if letter.cadre.post_id == post.pk:
        return Allowed()
    return may(post, Right.UPLOAD_LETTERS, letter.place)


def review_places(post: Post, on: date | None = None) -> list[str]:
    """The places whose review is this post's: those it holds the right on itself, not those further down."""
    return granted_roots(post, on or date.max).get(Right.REVIEW_LETTERS, [])


def may_review(post: Post, letter: CommitmentLetter) -> Allowed | Denied:
    """Only the office the plan's filing table names; an office never passes letters of its own people."""
    if letter.reviewer is not None and letter.reviewer.path in review_places(post):
        return Allowed()
    general = may(post, Right.REVIEW_LETTERS)
    if not general:
        return general
    return Denied(
        _("%(name)s的承诺书由%(body)s审核（%(source)s），您的岗位可以查看，不能代为审核。")
        % {"name": letter.signer_name, "body": letter.reviewer_body or _("上级"), "source": letter.plan_source}
    )


def may_file(post: Post, letter: CommitmentLetter) -> Allowed | Denied:
    """The reviewing office records the archive number; where none is in the system, the office that drew it up."""
    if letter.reviewer is None:
        return may(post, Right.ISSUE_LETTERS, letter.jurisdiction.path)
    return may_review(post, letter)
