"""What became of an entity: dated changes with the day until which their consequences are due, and shops not found."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entities.models.register import STATUSES, Entity
from entities.rules.changes import CHANGE_LABELS
from entities.rules.hints import HINT_LABELS, HintKind
from tenancy.models import ImportBatch, Located, Post
from tenancy.wall import SamePlace


class EntityChangeQuerySet(models.QuerySet["EntityChange"]):
    def standing(self) -> "EntityChangeQuerySet":
        """Those that were not taken back."""
        return self.filter(undone_on=None)

    def clocked(self) -> "EntityChangeQuerySet":
        """Those for which a plan sets a clock."""
        return self.standing().exclude(clock="")

    def running(self) -> "EntityChangeQuerySet":
        """Those of them that were not seen settled yet."""
        return self.clocked().filter(settled_on=None)


class EntityChange(Located):
    """变动: what became of an entity from a day on, why, and until when whoever answers for it is settled again.

    before and after hold the facts that moved. clock is the plan's code of the clock it started, empty where the plan
    sets none; due_on is empty as well where that clock says 及时. Changes of one act bear the same `version`.
    """

    SOURCES: ClassVar = {
        "office": _("经办登记"),
        "import": _("台账导入"),
        "visit": _("督导"),
        "inspection": _("监督检查"),
        "penalty": _("行政处罚"),
        "licence": _("许可证到期"),
    }

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="changes")
    kind = models.CharField(_("变动"), max_length=12, choices=CHANGE_LABELS)
    since = models.DateField(_("变动日期"))
    reason = models.CharField(_("原因"), max_length=200, blank=True, default="")
    document = models.CharField(_("依据"), max_length=120, blank=True, default="")
    source = models.CharField(_("来源"), max_length=12, choices=SOURCES, default="office")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    clock = models.CharField(max_length=48, blank=True, default="")
    due_on = models.DateField(_("调整期限"), null=True)
    bearer = models.CharField(_("由谁办"), max_length=60, blank=True, default="")
    settled_on = models.DateField(_("办结日期"), null=True)
    version = models.CharField(max_length=40, blank=True, default="")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_on = models.DateField(_("登记日期"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    undone_on = models.DateField(null=True)
    undone_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")

    objects = EntityChangeQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("变动")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_entitychange_place", parent="entity"),
            models.CheckConstraint(condition=Q(kind__in=list(CHANGE_LABELS)), name="entities_entitychange_kind"),
            models.CheckConstraint(
                condition=~Q(clock="") | Q(due_on=None, settled_on=None), name="entities_entitychange_clock"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(
                fields=["place", "due_on"],
                condition=~Q(clock="") & Q(settled_on=None, undone_on=None),
                name="entitychange_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d} {self.get_kind_display()}"


class Clearance(Located):
    """查无下落: a shop that nobody could find, with its proof, until a second person has said what becomes of it."""

    STATES: ClassVar = {"waiting": _("待复核"), "confirmed": _("已移出"), "rejected": _("未通过")}

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="clearances")
    looked_on = models.DateField(_("查找日期"))
    reason = models.CharField(_("查找经过"), max_length=200)
    status = models.CharField(_("移出后的经营状态"), max_length=12, choices=STATUSES)
    stored = models.CharField(max_length=200)
    filename = models.CharField(_("证明材料"), max_length=120)
    sha256 = models.CharField(max_length=64)
    is_pdf = models.BooleanField(default=False)
    state = models.CharField(_("状态"), max_length=12, choices=STATES, default="waiting")
    asked_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(_("提出人"), max_length=120)
    asked_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_name = models.CharField(_("复核人"), max_length=120, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("复核意见"), max_length=200, blank=True, default="")

    class Meta(Located.Meta):
        verbose_name = _("查无下落")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_clearance_place", parent="entity"),
            models.UniqueConstraint(
                fields=["entity"], condition=Q(state="waiting"), name="entities_clearance_one_waiting"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None) | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="entities_clearance_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.get_state_display()}"


class DismissedHint(Located):
    """不采用的状态线索: a record that speaks for another status, and why the office did not follow it."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="dismissed_hints")
    kind = models.CharField(_("线索来源"), max_length=12, choices={kind.value: HINT_LABELS[kind] for kind in HintKind})
    record = models.BigIntegerField()
    reason = models.CharField(_("不采用的理由"), max_length=200)
    dismissed_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    dismissed_by_name = models.CharField(_("经办人"), max_length=120)
    dismissed_on = models.DateField(_("日期"))

    class Meta(Located.Meta):
        verbose_name = _("不采用的状态线索")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_dismissedhint_place", parent="entity"),
            models.UniqueConstraint(fields=["kind", "record"], name="entities_dismissedhint_once"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.get_kind_display()}"
