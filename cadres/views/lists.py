"""The responsibility list (责任清单): what stands today, its versions and files, and taking an approval back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cadres.actions.approving import undo_approval
from cadres.actions.exporting import export_list, hand_out_list
from cadres.models import ResponsibilityList
from cadres.queries.coverage import ListFilter, list_counts, list_rows, lists_of, scope_of, tier_ratios
from cadres.queries.proposals import draft_of
from cadres.views.pieces import areas_of, chips, office, tabs
from cadres.workbooks import XLSX
from tenancy.models import Jurisdiction
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response, file_response

PAGE = 50
TAB_NAMES = ("", "uncovered", "over", "above")


@login_required
@require_GET
def show_list(request: HttpRequest) -> HttpResponse:
    """Every entity with who answers for it: all, uncovered, over the cap, covered from above."""
    post = office(request, Right.VIEW_CADRES)
    scope = scope_of(post.jurisdiction, timezone.localdate())
    areas = areas_of(post.jurisdiction)
    page = Paginator(list_rows(scope, _asked(request, areas)), PAGE).get_page(request.GET.get("page"))
    counts = list_counts(scope)
    words = {
        "": (_("全部"), "all"),
        "uncovered": (_("未包保"), "uncovered"),
        "over": (_("超出上限"), "over"),
        "above": (_("上级包保"), "above"),
    }
    versions = list(lists_of(post.jurisdiction)[:10])
    shown = {"area": {str(area.pk): area.name for area in areas}}
    context = {
        "page": page,
        "rows": [(entity, scope.tier_name(entity.holder_tier or "")) for entity in page],
        "tabs": tabs(request, words, counts, hot=("uncovered",)),
        "counts": counts,
        "scope": scope,
        "areas": areas,
        "grades": sorted(scope.plan.value.tier_map),
        "ratios": tier_ratios(scope),
        "versions": versions,
        "current": next((version for version in versions if version.undone_on is None), None),
        "draft": draft_of(post.jurisdiction),
        "chips": chips(request, {"q": _("名称"), "grade": _("等级"), "area": scope.area_word}, shown),
        "basis": scope.plan.cite("tier_map"),
        "may_assign": may(post, Right.ASSIGN, post.place),
        "may_export": may(post, Right.EXPORT, post.place),
        "may_approve": may(post, Right.APPROVE_LIST, post.place),
    }
    return render(request, "cadres/show_list.html", context)


def _asked(request: HttpRequest, areas: list[Jurisdiction]) -> ListFilter:
    paths = {str(area.pk): area.path for area in areas}
    tab, cadre = request.GET.get("tab", ""), request.GET.get("cadre", "")
    return ListFilter(
        words=request.GET.get("q", "").strip(),
        grade=request.GET.get("grade", ""),
        area=paths.get(request.GET.get("area", ""), ""),
        cadre=int(cadre) if cadre.isdecimal() else None,
        tab=tab if tab in TAB_NAMES else "",
    )


@login_required
@require_GET
def download_list(request: HttpRequest, list_id: int | None = None) -> HttpResponse | FileResponse:
    """An approved version as the file that was approved, or today's rows under the page's filters."""
    post = office(request, Right.EXPORT)
    if list_id is None:
        scope = scope_of(post.jurisdiction, timezone.localdate())
        data = export_list(scope, _asked(request, areas_of(post.jurisdiction)), by=post)
        paper = f"{post.jurisdiction.name}{scope.plan.value.names.responsibility_list}"
        return bytes_response(data, f"{paper}-{scope.on.isoformat()}.xlsx", XLSX)
    version = get_object_or_404(ResponsibilityList.objects.select_related("jurisdiction"), pk=list_id)
    require(may(post, Right.EXPORT, version.place))
    name = _("%(place)s责任清单第%(number)d版.xlsx") % {"place": version.jurisdiction.name, "number": version.number}
    return file_response(hand_out_list(version, by=post), name, XLSX)


@login_required
@require_POST
def undo_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """Takes an approval back while nothing later touched it."""
    version = get_object_or_404(ResponsibilityList, pk=list_id)
    post = office(request, Right.APPROVE_LIST)
    require(may(post, Right.APPROVE_LIST, version.place))
    undo_approval(version, by=post, on=timezone.localdate())
    messages.success(request, _("已撤销第%d版责任清单，包保关系恢复到批准之前。") % version.number)
    return redirect("cadres:show-list")
