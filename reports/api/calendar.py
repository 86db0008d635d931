"""The calendar's endpoints beside its pages: same policy, same form, same act, same sentence."""

from typing import Any

from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from reports.actions.calendar import change_calendar
from reports.forms import CorrectionsForm, SettledForm, year_asked
from reports.queries.calendar import Effects, Shift, effects_of
from tenancy.actions.calendar import settle_year, unsettle_year
from tenancy.api import answer_unfit, fields_of
from tenancy.models import Post
from tenancy.policies import may, may_edit_calendar
from tenancy.queries.calendars import Calendars
from tenancy.rules.corrections import Change
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.rules.year import months_of, state_of


def _post(request: Request) -> Post:
    post: Post | None = getattr(request, "post", None)
    require(may(post, Right.EDIT_PLAN))
    assert post is not None
    require(may_edit_calendar(post, post.jurisdiction))
    return post


def _change(request: Request, post: Post) -> Change | Response:
    """The change of a body: `lines` as pasted, `day`/`word`/`reason` of one day, `remove` days, or `recount` alone."""
    fields = fields_of(request)
    if fields.get("recount") is True:
        return Change()
    form = CorrectionsForm(fields, standing=Calendars.along(post.place).own_days(post.place))
    return form.cleaned_data["change"] if form.is_valid() else answer_unfit(form)


@api_view(["GET", "POST"])
def calendar(request: Request) -> Response:
    """GET: a year's days that are out of the ordinary. POST: a change, with the `seen` of its preview."""
    post = _post(request)
    if request.method == "GET":
        return Response(_year(post, year_asked(request.query_params.get("year"), timezone.localdate())))
    change = _change(request, post)
    if isinstance(change, Response):
        return change
    changed = change_calendar(
        post.jurisdiction,
        change,
        seen=str(fields_of(request).get("seen", "")),
        by=post,
        on=timezone.localdate(),
        at=timezone.now(),
    )
    return Response({"added": changed.added, "removed": changed.removed, "moved": changed.moved})


@api_view(["POST"])
def preview(request: Request) -> Response:
    """What a change would move; nothing is written. `seen` goes back with the change itself."""
    post = _post(request)
    change = _change(request, post)
    if isinstance(change, Response):
        return change
    return Response(_told(effects_of(post.jurisdiction, change, on=timezone.localdate(), post=post)))


@api_view(["PUT", "DELETE"])
def settled_year(request: Request, year: int) -> Response:
    """PUT {"document"}: the office vouches for the year. DELETE: no longer."""
    post = _post(request)
    if request.method == "DELETE":
        unsettle_year(post.jurisdiction, year, by=post)
        return Response(status=204)
    form = SettledForm(fields_of(request))
    if not form.is_valid():
        return answer_unfit(form)
    settled = settle_year(post.jurisdiction, year, document=form.cleaned_data["document"], by=post)
    return Response({"year": settled.year, "document": settled.document}, status=201)


def _year(post: Post, year: int) -> dict[str, Any]:
    calendars = Calendars.along(post.place)
    own = calendars.of(post.place)
    months = months_of(year, own)
    days = [day for month in months for week in month.weeks for day in week if day]
    settled = calendars.settled_by(post.place, year)
    return {
        "year": year,
        "state": state_of(year, own),
        "document": settled.document if settled else "",
        "workdays": sum(month.workdays for month in months),
        "days": [{"day": day.date, "is_workday": day.is_workday, "reason": day.reason} for day in days if day.reason],
        "corrections": [
            {
                "day": each.correction.day,
                "is_workday": each.correction.is_workday,
                "reason": each.correction.reason,
                "office": each.office,
                "own": each.place == post.place,
            }
            for each in calendars.days
            if each.correction.day.year == year
        ],
    }


def _told(effects: Effects) -> dict[str, Any]:
    def rows(shifts: list[Shift]) -> list[dict[str, Any]]:
        return [
            {"what": each.what, "place": each.place, "old": each.old, "new": each.new, "issue": each.issue}
            for each in shifts
        ]

    return {
        "clocks": rows(effects.clocks),
        "reminders": rows(effects.reminders),
        "packages": rows(effects.packages),
        "kept": rows(effects.kept),
        "seen": effects.seen,
    }
