"""Cadres: the list, one cadre, and a cadre's own entities on the phone."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cadres.models import Cadre
from cadres.queries.access import AccessFilter, access
from cadres.queries.coverage import Scope, my_entities, scope_of
from cadres.queries.penalties import my_penalties
from cadres.queries.people import CadreFilter, cadres_seen_by, cadres_with_loads, history_of, load_counts
from cadres.rules.caps import caps_in_words
from cadres.views.pieces import areas_of, chips, office, tabs
from entities.actions.register import reveal_phone
from tenancy.models import Jurisdiction, Post
from tenancy.policies import may, may_invite
from tenancy.queries.doors import doors_of
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

PAGE = 50
NO_NUMBERS: Mapping[int, str] = MappingProxyType({})


@login_required
@require_GET
def list_cadres(request: HttpRequest) -> HttpResponse:
    """Cadres in post with their loads; who carries more than the cap is marked, nobody is ranked."""
    post = office(request, Right.VIEW_CADRES)
    scope = scope_of(post.jurisdiction, timezone.localdate())
    areas = areas_of(post.jurisdiction)
    asked = _asked(request, {str(area.pk): area.path for area in areas})
    page = Paginator(cadres_with_loads(asked, scope.on, caps=scope.caps), PAGE).get_page(request.GET.get("page"))
    counts = load_counts(scope.on, caps=scope.caps)
    words = {"": (_("全部"), "all"), "over": (_("超出上限"), "over"), "free": (_("名下没有主体"), "free")}
    context = {
        "page": page,
        "rows": [_row(cadre, scope) for cadre in page],
        "tabs": tabs(request, words, counts, hot=("over",)),
        "scope": scope,
        "tiers": scope.tiers(),
        "areas": areas,
        "counts": counts,
        "chips": chips(request, {"q": _("姓名"), "tier": _("层级"), "area": scope.area_word}, _shown(scope, areas)),
        "caps": caps_in_words(scope.cap_of(tier) for tier, _name in scope.tiers()),
        "may_import": may(post, Right.IMPORT_ROSTER),
    }
    return render(request, "cadres/list_cadres.html", context)


def _asked(request: HttpRequest, paths: dict[str, str]) -> CadreFilter:
    return CadreFilter(
        words=request.GET.get("q", "").strip(),
        tier=request.GET.get("tier", ""),
        area=paths.get(request.GET.get("area", ""), ""),
        tab=request.GET.get("tab", ""),
    )


def _shown(scope: Scope, areas: list[Jurisdiction]) -> dict[str, dict[str, str]]:
    return {"tier": dict(scope.tiers()), "area": {str(area.pk): area.name for area in areas}}


def _row(cadre: Any, scope: Scope) -> dict[str, object]:
    load = cadre.load
    cap = scope.cap_of(cadre.tier)
    return {
        "cadre": cadre,
        "tier": scope.tier_name(cadre.tier),
        "load": load,
        "cap": cap.cap,
        "over": cap.is_exceeded(load),
        "share": min(100, load * 100 // (cap.cap or max(load, 1))),
        "kind": "warn" if cap.is_exceeded(load) else "info",
    }


@login_required
@require_GET
def show_cadre(request: HttpRequest, cadre_id: int) -> HttpResponse:
    """One cadre: post, entities of today, everything he ever answered for. A cadre sees only himself."""
    post = request.post  # type: ignore[attr-defined]
    today = timezone.localdate()
    cadre = get_object_or_404(cadres_seen_by(post), pk=cadre_id)
    scope = scope_of(post.jurisdiction, today)
    history = Paginator(history_of(cadre), PAGE).get_page(request.GET.get("page"))
    load = history_of(cadre).filter(valid__contains=today).count()
    context = {
        "cadre": cadre,
        "page": history,
        "today": today,
        "facts": _facts(cadre, scope),
        "load": load,
        "over": scope.cap_of(cadre.tier).is_exceeded(load),
        "may_change": may(post, Right.ASSIGN, cadre.place) if cadre.post.valid.upper is None else False,
        **_phones(post, cadre),
    }
    return render(request, "cadres/show_cadre.html", context)


def _phones(post: Post, cadre: Cadre) -> dict[str, object]:
    """For the office that hands out cards: whether he has come in, and with which phones."""
    if not may_invite(post, cadre.post):
        return {}
    today, now = timezone.localdate(), timezone.now()
    state = access(AccessFilter(), today, now).filter(pk=cadre.pk).first()
    return {"may_invite": True, "access": state, "devices": doors_of("device", [cadre.post], now)}


def _facts(cadre: Cadre, scope: Scope) -> list[tuple[str, object]]:
    post = cadre.post
    scopes = scope.plan.value.cadre_scopes
    names = {(each.tier, kind.code): kind.name for each in scopes for kind in each.categories}
    key = (cadre.tier, cadre.category)
    return [
        (_("单位"), post.jurisdiction.name),
        (_("职务"), post.title),
        (_("层级"), scope.tier_name(key[0])),
        (_("类别"), names.get(key, key[1])),
        (_("分管领域或联系区域"), "、".join(cadre.sectors)),
        (_("联系电话"), str(post.phone)),
        (_("任职起"), post.valid.lower and post.valid.lower.isoformat()),
        (_("任职止"), post.valid.upper and post.valid.upper.isoformat()),
    ]


@login_required
@require_GET
def my_entities_page(request: HttpRequest) -> HttpResponse:
    """The phone page 我的主体: what the signed-in cadre answers for today, with the way to call and to go there."""
    require(may(request.post, Right.VISIT))  # type: ignore[attr-defined]
    return _my_entities(request)


@login_required
@require_POST
def call_entity(request: HttpRequest, entity_id: int) -> HttpResponse:
    """The same page with one number in full; that it was seen goes into the trail."""
    post, today = request.post, timezone.localdate()  # type: ignore[attr-defined]
    require(may(post, Right.VISIT))
    held = get_object_or_404(my_entities(post, today), entity_id=entity_id)
    return _my_entities(request, {held.entity_id: reveal_phone(held.entity, by=post, on=today)})


def _my_entities(request: HttpRequest, numbers: Mapping[int, str] = NO_NUMBERS) -> HttpResponse:
    held = my_entities(request.post, timezone.localdate())  # type: ignore[attr-defined]
    rows = [(each, numbers.get(each.entity_id, "")) for each in held]
    unread = my_penalties(request.post).filter(read_at=None).count()  # type: ignore[attr-defined]
    return render(request, "cadres/my_entities.html", {"rows": rows, "unread": unread})
