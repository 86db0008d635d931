"""两员配备 as a workbook: the rows of its page."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from reports.queries.layers import Layers
from reports.queries.sheets import CHUNK, SheetRows, conditions_of, unit_of
from reports.queries.staffing import StaffingFilter, StaffingLine, staffing_lines, staffing_rows
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force

WORDS = {
    "short": gettext_noop("没有配齐"),
    "no-director": gettext_noop("缺总监"),
    "no-officer": gettext_noop("缺安全员"),
    "complete": gettext_noop("已配齐"),
    "with-director": gettext_noop("已有总监"),
    "with-officer": gettext_noop("已有安全员"),
}


def staffing_sheet(post: Post, asked: StaffingFilter, on: date) -> SheetRows:
    """The entities of the page with what each must have, has and lacks."""
    layers = Layers.in_force(on)
    query = staffing_rows(asked, post, on, layers)
    found = query.iterator(chunk_size=CHUNK)
    count = query.order_by().count()
    parts = [
        (_("区域"), asked.place.name if asked.place.pk != post.jurisdiction_id else ""),
        (_("范围"), _(WORDS[asked.show]) if asked.show else ""),
        (_("主体"), _("五类食品企业") if asked.five else ""),
    ]
    return SheetRows(
        title=_("食品安全总监、食品安全员配备情况"),
        unit=unit_of(post, plan_in_force(post.place, on).value),
        day=on,
        conditions=conditions_of(parts),
        count=count,
        rows=(_row(line) for line in staffing_lines(found, on, layers)),
        totals={"name": _("%d家") % count},
    )


def _row(line: StaffingLine) -> tuple[Any, ...]:
    entity, shown = line.entity, line.shown
    staffing = shown.staffing
    return (
        entity.name,
        entity.uscc,
        entity.grade,
        entity.jurisdiction.name,
        _("是") if staffing.five_class else "",
        shown.owed,
        "、".join(staffing.directors),
        "、".join(staffing.officers),
        shown.short,
        "；".join(f"{name}（{source}）" for name, source in shown.sources),
    )
