"""Rights lent to one post for a time, beside those of its role: for a stand-in, never for good."""

from datetime import date

from django.contrib.auth.models import Permission
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.models import Jurisdiction, JurisdictionGroupPermission, Post
from tenancy.policies import own_group
from tenancy.rules.paths import within
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import ADMIN_ROLES, LENDABLE_RIGHTS, RIGHT_LABELS, ROLES, Right, Role

LONGEST_DAYS = 366


def lend_right(
    post: Post, right: Right, jurisdiction: Jurisdiction, *, since: date, until: date, reason: str, by: Post
) -> JurisdictionGroupPermission:
    """Lets one post do one thing in a place it acts in, from a day until the day before `until`."""
    _refuse_unfit(post, right, jurisdiction, by)
    if not since < until:
        raise Refused(_("结束日期（不含当日）必须晚于开始日期，请核对。"), code="dates")
    if (until - since).days > LONGEST_DAYS:
        raise Refused(_("临时授权最长一年；长期需要的，请按岗位申请相应角色。"), code="too-long")
    group = own_group(post)
    granted = JurisdictionGroupPermission.objects.select_for_update().filter(
        group=group, permission__codename=right.value, content_object=jurisdiction
    )
    row = granted.first()
    if row is not None and row.valid.upper > since:
        raise Refused(
            _("“%(right)s”已临时授予到%(day)s；要改期限，请先收回再授予。")
            % {"right": RIGHT_LABELS[right], "day": row.valid.upper.isoformat()},
            code="lent-already",
        )
    if row is None:
        row = JurisdictionGroupPermission(group=group, permission=_permission(right), content_object=jurisdiction)
    row.valid, row.reason = DateRange(since, until), reason
    row.save()
    after = {
        "right": right.value,
        "place": jurisdiction.name,
        "since": str(since),
        "until": str(until),
        "reason": reason,
    }
    audit.record("tenancy.right.lent", post, by=by, after=after)
    return row


def return_right(post: Post, row: JurisdictionGroupPermission, *, by: Post, on: date) -> None:
    """Ends a lent right today; one that has not begun is gone."""
    if row.valid.upper <= on:
        raise Refused(_("这项临时授权已经到期，不用收回。"), code="right-ended")
    right = RIGHT_LABELS[Right(row.permission.codename)]
    before = {"right": row.permission.codename, "until": row.valid.upper.isoformat()}
    if row.valid.lower >= on:
        row.delete()
    else:
        row.valid = DateRange(row.valid.lower, on)
        row.save(update_fields=["valid"])
    audit.record("tenancy.right.returned", post, by=by, before=before, after={"right": right, "until": str(on)})


def _refuse_unfit(post: Post, right: Right, jurisdiction: Jurisdiction, by: Post) -> None:
    if post.user_id is not None and post.user_id == by.user_id:
        raise Refused(_("不能给自己授权；请由其他安全管理员办理。"), code="own-post")
    if Role(post.role) in ADMIN_ROLES:
        raise Refused(_("%s不兼办业务，不能临时授予业务权限。") % post.role_name, code="separated-duties")
    if right not in LENDABLE_RIGHTS:
        raise Refused(
            _("“%s”只随角色产生，不能临时授予；如需要，请申请相应岗位。") % RIGHT_LABELS[right], code="not-lendable"
        )
    if right in ROLES[Role(post.role)].rights:
        raise Refused(_("该岗位的角色本来就有“%s”，不用授予。") % RIGHT_LABELS[right], code="has-right")
    roots = [each.jurisdiction.path for each in post.serves.select_related("jurisdiction")] or [post.place]
    if not within(roots, jurisdiction.path):
        raise Refused(
            _("“%s”不在该岗位办理业务的区域之内；请先调整它的服务区域。") % jurisdiction.name, code="place-outside"
        )


def _permission(right: Right) -> Permission:
    return Permission.objects.get(codename=right.value, content_type__app_label="tenancy")
