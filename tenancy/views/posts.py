"""Pages about posts: who is in post where, for which places, until when, with which rights for a time."""

from collections.abc import Container
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenancy.actions import accounts as acts
from tenancy.actions import rights
from tenancy.actions.petitions import decide
from tenancy.forms.accounts import EndPostForm, LendForm, ServesForm, post_filter
from tenancy.models import Jurisdiction, JurisdictionGroupPermission, Petition, Post
from tenancy.policies import about_posts, may
from tenancy.queries.accounts import lent_right, lent_rights, petition_counts, petitions, post_counts, posts
from tenancy.queries.tree import open_places
from tenancy.rules.accounts import DECIDED_WITH, Decision
from tenancy.rules.paths import contains
from tenancy.rules.roles import ABOUT_POSTS, RIGHT_LABELS, ROLES, Right, Role
from tenancy.views.pieces import acting, chips, found, paged, tabs


def post_of(post: Post, right: Right, post_id: int) -> Post:
    return found(Post.objects.select_related("jurisdiction", "user", "own_group"), post, right, post_id)


@login_required
@require_safe
def list_posts(request: HttpRequest) -> HttpResponse:
    """People in post in sight, those without a login among them."""
    acting(request, *ABOUT_POSTS)
    today, places = timezone.localdate(), open_places()
    asked = post_filter(request.GET, places)
    counts = post_counts(today)
    words = {
        "": (_("在任"), "held"), "free": (_("没有账号"), "free"), "coming": (_("尚未到任"), "coming"),
        "ended": (_("已离任"), "ended"),
    }  # fmt: skip
    roles = {role.value: text.name for role, text in ROLES.items()}
    names = {"area": {str(place.pk): place.name for place in places}, "role": roles}
    context = {
        "page": paged(request, posts(asked, today)),
        "tabs": tabs(request, words, counts),
        "chips": chips(request, {"q": _("姓名"), "role": _("角色"), "area": _("单位")}, names),
        "counts": counts,
        "places": places,
        "roles": roles.items(),
    }
    return render(request, "tenancy/posts_list.html", context)


@login_required
@require_safe
def show_post(request: HttpRequest, post_id: int) -> HttpResponse:
    """One post: facts, the places it serves, the rights of its role and those it was lent."""
    by = acting(request, *ABOUT_POSTS)
    return _page(request, by, post_of(by, about_posts(by), post_id))


def _page(request: HttpRequest, by: Post, post: Post, **forms: Any) -> HttpResponse:
    today = timezone.localdate()
    places = [place for place in open_places() if contains(post.place, place.path)]
    serves = dict(post.serves.order_by("jurisdiction__path").values_list("jurisdiction", "jurisdiction__name"))
    context = {
        "post": post,
        "held": today in post.valid,
        "coming": (post.valid.lower or today) > today,
        "rights": [RIGHT_LABELS[right] for right in Right if right in ROLES[Role(post.role)].rights],
        "lent": [(row, _state(row, post)) for row in lent_rights(post)],
        "may_manage": may(by, Right.MANAGE_ACCOUNTS, post.place),
        "may_grant": may(by, Right.GRANT_ROLES, post.place),
        "own": post.user_id is not None and post.user_id == by.user_id,
        "end": EndPostForm(today=today),
        "served": list(serves.values()),
        "serves": ServesForm(places=servable(post, places, serves), served=list(serves)),
        "lend": LendForm(places=places, post=post, on=today),
        **forms,
    }
    bad = any(form.errors for form in forms.values())
    return render(request, "tenancy/post.html", context, status=422 if bad else 200)


def servable(post: Post, places: list[Jurisdiction], served: Container[int]) -> list[Jurisdiction]:
    """The places right under the post's own, and what it serves already."""
    return [each for each in places if each.parent_id == post.jurisdiction_id or each.pk in served]


def _state(row: JurisdictionGroupPermission, post: Post) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "label": RIGHT_LABELS[Right(row.permission.codename)],
        "open": row.valid.upper > today,
        "now": today in row.valid,
    }


@login_required
@require_POST
def end_post(request: HttpRequest, post_id: int) -> HttpResponse:
    """离任: from the day on the person acts no more in this post."""
    by = acting(request, *ABOUT_POSTS)
    post = post_of(by, about_posts(by), post_id)
    form = EndPostForm(request.POST, today=timezone.localdate())
    if not form.is_valid():
        return _page(request, by, post, end=form)
    acts.dismiss(post, by=by, on=form.cleaned_data["on"])
    messages.success(request, _("已办理离任，%s起不再任职。") % form.cleaned_data["on"].isoformat())
    return redirect("tenancy:show-post", post.pk)


@login_required
@require_POST
def serve_places(request: HttpRequest, post_id: int) -> HttpResponse:
    """The places this post serves from now on."""
    by = acting(request, Right.MANAGE_ACCOUNTS)
    post = post_of(by, Right.MANAGE_ACCOUNTS, post_id)
    form = ServesForm(request.POST, places=open_places())
    if not form.is_valid():
        return _page(request, by, post, serves=form)
    acts.serve_places(post, form.chosen(), by=by)
    messages.success(request, _("服务区域已调整，本人下一次打开页面时生效。"))
    return redirect("tenancy:show-post", post.pk)


@login_required
@require_POST
def lend_right(request: HttpRequest, post_id: int) -> HttpResponse:
    """A right for a time."""
    by = acting(request, Right.GRANT_ROLES)
    post = post_of(by, Right.GRANT_ROLES, post_id)
    form = LendForm(request.POST, places=open_places(), post=post, on=timezone.localdate())
    if not form.is_valid():
        return _page(request, by, post, lend=form)
    facts = form.facts()
    rights.lend_right(post, facts.pop("right"), form.cleaned_data["place"], **facts, by=by)
    messages.success(request, _("已临时授权，到期自动失效。"))
    return redirect("tenancy:show-post", post.pk)


@login_required
@require_POST
def return_right(request: HttpRequest, post_id: int, row_id: int) -> HttpResponse:
    """Ends a lent right today."""
    by = acting(request, Right.GRANT_ROLES)
    post = post_of(by, Right.GRANT_ROLES, post_id)
    row = get_object_or_404(lent_right(post), pk=row_id)
    rights.return_right(post, row, by=by, on=timezone.localdate())
    messages.success(request, _("临时授权已收回。"))
    return redirect("tenancy:show-post", post.pk)


@login_required
@require_safe
def list_petitions(request: HttpRequest) -> HttpResponse:
    """What waits for the second person, and what was decided."""
    by = acting(request, *ABOUT_POSTS)
    words = {"": (_("待确认"), "waiting"), "done": (_("已办理"), "done")}
    context = {
        "page": paged(request, petitions(request.GET.get("tab", ""))),
        "tabs": tabs(request, words, petition_counts(), hot=("",)),
        "may_confirm": may(by, Right.GRANT_ROLES),
        "may_ask": may(by, Right.MANAGE_ACCOUNTS),
    }
    return render(request, "tenancy/petitions.html", context)


@login_required
@require_POST
def decide_petition(request: HttpRequest, petition_id: int, verb: str) -> HttpResponse:
    """confirm and refuse by the security administrator, withdraw by a system administrator."""
    if verb not in set(Decision):
        raise Http404
    decision = Decision(verb)
    by = acting(request, DECIDED_WITH[decision])
    petition = found(Petition.objects.select_related("jurisdiction"), by, DECIDED_WITH[decision], petition_id)
    answer, now = request.POST.get("answer", ""), timezone.now()
    messages.success(request, decide(petition, decision, answer=answer, by=by, on=timezone.localdate(now), at=now))
    return redirect("tenancy:list-petitions")
