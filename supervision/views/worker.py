"""The service worker: served from the root, because its reach is the folder it comes from.

It holds file names only, so it needs no login.
"""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

# What the phone pages and their style sheets ask for.
ASSETS = (
    "baobao.css",
    "phone.css",
    "chev.svg",
    "icons.svg",
    "mark.svg",
    "baobao.js",
    "django_htmx/htmx-2.min.js",
    "outbox.js",
    "sign.js",
    "visit.js",
)


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """`/sw.js`; its text changes whenever an asset does, which is how browsers notice a new version."""
    source = _source.__wrapped__() if settings.DEBUG else _source()
    response = HttpResponse(source, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@cache
def _source() -> str:
    urls = [static(name) for name in ASSETS]
    found = [finders.find(name) for name in ASSETS]
    # Development serves unhashed names; the bytes then tell the versions apart.
    content = b"".join(Path(path).read_bytes() for path in found if isinstance(path, str))
    return render_to_string(
        "supervision/phone_worker.js",
        {
            "version": sha256("".join(urls).encode() + content).hexdigest()[:16],
            "assets": json.dumps(urls),
            "shell": json.dumps(reverse("supervision:my-visits")),
            "records": json.dumps(reverse("supervision:my-records")),
            "visit": json.dumps(reverse("supervision:fill-visit", args=[0]).removesuffix("0/")),
            "logout": json.dumps(reverse("tenancy:sign-out")),
        },
    )
