"""What several pages of this app share: the acting office, tabs, removable filter chips."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cadres.policies import acting
from tenancy.models import Jurisdiction, Post
from tenancy.rules.roles import Right


def office(request: HttpRequest, right: Right) -> Post:
    """The acting post, when it carries the right in its place; else the policy's own sentence."""
    return acting(request.post, right)  # type: ignore[attr-defined]


def areas_of(place: Jurisdiction) -> list[Jurisdiction]:
    """The places right under one, for a filter."""
    return list(Jurisdiction.objects.filter(parent=place, closed_on__isnull=True).order_by("path"))


def without(request: HttpRequest, *names: str, **changed: str) -> str:
    """The present address with some parameters left out or changed; always back on the first page."""
    query = request.GET.copy()
    for name in (*names, "page"):
        query.pop(name, None)
    for name, value in changed.items():
        query[name] = value
    return f"?{query.urlencode()}"


def tabs(
    request: HttpRequest, words: Mapping[str, tuple[str, str]], counts: Mapping[str, int], hot: tuple[str, ...] = ()
) -> list[dict[str, object]]:
    """words: value of ?tab= -> (label, key of its count)."""
    now = request.GET.get("tab", "")
    return [
        {
            "label": label,
            "url": without(request, tab=tab) if tab else without(request, "tab"),
            "count": counts[key],
            "hot": tab in hot,
            "current": tab == now,
        }
        for tab, (label, key) in words.items()
    ]


def chips(
    request: HttpRequest, labels: Mapping[str, str], shown: Mapping[str, Mapping[str, str]]
) -> list[dict[str, str]]:
    """One chip for each filter in use, with the address that takes it away."""
    found = []
    for name, label in labels.items():
        if value := request.GET.get(name, ""):
            text = shown.get(name, {}).get(value, value)
            found.append(
                {"label": _("%(label)s：%(text)s") % {"label": label, "text": text}, "url": without(request, name)}
            )
    return found
