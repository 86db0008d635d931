"""Facts that hold from one day to another."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from tenancy.models import ImportBatch, Located, Post, last_day_of
from tenancy.wall import SamePlace


class Dated(Located):
    """A fact of an entity that holds from one day to another; at most one holds on any day."""

    valid = DateRangeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Located.Meta):
        abstract = True

    @property
    def last_day(self) -> date | None:
        return last_day_of(self.valid)


def one_a_day(name: str) -> list[models.BaseConstraint]:
    whole = Func(F("entity_id"), F("entity_id"), Value("[]"), function="int8range")
    return [
        SamePlace(name=f"{name}_place", parent="entity"),
        models.CheckConstraint(condition=Q(valid__isempty=False), name=f"{name}_some_day"),
        ExclusionConstraint(name=f"{name}_one_a_day", expressions=[(whole, "&&"), ("valid", "&&")]),
    ]
