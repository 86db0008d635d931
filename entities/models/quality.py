"""Who mends which kind of defect of the register by when."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entities.rules.quality import Defect
from tenancy.models import Jurisdiction, Located, Post
from tenancy.wall import SamePlace

DEFECTS = {defect.value: defect.label for defect in Defect}


class Mending(Located):
    """补录分工: one kind of defect in a place, given to a post until a day. Whether it is done the register says."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    defect = models.CharField(_("资料问题"), max_length=20, choices=DEFECTS)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("期限"))
    given_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    given_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta(Located.Meta):
        verbose_name = _("补录分工")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_mending_place", parent="jurisdiction"),
            models.UniqueConstraint(
                fields=["jurisdiction", "defect"], condition=Q(ended_on__isnull=True), name="entities_mending_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction.name} {self.get_defect_display()}"
