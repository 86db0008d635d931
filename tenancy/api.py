"""What every endpoint shares: refusals become JSON with the page's own sentence."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.forms import Form
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from tenancy.rules.refusals import Forbidden, Refused


def answer_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """403 for a missing right, 409 for a state that refuses; nothing of the request is kept."""
    if isinstance(error, Refused):
        transaction.set_rollback(True)
        status = 403 if isinstance(error, Forbidden) else 409
        return Response({"code": error.code, "detail": error.reason}, status=status)
    return exception_handler(error, context)


def fields_of(request: Request) -> Mapping[str, Any]:
    """The body as fields; a list, a bare number or broken text is no form."""
    if not isinstance(request.data, Mapping):
        raise ParseError("请求内容应是一组字段，请按接口说明填写。")
    try:
        "".join(str(value) for value in request.data.values()).encode()
    except UnicodeEncodeError as error:
        raise ParseError("文字里有无效字符，请重新输入。") from error
    return request.data


def answer_unfit(form: Form) -> Response:
    """422 with every fault of a form under its field, the first one as the sentence."""
    transaction.set_rollback(True)
    fields = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
    first = next(text for texts in fields.values() for text in texts)
    return Response({"code": "invalid", "detail": first, "fields": fields}, status=422)
