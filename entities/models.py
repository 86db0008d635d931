"""The register of entities (包保主体) with what changes over time as dated rows beside them."""

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from entities.rules.vocabulary import DecisionKind, Grade, OperatingStatus, RiskLevel
from tenancy.fields import PhoneField
from tenancy.models import ImportBatch, Jurisdiction, Located, Post
from tenancy.wall import SamePlace, Wall

GRADES = {grade.value: grade.value for grade in Grade}
RISKS = {level.value: level.label for level in RiskLevel}
RAISED_BY = {"class": _("按类提级"), "case": _("个案提级")}
DECISIONS = {DecisionKind.UPGRADE.value: _("个案提级"), DecisionKind.CORRECTION.value: _("人工改级")}
STATUSES = {
    OperatingStatus.ACTIVE.value: _("在营"),
    OperatingStatus.STOPPED.value: _("停业"),
    OperatingStatus.DORMANT.value: _("歇业"),
    OperatingStatus.CANCELLED.value: _("注销"),
    OperatingStatus.REVOKED.value: _("吊销"),
}


class EntityQuerySet(models.QuerySet["Entity"]):
    def supervised(self) -> "EntityQuerySet":
        """Those that are visited: in operation on the register's present word."""
        return self.filter(status=OperatingStatus.ACTIVE.value)

    def graded(self) -> "EntityQuerySet":
        return self.exclude(grade="")


class Entity(Located):
    """A food business as the register knows it today; `grade` and `status` repeat the dated rows of the day for lists."""

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
    address = models.CharField(_("经营地址"), max_length=200, blank=True, default="")
    principal = models.CharField(_("负责人"), max_length=40, blank=True, default="")
    phone = PhoneField(_("联系电话"))
    director = models.CharField(_("食品安全总监"), max_length=40, blank=True, default="")
    officer = models.CharField(_("食品安全员"), max_length=40, blank=True, default="")
    tags = ArrayField(models.CharField(max_length=32), verbose_name=_("标签"), blank=True, default=list)
    # The food-risk grading, where A is the lowest risk; no grade of this system follows from it.
    risk_level = models.CharField(_("食品安全风险等级"), max_length=8, choices=RISKS, blank=True, default="")
    grade = models.CharField(_("等级"), max_length=1, choices=GRADES, blank=True, default="")
    status = models.CharField(_("经营状态"), max_length=12, choices=STATUSES, default=OperatingStatus.ACTIVE.value)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    objects = EntityQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("包保主体")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_entity_place", parent="jurisdiction"),
            models.CheckConstraint(condition=Q(grade__in=["", *GRADES]), name="entities_entity_grade"),
            models.CheckConstraint(condition=Q(status__in=list(STATUSES)), name="entities_entity_status"),
            models.CheckConstraint(condition=Q(risk_level__in=["", *RISKS]), name="entities_entity_risk_level"),
            models.CheckConstraint(
                condition=Q(revenue__isnull=True) | Q(revenue__gte=0), name="entities_entity_revenue"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="entities_entity_named"),
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


def last_day_of(valid: DateRange) -> date | None:
    """The last day of a range whose upper bound is excluded; None where it has no end."""
    return valid.upper - timedelta(days=1) if valid.upper else None


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


def _one_a_day(name: str) -> list[models.BaseConstraint]:
    whole = Func(F("entity_id"), F("entity_id"), Value("[]"), function="int8range")
    return [
        SamePlace(name=f"{name}_place", parent="entity"),
        models.CheckConstraint(condition=Q(valid__isempty=False), name=f"{name}_some_day"),
        ExclusionConstraint(name=f"{name}_one_a_day", expressions=[(whole, "&&"), ("valid", "&&")]),
    ]


class Regrading(Located):
    """重新分级: one act that graded a whole place anew from a day on; undone while nobody touched its entities since."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    since = models.DateField(_("起算日"))
    plan_source = models.CharField(_("方案"), max_length=200)
    plan_digest = models.CharField(max_length=64)
    counts = models.JSONField(default=dict)
    made_on = models.DateField()
    # The moment its entities bear as `changed_at`; whatever bears another was touched since.
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    undone_on = models.DateField(null=True)
    undone_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Located.Meta):
        verbose_name = _("重新分级")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # A place below has to know from which day it is graded anew.
            Wall(name="entities_regrading_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="entities_regrading_id_place"),
            SamePlace(name="entities_regrading_place", parent="jurisdiction"),
        ]

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d} {self.plan_source}"


class GradeRecord(Dated):
    """分级: base grade with the rule and clause that fired, and the effective grade with what raised it.

    `corrected_from` is what the rules said where an office corrected the base by hand.
    """

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="grade_records")
    base = models.CharField(_("基础等级"), max_length=1, choices=GRADES)
    effective = models.CharField(_("包保等级"), max_length=1, choices=GRADES)
    corrected_from = models.CharField(_("规则判定"), max_length=1, choices=GRADES, blank=True, default="")
    size = models.CharField(_("规模"), max_length=8, blank=True, default="")
    rule = models.CharField(max_length=48)
    clause = models.CharField(_("依据"), max_length=200, blank=True, default="")
    reason = models.CharField(_("说明"), max_length=200, blank=True, default="")
    raised_by = models.CharField(_("提级方式"), max_length=8, choices=RAISED_BY, blank=True, default="")
    raise_clause = models.CharField(_("提级依据"), max_length=200, blank=True, default="")
    raise_reason = models.CharField(_("提级理由"), max_length=200, blank=True, default="")
    regrading = models.ForeignKey(Regrading, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Dated.Meta):
        verbose_name = _("分级记录")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            *_one_a_day("entities_graderecord"),
            # A stands above B: an upgrade can only go towards A.
            models.CheckConstraint(condition=Q(effective__lte=F("base")), name="entities_graderecord_upgrade"),
            models.CheckConstraint(
                condition=(Q(raised_by="") & Q(effective=F("base"))) | (~Q(raised_by="") & Q(effective__lt=F("base"))),
                name="entities_graderecord_raised",
            ),
        ]


class GradeDecision(Located):
    """What an office decided about one entity over what the rules say: 提级 by case, or 人工改级 of the base.

    `over` is the base it was decided on; `withdrawn_on` is the first day it no longer holds, whatever `valid` says.
    """

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="decisions")
    kind = models.CharField(max_length=12, choices=DECISIONS)
    grade = models.CharField(_("等级"), max_length=1, choices=GRADES)
    over = models.CharField(max_length=1, choices=GRADES)
    reason = models.CharField(_("理由"), max_length=120)
    approver = models.CharField(_("批准人"), max_length=40)
    document = models.CharField(_("文号"), max_length=60)
    cited = models.CharField(_("依据"), max_length=200, blank=True, default="")
    valid = DateRangeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField(null=True)
    withdrawn_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(_("撤回理由"), max_length=200, blank=True, default="")

    class Meta(Located.Meta):
        verbose_name = _("定级决定")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_gradedecision_place", parent="entity"),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="entities_gradedecision_some_day"),
            models.CheckConstraint(condition=~Q(grade=F("over")), name="entities_gradedecision_changes"),
            models.CheckConstraint(
                condition=Q(kind=DecisionKind.CORRECTION.value) | Q(grade__lt=F("over")),
                name="entities_gradedecision_upgrade",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawn_reason=""),
                name="entities_gradedecision_withdrawn",
            ),
            *(
                ExclusionConstraint(
                    name=f"entities_gradedecision_one_{kind.value}",
                    expressions=[
                        (Func(F("entity_id"), F("entity_id"), Value("[]"), function="int8range"), "&&"),
                        ("valid", "&&"),
                    ],
                    condition=Q(kind=kind.value, withdrawn_on__isnull=True),
                )
                for kind in DecisionKind
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.over}→{self.grade}"

    @property
    def last_day(self) -> date | None:
        return last_day_of(self.valid)


class RegradedEntity(Located):
    """One entity of a regrading: what it had, what it got and why, and its rows as they were, to be put back."""

    # No index of its own: the unique (regrading, entity) begins with it.
    regrading = models.ForeignKey(Regrading, on_delete=models.PROTECT, db_index=False, related_name="lines")
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    old_base = models.CharField(max_length=1, blank=True, default="")
    old_effective = models.CharField(max_length=1, blank=True, default="")
    new_base = models.CharField(max_length=1, blank=True, default="")
    new_effective = models.CharField(max_length=1, blank=True, default="")
    clause = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    before = models.JSONField(default=list)

    class Meta(Located.Meta):
        verbose_name = _("重新分级明细")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_regradedentity_place", parent="entity"),
            models.UniqueConstraint(fields=["regrading", "entity"], name="entities_regradedentity_once"),
        ]


class StatusRecord(Dated):
    """经营状态 with its source: import, visit, inspection or the office."""

    SOURCES: ClassVar = {
        "import": _("台账导入"),
        "visit": _("督导"),
        "inspection": _("监管检查"),
        "office": _("经办登记"),
    }

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="status_records")
    status = models.CharField(max_length=12, choices=STATUSES)
    source = models.CharField(max_length=12, choices=SOURCES)

    class Meta(Dated.Meta):
        verbose_name = _("状态记录")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            *_one_a_day("entities_statusrecord"),
        ]


class Licence(Located):
    """A licence, registration or filing number. Ledgers in use repeat numbers by mistake, so it is no key."""

    # No index of its own: the unique (entity, number) begins with it.
    entity = models.ForeignKey(
        Entity, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="licences"
    )
    number = models.CharField(_("许可证编号"), max_length=40)
    valid_until = models.DateField(_("有效期至"), null=True, blank=True)
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Located.Meta):
        verbose_name = _("许可证")
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["number"], name="licence_number"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_licence_place", parent="entity"),
            models.UniqueConstraint(fields=["entity", "number"], name="entities_licence_once"),
        ]
