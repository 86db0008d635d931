"""Quarters as places opened them, the task lists they keep, and what is owed in them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from entities.models import Entity
from supervision.rules.owing import CODE
from tenancy.models import Counted, Jurisdiction, Located
from tenancy.wall import SamePlace, Wall


class Quarter(Located):
    """A quarter as one street opened it, with the plan it keeps whatever is issued later."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="quarters"
    )
    label = models.CharField(_("季度"), max_length=6)
    start = models.DateField(_("开始"))
    due_on = models.DateField(_("季度截止"))
    package_on = models.DateField(_("材料报送日"), null=True, blank=True)
    plan_digest = models.CharField(max_length=64)
    plan_source = models.CharField(_("依据"), max_length=200, blank=True, default="")
    # The layers as they stood, from the national one to the nearest.
    plan = models.JSONField()
    opened_on = models.DateField(_("启动日期"))
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta(Located.Meta):
        verbose_name = _("季度")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Cadres stand in the communities below the street that opened it.
            Wall(name="supervision_quarter_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="supervision_quarter_id_place"),
            SamePlace(name="supervision_quarter_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["jurisdiction", "label"], name="supervision_quarter_once"),
            models.CheckConstraint(condition=Q(start__lt=F("due_on")), name="supervision_quarter_days"),
            models.CheckConstraint(condition=Q(label__regex=r"^[0-9]{4}Q[1-4]$"), name="supervision_quarter_label"),
        ]

    def __str__(self) -> str:
        return f"{self.label[:4]}年第{self.label[5]}季度"


class TaskListVersion(Located):
    """任务清单 as it was shown and signed; never changed, so that a record prints on it for ever."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    code = models.CharField(max_length=48)
    name = models.CharField(_("名称"), max_length=200)
    digest = models.CharField(max_length=64)
    # {"code", "name", "sections": [{"code", "title", "items": [{"code", "text", "sample"}]}]}
    document = models.JSONField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta(Located.Meta):
        verbose_name = _("任务清单版本")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="supervision_tasklistversion_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="supervision_tasklistversion_id_place"),
            SamePlace(name="supervision_tasklistversion_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["jurisdiction", "digest"], name="supervision_tasklistversion_once"),
        ]

    def __str__(self) -> str:
        return self.name


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def owed(self) -> "ObligationQuerySet":
        """Those that count: an entity that closed before it was visited owes nothing."""
        return self.filter(closed_on__isnull=True)

    def unmet(self) -> "ObligationQuerySet":
        return self.owed().filter(fulfilled_by__isnull=True)


class Obligation(Located, Counted):
    """One visit owed to one entity: the n-th of those its frequency asks for within a cycle."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="obligations")
    # The quarter it was opened in. It stands in the street, the obligation with its entity.
    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="obligations")
    kind = models.CharField(max_length=12, default="quarter")
    # 2026-10, 2026Q4, 2026H2 or 2026; the n-th of so many visits within it.
    cycle = models.CharField(_("督导周期"), max_length=7)
    ordinal = models.PositiveSmallIntegerField(_("第几次"), default=1)
    times = models.PositiveSmallIntegerField(_("共几次"), default=1)
    starts_on = models.DateField(_("周期开始"))
    opened_on = models.DateField(_("开立日期"))
    due_on = models.DateField(_("期限"))
    # The quarter it falls due in, whose figures it belongs to.
    counted_quarter = models.CharField(max_length=6, editable=False)
    # Unique where set, by a partial index: a whole one would make two first visits lock each other out.
    fulfilled_by = models.ForeignKey(
        "supervision.Visit", on_delete=models.PROTECT, null=True, blank=True, related_name="fulfilled", db_index=False
    )
    fulfilled_on = models.DateField(_("督导日期"), null=True, blank=True)
    closed_on = models.DateField(_("终止日期"), null=True, blank=True)
    closed_reason = models.CharField(_("终止原因"), max_length=200, blank=True, default="")

    objects = ObligationQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("督导任务")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="supervision_obligation_place", parent="entity"),
            models.UniqueConstraint(fields=["entity", "kind", "cycle", "ordinal"], name="supervision_obligation_once"),
            models.UniqueConstraint(
                fields=["fulfilled_by"],
                condition=Q(fulfilled_by__isnull=False),
                name="supervision_obligation_one_visit",
            ),
            models.CheckConstraint(condition=Q(kind="quarter"), name="supervision_obligation_kind"),
            models.CheckConstraint(
                condition=Q(cycle__regex=CODE, ordinal__gte=1, ordinal__lte=F("times")),
                name="supervision_obligation_cycle",
            ),
            models.CheckConstraint(
                condition=Q(fulfilled_by__isnull=True, fulfilled_on__isnull=True)
                | Q(fulfilled_by__isnull=False, fulfilled_on__isnull=False),
                name="supervision_obligation_done",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_reason="")
                | (Q(closed_on__isnull=False, fulfilled_by__isnull=True) & ~Q(closed_reason="")),
                name="supervision_obligation_closed",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["quarter", "counted_holder"], name="supervision_obligation_holder"),
            models.Index(fields=["counted_quarter", "place"], name="supervision_obligation_counted"),
        ]
