"""The jurisdiction tree as a materialised path; the root of a path is a tenant."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.located import PlaceField
from tenancy.rules.paths import END
from tenancy.rules.roles import RIGHT_LABELS, Right
from tenancy.wall import Wall


class JurisdictionQuerySet(models.QuerySet["Jurisdiction"]):
    def under(self, path: str) -> "JurisdictionQuerySet":
        """The subtree of a path, itself included."""
        return self.filter(path__gte=path, path__lt=path + END)


class Jurisdiction(models.Model):
    """A place in the tree: district, street, community, or a zone with a segment of its own.

    Readable by everybody, written only from within: names of places are no secret, their paths are the wall.
    """

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    code = models.CharField(_("区划代码"), max_length=12, blank=True, default="", db_index=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=24)
    path = PlaceField(unique=True)
    id_path = models.CharField(max_length=120, db_collation="C", editable=False, default="")
    sort_key = models.CharField(max_length=120, db_collation="C", editable=False, default="")
    closed_on = models.DateField(_("撤销日期"), null=True, blank=True)

    objects = JurisdictionQuerySet.as_manager()

    class Meta:
        verbose_name = _("区划")
        default_permissions = ()
        permissions = [(right.value, RIGHT_LABELS[right]) for right in Right]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="tenancy_jurisdiction_wall", column="path", reads="all"),
            models.UniqueConstraint(fields=["id", "path"], name="tenancy_jurisdiction_id_path"),
            models.UniqueConstraint(
                fields=["parent", "name"],
                condition=models.Q(closed_on__isnull=True),
                name="tenancy_jurisdiction_name",
                violation_error_message=_("同一上级下已有同名区划。"),
            ),
            models.CheckConstraint(condition=models.Q(path__endswith="/"), name="tenancy_jurisdiction_closed_path"),
        ]

    def __str__(self) -> str:
        return self.name
