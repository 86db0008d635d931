"""What follows a plan: the plans that streets and departments file under it, and how far its stages have come."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models.drafts import FILE_KINDS, StoredFile
from tenancy.models.located import Located
from tenancy.models.people import Post
from tenancy.models.plans import Plan
from tenancy.models.tree import Jurisdiction
from tenancy.rules.stages import STATE_LABELS, StageState
from tenancy.wall import SamePlace, Wall

STAGE_STATES = {state.value: _(STATE_LABELS[state]) for state in StageState}


class SubPlan(StoredFile, Located):
    """下级方案: what one street or department filed under a plan, or is awaited to file."""

    # A street files in its own place, a department in the place of the plan.
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="sub_plans")
    unit = models.CharField(_("单位"), max_length=60)
    title = models.CharField(_("标题"), max_length=200, blank=True, default="")
    text = models.TextField(_("正文"), blank=True, default="")
    responsible = models.CharField(_("责任人"), max_length=60, blank=True, default="")
    filed_on = models.DateField(_("报送日期"), null=True)
    filed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    # A department has no place of its own to be counted by, so it is written down before it files.
    stored = models.CharField(max_length=200, blank=True, default="")
    filename = models.CharField(_("文件名"), max_length=120, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    kind = models.CharField(max_length=8, choices=FILE_KINDS, blank=True, default="")

    class Meta(Located.Meta):
        verbose_name = _("下级方案")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_subplan_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["plan", "jurisdiction", "unit"], name="tenancy_subplan_once"),
            models.CheckConstraint(
                condition=Q(filed_on__isnull=True) | (~Q(responsible="") & (~Q(text="") | ~Q(stored=""))),
                name="tenancy_subplan_filed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.title}".strip()


class Milestone(Located):
    """One line of a timetable: what, until when, done on which day."""

    sub_plan = models.ForeignKey(SubPlan, on_delete=models.PROTECT, db_constraint=False, related_name="milestones")
    what = models.CharField(_("工作"), max_length=200)
    due_on = models.DateField(_("期限"))
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    # Taken out of the timetable when the plan was filed anew; what was done stays readable.
    dropped_on = models.DateField(null=True, blank=True)

    class Meta(Located.Meta):
        verbose_name = _("时间表")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_milestone_place", parent="sub_plan"),
        ]

    def __str__(self) -> str:
        return self.what


class StageNote(Located):
    """How far a stage of a plan has come, written down by hand; the newest counts, the others are its history."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, db_constraint=False, related_name="stage_notes")
    stage = models.CharField(max_length=40)
    state = models.CharField(_("状态"), max_length=12, choices=STAGE_STATES)
    note = models.CharField(_("说明"), max_length=200)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    noted_on = models.DateField()

    class Meta(Located.Meta):
        verbose_name = _("阶段进展")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Read from below with its plan.
            Wall(name="tenancy_stagenote_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="tenancy_stagenote_id_place"),
            SamePlace(name="tenancy_stagenote_place", parent="plan"),
            models.CheckConstraint(condition=Q(state__in=list(STAGE_STATES)), name="tenancy_stagenote_state"),
            models.CheckConstraint(condition=~Q(note=""), name="tenancy_stagenote_says_why"),
        ]
