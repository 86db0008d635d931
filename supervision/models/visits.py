"""Visits as they were signed, with answers and photos, and the closed shops they report."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from cadres.models import Cadre
from entities.models import STATUSES, Entity
from supervision.models.quarters import Obligation, TaskListVersion
from supervision.rules.closures import CLOSURES
from tenancy.models import Counted, Located, Post
from tenancy.models.located import PlaceField
from tenancy.wall import SamePlace

ANSWERS = {"yes": _("符合"), "no": _("有问题"), "na": _("不适用")}
OUTCOMES = {"done": _("已督导"), "shop_closed": _("已关店")}
VISIT_STATES = {"waiting_photos": _("待照片"), "complete": _("完整")}


def _tenant() -> models.GeneratedField:
    return models.GeneratedField(
        expression=Func(F("place"), Value("/"), Value(1), function="split_part"),
        output_field=models.CharField(max_length=12),
        db_persist=True,
    )


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
