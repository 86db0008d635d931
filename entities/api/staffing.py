"""One entity's staff against the plan, as its page says it."""

from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.api.pieces import acting, entity_of
from entities.queries.staffing import shown_staffing
from tenancy.queries.plans import plan_in_force
from tenancy.rules.roles import Right


@api_view(["GET"])
def staffing(request: Request, pk: int) -> Response:
    """Whom it must have, whom the register names, whom it lacks, and by which rules."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.VIEW_REGISTER, pk)
    shown = shown_staffing(entity, plan_in_force(entity.place, today), today)
    held = shown.staffing
    return Response(
        {
            "five_class": held.five_class,
            "directors_min": held.directors_min, "officers_min": held.officers_min,
            "directors": held.directors, "officers": held.officers, "counted_once": held.counted_once,
            "directors_short": held.directors_short, "officers_short": held.officers_short,
            "rules": [{"name": name, "source": source} for name, source in shown.sources],
            "documents": shown.papers, "terms": shown.terms,
        }
    )  # fmt: skip
