"""工作日历: a year of working days, corrections with the list of dates they move, years settled by hand."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from reports.actions.calendar import Changed, change_calendar
from reports.forms import CorrectionsForm, SettledForm, year_asked
from reports.queries.calendar import Effects, effects_of
from reports.views.places import acting_post
from tenancy.actions import calendar as acts
from tenancy.models import Post
from tenancy.policies import may, may_edit_calendar
from tenancy.queries.calendars import Calendars
from tenancy.rules.calendar import FIRST_YEAR, LAST_YEAR
from tenancy.rules.corrections import Change
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right
from tenancy.rules.year import months_of, state_of

# So many rows of each list are drawn; the count beside it is whole.
SHOWN = 200


def editing_post(request: HttpRequest) -> Post:
    """The acting post, once it may correct the calendar of its place."""
    post = acting_post(request)
    require(may(post, Right.EDIT_PLAN))
    require(may_edit_calendar(post, post.jurisdiction))
    return post


@login_required
@require_safe
def show_calendar(request: HttpRequest) -> HttpResponse:
    """Twelve months with days off, make-up days and the corrections of this place and of those above."""
    post = editing_post(request)
    year = year_asked(request.GET.get("year"), timezone.localdate())
    return _year_page(request, post, year)


def _year_page(
    request: HttpRequest,
    post: Post,
    year: int,
    *,
    form: CorrectionsForm | None = None,
    settling: SettledForm | None = None,
) -> HttpResponse:
    calendars = Calendars.along(post.place)
    own, months = calendars.of(post.place), months_of(year, calendars.of(post.place))
    context = {
        "year": year,
        "months": months,
        "workdays": sum(month.workdays for month in months),
        "state": state_of(year, own),
        "settled": calendars.settled_by(post.place, year),
        "own": [each for day, each in sorted(calendars.own_days(post.place).items()) if day.year == year],
        "above": [each for each in calendars.from_above(post.place) if each.correction.day.year == year],
        "form": form or CorrectionsForm(standing=()),
        "settling": settling or SettledForm(),
        "previous": year - 1 if year > FIRST_YEAR else None,
        "next": year + 1 if year < LAST_YEAR else None,
    }
    return render(request, "reports/calendar.html", context, status=422 if form or settling else 200)


def change_asked(request: HttpRequest, post: Post) -> CorrectionsForm:
    """The form of a change, checked against the corrections that stand."""
    return CorrectionsForm(request.POST, standing=Calendars.along(post.place).own_days(post.place))


@login_required
@require_POST
def preview_calendar(request: HttpRequest) -> HttpResponse:
    """What would move, before anything is written; faults come back beside what was typed."""
    post = editing_post(request)
    if "recount" in request.POST:
        return _preview_page(request, post, Change())
    form = change_asked(request, post)
    if not form.is_valid():
        year = year_asked(request.POST.get("year"), timezone.localdate())
        return _year_page(request, post, year, form=form)
    return _preview_page(request, post, form.cleaned_data["change"])


def _preview_page(
    request: HttpRequest, post: Post, change: Change, *, refused: str = "", status: int = 200
) -> HttpResponse:
    effects = effects_of(post.jurisdiction, change, on=timezone.localdate(), post=post)
    year = (change.years or [timezone.localdate().year])[0]
    context = {
        "change": change,
        "lines": "\n".join(map(str, change.added)),
        "effects": effects,
        "lists": _lists(effects),
        "refused": refused,
        "back": f"{reverse('reports:show-calendar')}?year={year}",
        "own": Calendars.along(post.place).own_days(post.place),
    }
    return render(request, "reports/calendar_change.html", context, status=status)


def _lists(effects: Effects) -> list[dict[str, Any]]:
    lists = [
        (_("问题办理期限"), _("正在计时的，确认后改到新的日期，经过里留一条记录。"), effects.clocks),
        (_("督导提醒"), _("还没有发出的提醒，到新的日期再发。"), effects.reminders),
        (_("季度材料报送日"), _("还没有启动的季度，启动时按新的日历定。"), effects.packages),
        (_("保留不动的"), _("已启动季度的报送日、已经到期的期限都不改。"), effects.kept),
    ]
    return [
        {"title": title, "hint": hint, "rows": rows[:SHOWN], "count": len(rows), "more": max(len(rows) - SHOWN, 0)}
        for title, hint, rows in lists
    ]


@login_required
@require_POST
def correct_calendar(request: HttpRequest) -> HttpResponse:
    """Writes what was shown; when the list has changed meanwhile it is shown again."""
    post = editing_post(request)
    form = None if "recount" in request.POST else change_asked(request, post)
    if form is not None and not form.is_valid():
        year = year_asked(request.POST.get("year"), timezone.localdate())
        return _year_page(request, post, year, form=form)
    change = form.cleaned_data["change"] if form else Change()
    try:
        changed = change_calendar(
            post.jurisdiction,
            change,
            seen=request.POST.get("seen", ""),
            by=post,
            on=timezone.localdate(),
            at=timezone.now(),
        )
    except Refused as refused:
        return _preview_page(request, post, change, refused=refused.reason, status=409)
    messages.success(request, _told(changed))
    year = (change.years or [timezone.localdate().year])[0]
    return redirect(f"{reverse('reports:show-calendar')}?year={year}")


def _told(changed: Changed) -> str:
    parts = [
        ngettext("更正 %d 天", "更正 %d 天", changed.added) % changed.added if changed.added else "",
        ngettext("撤回 %d 天", "撤回 %d 天", changed.removed) % changed.removed if changed.removed else "",
        _("重算 %d 个问题的期限") % changed.moved,
    ]
    return "，".join(part for part in parts if part) + "。"


@login_required
@require_POST
def settle_year(request: HttpRequest, year: int) -> HttpResponse:
    """The office vouches for a year."""
    post, form = editing_post(request), SettledForm(request.POST)
    if not form.is_valid():
        return _year_page(request, post, year_asked(str(year), timezone.localdate()), settling=form)
    acts.settle_year(post.jurisdiction, year, document=form.cleaned_data["document"], by=post)
    messages.success(request, _("%s 年已核定，不再标为推定。") % year)
    return redirect(f"{reverse('reports:show-calendar')}?year={year}")


@login_required
@require_POST
def unsettle_year(request: HttpRequest, year: int) -> HttpResponse:
    """Takes the vouching back."""
    post = editing_post(request)
    acts.unsettle_year(post.jurisdiction, year, by=post)
    messages.success(request, _("%s 年的核定已取消。") % year)
    return redirect(f"{reverse('reports:show-calendar')}?year={year}")
