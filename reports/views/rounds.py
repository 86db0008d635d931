"""首轮督导: each round of the plan with its number, and who is still missing behind it."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.views.places import shown_place
from supervision.queries.first_rounds import Round, first_rounds
from tenancy.rules.rounds import WORDS, RoundState

PAGE = 50
PILLS = {RoundState.DONE: "ok", RoundState.RUNNING: "info", RoundState.SHORT: "warn", RoundState.MISSED: "bad"}


@login_required
@require_safe
def show_first_rounds(request: HttpRequest) -> HttpResponse:
    """The rounds of the plan in force, and whoever is without a visit in the one asked for."""
    place = shown_place(request)
    rounds = first_rounds(place, timezone.localdate())
    asked = next((each for each in rounds if each.terms.code == request.GET.get("round")), None)
    context = {
        "place": place,
        "rounds": [{"round": each, "pill": PILLS[each.state], "word": WORDS[each.state]} for each in rounds],
        "asked": asked,
        "page": Paginator(asked.rows.filter(is_done=False), PAGE).get_page(request.GET.get("page")) if asked else None,
        "unit": _unit(asked) if asked else "",
    }
    return render(request, "reports/first_rounds.html", context)


def _unit(asked: Round) -> str:
    return _("家") if asked.terms.kind == "every_entity" else _("人")
