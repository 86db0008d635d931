"""年度目标: each goal of the plan judged by itself, and whoever is missing in the one asked for."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports.queries.goal_words import STATES, lacks_said
from reports.queries.goals import goals_of, missing_lines
from reports.views.places import acting_post, shown_place
from tenancy.policies import may
from tenancy.rules.roles import Right
from tenancy.rules.rounds import RoundState

PAGE = 50
PILLS = {RoundState.DONE: "ok", RoundState.RUNNING: "info", RoundState.SHORT: "warn", RoundState.MISSED: "bad"}


@login_required
@require_safe
def show_goals(request: HttpRequest) -> HttpResponse:
    """The goals of the plan in force, with figure, day, clause and judgement."""
    place, today = shown_place(request), timezone.localdate()
    figures = goals_of(place, today)
    asked = next((each for each in figures if each.terms.code == request.GET.get("goal")), None)
    page = Paginator(asked.measure.missing, PAGE).get_page(request.GET.get("page")) if asked else None
    lines = missing_lines(asked, list(page.object_list)) if asked and page else []
    context = {
        "place": place,
        "goals": [{"figure": each, "pill": PILLS[each.state], "word": STATES[each.state]} for each in figures],
        "reached": sum(each.state is RoundState.DONE for each in figures),
        "asked": asked,
        "page": page,
        "lines": [
            {
                "line": line,
                "said": lacks_said(line.lacks),
                "url": reverse(line.page, args=[line.pk]) if line.page else "",
            }
            for line in lines
        ],
        "may_export": may(acting_post(request), Right.EXPORT, on=today),
    }
    return render(request, "reports/goals.html", context)
