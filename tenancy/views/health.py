"""Is it alive, is it ready, and what stands behind it."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tenancy.checks import faults
from tenancy.rules.roles import ROLES, Role


def livez(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers with a role that the wall holds."""
    try:
        found = faults()
    except (DatabaseError, ImproperlyConfigured) as error:
        return JsonResponse({"ready": False, "why": str(error)[:200]}, status=503)
    return JsonResponse({"ready": not found, "why": [str(f.msg) for f in found]}, status=503 if found else 200)


@login_required
def show_health(request: HttpRequest) -> HttpResponse:
    """Which parts serve this installation; the embedded database is named 试用."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), current_user")
        version, role = cursor.fetchone()
    rows = [
        (_("数据库"), version.split(" on ")[0], _("试用（内置）") if settings.EMBEDDED_DATABASE else _("正式")),
        (_("数据库账号"), role, _("普通账号")),
        (
            _("任务队列"),
            _("Redis") if settings.REDIS_URL else _("本机文件"),
            "" if settings.REDIS_URL else _("试用（内置）"),
        ),
        (
            _("双因子"),
            "、".join(ROLES[Role(code)].name for code in settings.SECOND_FACTOR_ROLES) or _("没有岗位须绑定"),
            _("须绑定") if settings.SECOND_FACTOR_ROLES else _("试用"),
        ),
    ]
    return render(request, "tenancy/health.html", {"rows": rows, "trial": settings.EMBEDDED_DATABASE})
