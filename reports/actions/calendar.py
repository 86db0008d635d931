"""Changing the working-day calendar with what follows from it, in one transaction: all of it or none."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from reports.queries.calendar import effects_of
from supervision.actions.clocks import recount_clocks
from tenancy.actions.calendar import correct_calendar
from tenancy.models import Jurisdiction, Post
from tenancy.policies import may_edit_calendar
from tenancy.rules.corrections import Change
from tenancy.rules.refusals import Refused, require


@dataclass(frozen=True, slots=True)
class Changed:
    """How many corrections were written and taken back, and how many running clocks got another day."""

    added: int
    removed: int
    moved: int


@transaction.atomic
def change_calendar(
    jurisdiction: Jurisdiction, change: Change, *, seen: str, by: Post, on: date, at: datetime
) -> Changed:
    """Corrects days and counts the running clocks again; without a change it only counts.

    seen: the fingerprint of the list that was shown. Raises Refused when the list is another one by now.
    """
    require(may_edit_calendar(by, jurisdiction))
    # Held from the look at the list to the last write, so that two editors do not slip between.
    Jurisdiction.objects.select_for_update(no_key=True).get(pk=jurisdiction.pk)
    effects = effects_of(jurisdiction, change, on=on, post=by)
    if effects.seen != seen:
        raise Refused(_("会变动的期限和刚才列出的不一样了，请再看一遍名单后确认。"), code="calendar-stale")
    if change:
        correct_calendar(jurisdiction, change, by=by)
    elif not effects.clocks:
        raise Refused(_("没有与现行工作日历不一致的期限，不用重算。"), code="calendar-nothing")
    moved = recount_clocks(jurisdiction, by=by, on=on, at=at)
    return Changed(len(change.added), len(change.removed), len(moved))
