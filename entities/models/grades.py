"""How an entity came to its grade: what the rules said, what an office decided, and whole places graded anew."""

from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from entities.models.dated import Dated, last_day_of, one_a_day
from entities.models.register import GRADES, Entity
from entities.rules.vocabulary import DecisionKind
from tenancy.models import Jurisdiction, Located, Post
from tenancy.wall import SamePlace, Wall

RAISED_BY = {"class": _("按类提级"), "case": _("个案提级")}
DECISIONS = {DecisionKind.UPGRADE.value: _("个案提级"), DecisionKind.CORRECTION.value: _("人工改级")}


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
            *one_a_day("entities_graderecord"),
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
