"""Filters of the register that somebody keeps under a name."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models import Jurisdiction, Located, Post
from tenancy.wall import SamePlace


class SavedView(Located):
    """常用视图: a filter of the register under a name, its keeper's own or shared with the posts of his place.

    `query` is the filter as it stands in an address, in its one order.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    keeper = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("视图名称"), max_length=20)
    query = models.CharField(_("条件"), max_length=1000)
    shared = models.BooleanField(_("本单位共用"), default=False)
    position = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)

    class Meta(Located.Meta):
        verbose_name = _("常用视图")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_savedview_place", parent="jurisdiction"),
            models.UniqueConstraint(
                fields=["keeper", "name"], condition=Q(removed_at__isnull=True), name="entities_savedview_name"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="entities_savedview_named"),
        ]

    def __str__(self) -> str:
        return self.name
