"""Data quality for programs: the page's numbers, acts and sentences."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from entities.actions.quality import give_mending, withdraw_mending
from entities.api.pieces import acting, body_of, unfit_form
from entities.forms import MendingForm
from entities.models import Mending
from entities.queries import quality as found
from entities.queries.register import areas_under
from entities.rules.quality import Defect
from tenancy.models import Jurisdiction, Post
from tenancy.policies import may
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right


@api_view(["GET", "POST"])
def quality(request: Request) -> Response:
    """GET every kind of defect with its count; POST {defect, place, post, due_on} gives one to somebody."""
    post, today = acting(request, Right.VIEW_REGISTER), timezone.localdate()
    if request.method == "POST":
        return _given(request, post)
    rows = found.quality(plan_in_force(post.jurisdiction.path, today).value, today)
    return Response({"defects": [_row(row) for row in rows]})


def _given(request: Request, post: Post) -> Response:
    require(may(post, Right.EDIT_REGISTER))
    today = timezone.localdate()
    posts = found.menders(today)
    form = MendingForm(body_of(request), areas=areas_under(post.jurisdiction), posts=posts, on=today)
    if not form.is_valid():
        return unfit_form(form)
    given = form.cleaned_data
    place, whom = Jurisdiction.objects.get(pk=given["place"]), posts.get(pk=given["post"])
    require(may(post, Right.EDIT_REGISTER, place.path))
    made = give_mending(place, Defect(given["defect"]), whom, given["due_on"], by=post, on=today)
    return Response({"id": made.pk, "defect": made.defect, "due_on": made.due_on}, status=201)


@api_view(["POST"])
def withdraw(request: Request, pk: int) -> Response:
    """Takes an assignment back."""
    post = acting(request, Right.EDIT_REGISTER)
    mending = get_object_or_404(Mending.objects.select_related("jurisdiction"), pk=pk)
    require(may(post, Right.EDIT_REGISTER, mending.place))
    withdraw_mending(mending, by=post, on=timezone.localdate())
    return Response({"id": mending.pk})


def _row(row: found.Quality) -> dict[str, Any]:
    mendings = [
        {"id": each.pk, "place": each.jurisdiction.name, "post": str(each.post), "due_on": each.due_on, "left": left}
        for each, left in row.mendings
    ]
    told = {"defect": row.defect.value, "name": row.defect.label, "remedy": row.defect.remedy}
    return {**told, "count": row.count, "required": row.required, "mendings": mendings}
