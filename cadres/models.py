"""Cadres (包保干部), their assignments over time, proposals on the way to them, and the lists that record them."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from cadres.rules.changes import KIND_LABELS
from entities.models import Entity, Flag
from tenancy.models import ImportBatch, Jurisdiction, Located, Post
from tenancy.models.located import PlaceField
from tenancy.wall import SamePlace


class CadreQuerySet(models.QuerySet["Cadre"]):
    def in_post(self, day: object) -> "CadreQuerySet":
        """Those whose post is held on the day; the others answer for nobody any more."""
        return self.filter(post__valid__contains=day)


class Cadre(Located):
    """A post that answers for entities: its tier and the category by which its letter is signed."""

    post = models.OneToOneField(Post, on_delete=models.PROTECT, db_constraint=False, related_name="cadre")
    tier = models.CharField(_("层级"), max_length=24)
    category = models.CharField(_("类别"), max_length=32)
    sectors = ArrayField(
        models.CharField(max_length=60), verbose_name=_("分管领域或联系区域"), default=list, blank=True
    )
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = CadreQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("包保干部")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="cadres_cadre_place", parent="post"),
        ]

    def __str__(self) -> str:
        return self.post.person_name


class ResponsibilityList(Located):
    """责任清单: one approved version for a place, kept as the file that was approved."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    number = models.PositiveIntegerField(_("版次"))
    approved_on = models.DateField(_("批准日期"))
    approved_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    plan_source = models.CharField(_("依据"), max_length=120, blank=True, default="")
    counts = models.JSONField(default=dict)
    stored = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    undone_on = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta(Located.Meta):
        verbose_name = _("责任清单")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="cadres_responsibilitylist_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["jurisdiction", "number"], name="cadres_responsibilitylist_number"),
        ]


def _tenant(column: str) -> Func:
    return Func(F(column), Value("/"), Value(1), function="split_part", output_field=models.CharField())


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self, day: object) -> "AssignmentQuerySet":
        return self.filter(valid__contains=day)


class Assignment(Located):
    """包保关系: the one cadre who answers for an entity, from one day to another. Never rewritten, only ended."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="assignments")
    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, db_constraint=False, related_name="assignments")
    # Where the cadre's post stands; a street cadre answers for shops of the street's communities.
    cadre_place = PlaceField()
    # As printed on the list of the day: a community reads who answers for its shop without reading the street's posts.
    cadre_name = models.CharField(_("包保干部"), max_length=40)
    cadre_title = models.CharField(_("职务"), max_length=120, blank=True, default="")
    tier = models.CharField(_("层级"), max_length=24)
    valid = DateRangeField(_("包保期间"))
    responsibility_list = models.ForeignKey(
        ResponsibilityList, on_delete=models.PROTECT, null=True, related_name="assignments"
    )
    ended_by = models.ForeignKey(ResponsibilityList, on_delete=models.PROTECT, null=True, related_name="ended")
    reason = models.CharField(_("指派依据"), max_length=200, blank=True, default="")
    over_cap_reason = models.CharField(_("超出上限的理由"), max_length=200, blank=True, default="")

    objects = AssignmentQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("包保关系")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="cadres_assignment_place", parent="entity"),
            SamePlace(name="cadres_assignment_cadre_place", parent="cadre", place_column="cadre_place"),
            models.CheckConstraint(
                condition=Exact(_tenant("place"), _tenant("cadre_place")), name="cadres_assignment_one_tenant"
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="cadres_assignment_some_day"),
            ExclusionConstraint(
                name="cadres_assignment_one_lead",
                expressions=[
                    (Func(F("entity_id"), F("entity_id"), Value("[]"), function="int8range"), "&&"),
                    ("valid", "&&"),
                ],
                violation_error_message=_("同一主体同一天只能有一名包保干部。"),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["cadre", "valid"], name="cadres_assignment_cadre"),
        ]


class PenaltyNotice(Located):
    """处罚告知: a penalty that stops or ends a business, told to whoever answers for it, and his receipt.

    due_on: until when the plan wanted it told, empty where the plan sets no day.
    """

    penalty = models.ForeignKey(Flag, on_delete=models.PROTECT, db_constraint=False, related_name="told")
    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, db_constraint=False, related_name="penalties")
    cadre_place = PlaceField()
    cadre_name = models.CharField(_("包保干部"), max_length=40)
    told_on = models.DateField(_("告知日期"))
    # None where the system told it by itself.
    told_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(_("告知期限"), null=True)
    read_at = models.DateTimeField(_("已阅时间"), null=True)
    read_by_name = models.CharField(_("已阅人"), max_length=120, blank=True, default="")

    class Meta(Located.Meta):
        verbose_name = _("处罚告知")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="cadres_penaltynotice_place", parent="penalty"),
            SamePlace(name="cadres_penaltynotice_cadre_place", parent="cadre", place_column="cadre_place"),
            models.CheckConstraint(
                condition=Exact(_tenant("place"), _tenant("cadre_place")), name="cadres_penaltynotice_one_tenant"
            ),
            models.UniqueConstraint(fields=["penalty", "cadre"], name="cadres_penaltynotice_once"),
            models.CheckConstraint(
                condition=Q(read_at=None, read_by_name="") | (Q(read_at__isnull=False) & ~Q(read_by_name="")),
                name="cadres_penaltynotice_read",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["cadre"], condition=Q(read_at=None), name="penaltynotice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.penalty} → {self.cadre_name}"


class Proposal(Located):
    """A balanced proposal of assignments, looked at, edited by hand, then approved in one act or dropped."""

    STATES: ClassVar = {"draft": _("待确认"), "approved": _("已批准"), "dropped": _("已放弃"), "undone": _("已撤销")}

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    state = models.CharField(max_length=12, choices=STATES, default="draft")
    on = models.DateField(_("起始日期"))
    made_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    counts = models.JSONField(default=dict)
    responsibility_list = models.ForeignKey(ResponsibilityList, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Located.Meta):
        verbose_name = _("指派方案")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="cadres_proposal_place", parent="jurisdiction"),
            models.UniqueConstraint(
                fields=["jurisdiction"], condition=Q(state="draft"), name="cadres_proposal_one_draft"
            ),
        ]


class LineQuerySet(models.QuerySet["ProposedAssignment"]):
    def kept(self) -> "LineQuerySet":
        return self.filter(cadre=F("holder"))

    def changed(self) -> "LineQuerySet":
        """Those that give an entity another cadre than today's, or its first one."""
        return self.filter(cadre__isnull=False).exclude(holder__isnull=False, cadre=F("holder"))

    def uncovered(self) -> "LineQuerySet":
        return self.filter(cadre__isnull=True).exclude(tier="")

    def ended(self) -> "LineQuerySet":
        """Those whose entity is no longer answered for here."""
        return self.filter(tier="")


class ProposedAssignment(Located):
    """One line of a proposal: who would answer for which entity, and why."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, db_constraint=False, related_name="lines")
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="+")
    # Who is written down for the entity while the proposal is looked at.
    holder = models.ForeignKey(Cadre, on_delete=models.CASCADE, null=True, related_name="+")
    cadre = models.ForeignKey(Cadre, on_delete=models.CASCADE, null=True, related_name="+")
    # Empty when the entity left this place's scope and only its assignment is ended.
    tier = models.CharField(max_length=24, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    by_hand = models.BooleanField(default=False)

    objects = LineQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("指派方案明细")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="cadres_proposedassignment_place", parent="proposal"),
            models.UniqueConstraint(fields=["proposal", "entity"], name="cadres_proposedassignment_once"),
        ]


class CadreChange(Located):
    """干部变动: from which day a cadre no longer answers for what he was given, and until when somebody else has to.

    clock is the plan's code of the clock it started, empty where the plan sets none. Whether it is settled follows
    from the assignments.
    """

    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, db_constraint=False, related_name="changes")
    kind = models.CharField(_("变动"), max_length=8, choices=KIND_LABELS)
    since = models.DateField(_("变动日期"))
    reason = models.CharField(_("原因"), max_length=200)
    document = models.CharField(_("依据"), max_length=120, blank=True, default="")
    clock = models.CharField(max_length=48, blank=True, default="")
    due_on = models.DateField(_("重新定人期限"), null=True)
    bearer = models.CharField(_("由谁办"), max_length=60, blank=True, default="")
    # The end his post had before, to be given back when the change is taken back.
    post_until = models.DateField(null=True)
    recorded_on = models.DateField(_("登记日期"))
    recorded_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    undone_on = models.DateField(null=True)
    undone_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Located.Meta):
        verbose_name = _("干部变动")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="cadres_cadrechange_place", parent="cadre"),
            models.CheckConstraint(condition=Q(kind__in=list(KIND_LABELS)), name="cadres_cadrechange_kind"),
            models.CheckConstraint(condition=~Q(clock="") | Q(due_on=None), name="cadres_cadrechange_clock"),
            models.UniqueConstraint(
                fields=["cadre", "kind", "since"], condition=Q(undone_on=None), name="cadres_cadrechange_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["place", "due_on"], condition=Q(undone_on=None), name="cadrechange_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.cadre} {self.since:%Y-%m-%d} {self.get_kind_display()}"


class SheetQuerySet(models.QuerySet["InvitationSheet"]):
    def unfinished(self) -> "SheetQuerySet":
        return self.filter(state__in=["queued", "running"])


class InvitationSheet(Located):
    """One printing of personal cards: asked for, drawn by a task, fetched by whoever asked, gone when its cards run out.

    The file is the only place where the tokens stand, so it is removed with the last day they open anything.
    """

    STATES: ClassVar = {
        "queued": _("排队中"),
        "running": _("正在制作"),
        "done": _("可以打印"),
        "failed": _("未成功"),
        "expired": _("已过期"),
    }

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    state = models.CharField(_("状态"), max_length=8, choices=STATES, default="queued")
    attempts = models.PositiveSmallIntegerField(default=0)
    # Whom it is for: the place of an area, and whether those with a card that still opens get another.
    area = PlaceField()
    again = models.BooleanField(default=False)
    # Scheme and host under which the office itself opened the page.
    origin = models.CharField(max_length=200)
    cards = models.PositiveIntegerField(_("张数"))
    stored = models.CharField(max_length=200, blank=True, default="")
    error = models.CharField(_("原因"), max_length=300, blank=True, default="")
    asked_by = models.ForeignKey(Post, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("有效期至"), null=True)

    objects = SheetQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("个人卡打印")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="cadres_invitationsheet_place", parent="jurisdiction"),
            SamePlace(name="cadres_invitationsheet_post_place", parent="asked_by"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "failed", "expired"], stored="")
                | (Q(state="done", expires_at__isnull=False) & ~Q(stored="")),
                name="cadres_invitationsheet_state",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(
                fields=["place"], condition=Q(state__in=["queued", "running", "done"]), name="invitationsheet_open"
            ),
        ]
