"""到期提醒 as a workbook: the page's own query."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from entities.queries.expiry import TABS, WHAT, ExpiryFilter, expiring, notice_days
from reports.queries.sheets import CHUNK, SheetRows, conditions_of, unit_of
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force


def expiry_sheet(post: Post, asked: Mapping[str, Any], on: date) -> SheetRows:
    """What has run out and what soon will, as filtered on its page."""
    what, tab = str(asked.get("what", "")), str(asked.get("tab", ""))
    words = str(asked.get("q", "")).replace("\x00", "").strip()[:60]
    wanted = ExpiryFilter(what if what in WHAT else "", tab if tab in TABS else "", words)
    days = notice_days(post.place, on)
    found = expiring(wanted, on, days)
    count = found.count()
    parts = [
        (_("关键字"), words),
        (_("到期事项"), str(WHAT.get(wanted.what, ""))),
        (_("视图"), str(TABS[wanted.tab]) if wanted.tab else ""),
        (_("提前天数"), str(days)),
    ]
    return SheetRows(
        title=_("证照和保险到期提醒"),
        unit=unit_of(post, plan_in_force(post.place, on).value),
        day=on,
        conditions=conditions_of(parts),
        count=count,
        rows=(_row(row, on) for row in found.iterator(chunk_size=CHUNK)),
        totals={"name": _("%d项") % count},
    )


def _row(row: dict[str, Any], on: date) -> tuple[Any, ...]:
    state = _("已过期") if row["runs_out"] < on else _("快到期")
    return row["shop"], row["area"], str(WHAT[row["what"]]), row["title"], row["runs_out"], state
