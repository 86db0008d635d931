"""Quarters and what is owed in them, visits as they were signed, and the issues they found."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from cadres.models import Cadre
from entities.models import STATUSES, Entity
from supervision.rules.closures import CLOSURES
from supervision.rules.issues import (
    EVENT_LABELS,
    HOLDER_LABELS,
    HOLDERS,
    ROUTE_LABELS,
    STATE_LABELS,
    Holder,
    Route,
    State,
)
from supervision.rules.owing import CODE
from tenancy.models import Counted, Jurisdiction, Located, Post
from tenancy.models.located import PlaceField
from tenancy.wall import SamePlace, Wall

ANSWERS = {"yes": _("符合"), "no": _("有问题"), "na": _("不适用")}
OUTCOMES = {"done": _("已督导"), "shop_closed": _("已关店")}
VISIT_STATES = {"waiting_photos": _("待照片"), "complete": _("完整")}


def _tenant() -> models.GeneratedField:
    return models.GeneratedField(
        expression=Func(F("place"), Value("/"), Value(1), function="split_part"),
        output_field=models.CharField(max_length=12),
        db_persist=True,
    )


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


class Visit(Located, Counted):
    """督导记录: what one cadre found at one entity on one day, as signed. Never rewritten."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="visits")
    # A street cadre's post lies above the entity, so his name is kept where the record is read.
    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, related_name="visits")
    cadre_name = models.CharField(_("包保干部"), max_length=60)
    cadre_place = PlaceField()
    key = models.UUIDField(editable=False)
    body_hash = models.CharField(max_length=64, editable=False)
    tenant = _tenant()
    obligation = models.ForeignKey(Obligation, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    mode = models.CharField(_("方式"), max_length=32)
    mode_name = models.CharField(_("方式"), max_length=60)
    visited_on = models.DateField(_("督导日期"))
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    entered_at = models.DateTimeField(_("录入时间"))
    entered_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    entered_by_name = models.CharField(_("录入人"), max_length=60)
    task_list = models.ForeignKey(TaskListVersion, on_delete=models.PROTECT, null=True, related_name="visits")
    outcome = models.CharField(_("结果"), max_length=12, choices=OUTCOMES, default="done")
    conclusion = models.CharField(_("结论"), max_length=300, blank=True, default="")
    # Strokes: [[[x, y], ...], ...].
    cadre_signature = models.JSONField()
    # {"strokes", "name", "position"}, {"refused": true, "reason"}, or null in a remote mode.
    entity_signature = models.JSONField(null=True)
    state = models.CharField(max_length=16, choices=VISIT_STATES)
    voided_on = models.DateField(_("作废日期"), null=True, blank=True)
    voided_reason = models.CharField(_("作废原因"), max_length=200, blank=True, default="")
    voided_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Located.Meta):
        verbose_name = _("督导记录")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="supervision_visit_place", parent="entity"),
            models.UniqueConstraint(fields=["tenant", "key"], name="supervision_visit_key"),
            models.CheckConstraint(condition=Q(outcome__in=list(OUTCOMES)), name="supervision_visit_outcome"),
            models.CheckConstraint(condition=Q(state__in=list(VISIT_STATES)), name="supervision_visit_state"),
            models.CheckConstraint(
                condition=Q(voided_on__isnull=True, voided_by__isnull=True, voided_reason="")
                | (Q(voided_on__isnull=False, voided_by__isnull=False) & ~Q(voided_reason="")),
                name="supervision_visit_voided",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="done") | Q(task_list__isnull=False), name="supervision_visit_task_list"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["cadre", "visited_on"], name="supervision_visit_cadre"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What is read out over the telephone: year, month and the record's own number."""
        return f"{self.visited_on:%Y%m}-{self.pk:06d}"

    @property
    def entered_for_another(self) -> bool:
        """代填: somebody else typed it in."""
        return self.entered_by_id != self.cadre.post_id

    def missing_photos(self) -> list[str]:
        """Hashes of the pictures that were announced and have not come yet."""
        return list(self.photos.filter(stored="").order_by("pk").values_list("sha256", flat=True))


class ClosureReport(Located):
    """关店反映: a visit found the shop closed; the register follows only when the office has checked it."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, db_constraint=False, related_name="closure")
    state = models.CharField(_("核实"), max_length=12, choices=CLOSURES, default="waiting")
    status = models.CharField(_("经营状态"), max_length=12, choices=STATUSES, blank=True, default="")
    reason = models.CharField(_("原因"), max_length=200, blank=True, default="")
    decided_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_by_name = models.CharField(_("核实人"), max_length=60, blank=True, default="")
    decided_at = models.DateTimeField(_("核实时间"), null=True, blank=True)

    class Meta(Located.Meta):
        verbose_name = _("关店反映")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="supervision_closurereport_place", parent="visit"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None, decided_by=None, status="", reason="")
                | Q(state="accepted", decided_at__isnull=False, decided_by__isnull=False, status__gt="")
                | Q(state="rejected", decided_at__isnull=False, decided_by__isnull=False, status="", reason__gt=""),
                name="supervision_closurereport_decided",
            ),
        ]


class Answer(Located):
    """One line of the task list as it was shown, and what the cadre answered."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, db_constraint=False, related_name="answers")
    position = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=48)
    text = models.CharField(_("内容"), max_length=500)
    answer = models.CharField(_("结果"), max_length=3, choices=ANSWERS)
    note = models.CharField(_("说明"), max_length=500, blank=True, default="")

    class Meta(Located.Meta):
        verbose_name = _("清单结果")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="supervision_answer_place", parent="visit"),
            models.UniqueConstraint(fields=["visit", "item"], name="supervision_answer_once"),
            models.CheckConstraint(condition=Q(answer__in=list(ANSWERS)), name="supervision_answer_known"),
            models.CheckConstraint(condition=~Q(answer="no") | ~Q(note=""), name="supervision_answer_note"),
        ]


class Photo(Located):
    """A picture a visit announced by its hash, and the file once every byte of it is here."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, db_constraint=False, related_name="photos")
    item = models.CharField(max_length=48, blank=True, default="")
    # The hash of the bytes as sent; what is kept may have been turned and stripped.
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=200, blank=True, default="")
    stored_sha256 = models.CharField(max_length=64, blank=True, default="")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    taken_at = models.DateTimeField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta(Located.Meta):
        verbose_name = _("照片")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="supervision_photo_place", parent="visit"),
            models.UniqueConstraint(fields=["visit", "sha256"], name="supervision_photo_once"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="supervision_photo_hash"),
            models.CheckConstraint(
                condition=Q(stored="", received_at__isnull=True)
                | (~Q(stored="") & Q(received_at__isnull=False) & Q(width__gt=0, height__gt=0)),
                name="supervision_photo_received",
            ),
        ]


class IssueQuerySet(models.QuerySet["Issue"]):
    def held_by(self, holder: Holder) -> "IssueQuerySet":
        return self.filter(holder_kind=holder.value)

    def unsettled(self) -> "IssueQuerySet":
        return self.exclude(holder_kind=Holder.NOBODY.value)


def _holder_follows_state() -> Q:
    told = Q()
    for state, holder in HOLDERS.items():
        told |= Q(state=state.value, holder_kind=holder.value)
    return told


class Issue(Located, Counted):
    """A problem found at an entity: where it stands and the one holder whose turn it is."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, db_constraint=False, related_name="issues")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="issues")
    item = models.CharField(max_length=48, blank=True, default="")
    item_text = models.CharField(_("清单内容"), max_length=500, blank=True, default="")
    description = models.CharField(_("问题"), max_length=500)
    found_on = models.DateField(_("发现日期"))
    route = models.CharField(_("处置方式"), max_length=12, choices={r.value: ROUTE_LABELS[r] for r in Route})
    state = models.CharField(_("状态"), max_length=16, choices={s.value: STATE_LABELS[s] for s in State})
    holder_kind = models.CharField(_("当前责任方"), max_length=8, choices={h.value: HOLDER_LABELS[h] for h in Holder})
    holder_since = models.DateTimeField(_("自何时起"))
    # The clock of the present state; null where the plan sets none or nobody holds it.
    due_on = models.DateField(_("期限"), null=True, blank=True)
    # When the cadre who closed it had the station's answer before him.
    answer_seen_at = models.DateTimeField(null=True, blank=True)
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="repeated_by")

    objects = IssueQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("问题")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="supervision_issue_place", parent="entity"),
            models.UniqueConstraint(fields=["visit", "item"], condition=~Q(item=""), name="supervision_issue_once"),
            models.CheckConstraint(condition=_holder_follows_state(), name="supervision_issue_one_holder"),
            models.CheckConstraint(condition=Q(route__in=[r.value for r in Route]), name="supervision_issue_route"),
            models.CheckConstraint(condition=~Q(description=""), name="supervision_issue_described"),
            models.CheckConstraint(
                condition=~Q(state=State.CLOSED.value) | Q(answer_seen_at__isnull=False),
                name="supervision_issue_answer_seen",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | ~Q(holder_kind=Holder.NOBODY.value),
                name="supervision_issue_clock",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["place", "holder_kind", "due_on"], name="supervision_issue_holder"),
        ]

    def __str__(self) -> str:
        return self.description[:40]


class IssueEvent(Located):
    """One act on an issue, with its words; the first is the finding itself."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, db_constraint=False, related_name="events")
    at = models.DateTimeField(_("时间"))
    verb = models.CharField(_("操作"), max_length=16, choices=dict(EVENT_LABELS))
    state = models.CharField(_("状态"), max_length=16, choices={s.value: STATE_LABELS[s] for s in State})
    text = models.CharField(_("内容"), max_length=500, blank=True, default="")
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("操作人"), max_length=120)
    due_on = models.DateField(_("期限"), null=True, blank=True)

    class Meta(Located.Meta):
        verbose_name = _("问题经过")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="supervision_issueevent_place", parent="issue"),
        ]
