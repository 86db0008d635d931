"""外部名单: lists that other offices keep of the same businesses, their rows, and where the register says otherwise."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entities.models.register import STATUSES, Entity
from entities.rules.outside import SOURCE_LABELS
from entities.rules.reconciling import ANSWER_LABELS, FIELD_LABELS, KIND_LABELS, Answer, DifferenceKind
from tenancy.models import ImportBatch, Jurisdiction, Located, Post
from tenancy.wall import SamePlace, Wall

SOURCES = {source.value: label for source, label in SOURCE_LABELS.items()}
KINDS = {kind.value: label for kind, label in KIND_LABELS.items()}
ANSWERS = {answer.value: label for answer, label in ANSWER_LABELS.items()}


class OutsideListQuerySet(models.QuerySet["OutsideList"]):
    def standing(self) -> "OutsideListQuerySet":
        """Those that were read and not taken back."""
        return self.filter(state="compared")


class OutsideList(Located):
    """外部名单: one list as it stood on a day. `basis_on` is the day since when 数据归集率 is counted by it."""

    STATES: ClassVar = {"reading": _("待读入"), "compared": _("已比对"), "withdrawn": _("已撤回")}

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    batch = models.OneToOneField(ImportBatch, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    source = models.CharField(_("来源"), max_length=12, choices=SOURCES)
    name = models.CharField(_("名单名称"), max_length=80)
    listed_on = models.DateField(_("数据截至"))
    state = models.CharField(max_length=12, choices=STATES, default="reading")
    rows_read = models.PositiveIntegerField(default=0)
    compared_at = models.DateTimeField(null=True)
    # Nobody where a command brought it.
    uploaded_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_by_name = models.CharField(max_length=120, blank=True, default="")
    uploaded_on = models.DateField()
    basis_on = models.DateField(_("作为分母"), null=True)
    basis_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    basis_by_name = models.CharField(max_length=120, blank=True, default="")

    objects = OutsideListQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("外部名单")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A street works off its part of the district's list.
            Wall(name="entities_outsidelist_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="entities_outsidelist_id_place"),
            SamePlace(name="entities_outsidelist_place", parent="jurisdiction"),
            SamePlace(name="entities_outsidelist_batch_place", parent="batch"),
            models.CheckConstraint(
                condition=Q(basis_on__isnull=True) | Q(state="compared"), name="entities_outsidelist_basis"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OutsideRow(Located):
    """One business as a list has it, lying where the register's own does, else where its address says, else at the office.

    entity: whom the comparison found; without a key of the database, so that a register row taken back leaves it alone.
    """

    # No index of its own: the unique (outside, number) begins with it.
    outside = models.ForeignKey(OutsideList, on_delete=models.PROTECT, db_index=False, related_name="rows")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    number = models.PositiveIntegerField(_("行号"))
    name = models.CharField(_("主体名称"), max_length=120)
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True, default="")
    licence = models.CharField(_("许可证编号"), max_length=40, blank=True, default="")
    business_type = models.CharField(_("主体业态"), max_length=60, blank=True, default="")
    area = models.CharField(_("所属地方"), max_length=60, blank=True, default="")
    address = models.CharField(_("经营地址"), max_length=200, blank=True, default="")
    principal = models.CharField(_("负责人"), max_length=40, blank=True, default="")
    valid_until = models.DateField(_("有效期至"), null=True)
    status = models.CharField(_("经营状态"), max_length=12, choices=STATUSES, blank=True, default="")
    entity = models.ForeignKey(Entity, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+")

    class Meta(Located.Meta):
        verbose_name = _("名单行")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_outsiderow_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["outside", "number"], name="entities_outsiderow_number"),
        ]


class DifferenceQuerySet(models.QuerySet["Difference"]):
    def waiting(self) -> "DifferenceQuerySet":
        """Those nobody has answered."""
        return self.filter(answer=Answer.OPEN.value)


class Difference(Located):
    """差异: what list and register do not say alike about one business, and what somebody made of it.

    fingerprint is the same whenever a list brings the same difference with the same values.
    """

    # No index of its own: the unique (outside, fingerprint) begins with it.
    outside = models.ForeignKey(OutsideList, on_delete=models.PROTECT, db_index=False, related_name="differences")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    row = models.ForeignKey(OutsideRow, on_delete=models.PROTECT, null=True, related_name="differences")
    entity = models.ForeignKey(Entity, on_delete=models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    kind = models.CharField(_("差异"), max_length=12, choices=KINDS)
    field = models.CharField(_("项目"), max_length=12, choices=list(FIELD_LABELS.items()), blank=True, default="")
    there = models.CharField(_("外部名单"), max_length=200, blank=True, default="")
    here = models.CharField(_("本台账"), max_length=200, blank=True, default="")
    fingerprint = models.CharField(max_length=64)
    answer = models.CharField(_("处理"), max_length=12, choices=ANSWERS, default=Answer.OPEN.value)
    reason = models.CharField(_("说明"), max_length=200, blank=True, default="")
    answered_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    answered_by_name = models.CharField(max_length=120, blank=True, default="")
    answered_on = models.DateField(null=True)
    # The act on many that took it over.
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DifferenceQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("差异")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_difference_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["outside", "fingerprint"], name="entities_difference_once"),
            models.CheckConstraint(
                condition=Q(kind=DifferenceKind.ONLY_HERE.value) | Q(row__isnull=False),
                name="entities_difference_row",
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.OPEN.value) | Q(answered_on__isnull=False),
                name="entities_difference_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.there or self.here}"
