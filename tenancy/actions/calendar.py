"""Acts on the working-day calendar: corrections written and taken back, years settled by hand.

What follows from them for dates that were written down is derived above: see reports.actions.calendar.
"""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.models import CalendarDay, CalendarYear, Jurisdiction, Post
from tenancy.policies import may_edit_calendar
from tenancy.rules.corrections import LONGEST_REASON, Change, Correction, year_in_reach
from tenancy.rules.names import tidy
from tenancy.rules.refusals import Refused, require


def correct_calendar(jurisdiction: Jurisdiction, change: Change, *, by: Post) -> None:
    """Writes an office's corrections and takes others back, all or none. Raises Refused for a day that bears one."""
    require(may_edit_calendar(by, jurisdiction))
    if not change:
        raise Refused(_("没有要更正或撤回的日期，请先填写。"), code="calendar-empty")
    # Two editors at once: the second waits here and then finds what the first has written.
    Jurisdiction.objects.select_for_update(no_key=True).get(pk=jurisdiction.pk)
    standing = {row.day: row for row in CalendarDay.objects.filter(jurisdiction=jurisdiction)}
    _refuse_contradiction(change, set(standing))
    gone = [standing[day] for day in change.removed]
    CalendarDay.objects.filter(pk__in=[row.pk for row in gone]).delete()
    CalendarDay.objects.bulk_create(_row(jurisdiction, each) for each in change.added)
    audit.record(
        "tenancy.calendar.corrected",
        jurisdiction,
        by=by,
        at=jurisdiction,
        before={"removed": [str(Correction(row.day, row.is_workday, row.name)) for row in gone]},
        after={"added": [str(each) for each in change.added]},
    )


def _refuse_contradiction(change: Change, standing: set[date]) -> None:
    if missing := sorted(set(change.removed) - standing):
        raise Refused(_("%s 没有本单位的更正，可能已经撤回，请刷新后再看。") % _written(missing), code="calendar-gone")
    added = [each.day for each in change.added]
    kept = standing - set(change.removed)
    if taken := sorted({day for day in added if day in kept or added.count(day) > 1}):
        raise Refused(_("%s 已有更正，要改请先撤回那一条。") % _written(taken), code="calendar-taken")


def _written(days: Iterable[date]) -> str:
    return "、".join(day.isoformat() for day in days)


def _row(jurisdiction: Jurisdiction, correction: Correction) -> CalendarDay:
    return CalendarDay(
        jurisdiction=jurisdiction,
        place=jurisdiction.path,
        day=correction.day,
        is_workday=correction.is_workday,
        name=correction.reason,
    )


def settle_year(jurisdiction: Jurisdiction, year: int, *, document: str, by: Post) -> CalendarYear:
    """The office vouches for a year: its dates no longer count as estimated. The paper it rests on is named."""
    require(may_edit_calendar(by, jurisdiction))
    year_in_reach(year)
    document = tidy(document)
    if not document or len(document) > LONGEST_REASON:
        raise Refused(
            _("请写明核定这一年的依据（通知名称或文号，最多 %s 个字）。") % LONGEST_REASON, code="calendar-document"
        )
    settled = CalendarYear(jurisdiction=jurisdiction, place=jurisdiction.path, year=year, document=document)
    try:
        with transaction.atomic():
            settled.save()
    except IntegrityError as error:
        raise Refused(_("%s 年已经核定过；依据有变请先取消核定。") % year, code="calendar-settled") from error
    audit.record("tenancy.calendar.settled", settled, by=by, after={"year": year, "document": document})
    return settled


def unsettle_year(jurisdiction: Jurisdiction, year: int, *, by: Post) -> None:
    """Takes the vouching back: an unpublished year is estimated again."""
    require(may_edit_calendar(by, jurisdiction))
    settled = CalendarYear.objects.filter(jurisdiction=jurisdiction, year=year).first()
    if settled is None:
        raise Refused(_("本单位没有核定过 %s 年，不用取消。") % year, code="calendar-unsettled")
    audit.record("tenancy.calendar.unsettled", settled, by=by, before={"year": year, "document": settled.document})
    settled.delete()
