"""Who did what, in which post, on whose behalf; written in the act's own transaction and never changed.

Seals are the hash chain laid over committed rows by a task, one chain for each tenant.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.located import Located
from tenancy.models.tree import Jurisdiction
from tenancy.wall import SamePlace, Wall


class AuditEvent(Located):
    """One act. A bulk act is one event that names its batch."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    action = models.CharField(_("操作"), max_length=60)
    by_post = models.BigIntegerField(null=True)
    by_name = models.CharField(_("操作人"), max_length=120, blank=True, default="")
    on_behalf_of = models.CharField(_("代谁"), max_length=120, blank=True, default="")
    subject = models.CharField(_("对象"), max_length=60)
    subject_id = models.BigIntegerField(null=True)
    subject_name = models.CharField(max_length=200, blank=True, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    request_id = models.CharField(max_length=36, blank=True, default="")

    class Meta(Located.Meta):
        verbose_name = _("审计事件")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_auditevent_place", parent="jurisdiction"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["subject", "subject_id"], name="tenancy_auditevent_subject"),
            models.Index(fields=["action", "id"], name="tenancy_auditevent_action"),
            models.Index(fields=["at"], name="tenancy_auditevent_day"),
        ]


class AuditSeal(Located):
    """One link of a tenant's chain: digest = SHA-256(previous digest, canonical text of the event)."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    sequence = models.BigIntegerField()
    # A plain number, because an event may be archived while its seal stays.
    event = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta(Located.Meta):
        verbose_name = _("审计链")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="tenancy_auditseal_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="tenancy_auditseal_id_place"),
            SamePlace(name="tenancy_auditseal_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["jurisdiction", "sequence"], name="tenancy_auditseal_sequence"),
            models.UniqueConstraint(fields=["jurisdiction", "event"], name="tenancy_auditseal_event"),
        ]
