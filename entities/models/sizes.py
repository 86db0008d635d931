"""规模数据 by days: each figure as it came, with where it came from."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entities.models.register import Entity
from entities.rules.sizes import SizeKind, SizeSource
from tenancy.models import ImportBatch, Located, Post
from tenancy.wall import SamePlace

SIZE_KINDS = {kind.value: kind.label for kind in SizeKind}
SIZE_SOURCES = {source.value: source.label for source in SizeSource}


class SizeFact(Located):
    """One figure of an entity on a day, in the unit of its kind; without a value it was cleared on that day.

    The latest of a kind is what the entity's own column says; whoever writes that column writes this row.
    """

    # No index of its own: the one by kind begins with it.
    entity = models.ForeignKey(
        Entity, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="sizes"
    )
    kind = models.CharField(_("项目"), max_length=12, choices=SIZE_KINDS)
    value = models.DecimalField(_("数值"), max_digits=14, decimal_places=2, null=True)
    source = models.CharField(_("来源"), max_length=8, choices=SIZE_SOURCES)
    known_on = models.DateField(_("数据日期"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Located.Meta):
        verbose_name = _("规模数据")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_sizefact_place", parent="entity"),
            models.CheckConstraint(condition=Q(kind__in=list(SIZE_KINDS)), name="entities_sizefact_kind"),
            models.CheckConstraint(condition=Q(source__in=list(SIZE_SOURCES)), name="entities_sizefact_source"),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(value__gte=0), name="entities_sizefact_value"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["entity", "kind", "-known_on", "-id"], name="sizefact_latest"),
        ]

    def __str__(self) -> str:
        return f"{SizeKind(self.kind).label} {self.said}"

    @property
    def said(self) -> str:
        """The figure with its unit."""
        if self.value is None:
            return str(_("空"))
        return f"{self.value.normalize():f} {SizeKind(self.kind).unit}"

    @property
    def origin(self) -> str:
        """Where it comes from, and of which day it is."""
        return f"{SizeSource(self.source).label} {self.known_on.isoformat()}"

    @property
    def told(self) -> str:
        """The figure with where it comes from."""
        return f"{self.said} · {self.origin}"
