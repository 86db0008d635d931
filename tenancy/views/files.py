"""Private files: the view fetched the row first, so the wall and the policy have spoken."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header

SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'"


def file_response(
    stored: str, filename: str, content_type: str, *, inline: bool = False
) -> HttpResponse | FileResponse:
    """A stored file under its storage key; behind nginx the bytes go by X-Accel-Redirect.

    inline is only for pictures and PDFs this program made itself.
    """
    if not default_storage.exists(stored):
        raise Http404
    response: HttpResponse | FileResponse
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = f"{settings.X_ACCEL_PREFIX}{stored}"
    else:
        response = FileResponse(default_storage.open(stored), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not inline, filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response


def picture_response(jpeg: bytes) -> HttpResponse:
    """A picture drawn by this program, shown in a page."""
    response = HttpResponse(jpeg, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    return response


def bytes_response(data: bytes, filename: str, content_type: str) -> HttpResponse:
    """A download made in memory, always as an attachment."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
