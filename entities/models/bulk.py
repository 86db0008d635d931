"""批量办理: one act on many entities, with each of them as it was."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from entities.models.register import Entity
from entities.rules.bulk import BulkKind
from tenancy.models import Jurisdiction, Located, Post
from tenancy.wall import SamePlace

BULK_KINDS = {kind.value: kind.label for kind in BulkKind}


class BulkChange(Located):
    """One act on many entities; undone for those that nobody touched since."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    kind = models.CharField(_("办理事项"), max_length=12, choices=BULK_KINDS)
    value = models.CharField(max_length=64)
    said = models.CharField(_("改为"), max_length=120)
    conditions = models.CharField(_("条件"), max_length=400)
    counts = models.JSONField(default=dict)
    made_on = models.DateField()
    # The moment its entities bear as `changed_at`; whatever bears another was touched since.
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    undone_on = models.DateField(null=True)
    undone_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Located.Meta):
        verbose_name = _("批量办理")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_bulkchange_place", parent="jurisdiction"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.said}"


class BulkChangedEntity(Located):
    """One entity of a bulk change: what it said before and after, and its rows as they were, to be put back."""

    # No index of its own: the unique (bulk, entity) begins with it.
    bulk = models.ForeignKey(BulkChange, on_delete=models.PROTECT, db_index=False, related_name="lines")
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    old = models.CharField(max_length=400, blank=True, default="")
    new = models.CharField(max_length=400, blank=True, default="")
    before = models.JSONField(default=dict)

    class Meta(Located.Meta):
        verbose_name = _("批量办理明细")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_bulkchangedentity_place", parent="entity"),
            models.UniqueConstraint(fields=["bulk", "entity"], name="entities_bulkchangedentity_once"),
        ]
