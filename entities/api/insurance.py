"""参保情况 for programs."""

from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.api.pieces import acting
from entities.queries.insurance import insured_classes, insured_list
from tenancy.api import Pages
from tenancy.queries.plans import plan_in_force
from tenancy.rules.roles import Right


@api_view(["GET"])
def insured(request: Request) -> Response:
    """GET the plan's classes with how many are insured; with ?class=<code>&state=insured|missing the entities."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    plan = plan_in_force(post.jurisdiction.path, today)
    if code := request.query_params.get("class"):
        pages = Pages()
        found = insured_list(plan.value, code, request.query_params.get("state", ""), today)
        rows = pages.paginate_queryset(found, request) or []
        return pages.get_paginated_response([{"id": each.pk, "name": each.name, "uscc": each.uscc} for each in rows])
    classes = [
        {
            "class": each.code, "name": each.name, "cited": each.cited, "total": each.total, "insured": each.insured,
            "missing": each.missing, "percent": each.percent,
        }
        for each in insured_classes(plan, today)
    ]  # fmt: skip
    return Response({"on": today, "classes": classes})
