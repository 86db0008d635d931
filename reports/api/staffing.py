"""两员配备 beside its page: the same counts, rows and words."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from reports.queries.layers import Layers
from reports.queries.places import place_in_reach
from reports.queries.staffing import SHOWN, StaffingLine, staffing_filter, staffing_lines, staffing_rows, staffing_table
from reports.rules import number_asked
from tenancy.api import Pages
from tenancy.models import Post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


class StaffingRow(serializers.Serializer[Any]):
    """One entity: what it must have, whom the register names, what it lacks, and by which rules."""

    id = serializers.IntegerField(source="entity.pk")
    name = serializers.CharField(source="entity.name")
    area_name = serializers.CharField(source="entity.jurisdiction.name")
    five_class = serializers.BooleanField(source="shown.staffing.five_class")
    directors_min = serializers.IntegerField(source="shown.staffing.directors_min")
    officers_min = serializers.IntegerField(source="shown.staffing.officers_min")
    directors = serializers.ListField(source="shown.staffing.directors", child=serializers.CharField())
    officers = serializers.ListField(source="shown.staffing.officers", child=serializers.CharField())
    directors_short = serializers.IntegerField(source="shown.staffing.directors_short")
    officers_short = serializers.IntegerField(source="shown.staffing.officers_short")
    rules = serializers.SerializerMethodField()

    def get_rules(self, line: StaffingLine) -> list[dict[str, str]]:
        return [{"name": name, "source": source} for name, source in line.shown.sources]


ASKED = [
    OpenApiParameter("place", int, description="id of a place; the post's own when absent"),
    OpenApiParameter("show", str, enum=[word for word in SHOWN if word]),
    OpenApiParameter("five", bool, description="1 for the five classes only"),
]


@extend_schema(parameters=ASKED, responses=StaffingRow(many=True))
@api_view(["GET"])
def staffing(request: Request) -> Response:
    """Counts of the place and a page of its rows."""
    post: Post = request.post  # type: ignore[attr-defined]
    today = timezone.localdate()
    require(may(post, Right.VIEW_PROGRESS, on=today))
    place = place_in_reach(post, number_asked(request.query_params.get("place")), today)
    if place is None:
        raise Http404
    asked, layers, pages = staffing_filter(request.query_params, place), Layers.in_force(today), Pages()
    total = staffing_table(place, post, today, layers, five=asked.five).total
    found = pages.paginate_queryset(staffing_rows(asked, post, today, layers), request) or []
    lines = StaffingRow(list(staffing_lines(found, today, layers)), many=True).data
    counts = {
        "owed": total.owed, "short": total.short, "no_director": total.no_director, "no_officer": total.no_officer,
    }  # fmt: skip
    return Response({"counts": counts, **pages.get_paginated_response(lines).data})
