"""Doors without a login: the one table outside the wall that strangers' requests may ask."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.located import PlaceField

KINDS = {
    "card": _("公示卡"),
    "shop": _("主体二维码"),
    "reply": _("回复链接"),
    "calendar": _("日历订阅"),
    "device": _("设备"),
    "api": _("接口"),
    "invitation": _("邀请"),
}


class Door(models.Model):
    """A token's hash, what it opens, and until when. The token itself is never stored."""

    token_hash = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=12, choices=KINDS)
    place = PlaceField()
    subject_id = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("入口")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="tenancy_door_kind"),
        ]
