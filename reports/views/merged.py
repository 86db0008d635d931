"""The past of rows that an entity has taken up, read from the entity that stayed."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from entities.models import Entity
from reports.queries.merged import merged_past
from reports.views.places import acting_post
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@login_required
@require_safe
def show_merged(request: HttpRequest, entity_id: int) -> HttpResponse:
    """Who answered, visits and problems of each row that was merged into this one."""
    post = acting_post(request)
    require(may(post, Right.VIEW_PROGRESS))
    entity = get_object_or_404(Entity.every, pk=entity_id)
    require(may(post, Right.VIEW_PROGRESS, entity.place))
    return render(request, "reports/merged.html", {"entity": entity, "past": merged_past(entity)})
