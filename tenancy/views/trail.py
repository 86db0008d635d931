"""The audit administrator's pages: the trail, its workbook, its chain."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tenancy.actions import trail as acts
from tenancy.forms.places import TrailFilterForm
from tenancy.models import AuditEvent, Jurisdiction
from tenancy.queries.trail import chain_of, difference, events, page_of, seal_with, subject_name
from tenancy.queries.tree import open_places
from tenancy.rules.paths import tenant_of
from tenancy.rules.roles import Right
from tenancy.rules.trail import act_name, without_numbers
from tenancy.views.files import bytes_response
from tenancy.views.pieces import acting, without

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
def list_events(request: HttpRequest) -> HttpResponse:
    """The trail, newest first. That it was read is on the trail once a day."""
    post = acting(request, Right.READ_AUDIT)
    acts.read_trail(by=post, on=timezone.localdate())
    form = TrailFilterForm(request.GET, places=open_places())
    page = page_of(events(form.asked()), before=key_of(request, "before"), after=key_of(request, "after"))
    context = {
        "form": form,
        "rows": [shown(event) for event in page.events],
        "older": without(request, "after", before=str(page.older)) if page.older else "",
        "newer": without(request, "before", after=str(page.newer)) if page.newer else "",
        "first": without(request, "before", "after"),
        "chips": [
            {"label": said, "url": without(request, name, "before", "after")} for name, said in form.conditions()
        ],
    }
    return render(request, "tenancy/trail.html", context)


def key_of(request: HttpRequest, name: str) -> int:
    """The event a page begins beside; 0 for none."""
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def shown(event: AuditEvent) -> dict[str, object]:
    """An event in words: what it changed, and what it only tells."""
    changes = difference(event)
    return {
        "event": event,
        "act": act_name(event.action),
        "subject": subject_name(event.subject),
        "name": without_numbers(event.subject_name),
        "by": event.by_name or _("系统"),
        "changes": changes,
        "changed": [each for each in changes if each[1]],
        "told": [each for each in changes if not each[1]],
    }


@login_required
@require_safe
def export_events(request: HttpRequest) -> HttpResponse:
    """What the page's filter shows as one workbook."""
    post = acting(request, Right.READ_AUDIT)
    form = TrailFilterForm(request.GET, places=open_places())
    data = acts.export_trail(form.asked(), by=post)
    name = _("审计日志-%(place)s-%(day)s.xlsx") % {
        "place": post.jurisdiction.name,
        "day": timezone.localdate().strftime("%Y%m%d"),
    }
    return bytes_response(data, name, XLSX)


@login_required
@require_http_methods(["GET", "POST"])
def verify_trail(request: HttpRequest) -> HttpResponse:
    """The last seal to copy away; POST computes the chain again, or looks for a digest noted down before."""
    post = acting(request, Right.READ_AUDIT)
    tenant = Jurisdiction.objects.get(path=tenant_of(post.place))
    noted = request.POST.get("digest", "").strip()[:80]
    context = {
        "tenant": tenant,
        "chain": chain_of(tenant),
        "whole": post.place == tenant.path,
        "noted": noted,
        "found": seal_with(tenant, noted) if noted else None,
        "verdict": acts.verify_trail(by=post) if request.method == "POST" and not noted else None,
        "at": timezone.now(),
    }
    return render(request, "tenancy/verify.html", context)
