"""What a person sees when something is not there, not allowed, or broken."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def _answer(request: HttpRequest, status: int, template: str, sentence: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"detail": sentence}, status=status)
    return render(request, template, {"reason": sentence}, status=status)


def answer_403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 403, "403.html", _("您的岗位不能打开这个页面；如工作需要，请联系安全管理员。"))


def answer_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same words for what does not exist and for what lies outside the wall."""
    return _answer(request, 404, "404.html", _("没有找到这个内容，可能已移走，或不在您的辖区内。"))


def answer_500(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, "500.html", _("系统出错了，刚才的操作没有保存。请稍后重试，或联系系统管理员。"))


def answer_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or came from elsewhere; what was typed is still in the browser."""
    return _answer(
        request, 403, "403.html", _("页面打开太久或来源不对，没有提交。请返回上一页（内容仍在），刷新后再提交。")
    )
