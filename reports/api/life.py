"""生命线 of an entity for programs."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.models import Entity
from reports.queries.life import life_of
from tenancy.api import Pages
from tenancy.policies import acting, may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET"])
def life(request: Request, entity_id: int) -> Response:
    """Everything of one entity by day, the latest first; ?kind= for one kind. What the post may not read is left out."""
    post = acting(getattr(request, "post", None), Right.VIEW_REGISTER)
    entity, today = get_object_or_404(Entity.every, pk=entity_id), timezone.localdate()
    require(may(post, Right.VIEW_REGISTER, entity.place))
    events = life_of(entity, plan_in_force(entity.place, today).value, post, today)
    kind, pages = request.query_params.get("kind", ""), Pages()
    shown = pages.paginate_queryset([event for event in events if kind in ("", event.kind)], request) or []
    return pages.get_paginated_response(
        [
            {"on": event.on, "kind": event.kind, "title": event.title, "text": event.text, "by": event.by}
            for event in shown
        ]
    )
