"""Doors without a login: the one table outside the wall that strangers' requests may ask; and the PIN of a bound phone."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models.located import Located, PlaceField
from tenancy.models.people import Post
from tenancy.models.tree import Jurisdiction
from tenancy.wall import SamePlace

KINDS = {
    "card": _("公示卡"),
    "shop": _("主体二维码"),
    "reply": _("回复链接"),
    "calendar": _("日历订阅"),
    "device": _("设备"),
    "api": _("接口"),
    "invitation": _("邀请"),
}
# Opening one of these is only a step towards an act of its own, which alone counts.
COUNTED_BY_THEIR_ACT = frozenset({"invitation", "device"})


class DoorQuerySet(models.QuerySet["Door"]):
    def open_at(self, at: datetime) -> "DoorQuerySet":
        """Neither revoked nor run out, and an invitation not used yet."""
        lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
        return self.filter(lasting, revoked_at__isnull=True).exclude(kind="invitation", uses__gt=0)

    def of(self, kind: str, *subjects: int) -> "DoorQuerySet":
        return self.filter(kind=kind, subject_id__in=subjects)


class Door(models.Model):
    """A token's hash, what it opens, and until when. The token itself is never stored.

    Its place follows the tree although it stands outside the wall: a moved street takes its doors along.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=12, choices=KINDS)
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    place = PlaceField()
    # What the kind is about: a post for invitation, device and api.
    subject_id = models.BigIntegerField()
    # How its holder tells his tokens apart; never the name of a person.
    name = models.CharField(_("用途"), max_length=60, blank=True, default="")
    read_only = models.BooleanField(_("只读"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("有效期至"), null=True)
    revoked_at = models.DateTimeField(null=True)
    # Of a device only the day is kept, and no number of uses: nobody's days are counted.
    used_at = models.DateTimeField(null=True)
    uses = models.PositiveIntegerField(default=0)
    # Wrong answers in a row, and until when no further one is listened to.
    failures = models.PositiveIntegerField(default=0)
    waits_until = models.DateTimeField(null=True)

    objects = DoorQuerySet.as_manager()

    class Meta:
        verbose_name = _("入口")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="tenancy_door_kind"),
            SamePlace(name="tenancy_door_place", parent="jurisdiction"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "subject_id"], name="tenancy_door_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Pin(Located):
    """What a person types on his bound phones: kept as a password is, one for a post."""

    post = models.OneToOneField(Post, on_delete=models.PROTECT, db_constraint=False, related_name="pin")
    secret = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta(Located.Meta):
        verbose_name = _("PIN")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_pin_place", parent="post"),
        ]
