"""到期提醒 as data: the page's filter and order."""

from dataclasses import asdict

from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.api.pieces import acting, unfit_form
from entities.forms.expiry import ExpiryForm
from entities.queries.expiry import expiries, expiring, notice_days
from tenancy.api import Pages
from tenancy.rules.roles import Right


@api_view(["GET"])
def expiring_lines(request: Request) -> Response:
    """GET /api/entities/expiry/?q=&what=licence|health|insurance&tab=overdue|soon, 50 at a time."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    form, days = ExpiryForm(request.query_params), notice_days(post.jurisdiction.path, today)
    asked = form.asked()
    if form.errors:
        return unfit_form(form)
    pages = Pages()
    page = pages.paginate_queryset(expiring(asked, today, days), request) or []
    lines = [{**asdict(line), "overdue": line.runs_out < today} for line in expiries(page)]
    return Response({"days": days, **pages.get_paginated_response(lines).data})
