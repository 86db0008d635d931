"""Figures that were computed once and are read often, and exports that wait to be written."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models import Jurisdiction, Located, Post
from tenancy.wall import SamePlace


class RatioFigure(Located):
    """Cadres and entities of one tier in one place, as the last recomputation found them.

    tier "" holds entities without a grade, "external" those that a tier outside the plan answers for.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    tier = models.CharField(_("层级"), max_length=24, blank=True)
    cadres = models.PositiveIntegerField(_("包保干部（人）"))
    entities = models.PositiveIntegerField(_("包保主体（家）"))
    computed_at = models.DateTimeField(_("计算时间"))

    class Meta(Located.Meta):
        verbose_name = _("包保比例")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="reports_ratiofigure_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["jurisdiction", "tier"], name="reports_ratiofigure_once"),
        ]


class PeriodFigure(Located):
    """What a closed period counted for one place, by the child of the day it came from, tier and grade.

    Written once from `counted_in`; the part is a number and a name, because the child may since lie elsewhere.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    period = models.CharField(_("时段"), max_length=6)
    part = models.BigIntegerField()
    part_name = models.CharField(_("下级"), max_length=60)
    counted_tier = models.CharField(_("层级"), max_length=24, blank=True)
    counted_grade = models.CharField(_("等级"), max_length=1, blank=True)
    due = models.PositiveIntegerField(_("应督导"))
    fulfilled = models.PositiveIntegerField(_("已督导"))
    on_time = models.PositiveIntegerField(_("按期督导"))
    overdue = models.PositiveIntegerField(_("逾期"))
    issues = models.PositiveIntegerField(_("发现问题"))
    rectified = models.PositiveIntegerField(_("已整改"))
    pending = models.PositiveIntegerField(_("未到期"))
    closed_at = models.DateTimeField(_("定格时间"))

    class Meta(Located.Meta):
        verbose_name = _("时段数字")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="reports_periodfigure_place", parent="jurisdiction"),
            models.UniqueConstraint(
                fields=["jurisdiction", "period", "part", "counted_tier", "counted_grade"],
                name="reports_periodfigure_once",
            ),
        ]


class CollectionFigure(Located):
    """What 数据归集率 counted for one place when its period was closed, by which list; no later list changes it."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    period = models.CharField(_("时段"), max_length=6)
    list_name = models.CharField(_("名单名称"), max_length=80)
    listed_on = models.DateField(_("数据截至"))
    complete = models.PositiveIntegerField(_("资料齐全"))
    incomplete = models.PositiveIntegerField(_("资料不全"))
    missing = models.PositiveIntegerField(_("漏登"))
    closed_at = models.DateTimeField(_("定格时间"))

    class Meta(Located.Meta):
        verbose_name = _("归集率数字")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="reports_collectionfigure_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["jurisdiction", "period"], name="reports_collectionfigure_once"),
        ]


class ExportQuerySet(models.QuerySet["Export"]):
    def unfinished(self) -> "ExportQuerySet":
        return self.filter(state__in=["queued", "running"])


class Export(Located):
    """A workbook too big for one request: asked for, written by a task, fetched by whoever asked."""

    KINDS: ClassVar = {
        "ledger": _("包保主体台账"),
        "progress": _("季度督导进度"),
        "staffing": _("两员配备"),
        "goals": _("年度目标"),
        "trend": _("各季度走势"),
        "expiry": _("到期提醒"),
    }
    STATES: ClassVar = {"queued": _("排队中"), "running": _("正在生成"), "done": _("已完成"), "failed": _("未成功")}

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    kind = models.CharField(_("内容"), max_length=12, choices=KINDS)
    # The query string of the page it was asked from.
    filters = models.JSONField(default=dict)
    state = models.CharField(_("状态"), max_length=8, choices=STATES, default="queued")
    attempts = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField(_("行数"))
    filename = models.CharField(_("文件名"), max_length=160)
    stored = models.CharField(max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    error = models.CharField(_("原因"), max_length=300, blank=True, default="")
    asked_by = models.ForeignKey(Post, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    asked_on = models.DateField(_("填报日期"))
    asked_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("导出")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="reports_export_place", parent="jurisdiction"),
            SamePlace(name="reports_export_post_place", parent="asked_by"),
            models.CheckConstraint(
                condition=Q(kind__in=["ledger", "progress", "staffing", "goals", "trend", "expiry"]),
                name="reports_export_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "failed"], stored="") | (Q(state="done") & ~Q(stored="")),
                name="reports_export_state",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["place"], condition=Q(state__in=["queued", "running"]), name="export_unfinished"),
        ]

    def __str__(self) -> str:
        return self.filename
