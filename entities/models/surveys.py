"""摸底: rounds in which shops are looked at from below, with what was found, drafted and confirmed at each."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from entities.models.register import GRADES, Entity
from entities.rules.surveys import LINE_LABELS, OUTCOME_LABELS, LineState
from tenancy.models import Jurisdiction, Located, Post
from tenancy.wall import SamePlace, Wall


class Survey(Located):
    """摸底: one round of a place from a day to a day; sums are kept as they stood when it was closed."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    name = models.CharField(_("名称"), max_length=80)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    surveyors = models.CharField(_("由谁去"), max_length=200)
    sums = models.JSONField(default=list)
    opened_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    opened_by_name = models.CharField(max_length=120)
    opened_on = models.DateField()
    closed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    closed_by_name = models.CharField(max_length=120, blank=True, default="")
    closed_on = models.DateField(null=True)

    class Meta(Located.Meta):
        verbose_name = _("摸底")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Whoever goes to the shops stands below the place that opened the round.
            Wall(name="entities_survey_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="entities_survey_id_place"),
            SamePlace(name="entities_survey_place", parent="jurisdiction"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="entities_survey_days"),
        ]

    def __str__(self) -> str:
        return self.name


class SurveyLine(Located):
    """摸底明细: one shop of a round. entity is empty for a shop found on the way, until it is in the register.

    cells are the facts as typed, telephones left out; computed is what the rules make of them, grade what the officer
    drafted. result says what became of it when the round was closed.
    """

    # No index of its own: the unique (survey, entity) begins with it.
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, db_index=False, related_name="lines")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, null=True, related_name="survey_lines")
    name = models.CharField(_("主体名称"), max_length=120)
    business_type = models.CharField(_("主体业态"), max_length=32)
    state = models.CharField(_("进度"), max_length=12, choices=LINE_LABELS, default=LineState.LISTED.value)
    outcome = models.CharField(_("核实结果"), max_length=12, choices=OUTCOME_LABELS, blank=True, default="")
    cells = models.JSONField(default=dict)
    computed = models.CharField(_("规则判定"), max_length=1, choices=GRADES, blank=True, default="")
    grade = models.CharField(_("拟定等级"), max_length=1, choices=GRADES, blank=True, default="")
    note = models.CharField(_("说明"), max_length=200, blank=True, default="")
    drafted_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    drafted_by_name = models.CharField(_("核实人"), max_length=120, blank=True, default="")
    drafted_on = models.DateField(_("核实日期"), null=True)
    confirmed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by_name = models.CharField(_("确认人"), max_length=120, blank=True, default="")
    confirmed_on = models.DateField(null=True)
    returned = models.CharField(_("退回原因"), max_length=200, blank=True, default="")
    result = models.CharField(_("处理结果"), max_length=200, blank=True, default="")

    class Meta(Located.Meta):
        verbose_name = _("摸底明细")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="entities_surveyline_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["survey", "entity"], name="entities_surveyline_once"),
            models.CheckConstraint(
                condition=Q(state=LineState.LISTED.value) | (~Q(outcome="") & Q(drafted_on__isnull=False)),
                name="entities_surveyline_drafted",
            ),
        ]

    def __str__(self) -> str:
        return self.name
