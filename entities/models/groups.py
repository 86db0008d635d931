"""What shops belong to beside their community: a market or another place of many stalls, and a chain."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entities.rules.belonging import CLUSTER_LABELS
from tenancy.models import Jurisdiction, Located
from tenancy.wall import SamePlace, Wall


class Group(Located):
    """Kept by an office for shops of its place and below it; closed, it takes no further ones.

    `typed` names what a form asks for, in its order.
    """

    typed: ClassVar[tuple[str, ...]] = ()

    objects: ClassVar[models.Manager[Any]]

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    name = models.CharField(_("名称"), max_length=80)
    closed_on = models.DateField(
        _("停办日期"), null=True, blank=True, help_text=_("已经停办、撤销的才填；之后不再归入新的主体。")
    )

    class Meta(Located.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name


def kept_at(name: str) -> list[models.BaseConstraint]:
    """What both tables ask for: read from the communities below the office that keeps them, each name once there."""
    return [
        Wall(name=f"{name}_wall", reads="above"),
        models.UniqueConstraint(fields=["id", "place"], name=f"{name}_id_place"),
        SamePlace(name=f"{name}_place", parent="jurisdiction"),
        models.UniqueConstraint(
            fields=["jurisdiction", "name"], condition=Q(closed_on__isnull=True), name=f"{name}_named_once"
        ),
    ]


class Cluster(Group):
    """集聚场所: a market, food street, park or mall, whose stalls are entities of their own."""

    typed = ("kind", "name", "address", "operator", "closed_on")

    kind = models.CharField(_("类别"), max_length=12, choices=CLUSTER_LABELS)
    address = models.CharField(_("地址"), max_length=200, blank=True, default="")
    operator = models.CharField(_("开办者"), max_length=80, blank=True, default="")

    objects: ClassVar[models.Manager["Cluster"]] = models.Manager()

    class Meta(Group.Meta):
        verbose_name = _("集聚场所")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *kept_at("entities_cluster"),
            models.CheckConstraint(condition=Q(kind__in=list(CLUSTER_LABELS)), name="entities_cluster_kind"),
        ]


class Chain(Group):
    """连锁企业. Its headquarters may lie in another tenant, and is an entity here only where the register has its code."""

    typed = ("name", "uscc", "closed_on")

    uscc = models.CharField(_("总部统一社会信用代码"), max_length=18, blank=True, default="")

    objects: ClassVar[models.Manager["Chain"]] = models.Manager()

    class Meta(Group.Meta):
        verbose_name = _("连锁企业")
        constraints: ClassVar[list[models.BaseConstraint]] = kept_at("entities_chain")


# By the word that stands in addresses and in the trail, which is the field of an entity too.
GROUPS: dict[str, type[Group]] = {"cluster": Cluster, "chain": Chain}
