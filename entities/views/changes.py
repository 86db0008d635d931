"""变动登记 and 查无下落: pages on what became of one business."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.actions import clearing, lifecycle
from entities.actions.register import version_of
from entities.forms.changes import ChangeForm, ClearanceAnswerForm, ClearanceForm
from entities.models import Clearance
from entities.policies import may_confirm_clearance, may_read_clearances
from entities.queries.changes import CLEARANCE_TABS, clearance_counts, clearances, closed_names
from entities.queries.checking import entity_checks
from entities.rules.vocabulary import OperatingStatus
from entities.views.pieces import acting, entity_of
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import file_response

PAGE = 50
TAB_NAMES = {"waiting": gettext_lazy("待复核"), "all": gettext_lazy("全部")}
PILLS = {"waiting": "warn", "confirmed": "ok", "rejected": "mute"}


@login_required
@require_http_methods(["GET", "POST"])
def change_entity(request: HttpRequest, entity_id: int) -> HttpResponse:
    """Another size, type or place, since a day and for a reason."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    checks, seen = entity_checks(post.jurisdiction, today), version_of(entity)
    form = ChangeForm(request.POST or None, checks=checks, entity=entity, today=today, seen=seen)
    if form.is_valid() and form.row is not None:
        seen = form.cleaned_data["seen"]
        entity = lifecycle.register_change(entity, form.row, form.occasion(), by=post, on=today, seen=seen)
        words = {"name": entity.name, "grade": entity.grade or _("待定")}
        messages.success(request, _("已登记“%(name)s”的变动，现为 %(grade)s 级。") % words)
        return redirect("entities:show-entity", entity.pk)
    context = {"form": form, "entity": entity, "area_word": checks.plan.value.names.area}
    return render(request, "entities/change.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def clear_entity(request: HttpRequest, entity_id: int) -> HttpResponse:
    """A shop that nobody could find, put before a second person."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    entity = entity_of(post, Right.EDIT_REGISTER, entity_id)
    names = closed_names(plan_in_force(entity.place, today).value)
    form = ClearanceForm(request.POST or None, request.FILES or None, statuses=names, today=today)
    if form.is_valid():
        file = form.cleaned_data["file"]
        clearing.ask_clearance(
            entity,
            file.read(),
            file.name,
            status=OperatingStatus(form.cleaned_data["status"]),
            occasion=form.occasion(),
            by=post,
            on=today,
            at=timezone.now(),
        )
        messages.success(request, _("已提出，等另一人复核；复核前“%s”仍在台账里。") % entity.name)
        return redirect("entities:list-clearances")
    return render(request, "entities/clear.html", {"form": form, "entity": entity}, status=422 if form.errors else 200)


@login_required
@require_safe
def list_clearances(request: HttpRequest) -> HttpResponse:
    """Shops nobody could find: first what nobody has looked at."""
    _reader(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in CLEARANCE_TABS else CLEARANCE_TABS[0]
    counts = clearance_counts()
    page = Paginator(clearances(tab), PAGE).get_page(request.GET.get("page"))
    tabs = [
        {"label": label, "url": f"?tab={code}", "count": counts[code], "hot": code == "waiting", "current": code == tab}
        for code, label in TAB_NAMES.items()
    ]
    rows = [{"asked": asked, "pill": PILLS[asked.state]} for asked in page]
    return render(request, "entities/clearances.html", {"page": page, "rows": rows, "tabs": tabs})


def _reader(request: HttpRequest) -> Post:
    post: Post = request.post  # type: ignore[attr-defined]
    require(may_read_clearances(post))
    return post


def _fetched(request: HttpRequest, pk: int) -> Clearance:
    post = _reader(request)
    asked = get_object_or_404(clearances("all"), pk=pk)
    require(may_read_clearances(post, asked.place))
    return asked


@login_required
@require_safe
def show_clearance(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them with its proof and the two answers."""
    return _page(request, _fetched(request, pk), ClearanceAnswerForm())


def _page(request: HttpRequest, asked: Clearance, form: ClearanceAnswerForm, status: int = 200) -> HttpResponse:
    entity, names = asked.entity, closed_names(plan_in_force(asked.place, timezone.localdate()).value)
    facts = [
        (_("主体"), entity.name),
        (_("地址"), entity.address),
        (_("所在"), entity.jurisdiction.name),
        (_("台账现状"), entity.get_status_display()),
        (_("查找日期"), asked.looked_on.isoformat()),
        (_("查找经过"), asked.reason),
        (_("提出人"), asked.asked_by_name),
        (_("复核后改为"), names.get(asked.status, asked.get_status_display())),
        (_("复核人"), asked.decided_by_name),
        (_("复核意见"), asked.answer),
    ]
    context = {
        "asked": asked,
        "pill": PILLS[asked.state],
        "facts": [fact for fact in facts if fact[1]],
        "form": form,
        "may_confirm": may_confirm_clearance(request.post, asked),  # type: ignore[attr-defined]
    }
    return render(request, "entities/clearance.html", context, status=status)


@login_required
@require_safe
def show_proof(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The proof: a picture drawn here, or the PDF as it came."""
    asked = _fetched(request, pk)
    kind = "application/pdf" if asked.is_pdf else "image/jpeg"
    return file_response(asked.stored, asked.filename, kind, inline=not asked.is_pdf)


@login_required
@require_POST
def confirm_clearance(request: HttpRequest, pk: int) -> HttpResponse:
    """The shop is gone; the register follows."""
    asked = _fetched(request, pk)
    by = request.post  # type: ignore[attr-defined]
    clearing.confirm_clearance(asked, by=by, on=timezone.localdate(), at=timezone.now())
    messages.success(request, _("已复核，“%s”不再列入督导和统计。") % asked.entity.name)
    return redirect("entities:list-clearances")


@login_required
@require_POST
def reject_clearance(request: HttpRequest, pk: int) -> HttpResponse:
    """The shop stays."""
    asked, form = _fetched(request, pk), ClearanceAnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form, status=422)
    by = request.post  # type: ignore[attr-defined]
    clearing.reject_clearance(asked, answer=form.cleaned_data["answer"], by=by, at=timezone.now())
    messages.success(request, _("没有通过复核，“%s”仍在台账里。") % asked.entity.name)
    return redirect("entities:list-clearances")
