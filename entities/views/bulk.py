"""批量办理: what is chosen, what would change, the act, what it did, and the way back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from entities.actions import bulk as acts
from entities.forms import BulkForm, RegisterFilterForm
from entities.models import BulkChange, Entity
from entities.queries.bulk import areas_to, bulk_changes, bulk_lines, bulk_preview, bulk_touched, said_of
from entities.queries.finding import chosen_of, register, tags_in_use
from entities.queries.register import areas_under
from entities.views.pieces import acting
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

PAGE, SHOWN = 50, 20


@login_required
@require_http_methods(["GET", "POST"])
def bulk_entities(request: HttpRequest) -> HttpResponse:
    """One act on all entities of the filter in the address, or on those picked; first shown, then done."""
    post, today = acting(request, Right.EDIT_REGISTER), timezone.localdate()
    plan = plan_in_force(post.jurisdiction.path, today).value
    areas, tags = areas_under(post.jurisdiction), tags_in_use()
    asked = RegisterFilterForm(request.GET, plan=plan, areas=areas, tags=tags)
    fitting, ids = register(asked.exactly(), today), _ids(request)
    chosen, conditions = _chosen(fitting, ids), _conditions(asked, ids)
    acts.refuse_too_many(total := chosen.count())
    form = BulkForm(
        request.POST if "kind" in request.POST else None, plan=plan, areas=areas_to(post.jurisdiction), today=today
    )
    context: dict[str, Any] = {
        "form": form, "total": total, "conditions": conditions, "ids": ids, "past": bulk_changes(post.jurisdiction)[:5],
    }  # fmt: skip
    if form.is_valid():
        wish, seen = form.wish(), form.cleaned_data["seen"]
        if seen:
            made = acts.change_many(chosen, wish, plan, by=post, on=today, conditions=conditions, seen=seen)
            text = _("已办理：%(said)s，%(n)d 家。") % {"said": made, "n": made.counts["changed"]}
            messages.success(request, text, extra_tags=reverse("entities:undo-bulk", args=[made.pk]))
            return redirect("entities:show-bulk", made.pk)
        preview = bulk_preview(wish, chosen, plan, by=post)
        context |= {"preview": preview, "said": said_of(preview), "kpis": _kpis(preview.counts)}
        context |= {"changes": preview.changes[:SHOWN], "refused": preview.refused[:SHOWN]}
    return render(request, "entities/bulk.html", context, status=422 if form.errors else 200)


def _ids(request: HttpRequest) -> list[int]:
    """The picked ones; none of them when all of the filter are meant. Raises Http404 for what is no id."""
    given = [] if request.POST.get("every") else request.POST.getlist("id")
    if not all(each.isascii() and each.isdigit() and len(each) < 19 for each in given):
        raise Http404
    return [int(each) for each in given]


def _chosen(fitting: QuerySet[Entity], ids: list[int]) -> QuerySet[Entity]:
    """Raises Http404 when one of the picked is not there."""
    chosen = chosen_of(fitting, ids)
    if ids and chosen.count() != len(set(ids)):
        raise Http404
    return chosen


def _conditions(asked: RegisterFilterForm, ids: list[int]) -> str:
    if ids:
        return _("勾选的 %d 家") % len(set(ids))
    return "；".join(words for _name, _value, words in asked.conditions()) or _("全部")


def _kpis(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"label": _("选中"), "value": counts["total"], "note": _("家")},
        {"label": _("要变动"), "value": counts["changed"], "note": _("家")},
        {"label": _("已经如此"), "value": counts["same"], "note": _("不重复办理")},
        {"label": _("不能办理"), "value": counts["refused"], "note": _("家"), "bad": counts["refused"]},
    ]


@login_required
@require_safe
def show_bulk(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """What one act on many did, by whom."""
    post = acting(request, Right.VIEW_REGISTER)
    bulk = _bulk(bulk_id)
    require(may(post, Right.VIEW_REGISTER, bulk.place))
    context = {
        "bulk": bulk,
        "kpis": _kpis(bulk.counts),
        "page": Paginator(bulk_lines(bulk), PAGE).get_page(request.GET.get("page")),
        "touched": bulk_touched(bulk).count() if bulk.undone_on is None else 0,
        "may_edit": may(post, Right.EDIT_REGISTER, bulk.place),
    }
    return render(request, "entities/bulk_done.html", context)


def _bulk(bulk_id: int) -> BulkChange:
    return get_object_or_404(BulkChange.objects.select_related("made_by", "undone_by", "jurisdiction"), pk=bulk_id)


@login_required
@require_POST
def undo_bulk(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """Takes an act on many back and names what stayed."""
    post = acting(request, Right.EDIT_REGISTER)
    bulk = _bulk(bulk_id)
    require(may(post, Right.EDIT_REGISTER, bulk.place))
    kept = acts.undo_bulk(bulk, by=post, on=timezone.localdate())
    if kept:
        words = {"n": len(kept), "names": "、".join(kept[:SHOWN])}
        messages.warning(request, _("已撤销；其中 %(n)d 家之后又有改动，予以保留：%(names)s") % words)
    else:
        messages.success(request, _("已撤销，恢复到这次批量办理之前。"))
    return redirect("entities:show-bulk", bulk.pk)
