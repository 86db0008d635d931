"""What every endpoint shares: refusals become JSON with the page's own sentence, and so do forms that do not fit."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404
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


def body_of(data: Any) -> dict[str, Any]:
    """The JSON object of a request; anything else counts as an empty one, so that the form says what is missing."""
    return {str(key): value for key, value in data.items()} if isinstance(data, dict) else {}


def unfit(form: forms.BaseForm) -> Response:
    """422 with every fault of a form by its field, and all of them as one sentence."""
    fields = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
    detail = "；".join(text for texts in fields.values() for text in texts)
    return Response({"code": "unfit", "detail": detail, "fields": fields}, status=422)


def number_of(value: Any) -> int:
    """An id in a body; anything that is none is a missing row."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**63:
        raise Http404
    return value
