"""督导记录: one visit as it was signed, on the version it was signed on, and its pictures."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supervision.models import ANSWERS, Photo, Visit
from supervision.policies import may_read_visit
from supervision.queries.clocks import obligation_explained
from supervision.queries.own import visits_seen_by
from supervision.rules.drawing import drawing_of
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import file_response

PILLS = {"yes": "ok", "no": "bad", "na": "mute"}


@login_required
@require_safe
def show_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """The record as it prints: its own version of the list, both signatures, pictures and issues."""
    post = request.post  # type: ignore[attr-defined]
    if post is None:
        raise Http404
    found = visits_seen_by(post, timezone.localdate()).select_related(
        "entity__jurisdiction", "task_list", "cadre__post", "obligation__quarter"
    )
    visit = get_object_or_404(found, pk=pk)
    require(may_read_visit(post, visit.place))
    return render(
        request,
        "supervision/visit.html",
        {
            "visit": visit,
            "facts": _facts(visit),
            "sections": _sections(visit),
            "photos": list(visit.photos.order_by("pk")),
            "issues": list(visit.issues.order_by("pk")),
            "cadre_drawing": drawing_of(visit.cadre_signature),
            "entity_drawing": drawing_of((visit.entity_signature or {}).get("strokes", [])),
            "why": obligation_explained(visit.obligation) if visit.obligation else None,
            "fulfils": visit.fulfilled.exists(),
            "follows_progress": may(post, Right.VIEW_PROGRESS),
        },
    )


def _facts(visit: Visit) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = [
        (_("主体"), visit.entity.name),
        (_("地址"), visit.entity.address),
        (_("所在"), visit.entity.jurisdiction.name),
        (_("督导日期"), visit.visited_on.isoformat()),
        (_("督导方式"), visit.mode_name),
        (_("包保干部"), visit.cadre_name),
        (_("录入时间"), timezone.localtime(visit.entered_at).strftime("%Y-%m-%d %H:%M")),
        (_("结果"), visit.get_outcome_display()),
    ]
    if visit.entered_for_another:
        rows.insert(6, (_("代填"), _("由%s代填") % visit.entered_by_name))
    if visit.obligation:
        rows.append((_("所属季度"), str(visit.obligation.quarter)))
        rows.append((_("期限"), visit.obligation.due_on.isoformat()))
    return rows


def _sections(visit: Visit) -> list[dict[str, object]]:
    """The headings of the pinned version with the answers as they were shown."""
    if visit.task_list is None:
        return []
    given = {answer.item: answer for answer in visit.answers.order_by("position")}
    return [
        {
            "title": section["title"],
            "lines": [
                {
                    "answer": given[item["code"]],
                    "pill": PILLS[given[item["code"]].answer],
                    "label": ANSWERS[given[item["code"]].answer],
                }
                for item in section["items"]
                if item["code"] in given
            ],
        }
        for section in visit.task_list.document["sections"]
    ]


@login_required
@require_safe
def show_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A picture this program drew again; the row was fetched first."""
    post = request.post  # type: ignore[attr-defined]
    if post is None:
        raise Http404
    seen = visits_seen_by(post, timezone.localdate()).values("pk")
    photo = get_object_or_404(Photo.objects.exclude(stored=""), pk=pk, visit__in=seen)
    require(may_read_visit(post, photo.place))
    return file_response(photo.stored, f"{photo.sha256[:12]}.jpg", "image/jpeg", inline=True)
