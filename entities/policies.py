"""Who may try the grading rules on facts that need not exist."""

from django.utils.translation import gettext as _

from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import Allowed, Denied
from tenancy.rules.roles import Right


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
