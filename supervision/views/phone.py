"""The cadre's phone pages: one document with the list of shops, the form and the records.

It holds no personal data, so that the service worker may keep it; the script fetches the list from the API and keeps
it on the phone. Nothing is written here: a visit comes in through `supervision.api`.
"""

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from supervision.queries.own import own_entities
from tenancy.policies import may
from tenancy.rules.refusals import require
from tenancy.rules.roles import Right

PHRASES = (_("温度不达标"), _("未登记记录"), _("物品混放"), _("过期未清理"), _("证件未公示"), _("清洗消毒不到位"))
POSITIONS = (_("食品安全员"), _("食品安全总监"), _("店长"), _("店员"))
STEPS = (("mode", _("方式")), ("items", _("检查")), ("photo", _("照片")), ("sign", _("签字")))
REASONS = (_("负责人不在场"), _("对检查结果有异议"), _("不愿签字"))

# What the script says; %s is filled there. The script itself holds no language.
WORDS: dict[str, str | Promise] = {
    "list": _("待办"),
    "form": _("季度督导"),
    "records": _("督导记录"),
    "quarter": _("%s年第%s季度"),
    "q1": "1",
    "q2": "2",
    "q3": "3",
    "q4": "4",
    "principal": _("负责人"),
    "officer": _("食品安全员"),
    "still": _("还有 %s 家待督导"),
    "none": _("本季度的督导都完成了"),
    "as_of": _("名单更新于 %s"),
    "overdue": _("已逾期 %s 个工作日"),
    "today": _("今天到期"),
    "left": _("剩 %s 个工作日"),
    "free": _("本季度没有督导任务"),
    "done": _("已督导"),
    "waiting": _("待上传"),
    "draft": _("填了一半"),
    "go": _("去督导"),
    "resume": _("接着填"),
    "look": _("看记录"),
    "until": _("%s截止"),
    "on": _("%s督导"),
    "grade": _("%s 级"),
    "no_grade": _("未分级"),
    "last_none": _("还没有督导记录"),
    "last": _("%s，没有发现问题"),
    "last_issues": _("%s，%s 个问题"),
    "open_issue": _("%s（%s，%s发现）"),
    "issue_photo": _("上次拍的照片：%s"),
    "owed": _("还要 %s 次"),
    "dial": _("拨打 %s"),
    "call_failed": _("没有取到号码，请稍后再试"),
    "must_onsite": _("须到现场"),
    "items": _("%s 项"),
    "sample": _("示例"),
    "rest": _("其余 %s 项符合"),
    "rest_all": _("这 %s 项都符合"),
    "filled": _("已填 %s / %s 项"),
    "photos": _("%s / 9 张"),
    "missing": _("还差 %s"),
    "and": _("、"),
    "need_items": _("%s 项检查"),
    "need_notes": _("%s 处问题描述"),
    "need_disposals": _("%s 处处置方式"),
    "need_photo": _("照片"),
    "need_date": _("督导日期"),
    "need_mode": _("督导方式"),
    "need_cadre_sign": _("您的签字"),
    "need_signs": _("双方签字"),
    "need_entity_sign": _("对方签字"),
    "need_name": _("签字人姓名和职务"),
    "need_reason": _("拒签原因"),
    "ready": _("填好了，可以提交"),
    "step_done": _("%s（已完成）"),
    "photo": _("现场照片 %s"),
    "photo_remove": _("删除现场照片 %s"),
    "photo_size": _("%s KB"),
    "photo_required": _("至少 1 张。照片自动压缩，没有网络也能保存。"),
    "photo_on_issue": _("发现问题时至少拍 1 张；没有问题不用拍。"),
    "photo_optional": _("按方案可以不拍。"),
    "photo_max": _("最多 9 张"),
    "photo_twice": _("这张照片已经添加过"),
    "photo_bad": _("照片读取失败，请重拍一张"),
    "saved": _("草稿已存在本机"),
    "not_saved": _("本机存不下了，请先上传或清理手机空间"),
    "submitted": _("已提交，正在上传"),
    "queued": _("已存在本机，有网络后自动上传"),
    "elsewhere": _("这份记录已在另一个窗口提交"),
    "offline": _("没有网络，可继续填写，内容存在本机"),
    "offline_list": _("没有网络，照常可填，内容存在本机"),
    "count_waiting": _("%s 份待传"),
    "sending": _("正在上传 %s 份督导记录…"),
    "received": _("已上传，编号 %s"),
    "retrying": _("上传没有成功，会自动再试"),
    "login": _("登录已过期，登录后自动上传"),
    "login_list": _("登录已过期，请重新登录"),
    "refused": _("有一份记录没有被收下，请打开改好再提交"),
    "refused_plain": _("没有被收下，请检查后重新提交。"),
    "stale": _("%s 份超过一天还没传上去，请到有网络的地方打开本页"),
    "already_sent": _("这家本期已督导（编号 %s）。"),
    "already_done": _("这家本期已督导。"),
    "already_queued": _("这家的督导记录已提交，正等着上传。"),
    "unknown": _("这家主体不在您的名单里。名单可能已调整，请返回待办看最新名单。"),
    "no_list": _("还没有取到名单。请在有网络的地方打开本页一次。"),
    "no_store": _("这个浏览器不能在本机保存内容，请换手机自带的浏览器打开。"),
    "no_tasks": _("这家还没有对应的任务清单，请联系街道经办在实施方案里补上。"),
    "stored_at": _("%s 存入本机"),
    "sent_at": _("%s 上传"),
    "receipt": _("照片 %s 张，服务器已全部收到"),
    "receipt_none": _("没有照片"),
    "receipt_lost": _("有 %s 张照片在本机找不到了，请带编号联系街道经办补交"),
    "lost": _("缺照片"),
    "other_post": _("%s 份属于您的另一岗位，切换岗位后自动上传"),
    "not_yours": _("这家主体在督导当天不在您名下，请联系街道经办。"),
    "closed": _("已关店"),
}


@login_required
@require_safe
def my_visits(request: HttpRequest) -> HttpResponse:
    """Shops waiting for the cadre."""
    require(may(request.post, Right.VISIT))  # type: ignore[attr-defined]
    return _phone(request)


@login_required
@require_safe
def fill_visit(request: HttpRequest, entity_id: int) -> HttpResponse:
    """The form for one of the cadre's own shops; anybody else's answers as a missing one."""
    require(may(request.post, Right.VISIT))  # type: ignore[attr-defined]
    get_object_or_404(own_entities(request.post, timezone.localdate()), entity_id=entity_id)  # type: ignore[attr-defined]
    return _phone(request)


@login_required
@require_safe
def my_records(request: HttpRequest) -> HttpResponse:
    """What was sent from this phone, with receipts, and what still waits."""
    require(may(request.post, Right.VISIT))  # type: ignore[attr-defined]
    return _phone(request)


def _phone(request: HttpRequest) -> HttpResponse:
    return render(request, "supervision/phone_visits.html", phone_context())


def phone_context() -> dict[str, object]:
    """Texts and addresses for the script; the same for everybody."""
    return {
        "words": json.dumps({key: str(text) for key, text in WORDS.items()}, ensure_ascii=False),
        "list_url": reverse("supervision:my-visits"),
        "records_url": reverse("supervision:my-records"),
        "visit_url": reverse("supervision:fill-visit", args=[0]),
        "steps": STEPS,
        "phrases": PHRASES,
        "positions": POSITIONS,
        "reasons": REASONS,
    }
