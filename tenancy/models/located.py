"""What every tenant-owned row carries: its place behind the wall, and for facts what they count for."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from tenancy.rules.paths import MAX_PATH
from tenancy.wall import Wall


class PlaceField(models.CharField):
    """The materialised path of the row's jurisdiction, compared byte by byte."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = MAX_PATH
        kwargs["db_collation"] = "C"
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"], kwargs["db_collation"]
        return name, path, args, kwargs


def last_day_of(valid: DateRange) -> date | None:
    """The last day of a range whose upper bound is excluded; None where it has no end."""
    return valid.upper - timedelta(days=1) if valid.upper else None


class Located(models.Model):
    """A row behind the wall. Its place follows one non-null parent through a SamePlace constraint."""

    place = PlaceField()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="%(app_label)s_%(class)s_wall"),
            models.UniqueConstraint(fields=["id", "place"], name="%(app_label)s_%(class)s_id_place"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["place", "id"], name="%(class)s_at"),
        ]


class Counted(models.Model):
    """What a fact counts for, frozen on its day beside its place.

    `counted_in` is the chain of jurisdiction ids from the root down ("1/7/52/"): ids outlive renames, splits and
    moves, so figures of past periods never change with the tree. Tier, grade and holder are those of the day.
    """

    counted_in = models.CharField(max_length=120, db_collation="C", editable=False)
    counted_tier = models.CharField(max_length=24, blank=True, default="", editable=False)
    counted_grade = models.CharField(max_length=1, blank=True, default="", editable=False)
    counted_holder = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True
