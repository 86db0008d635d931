"""The address book's page."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from entities.queries.addresses import book_of, shown_segments
from entities.views.pieces import acting
from tenancy.queries.plans import plan_in_force
from tenancy.rules.roles import Right

PAGE_SIZE = 50


@login_required
@require_safe
def list_addresses(request: HttpRequest) -> HttpResponse:
    """Which numbers of which road lie in which community, as far as the register teaches; filtered by `q`."""
    post = acting(request, Right.VIEW_REGISTER)
    book, names = book_of(post.jurisdiction)
    asked = request.GET.get("q", "").strip()[:40]
    page = Paginator(shown_segments(book, asked), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(segment, names[segment.area]) for segment in page],
        "asked": asked,
        "area_word": plan_in_force(post.jurisdiction.path, timezone.localdate()).value.names.area,
    }
    return render(request, "entities/addresses.html", context)
