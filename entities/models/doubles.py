"""Two rows of the register for one business: merged into one with the way back, or kept apart for good."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from entities.models.register import Entity
from tenancy.models import Located, Post
from tenancy.wall import SamePlace


class EntityMerge(Located):
    """合并: one row of the register taken up by another, which keeps its own records and shows the other's beside them.

    before holds what the keeper's facts were, and the status of the other; `version` is the state the keeper was left
    in: only while that stands can the merge be undone. added are the licences the keeper took over.
    """

    keeper = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="merges")
    other = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")
    taken = models.JSONField(_("采用被合并记录的内容"), default=list)
    before = models.JSONField(default=dict)
    added = models.JSONField(default=list)
    reason = models.CharField(_("理由"), max_length=200)
    version = models.CharField(max_length=40)
    made_on = models.DateField(_("合并日期"))
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    made_by_name = models.CharField(max_length=120)
    undone_on = models.DateField(null=True)
    undone_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Located.Meta):
        verbose_name = _("合并")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_entitymerge_place", parent="keeper"),
            models.CheckConstraint(condition=~Q(keeper=F("other")), name="entities_entitymerge_two"),
            models.UniqueConstraint(
                fields=["other"], condition=Q(undone_on=None), name="entities_entitymerge_one_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.other} → {self.keeper}"


class DistinctPair(Located):
    """不是同一家: two rows that look alike and were found to be two businesses; never proposed again."""

    first = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    second = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("理由"), max_length=200)
    found_on = models.DateField()
    found_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")

    class Meta(Located.Meta):
        verbose_name = _("不是同一家")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_distinctpair_place", parent="first"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="entities_distinctpair_two"),
            models.UniqueConstraint(
                Least("first", "second"), Greatest("first", "second"), name="entities_distinctpair_once"
            ),
        ]
