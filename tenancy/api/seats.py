"""Endpoints beside the page of a plan's bodies: same policy, same acts, same sentences."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.actions.seats import SeatFacts
from tenancy.actions.seats import leave_seat as leave
from tenancy.actions.seats import take_seat as take
from tenancy.api.plans import sent
from tenancy.api.subplans import office_of
from tenancy.models import Post, Seat
from tenancy.queries.seats import bodies_at


class SeatBody(serializers.Serializer[Any]):
    """Who takes which post: `post` of the place, or `person_name` with `title`."""

    body = serializers.CharField(max_length=40)
    role = serializers.CharField(max_length=40)
    post = serializers.IntegerField(required=False, allow_null=True, default=None)
    person_name = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)
    title = serializers.CharField(required=False, default="", allow_blank=True, max_length=60)
    since = serializers.DateField()


class LastDay(serializers.Serializer[Any]):
    """The last day in a post."""

    last_day = serializers.DateField()


@extend_schema(request=SeatBody)
@api_view(["GET", "POST"])
def bodies(request: Request) -> Response:
    """GET: the bodies with whoever holds or held their posts. POST: somebody takes one."""
    post, today = office_of(request), timezone.localdate()
    place = post.jurisdiction
    if request.method == "POST":
        given = sent(SeatBody, request)
        facts = SeatFacts(given["person_name"], given["title"], _post(post, given["post"]))
        seat = take(place, given["body"], given["role"], facts, since=given["since"], by=post, on=today)
        return Response(_seat(seat), status=201)
    held, loose = bodies_at(place, today)
    told = [
        {
            "code": each.body.code,
            "name": each.body.name,
            "source": each.source,
            "roles": [
                {
                    "code": role.role.code, "name": role.role.name, "most": role.role.most,
                    "now": [_seat(seat) for seat in role.now], "others": [_seat(seat) for seat in role.others],
                }
                for role in each.roles
            ],
        }
        for each in held
    ]  # fmt: skip
    return Response({"bodies": told, "no_longer_named": [_seat(seat) for seat in loose]})


def _post(by: Post, pk: int | None) -> Post | None:
    if pk is None:
        return None
    found = Post.objects.filter(pk=pk, place=by.place).first()
    if found is None:
        raise Http404
    return found


@extend_schema(request=LastDay)
@api_view(["POST"])
def leave_seat(request: Request, seat_id: int) -> Response:
    """Somebody leaves a post on a day."""
    post = office_of(request)
    seat = get_object_or_404(Seat, pk=seat_id)
    last_day = sent(LastDay, request)["last_day"]
    return Response(_seat(leave(seat, last_day, by=post, on=timezone.localdate())))


def _seat(seat: Seat) -> dict[str, Any]:
    return {
        "id": seat.pk, "role": seat.role_name, "person_name": seat.person_name, "title": seat.title,
        "since": seat.valid.lower, "last_day": seat.last_day,
    }  # fmt: skip
