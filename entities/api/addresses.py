"""The address book over the API."""

from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.api.pieces import acting
from entities.queries.addresses import book_of, shown_segments
from tenancy.rules.roles import Right


@api_view(["GET"])
def addresses(request: Request) -> Response:
    """GET /api/addresses/?q=: the segments of roads; ?address=: the community proposed for one address, or null."""
    post = acting(request, Right.VIEW_REGISTER)
    book, names = book_of(post.jurisdiction)
    if address := request.query_params.get("address", "").strip()[:200]:
        found = book.propose(address)
        return Response({"address": address, "area": names[found.area] if found else None,
                         "known": list(found.known) if found else []})  # fmt: skip
    asked = request.query_params.get("q", "").strip()[:40]
    return Response({"segments": [
        {"road": each.road, "side": "odd" if each.odd else "even", "first": each.first, "last": each.last,
         "area": names[each.area], "entities": each.entities}
        for each in shown_segments(book, asked)
    ]})  # fmt: skip
