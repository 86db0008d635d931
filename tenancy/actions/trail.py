"""Acts of the audit administrator: reading, taking away and checking the trail leave their own lines in it."""

from dataclasses import asdict
from datetime import date
from io import BytesIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenancy import audit
from tenancy.actions.sealing import Verdict, check_chain
from tenancy.models import AuditEvent, Jurisdiction, Post
from tenancy.queries.trail import TrailFilter, events, rows_for_workbook
from tenancy.rules.paths import tenant_of
from tenancy.rules.refusals import Refused
from tenancy.workbooks import Column, Sheet, write_table

# A download is made inside its request; more rows are asked for in parts.
MOST_ROWS = 20_000
# What a page computes again while somebody waits: some seconds.
MOST_LINKS = 50_000
COLUMNS = (
    (gettext_noop("编号"), 10), (gettext_noop("时间"), 20), (gettext_noop("操作人"), 24), (gettext_noop("代谁"), 14),
    (gettext_noop("地方"), 18), (gettext_noop("操作"), 16), (gettext_noop("对象种类"), 14), (gettext_noop("对象"), 28),
    (gettext_noop("变化"), 70),
)  # fmt: skip


def read_trail(*, by: Post, on: date) -> None:
    """That the trail was read is written down once for each person and day."""
    own = AuditEvent.objects.filter(action="tenancy.trail.read", by_post=by.pk, subject_id=by.pk)
    if not own.filter(after__day=on.isoformat()).exists():
        audit.record("tenancy.trail.read", by, by=by, after={"day": on.isoformat()})


def export_trail(asked: TrailFilter, *, by: Post) -> bytes:
    """The events that fit as a workbook. Raises Refused when they are more than one download holds."""
    found = events(asked)
    count = found.count()
    if count > MOST_ROWS:
        raise Refused(
            _("符合条件的有%(count)s条，超过一次导出的上限%(most)s条；请缩小日期范围，分几次导出。")
            % {"count": f"{count:,}", "most": f"{MOST_ROWS:,}"},
            code="too-many-rows",
        )
    file = BytesIO()
    columns = [Column(_(name), "text", width) for name, width in COLUMNS]
    write_table(file, [Sheet(_("审计日志"), columns, rows_for_workbook(found), count=count)])
    conditions = {key: str(value) for key, value in asdict(asked).items() if value}
    audit.record("tenancy.trail.exported", by, by=by, after={"rows": count, "filter": conditions})
    return file.getvalue()


def verify_trail(*, by: Post) -> Verdict:
    """Computes the chain of the post's tenant again. Only from the tenant's own place are all its events in sight."""
    tenant = Jurisdiction.objects.get(path=tenant_of(by.place))
    if by.place != tenant.path:
        raise Refused(_("审计链按“%s”整体封存，只能由那里的审计管理员校验。") % tenant.name, code="not-the-tenant")
    verdict = check_chain(tenant, at_most=MOST_LINKS)
    after = {"result": "broken" if verdict.broken_at else "whole", "count": verdict.checked}
    audit.record("tenancy.trail.verified", tenant, by=by, at=tenant, after=after)
    return verdict
