"""机制任职: the bodies the plan names, who holds their posts, who did before; an act for each change."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenancy.actions import seats as acts
from tenancy.forms.seats import LeaveForm, SeatForm
from tenancy.models import Post, Seat
from tenancy.policies import may
from tenancy.queries.seats import BodyHeld, bodies_at
from tenancy.rules.refusals import Forbidden, Refused, require
from tenancy.rules.roles import Right
from tenancy.views.subplans import in_office


@login_required
@require_safe
def show_bodies(request: HttpRequest) -> HttpResponse:
    """The bodies of the plan in force at the post's place, with the roster kept there."""
    return _page(request, in_office(request))


def _page(request: HttpRequest, post: Post, form: SeatForm | None = None) -> HttpResponse:
    today = timezone.localdate()
    bodies, loose = bodies_at(post.jurisdiction, today)
    may_edit = may(post, Right.EDIT_PLAN, post.place)
    if may_edit and bodies and form is None:
        form = _form(post, bodies)
    context = {
        "place": post.jurisdiction, "bodies": bodies, "loose": loose, "form": form, "may_edit": may_edit,
        "leave": LeaveForm(initial={"last_day": today}), "today": today,
    }  # fmt: skip
    return render(request, "tenancy/plans/bodies.html", context, status=422 if form and form.errors else 200)


def _form(post: Post, bodies: list[BodyHeld], data: object = None) -> SeatForm:
    seats = [
        (f"{held.body.code}/{each.role.code}", f"{each.role.name} · {held.body.name}")
        for held in bodies
        for each in held.roles
    ]
    today = timezone.localdate()
    posts = Post.objects.filter(place=post.place).held_on(today).order_by("sort_key", "pk")
    return SeatForm(data, seats=seats, posts=posts, today=today)


@login_required
@require_POST
def take_seat(request: HttpRequest) -> HttpResponse:
    """Somebody takes a post; a refusal stands beside the form."""
    post, today = in_office(request), timezone.localdate()
    require(may(post, Right.EDIT_PLAN, post.place))
    form = _form(post, bodies_at(post.jurisdiction, today)[0], request.POST)
    if not form.is_valid():
        return _page(request, post, form)
    body, role, facts, since = form.asked()
    try:
        seat = acts.take_seat(post.jurisdiction, body, role, facts, since=since, by=post, on=today)
    except Forbidden:
        raise
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _page(request, post, form)
    messages.success(request, _("已登记：%s。") % seat)
    return redirect("tenancy:show-bodies")


@login_required
@require_POST
def leave_seat(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Somebody leaves a post."""
    post, today = in_office(request), timezone.localdate()
    seat = get_object_or_404(Seat, pk=seat_id)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        raise Refused(_("离任日期看不懂，应写成 2026-12-31，请返回重填。"), code="seat-days")
    seat = acts.leave_seat(seat, form.cleaned_data["last_day"], by=post, on=today)
    messages.success(request, _("已登记离任：%s。") % seat)
    return redirect("tenancy:show-bodies")
