"""The clocks that run when working days were corrected: counted again from where they began.

A clock that has run out stays as it was, and so does whatever a quarter wrote down when it was opened.
"""

from datetime import date, datetime

from django.utils.translation import gettext as _

from supervision.models import Issue, IssueEvent
from supervision.policies import may_recount
from supervision.queries.clocks import Moved, moved_clocks, running_clocks
from supervision.rules.issues import RECOUNTED
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.queries.calendars import Calendars
from tenancy.rules.refusals import require


def recount_clocks(jurisdiction: Jurisdiction, *, by: Post, on: date, at: datetime) -> list[Moved]:
    """Puts every running clock of a place on the day that its calendar gives now; each issue's log says so."""
    require(may_recount(by, jurisdiction))
    # Locked, so that an act of the station waits and then starts its clock by the new table.
    running = running_clocks(jurisdiction.path, on).select_for_update(no_key=True, of=("self",))
    moved = list(moved_clocks(running, Calendars.around(jurisdiction.path)))
    for each in moved:
        each.issue.due_on = each.new
    Issue.objects.bulk_update([each.issue for each in moved], ["due_on"], batch_size=500)
    IssueEvent.objects.bulk_create([_event(each, by, at) for each in moved], batch_size=500)
    if moved:
        days = [[each.issue.pk, each.old.isoformat(), each.new.isoformat()] for each in moved]
        audit.record(
            "supervision.clocks.recounted",
            jurisdiction,
            by=by,
            at=jurisdiction,
            after={"count": len(moved), "days": days},
        )
    return moved


def _event(moved: Moved, by: Post, at: datetime) -> IssueEvent:
    text = _("%(step)s期限由 %(old)s 改为 %(new)s：工作日历有更正") % {
        "step": moved.step,
        "old": moved.old.isoformat(),
        "new": moved.new.isoformat(),
    }
    return IssueEvent(
        issue=moved.issue,
        place=moved.issue.place,
        at=at,
        verb=RECOUNTED,
        state=moved.issue.state,
        text=text,
        by=by,
        by_name=str(by)[:120],
        due_on=moved.new,
    )
