"""谁在哪天负责: the page of one entity."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from entities.forms.days import asked_day
from entities.models import Entity
from reports.queries.answered import answered_past
from reports.views.places import acting_post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@login_required
@require_safe
def show_answered(request: HttpRequest, entity_id: int) -> HttpResponse:
    """Who answered on the day asked for, under which list, plan and letter, and everybody else before and after."""
    post, today = acting_post(request), timezone.localdate()
    require(may(post, Right.VIEW_CADRES))
    entity = get_object_or_404(Entity.every.select_related("jurisdiction"), pk=entity_id)
    require(may(post, Right.VIEW_CADRES, entity.place))
    day = asked_day(request.GET.get("on"), today)
    past = answered_past(entity, today)
    context = {
        "entity": entity,
        "past": past,
        "day": day or today,
        "unfit": day is None,
        "found": past.on(day or today),
        "ahead": (day or today) > today,
    }
    return render(request, "reports/answered.html", context, status=422 if day is None else 200)
