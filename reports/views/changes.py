"""变动事项: changes of entities until who answers for them is settled again; the list, its workbook, and taking one back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from entities.models import EntityChange
from entities.queries.changes import moved_facts
from entities.queries.register import areas_under
from reports.actions import changes as acts
from reports.forms import ChangeFilterForm
from reports.queries.changes import TABS, change_counts, listed_changes, state_of
from reports.views.exports import XLSX
from reports.views.places import acting_post
from tenancy.models import Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response

PAGE = 50


def _form(request: HttpRequest, post: Post) -> ChangeFilterForm:
    return ChangeFilterForm(request.GET, areas=areas_under(post.jurisdiction))


@login_required
@require_safe
def list_changes(request: HttpRequest) -> HttpResponse:
    """What is overdue first, then what is due next."""
    post, today = acting_post(request), timezone.localdate()
    require(may(post, Right.VIEW_REGISTER))
    place, form = post.jurisdiction, _form(request, post)
    asked = form.asked()
    doc, counts = plan_in_force(place.path, today).value, change_counts(place.path, today)
    page = Paginator(listed_changes(place, asked, today), PAGE).get_page(request.GET.get("page"))
    rows = [
        {"change": change, "moved": moved_facts(change, doc), "pill": pill, "word": word}
        for change in page
        for pill, word in [state_of(change)]
    ]
    tabs = [
        {
            "label": label,
            "url": f"?tab={code}",
            "count": counts[code],
            "hot": code == "late",
            "current": code == asked.tab,
        }
        for code, label in TABS.items()
    ]
    context = {
        "page": page, "rows": rows, "tabs": tabs, "form": form, "asked": asked,
        "area_word": doc.names.area, "may_edit": may(post, Right.EDIT_REGISTER), "may_export": may(post, Right.EXPORT),
        "filtered": bool(asked.kind or asked.area or asked.words),
    }  # fmt: skip
    return render(request, "reports/changes.html", context)


@login_required
@require_safe
def export_changes(request: HttpRequest) -> HttpResponse:
    """The same rows under the same filters as a workbook."""
    post, today = acting_post(request), timezone.localdate()
    require(may(post, Right.EXPORT))
    data = acts.export_changes(post.jurisdiction, _form(request, post).asked(), by=post, on=today)
    return bytes_response(data, _("%s变动事项.xlsx") % post.jurisdiction.name, XLSX)


@login_required
@require_POST
def undo_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Takes a change back while nothing rests on it."""
    post = acting_post(request)
    require(may(post, Right.EDIT_REGISTER))
    change = get_object_or_404(EntityChange.objects.select_related("entity"), pk=change_id)
    require(may(post, Right.EDIT_REGISTER, change.place))
    entity = acts.undo_change(change, by=post, on=timezone.localdate())
    messages.success(request, _("已撤销，“%s”恢复变动以前的样子。") % entity.name)
    return redirect("entities:show-entity", entity.pk)
