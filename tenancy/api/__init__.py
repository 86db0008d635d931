"""What every endpoint shares: refusals become JSON with the page's own sentence."""

from typing import Any

from django.db import transaction
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
