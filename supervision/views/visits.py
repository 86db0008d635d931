"""督导记录: one visit as it was signed, on the version it was signed on, and its pictures."""

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
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
from supervision.rules.owing import visit_text
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.scans import small_picture
from tenancy.views.files import file_response, picture_response

THUMBNAIL = 320
PILLS = {"yes": "ok", "no": "bad", "na": "mute"}


@login_required
@require_safe
def show_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """The record as it prints: its own version of the list, both signatures, pictures and issues."""
    post = request.post  # type: ignore[attr-defined]
    if post is None:
        raise Http404
    found = visits_seen_by(post, timezone.localdate()).select_related(
        "entity__jurisdiction", "task_list", "cadre__post", "obligation", "closure"
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
        (_("督导方式"), visit.mode_name),
        # Side by side, on the page as on paper.
        (_("实施时间"), _done_at(visit)),
        (_("录入时间"), _entered_at(visit)),
        (_("包保干部"), visit.cadre_name),
        (_("结果"), visit.get_outcome_display()),
    ]
    if visit.entered_for_another:
        rows.insert(7, (_("代填"), _("由%s代填") % visit.entered_by_name))
    if closure := getattr(visit, "closure", None):
        words = [closure.get_state_display(), closure.decided_by_name, closure.reason]
        rows.append((_("关店核实"), " · ".join(filter(None, words))))
    if visit.obligation:
        owed = visit.obligation
        rows.append((_("所属任务"), visit_text(owed.cycle, owed.ordinal, owed.times)))
        rows.append((_("期限"), owed.due_on.isoformat()))
    if visit.conclusion:
        rows.append((_("结论"), visit.conclusion))
    return rows


def _done_at(visit: Visit) -> str:
    """The day of the visit, with the hour when the phone was there on it."""
    begun = timezone.localtime(visit.started_at) if visit.started_at else None
    if begun is None or begun.date() != visit.visited_on:
        return visit.visited_on.isoformat()
    return f"{visit.visited_on.isoformat()} {begun:%H:%M}"


def _entered_at(visit: Visit) -> str:
    """When it reached the office; how long after is plain to see and refuses nothing."""
    entered = timezone.localtime(visit.entered_at)
    said = f"{entered:%Y-%m-%d %H:%M}"
    days = (entered.date() - visit.visited_on).days
    return _("%(at)s（督导后第 %(days)s 天）") % {"at": said, "days": days} if days else said


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
    photo = _photo(request, pk)
    return file_response(photo.stored, f"{photo.sha256[:12]}.jpg", "image/jpeg", inline=True)


@login_required
@require_safe
def show_thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    """The same picture small, for a phone that wants to know what was found last time."""
    photo = _photo(request, pk)
    if not default_storage.exists(photo.stored):
        raise Http404
    with default_storage.open(photo.stored) as kept:
        return picture_response(small_picture(kept.read(), THUMBNAIL))


def _photo(request: HttpRequest, pk: int) -> Photo:
    post = request.post  # type: ignore[attr-defined]
    if post is None:
        raise Http404
    seen = visits_seen_by(post, timezone.localdate()).values("pk")
    photo = get_object_or_404(Photo.objects.exclude(stored=""), pk=pk, visit__in=seen)
    require(may_read_visit(post, photo.place))
    return photo
