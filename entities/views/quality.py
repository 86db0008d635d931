"""数据质量: what is missing or odd in the register, each number with its list, and who mends what by when."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.actions import quality as acts
from entities.forms import MendingForm
from entities.models import Mending
from entities.queries.quality import Quality, menders, quality
from entities.queries.register import areas_under
from entities.rules.quality import Defect
from entities.views.pieces import acting
from tenancy.models import Jurisdiction
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import bytes_response
from tenancy.workbooks import Column, write_form

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = ("资料问题", "方案必填", "家数", "怎么补", "谁来补", "期限")


@login_required
@require_http_methods(["GET", "POST"])
def show_quality(request: HttpRequest) -> HttpResponse:
    """Every kind of defect with its count. POST gives one to somebody until a day."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    plan = plan_in_force(post.jurisdiction.path, today)
    may_edit = may(post, Right.EDIT_REGISTER, post.jurisdiction.path)
    if request.method == "POST":
        require(may_edit)
    form = MendingForm(request.POST or None, areas=areas_under(post.jurisdiction), posts=menders(today), on=today)
    if form.is_valid():
        given = form.cleaned_data
        place, whom = Jurisdiction.objects.get(pk=given["place"]), menders(today).get(pk=given["post"])
        require(may(post, Right.EDIT_REGISTER, place.path))
        made = acts.give_mending(place, Defect(given["defect"]), whom, given["due_on"], by=post, on=today)
        messages.success(request, _("已分派“%(what)s”给%(who)s。") % {"what": made, "who": whom.person_name})
        return redirect("entities:show-quality")
    rows = quality(plan.value, today)
    context: dict[str, Any] = {
        "form": form,
        "rows": rows,
        "today": today,
        "kpis": _kpis(rows),
        "source": plan.cite("required_fields") if plan.value.required_fields else "",
        "may_edit": may_edit,
        "may_export": may(post, Right.EXPORT),
    }
    return render(request, "entities/quality.html", context, status=422 if form.errors else 200)


def _kpis(rows: list[Quality]) -> list[dict[str, Any]]:
    required = sum(row.count for row in rows if row.required)
    missing = sum(row.count for row in rows if row.defect.is_missing and not row.required)
    odd = sum(row.count for row in rows if not row.defect.is_missing and not row.required)
    return [
        {"label": _("必填的缺项"), "value": f"{required:,}", "note": _("项"), "bad": required},
        {"label": _("其他缺项"), "value": f"{missing:,}", "note": _("项")},
        {"label": _("存疑或过期"), "value": f"{odd:,}", "note": _("项")},
    ]


@login_required
@require_safe
def download_quality(request: HttpRequest) -> HttpResponse:
    """The same table as a workbook."""
    post, today = acting(request, Right.EXPORT), timezone.localdate()
    require(may(post, Right.VIEW_REGISTER))
    rows = [
        (
            row.defect.label,
            _("是") if row.required else "",
            row.count,
            row.defect.remedy,
            "；".join(f"{each.jurisdiction.name} {each.post.person_name}" for each, _left in row.mendings),
            "；".join(each.due_on.isoformat() for each, _left in row.mendings),
        )
        for row in quality(plan_in_force(post.jurisdiction.path, today).value, today)
    ]
    title = _("台账数据质量")
    columns = [Column(name, "int" if name == "家数" else "text") for name in COLUMNS]
    data = write_form(title, post.jurisdiction.name, today, columns, rows)
    return bytes_response(data, f"{title}-{post.jurisdiction.name}-{today:%Y%m%d}.xlsx", XLSX)


@login_required
@require_POST
def withdraw_mending(request: HttpRequest, mending_id: int) -> HttpResponse:
    """Takes an assignment back."""
    post = acting(request, Right.EDIT_REGISTER)
    mending = get_object_or_404(Mending.objects.select_related("jurisdiction"), pk=mending_id)
    require(may(post, Right.EDIT_REGISTER, mending.place))
    acts.withdraw_mending(mending, by=post, on=timezone.localdate())
    messages.success(request, _("已收回“%s”的分派。") % mending)
    return redirect("entities:show-quality")
