"""What many pages share: the acting post, a row fetched with its right, tabs and removable filter chips in an address."""

from collections.abc import Mapping
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from tenancy import policies
from tenancy.models import Jurisdiction, Post
from tenancy.policies import may, may_edit_place
from tenancy.queries.tree import in_sight
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

PAGE = 50
Row = TypeVar("Row", bound=Model)


def acting(request: HttpRequest, *rights: Right) -> Post:
    """The post of the request, once it carries one of the rights somewhere."""
    return policies.acting(getattr(request, "post", None), *rights)


def found(rows: "QuerySet[Row]", post: Post, right: Right, pk: int) -> Row:
    """A row inside the wall in whose place the post carries the right; anything else is a missing one."""
    row = get_object_or_404(rows, pk=pk)
    require(may(post, right, getattr(row, "place", None) or getattr(row, "path", None)))
    return row


def place_of(post: Post, right: Right, pk: int) -> Jurisdiction:
    """A place in sight where the post carries the right."""
    return found(in_sight().select_related("parent"), post, right, pk)


def below_own(post: Post, pk: int) -> Jurisdiction:
    """A place in sight strictly below the post's own."""
    place = get_object_or_404(in_sight().select_related("parent"), pk=pk)
    require(may_edit_place(post, place))
    return place


def paged(request: HttpRequest, rows: "QuerySet[Row]", count: int | None = None) -> "Page[Row]":
    """The page asked for; a count that is known already is not asked again."""
    paginator = Paginator(rows, PAGE)
    if count is not None:
        paginator.__dict__["count"] = count
    return paginator.get_page(request.GET.get("page"))


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
