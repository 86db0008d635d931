"""The register of entities (包保主体): who they are today and whether they are open."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entities.models.dated import Dated, one_a_day
from entities.rules.spots import DATUM_LABELS
from entities.rules.vocabulary import Grade, OperatingStatus, RiskLevel, SupplyWay
from tenancy.fields import PhoneField
from tenancy.models import ImportBatch, Jurisdiction, Located
from tenancy.wall import SamePlace

GRADES = {grade.value: grade.value for grade in Grade}
RISKS = {level.value: level.label for level in RiskLevel}
STATUSES = {
    OperatingStatus.ACTIVE.value: _("在营"),
    OperatingStatus.STOPPED.value: _("停业"),
    OperatingStatus.DORMANT.value: _("歇业"),
    OperatingStatus.CANCELLED.value: _("注销"),
    OperatingStatus.REVOKED.value: _("吊销"),
}


SUPPLY_WAYS = {
    SupplyWay.SELF_RUN.value: _("自营"),
    SupplyWay.CONTRACTED.value: _("委托承包经营"),
    SupplyWay.ORDERED.value: _("从供餐单位订餐"),
}
# A ledger's cell may name several people.
NAMES_LENGTH = 40


class EntityQuerySet(models.QuerySet["Entity"]):
    def supervised(self) -> "EntityQuerySet":
        """Those that are visited: in operation on the register's present word."""
        return self.filter(status=OperatingStatus.ACTIVE.value)

    def graded(self) -> "EntityQuerySet":
        return self.exclude(grade="")


_Entities = models.Manager.from_queryset(EntityQuerySet)


class EntityManager(_Entities["Entity"]):
    """The register: every business once. A row that another has taken up is read through `Entity.every` only."""

    def get_queryset(self) -> EntityQuerySet:
        return EntityQuerySet(self.model, using=self._db).filter(merged_into=None)


class Entity(Located):
    """A food business as the register knows it today; `grade` and `status` repeat the dated rows of the day for lists.

    merged_into: the row that took this one up, whose records stay its own.
    """

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="entities"
    )
    name = models.CharField(_("主体名称"), max_length=120)
    sort_key = models.CharField(max_length=120, db_collation="C", editable=False, default="")
    uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True, default="")
    business_type = models.CharField(_("主体业态"), max_length=32)
    further_types = ArrayField(models.CharField(max_length=32), verbose_name=_("兼营业态"), blank=True, default=list)
    staff = models.PositiveIntegerField(_("从业人员（人）"), null=True, blank=True)
    revenue = models.DecimalField(_("年营业收入（万元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    diners = models.PositiveIntegerField(_("用餐人数（人）"), null=True, blank=True)
    supply_way = models.CharField(
        _("供餐方式"), max_length=12, choices=SUPPLY_WAYS, blank=True, default="", db_default=""
    )
    address = models.CharField(_("经营地址"), max_length=200, blank=True, default="")
    principal = models.CharField(_("负责人"), max_length=NAMES_LENGTH, blank=True, default="")
    phone = PhoneField(_("联系电话"))
    director = models.CharField(_("食品安全总监"), max_length=NAMES_LENGTH, blank=True, default="")
    officer = models.CharField(_("食品安全员"), max_length=NAMES_LENGTH, blank=True, default="")
    tags = ArrayField(models.CharField(max_length=32), verbose_name=_("标签"), blank=True, default=list)
    # The food-risk grading, where A is the lowest risk; no grade of this system follows from it.
    risk_level = models.CharField(_("食品安全风险等级"), max_length=8, choices=RISKS, blank=True, default="")
    grade = models.CharField(_("等级"), max_length=1, choices=GRADES, blank=True, default="")
    status = models.CharField(_("经营状态"), max_length=12, choices=STATUSES, default=OperatingStatus.ACTIVE.value)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    changed_at = models.DateTimeField(auto_now=True)
    cluster = models.ForeignKey(
        "entities.Cluster", on_delete=models.PROTECT, null=True, blank=True, related_name="members"
    )
    stall = models.CharField(_("摊位号"), max_length=20, blank=True, default="", db_default="")
    chain = models.ForeignKey("entities.Chain", on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    # Of a seller without a fixed address, in place of one.
    sells_at = models.CharField(_("经常出摊地点"), max_length=200, blank=True, default="", db_default="")
    sells_hours = models.CharField(_("出摊时段"), max_length=60, blank=True, default="", db_default="")
    # As they were given; without their system they would mean another place.
    longitude = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True, blank=True)
    datum = models.CharField(_("坐标系"), max_length=8, choices=DATUM_LABELS, blank=True, default="", db_default="")
    # What the plan of the place adds to the register, by the codes of its `extra_fields`.
    extras = models.JSONField(_("本地增加的台账项"), blank=True, default=dict, db_default={})
    # Both follow from the values and are written with them: what the name is found by, and which values look wrong.
    pinyin = models.CharField(max_length=240, db_collation="C", editable=False, default="")
    oddities = ArrayField(models.CharField(max_length=12), editable=False, default=list)

    objects = EntityManager()
    every = EntityQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("包保主体")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_entity_place", parent="jurisdiction"),
            models.CheckConstraint(condition=Q(grade__in=["", *GRADES]), name="entities_entity_grade"),
            models.CheckConstraint(condition=Q(status__in=list(STATUSES)), name="entities_entity_status"),
            models.CheckConstraint(condition=Q(supply_way__in=["", *SUPPLY_WAYS]), name="entities_entity_supply_way"),
            models.CheckConstraint(condition=Q(risk_level__in=["", *RISKS]), name="entities_entity_risk_level"),
            models.CheckConstraint(
                condition=Q(revenue__isnull=True) | Q(revenue__gte=0), name="entities_entity_revenue"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="entities_entity_named"),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True, datum="")
                | Q(longitude__isnull=False, latitude__isnull=False, datum__in=list(DATUM_LABELS)),
                name="entities_entity_spot_whole",
            ),
            models.CheckConstraint(
                condition=Q(stall="") | Q(cluster__isnull=False), name="entities_entity_stall_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(sells_hours="") | ~Q(sells_at=""), name="entities_entity_hours_somewhere"
            ),
            # A row that was taken up is out of operation, so that whatever asks for that leaves it out as well.
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(status=OperatingStatus.ACTIVE.value), name="entities_entity_merged"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["place", "grade", "id"], name="entities_entity_grade"),
            models.Index(fields=["place", "uscc"], name="entities_entity_uscc"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def activities(self) -> tuple[str, ...]:
        """All its business types, the main one first."""
        return (self.business_type, *self.further_types)


class StatusRecord(Dated):
    """经营状态 with its source: import, visit, the station's check, a penalty, an expired licence or the office."""

    SOURCES: ClassVar = {
        "import": _("台账导入"),
        "visit": _("督导"),
        "inspection": _("监督检查"),
        "penalty": _("行政处罚"),
        "licence": _("许可证到期"),
        "office": _("经办登记"),
    }

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="status_records")
    status = models.CharField(max_length=12, choices=STATUSES)
    source = models.CharField(max_length=12, choices=SOURCES)

    class Meta(Dated.Meta):
        verbose_name = _("状态记录")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            *one_a_day("entities_statusrecord"),
        ]
