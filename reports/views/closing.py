"""The page on which a place is closed: what is still there, and the act."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from reports.actions import places as acts
from tenancy.rules.roles import Right
from tenancy.views.pieces import acting, below_own


@login_required
@require_http_methods(["GET", "POST"])
def close_place(request: HttpRequest, place_id: int) -> HttpResponse:
    """Asks once, then closes; refused with what is still there."""
    post = acting(request, Right.MANAGE_ACCOUNTS)
    place = below_own(post, place_id)
    if request.method == "POST":
        acts.close_place(place, by=post, on=timezone.localdate())
        messages.success(
            request, _("“%s”已撤销。") % place.name, extra_tags=reverse("tenancy:reopen-place", args=[place.pk])
        )
        return redirect(f"{reverse('tenancy:list-places')}?at={place.parent_id}")
    return render(request, "reports/close_place.html", {"place": place, "entities": acts.entities_in(place)})
