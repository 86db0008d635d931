"""What every endpoint shares, and the endpoints for a person's own phones and tokens."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.forms import BaseForm
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from tenancy.actions.doors import Opening, revoke_door
from tenancy.actions.tokens import issue_token
from tenancy.forms import TokenForm
from tenancy.models import Door, Post
from tenancy.policies import may_issue_tokens
from tenancy.queries.doors import doors_of
from tenancy.rules.refusals import Forbidden, Refused, require


def answer_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """403 for a missing right, 409 for a state that refuses; nothing of the request is kept."""
    if isinstance(error, Refused):
        transaction.set_rollback(True)
        status = 403 if isinstance(error, Forbidden) else 409
        return Response({"code": error.code, "detail": error.reason}, status=status)
    return exception_handler(error, context)


class Pages(LimitOffsetPagination):
    """?limit=&offset= of a list, which nobody can have as a whole."""

    max_limit = 200


class DeviceRow(serializers.ModelSerializer[Door]):
    """A bound phone: the days of its first and its last use, and no others."""

    first_used_on = serializers.DateTimeField(source="created_at", format="%Y-%m-%d")
    last_used_on = serializers.DateTimeField(source="used_at", format="%Y-%m-%d", allow_null=True)

    class Meta:
        model = Door
        fields = ("id", "first_used_on", "last_used_on")


class TokenRow(serializers.ModelSerializer[Door]):
    """A token as its owner sees it; the token itself is shown by nobody again."""

    class Meta:
        model = Door
        fields = ("id", "name", "read_only", "created_at", "expires_at", "used_at")


@api_view(["GET"])
def devices(request: Request) -> Response:
    """GET /api/devices: the phones bound to the acting post."""
    held = doors_of("device", [acting_person(request)], timezone.now())
    return Response({"devices": DeviceRow(held, many=True).data})


@api_view(["POST"])
def revoke_own_device(request: Request, device_id: int) -> Response:
    """POST /api/devices/1/revoke: that phone's next request is signed out."""
    post, now = acting_person(request), timezone.now()
    device = get_object_or_404(doors_of("device", [post], now), pk=device_id)
    return Response(DeviceRow(revoke_door(device, by=post, at=now)).data)


@api_view(["GET", "POST"])
def tokens(request: Request) -> Response:
    """GET lists the acting post's tokens; POST {name, last_day, may_write} makes one, whose `token` is shown here only."""
    post, now = _token_owner(request), timezone.now()
    if request.method == "GET":
        return Response({"tokens": TokenRow(doors_of("api", [post], now), many=True).data})
    on = timezone.localdate()
    form = TokenForm(request.data if isinstance(request.data, dict) else {}, today=on)
    if not form.is_valid():
        raise ValidationError({field: [str(text) for text in errors] for field, errors in form.errors.items()})
    door, token = issue_token(**form.cleaned_data, by=post, on=on, at=now)
    return Response({**TokenRow(door).data, "token": token}, status=201)


@api_view(["POST"])
def revoke_token(request: Request, token_id: int) -> Response:
    """POST /api/tokens/1/revoke"""
    post, now = _token_owner(request), timezone.now()
    token = get_object_or_404(doors_of("api", [post], now), pk=token_id)
    return Response(TokenRow(revoke_door(token, by=post, at=now)).data)


def acting_person(request: Request) -> Post:
    """The acting post of somebody signed in himself: a key that makes or takes back keys would never end."""
    if isinstance(request.auth, Opening):
        raise Forbidden(_("令牌不能用来生成、查看或收回令牌、个人卡和绑定的手机；请登录后办理。"))
    post: Post | None = request._request.post  # type: ignore[attr-defined]  # noqa: SLF001 -- set by the middleware
    if post is None:
        raise Forbidden(_("您当前没有任职岗位，请联系系统管理员。"))
    return post


def _token_owner(request: Request) -> Post:
    post = acting_person(request)
    require(may_issue_tokens(post))
    return post


def fields_of(request: Request) -> Mapping[str, Any]:
    """The body as fields; a list, a bare number or broken text is no form."""
    if not isinstance(request.data, Mapping):
        raise ParseError("请求内容应是一组字段，请按接口说明填写。")
    try:
        "".join(str(value) for value in request.data.values()).encode()
    except UnicodeEncodeError as error:
        raise ParseError("文字里有无效字符，请重新输入。") from error
    return request.data


def answer_unfit(form: BaseForm) -> Response:
    """422 with every fault of a form under its field, the first one as the sentence."""
    transaction.set_rollback(True)
    fields = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
    first = next(text for texts in fields.values() for text in texts)
    return Response({"code": "invalid", "detail": first, "fields": fields}, status=422)


def number_of(value: Any) -> int:
    """An id in a body; anything that is none is a missing row."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise Http404
    return value
