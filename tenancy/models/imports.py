"""Staged workbooks: an upload lands here whole, with every finding, before anything live is touched."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.located import Located
from tenancy.models.people import Post
from tenancy.models.tree import Jurisdiction
from tenancy.wall import SamePlace, Wall

KINDS = {
    "ledger": _("包保主体台账"),
    "roster": _("包保干部名册"),
    "staff": _("两员名单"),
    "penalties": _("行政处罚"),
    "checks": _("监督检查"),
    "posts": _("联络员等岗位名单"),
    "reconcile": _("比对名单"),
}
STATES = {
    "uploaded": _("排队读取"),
    "unmapped": _("待对应列"),
    "staged": _("待确认"),
    "committing": _("正在写入"),
    "committed": _("已写入"),
    "undone": _("已撤销"),
    "failed": _("无法读取"),
}
# What was taken back or could not be read may be sent once more.
AGAIN = ["undone", "failed"]


class ImportBatch(Located):
    """One uploaded workbook and its way: uploaded, unmapped, staged, committed, undone, or failed with a sentence."""

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
    # Sheet, header row and columns as somebody pointed them out; empty while they are found by their titles.
    chosen = models.JSONField(default=dict)
    # The first rows of each visible sheet, long numbers masked, for whoever has to point them out.
    preview = models.JSONField(default=list)
    # Of the kind's columns, so that an old batch can be read by what they were.
    version = models.CharField(max_length=12, blank=True, default="")
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
    # Names of what was changed since and therefore stayed when the batch was taken back.
    kept = models.JSONField(default=list)

    class Meta(Located.Meta):
        verbose_name = _("导入批次")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_importbatch_place", parent="jurisdiction"),
            # The same bytes are one batch, also when two people send them at once.
            models.UniqueConstraint(
                fields=["jurisdiction", "kind", "sha256"],
                condition=~models.Q(state__in=AGAIN),
                name="tenancy_importbatch_once",
            ),
            models.CheckConstraint(condition=models.Q(state__in=list(STATES)), name="tenancy_importbatch_state"),
            models.CheckConstraint(
                condition=models.Q(state__in=["committed", "undone"]) | models.Q(committed_at__isnull=True),
                name="tenancy_importbatch_committed_at",
            ),
        ]


class ImportRowQuerySet(models.QuerySet["ImportRow"]):
    def to_write(self) -> "ImportRowQuerySet":
        """What a commit writes, in the order of the sheet: neither refused nor set aside."""
        return self.filter(refused=False, skipped=False).order_by("number")


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
    # Set aside by somebody: kept and counted, never written.
    skipped = models.BooleanField(default=False)
    verdict = models.CharField(max_length=10, default="new")
    # Column -> [old, new] as a person reads them; only of rows that would change something.
    differences = models.JSONField(null=True)
    subject_id = models.BigIntegerField(null=True)
    # What a commit overwrote, so that the batch can be undone.
    before = models.JSONField(null=True)

    objects = ImportRowQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("导入行")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="tenancy_importrow_place", parent="batch"),
            models.UniqueConstraint(fields=["batch", "number"], name="tenancy_importrow_number"),
        ]


class ImportWord(Located):
    """What an office means by a title or a word of its own: chosen once, used for every later workbook of the kind.

    Read from the places below, so a district settles a word for all its streets.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    kind = models.CharField(max_length=12, choices=KINDS)
    # The column whose cells hold the word; empty for a title, which means a column or that it is passed over.
    column = models.CharField(max_length=24, blank=True, default="")
    said = models.CharField(_("表中写法"), max_length=120)
    meant = models.CharField(_("含义"), max_length=120)
    learnt_by = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    learnt_at = models.DateTimeField(auto_now=True)

    class Meta(Located.Meta):
        verbose_name = _("导入用词")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="tenancy_importword_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="tenancy_importword_id_place"),
            SamePlace(name="tenancy_importword_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["jurisdiction", "kind", "column", "said"], name="tenancy_importword_once"),
        ]
