"""Staged workbooks: an upload lands here whole, with every finding, before anything live is touched."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.located import Located
from tenancy.models.people import Post
from tenancy.models.tree import Jurisdiction
from tenancy.wall import SamePlace

KINDS = {"ledger": _("包保主体台账"), "roster": _("包保干部名册")}
STATES = {
    "uploaded": _("排队读取"),
    "unmapped": _("待对应列"),
    "staged": _("待确认"),
    "committing": _("正在写入"),
    "committed": _("已写入"),
    "undone": _("已撤销"),
    "failed": _("无法读取"),
}


class ImportBatch(Located):
    """One uploaded workbook and its way: uploaded, staged, committed, undone, or failed with a sentence."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    kind = models.CharField(max_length=12, choices=KINDS)
    state = models.CharField(max_length=12, choices=STATES, default="uploaded")
    filename = models.CharField(_("文件名"), max_length=160)
    stored = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    sheet = models.CharField(_("工作表"), max_length=60, blank=True, default="")
    header_row = models.PositiveIntegerField(default=0)
    # Column key of the import kind -> zero-based column of the sheet.
    columns = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    uploaded_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    # Who confirmed the batch, and whether only its clean rows; set when the commit is asked for.
    confirmed_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    clean_only = models.BooleanField(default=False)
    committed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta(Located.Meta):
        verbose_name = _("导入批次")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_importbatch_place", parent="jurisdiction"),
            models.CheckConstraint(condition=models.Q(state__in=list(STATES)), name="tenancy_importbatch_state"),
            models.CheckConstraint(
                condition=models.Q(state__in=["committed", "undone"]) | models.Q(committed_at__isnull=True),
                name="tenancy_importbatch_committed_at",
            ),
        ]


class ImportRow(Located):
    """One row as read, its findings, what it would do, and what it did."""

    # No index of its own: the unique (batch, number) begins with it.
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="rows"
    )
    number = models.PositiveIntegerField(_("行号"))
    # Cells as read, in the order of the import kind's columns; corrections are made here and checked again.
    cells = models.JSONField()
    # Each finding: {"column", "level", "code", "message"}; level error keeps the row out.
    problems = models.JSONField(default=list)
    refused = models.BooleanField(default=False)
    verdict = models.CharField(max_length=10, default="new")
    subject_id = models.BigIntegerField(null=True)
    # What a commit overwrote, so that the batch can be undone.
    before = models.JSONField(null=True)

    class Meta(Located.Meta):
        verbose_name = _("导入行")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_importrow_place", parent="batch"),
            models.UniqueConstraint(fields=["batch", "number"], name="tenancy_importrow_number"),
        ]
