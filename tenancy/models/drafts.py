"""Plans on their way: drafts, and the files that belong to a draft or to the plan it became."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models.located import Located
from tenancy.models.people import Post
from tenancy.models.plans import Plan
from tenancy.models.tree import Jurisdiction
from tenancy.wall import SamePlace, Wall

DRAFT_STATES = {"draft": _("草稿"), "in_force": _("已启用"), "dropped": _("已作废")}
FILE_KINDS = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}


class PlanDraft(Located):
    """方案草稿: a plan as written so far, read by nobody outside the office that drafts it."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="drafts")
    name = models.CharField(_("草稿名称"), max_length=100)
    state = models.CharField(_("状态"), max_length=12, choices=DRAFT_STATES, default="draft")
    # The paper, and {"values", "clauses"}: as written, so that an absent key and an explicit null stay two things.
    header = models.JSONField()
    document = models.JSONField()
    # What it was begun from: a plan of this place or of one above, or the code of a shipped one.
    based_on = models.ForeignKey(Plan, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    based_on_code = models.CharField(max_length=40, blank=True, default="")
    # The plan it was put in force as.
    plan = models.OneToOneField(
        Plan, on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="draft"
    )
    # Counts every change; whoever writes says which one he had before him.
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(_("最近修改"))

    class Meta(Located.Meta):
        verbose_name = _("方案草稿")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_plandraft_place", parent="jurisdiction"),
            SamePlace(name="tenancy_plandraft_plan", parent="plan"),
            models.CheckConstraint(condition=Q(state__in=list(DRAFT_STATES)), name="tenancy_plandraft_state"),
            models.CheckConstraint(
                condition=Q(state="in_force", plan__isnull=False) | (~Q(state="in_force") & Q(plan__isnull=True)),
                name="tenancy_plandraft_in_force_as",
            ),
            models.CheckConstraint(
                condition=Q(based_on__isnull=True) | Q(based_on_code=""), name="tenancy_plandraft_one_basis"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StoredFile(models.Model):
    """A file kept as it came, found again by its digest."""

    stored = models.CharField(max_length=200)
    filename = models.CharField(_("文件名"), max_length=120)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=FILE_KINDS)
    size = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class PlanAnnex(StoredFile, Located):
    """附件: a file that belongs to a plan, or to the draft that is to become one."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="annexes"
    )
    draft = models.ForeignKey(
        PlanDraft, on_delete=models.PROTECT, db_constraint=False, null=True, blank=True, related_name="annexes"
    )
    title = models.CharField(_("附件名称"), max_length=120)
    added_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta(Located.Meta):
        verbose_name = _("方案附件")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Read from below like its plan; the view shows a draft's only to those who see the draft.
            Wall(name="tenancy_planannex_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="tenancy_planannex_id_place"),
            SamePlace(name="tenancy_planannex_place", parent="jurisdiction"),
            SamePlace(name="tenancy_planannex_plan", parent="plan"),
            SamePlace(name="tenancy_planannex_draft", parent="draft"),
            models.CheckConstraint(
                condition=Q(plan__isnull=True) ^ Q(draft__isnull=True), name="tenancy_planannex_of_one"
            ),
        ]

    def __str__(self) -> str:
        return self.title
