"""为什么是这天: one address for the explanation of every due day of this app."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from supervision.policies import may_read_due
from supervision.queries.dues import find_dated
from tenancy.rules.dues import explained
from tenancy.rules.refusals import require


@login_required
@require_safe
def show_due(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Rule, clause, start, counting, days skipped: everything a due day follows from."""
    post = request.post  # type: ignore[attr-defined]
    require(may_read_due(post))
    dated = find_dated(kind, pk, post, timezone.localdate())
    if dated is None:
        raise Http404
    require(may_read_due(post, dated.place))
    back = {
        "issue": reverse("supervision:show-issue", args=[pk]),
        "obligation": reverse("supervision:show-progress"),
    }.get(kind, reverse("reports:home"))
    context = {"dated": dated, "why": explained(dated.explanation), "back": back}
    return render(request, "supervision/due.html", context)
