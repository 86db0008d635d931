"""Who holds which post in the bodies a plan names, from a day to a day."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models.located import Located, last_day_of
from tenancy.models.people import Post
from tenancy.models.tree import Jurisdiction
from tenancy.wall import SamePlace


class Seat(Located):
    """机制任职: one person in one post of one body, by the codes of the plan, with the names of the day it was taken.

    post is empty for somebody who has none in this place.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    body = models.CharField(max_length=40)
    body_name = models.CharField(_("机构"), max_length=400)
    role = models.CharField(max_length=40)
    role_name = models.CharField(_("职务名称"), max_length=400)
    person_name = models.CharField(_("姓名"), max_length=40)
    title = models.CharField(_("现任职务"), max_length=60, blank=True, default="")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="+")
    valid = DateRangeField(_("任职期间"))
    recorded_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta(Located.Meta):
        verbose_name = _("机制任职")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_seat_place", parent="jurisdiction"),
            SamePlace(name="tenancy_seat_post", parent="post"),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="tenancy_seat_some_day"),
            models.CheckConstraint(condition=~Q(person_name=""), name="tenancy_seat_named"),
        ]

    def __str__(self) -> str:
        return f"{self.role_name} {self.person_name}"

    @property
    def last_day(self) -> date | None:
        return last_day_of(self.valid)
