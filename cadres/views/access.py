"""Phones: who has come in and who has not, cards for one or for all, phones that were lost."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cadres.actions.cards import ask_for_cards
from cadres.models import Cadre, InvitationSheet
from cadres.queries.access import AccessFilter, access, access_counts
from cadres.queries.coverage import scope_of
from cadres.queries.people import cadres_seen_by
from cadres.tasks import nudge_sheet
from cadres.views.pieces import areas_of, chips, office, tabs
from tenancy.actions.doors import revoke_door
from tenancy.actions.invitations import invite
from tenancy.policies import may_invite
from tenancy.queries.doors import doors_of
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right
from tenancy.views.files import file_response

PAGE = 50
PDF = "application/pdf"


@login_required
@require_safe
def list_access(request: HttpRequest) -> HttpResponse:
    """Who of the place has never opened his page, by community; and the printings that still open something."""
    post = office(request, Right.IMPORT_ROSTER)
    today, now = timezone.localdate(), timezone.now()
    areas = areas_of(post.jurisdiction)
    area = next((each for each in areas if str(each.pk) == request.GET.get("area", "")), None)
    asked = AccessFilter(request.GET.get("q", "").strip(), area.path if area else "", request.GET.get("tab", ""))
    page = Paginator(access(asked, today, now), PAGE).get_page(request.GET.get("page"))
    counts = access_counts(today, now, asked.area)
    words = {"": (_("全部"), "all"), "new": (_("未发卡"), "new"), "invited": (_("已发卡未打开"), "invited")}
    words["opened"] = (_("已打开"), "opened")
    scope = scope_of(post.jurisdiction, today)
    context = {
        "page": page,
        "counts": counts,
        "waiting": counts["new"] + counts["invited"],
        "tabs": tabs(request, words, counts, hot=("new",)),
        "areas": areas,
        "area": area,
        "area_word": scope.area_word,
        "chips": chips(
            request,
            {"q": _("姓名"), "area": scope.area_word},
            {"area": {str(each.pk): each.name for each in areas}},
        ),
        "sheets": InvitationSheet.objects.filter(asked_by=post).exclude(state="expired").order_by("-pk")[:5],
    }
    return render(request, "cadres/access.html", context)


@login_required
@never_cache
@require_POST
def make_card(request: HttpRequest, cadre_id: int) -> HttpResponse:
    """A card for one cadre, shown in this answer only; the one he had before opens nothing any more."""
    cadre = _cadre(request, cadre_id)
    invitation = invite(cadre.post, by=request.post, on=timezone.localdate(), at=timezone.now())  # type: ignore[attr-defined]
    address = request.build_absolute_uri(reverse("tenancy:open-invitation", args=[invitation.token]))
    context = {"cadre": cadre, "address": address, "until": invitation.expires_at}
    return render(request, "cadres/card.html", context)


def _cadre(request: HttpRequest, cadre_id: int) -> Cadre:
    cadre = get_object_or_404(cadres_seen_by(request.post), pk=cadre_id)  # type: ignore[attr-defined]
    require(may_invite(request.post, cadre.post))  # type: ignore[attr-defined]
    return cadre


@login_required
@require_POST
def revoke_device(request: HttpRequest, cadre_id: int, device_id: int) -> HttpResponse:
    """Ends a cadre's lost phone; what he has not sent stays on it."""
    cadre, now = _cadre(request, cadre_id), timezone.now()
    device = get_object_or_404(doors_of("device", [cadre.post], now), pk=device_id)
    revoke_door(device, by=request.post, at=now)  # type: ignore[attr-defined]
    messages.success(request, _("已解除绑定。他再用手机，要一张新的个人卡；没有传完的记录还留在那台手机上。"))
    return redirect("cadres:show-cadre", cadre.pk)


@login_required
@require_POST
def make_cards(request: HttpRequest) -> HttpResponse:
    """Asks for the cards of a whole place, or of one area of it."""
    post = office(request, Right.IMPORT_ROSTER)
    areas = {str(each.pk): each.path for each in areas_of(post.jurisdiction)}
    wanted = request.POST.get("area", "")
    if wanted and wanted not in areas:
        raise Http404
    sheet = ask_for_cards(
        areas.get(wanted, post.place),
        again="again" in request.POST,
        origin=request.build_absolute_uri("/").rstrip("/"),
        by=post,
        on=timezone.localdate(),
        at=timezone.now(),
    )
    nudge_sheet(sheet)
    return redirect("cadres:show-sheet", sheet.pk)


def _sheet(request: HttpRequest, sheet_id: int) -> InvitationSheet:
    """Whoever asked for it: the file opens other people's pages."""
    post = office(request, Right.IMPORT_ROSTER)
    return get_object_or_404(InvitationSheet, pk=sheet_id, asked_by=post)


@login_required
@require_safe
def show_sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """Waiting, being drawn, ready to print, or failed with its sentence."""
    sheet = _sheet(request, sheet_id)
    running = sheet.state in ("queued", "running")
    return render(request, "cadres/sheet.html", {"sheet": sheet, "running": running})


@login_required
@require_safe
def download_sheet(request: HttpRequest, sheet_id: int) -> HttpResponse | FileResponse:
    """The file to print, while its cards open something."""
    sheet = _sheet(request, sheet_id)
    if sheet.state != "done":
        raise Http404
    return file_response(sheet.stored, _("个人卡-%s.pdf") % sheet.jurisdiction.name, PDF)
