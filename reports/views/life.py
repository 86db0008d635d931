"""生命线 of an entity, as a page that can be filtered and printed, and as a workbook."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from entities.models import Entity
from reports.actions.life import export_life as handed_out
from reports.queries.life import KINDS, life_of
from reports.views.exports import XLSX
from reports.views.places import acting_post
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response

PAGE = 100


@login_required
@require_safe
def show_life(request: HttpRequest, entity_id: int) -> HttpResponse:
    """Everything of one entity by day, one kind of it where the address asks for that."""
    post, today = acting_post(request), timezone.localdate()
    entity = _entity(post, entity_id)
    events = life_of(entity, plan_in_force(entity.place, today).value, post, today)
    kind = _kind(request)
    shown = [event for event in events if kind in ("", event.kind)]
    here = reverse("reports:show-life", args=[entity.pk])
    counts = {name: sum(event.kind == name for event in events) for name in KINDS}
    tabs = [{"label": _("全部"), "url": here, "count": len(events), "current": not kind}]
    tabs += [
        {"label": KINDS[name][0], "url": f"{here}?kind={name}", "count": count, "current": name == kind}
        for name, count in counts.items()
        if count or name == kind
    ]
    context = {
        "entity": entity,
        "tabs": tabs,
        "kind": kind,
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "may_export": may(post, Right.EXPORT, entity.place),
    }
    return render(request, "reports/life.html", context)


@login_required
@require_safe
def export_life(request: HttpRequest, entity_id: int) -> HttpResponse:
    """The same lines as a workbook."""
    post = acting_post(request)
    require(may(post, Right.EXPORT))
    entity = _entity(post, entity_id)
    require(may(post, Right.EXPORT, entity.place))
    data = handed_out(entity, _kind(request), by=post, on=timezone.localdate())
    return bytes_response(data, _("%s生命线.xlsx") % entity.name, XLSX)


def _entity(post: Post, entity_id: int) -> Entity:
    require(may(post, Right.VIEW_REGISTER))
    entity = get_object_or_404(Entity.every.select_related("jurisdiction"), pk=entity_id)
    require(may(post, Right.VIEW_REGISTER, entity.place))
    return entity


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in KINDS else ""
