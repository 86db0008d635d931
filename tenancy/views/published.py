"""The pages of plans that need no login: what a place and those above it have published, and nothing else."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tenancy.middleware import seconds_to_wait
from tenancy.middleware.limits import address_of
from tenancy.models import Jurisdiction
from tenancy.plans.showing import Line, shown, shown_header
from tenancy.queries.published import published_paper, published_place, published_plans
from tenancy.views.doors import answer_too_many

Page = Callable[..., HttpResponse]


def for_strangers(view: Page) -> Page:
    """One address may turn pages, and not sweep the country; the place comes in as a row, or the page is missing."""

    @wraps(view)
    @require_safe
    def opened(request: HttpRequest, public_place: int, *args: int, **kwargs: int) -> HttpResponse:
        if wait := seconds_to_wait(request, f"published {address_of(request)}"):
            return answer_too_many(request, wait)
        place = published_place(public_place)
        if place is None:
            raise Http404
        return view(request, place, *args, **kwargs)

    # Whoever is signed in is nobody here, as behind a door.
    opened.is_door = True  # type: ignore[attr-defined]
    return opened


def _own(sections: list[tuple[str, list[Line]]]) -> list[tuple[str, list[Line]]]:
    """What the plan says itself; a heading under which it says nothing is left out."""
    said = [(title, [line for line in lines if line.own]) for title, lines in sections]
    return [(title, lines) for title, lines in said if lines]


@for_strangers
def list_published(request: HttpRequest, place: Jurisdiction) -> HttpResponse:
    """What is in force and for publication, of this place and of those above it."""
    found = published_plans(place, timezone.localdate())
    return render(request, "tenancy/plans/published_list.html", {"place": place, "found": found})


@for_strangers
def show_published(request: HttpRequest, place: Jurisdiction, public_plan: int) -> HttpResponse:
    """One of them; a plan that is not for publication answers like one that never was."""
    found = published_plans(place, timezone.localdate())
    published = next((each for each in found if each.plan.pk == public_plan), None)
    if published is None:
        raise Http404
    paper = published_paper(published)
    context = {
        "place": place,
        "published": published,
        "facts": shown_header(paper.file.header),
        "basis": paper.file.header.basis,
        "sections": _own(shown(paper.resolved)),
    }
    return render(request, "tenancy/plans/published.html", context)
