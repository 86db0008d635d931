"""Commitment letters, the scans of their signed paper, and what reviewers said of them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadres.models import Cadre
from commitments.rules import STATE_LABELS, State, number_text
from tenancy.models import Jurisdiction, Located, Post
from tenancy.rules.names import sort_key
from tenancy.wall import SamePlace

STATES = {state.value: _(STATE_LABELS[state]) for state in State}
DECISIONS = {"passed": _("通过"), "returned": _("退回")}


class LetterQuerySet(models.QuerySet["CommitmentLetter"]):
    def in_tab(self, tab: str) -> "LetterQuerySet":
        return self.filter(state__in=TABS[tab])

    def awaiting(self, reviewer_paths: list[str]) -> "LetterQuerySet":
        """The queue of an office, the oldest upload first."""
        waiting = self.filter(state=State.UPLOADED.value, reviewer__path__in=reviewer_paths)
        return waiting.order_by("uploaded_at", "pk")


TABS = {
    "unsigned": [State.DRAFT.value, State.ISSUED.value],
    "waiting": [State.UPLOADED.value],
    "returned": [State.RETURNED.value],
    "passed": [State.APPROVED.value, State.FILED.value],
}


class CommitmentLetter(Located):
    """承诺书: one cadre's, with everybody's name and title as they were on the day it was drawn up."""

    cadre = models.ForeignKey(Cadre, on_delete=models.PROTECT, db_constraint=False, related_name="letters")
    state = models.CharField(_("状态"), max_length=12, choices=STATES, default=State.DRAFT.value)
    # The office that drew it up numbers it.
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    number = models.PositiveIntegerField(_("编号"))
    issued_on = models.DateField(_("生成日期"))
    issued_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")

    signer_name = models.CharField(_("承诺人"), max_length=40)
    signer_sort_key = models.CharField(max_length=120, db_collation="C", editable=False, default="")
    signer_unit = models.CharField(_("单位"), max_length=60)
    signer_title = models.CharField(_("职务"), max_length=60, blank=True, default="")
    signer_tier = models.CharField(_("层级"), max_length=24)
    signer_category = models.CharField(_("类别"), max_length=32)
    pair = models.CharField(max_length=40)
    other_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    other_name = models.CharField(_("对方"), max_length=40)
    other_title = models.CharField(_("对方职务"), max_length=60, blank=True, default="")
    other_role = models.CharField(max_length=60)
    delegate_name = models.CharField(_("委托人"), max_length=40, blank=True, default="")
    delegate_title = models.CharField(_("委托人职务"), max_length=60, blank=True, default="")
    delegate_basis = models.CharField(_("委托依据"), max_length=120, blank=True, default="")
    # None while no responsibility list is approved; the letter then refers to the one in force.
    list_version = models.PositiveIntegerField(_("责任清单版次"), null=True, blank=True)
    entity_count = models.PositiveIntegerField(_("包保主体数"), default=0)
    plan_source = models.CharField(_("依据"), max_length=160, blank=True, default="")

    stored = models.CharField(max_length=200, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    reviewer = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, null=True, related_name="+")
    reviewer_body = models.CharField(_("审核单位"), max_length=60, blank=True, default="")
    uploaded_at = models.DateTimeField(null=True)
    returned_reason = models.CharField(_("退回原因"), max_length=200, blank=True, default="")
    filed_on = models.DateField(_("归档日期"), null=True)
    archive_number = models.CharField(_("档案号"), max_length=60, blank=True, default="")

    objects = LetterQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("承诺书")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="commitments_letter_place", parent="cadre"),
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="commitments_letter_state"),
            models.CheckConstraint(
                condition=~Q(state=State.ISSUED.value) | ~Q(stored=""), name="commitments_letter_issued_has_file"
            ),
            models.UniqueConstraint(fields=["cadre"], name="commitments_letter_one_each"),
            models.UniqueConstraint(fields=["jurisdiction", "year", "number"], name="commitments_letter_number"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            *Located.Meta.indexes,
            models.Index(fields=["place", "state", "uploaded_at"], name="commitments_letter_state"),
        ]

    def __str__(self) -> str:
        return f"{self.signer_name} {self.number_text}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.signer_sort_key = self.signer_sort_key or sort_key(self.signer_name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def number_text(self) -> str:
        return number_text(self.year, self.number)

    @property
    def reviewer_place(self) -> str:
        """Path of the place whose office reviews; empty when that office lies outside the system."""
        return self.reviewer.path if self.reviewer else ""


class LetterScan(Located):
    """One upload of a signed letter: the file as it came, and its pages as pictures drawn here."""

    letter = models.ForeignKey(CommitmentLetter, on_delete=models.PROTECT, db_constraint=False, related_name="scans")
    stored = models.CharField(max_length=200)
    filename = models.CharField(_("文件名"), max_length=120)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices={"pdf": "PDF", "picture": _("图片")})
    # Storage keys of the page pictures, in order.
    pages = models.JSONField()
    codes = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta(Located.Meta):
        verbose_name = _("承诺书扫描件")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="commitments_letterscan_place", parent="letter"),
        ]


class LetterReview(Located):
    """One decision on one scan; taken back within seconds, never erased."""

    letter = models.ForeignKey(CommitmentLetter, on_delete=models.PROTECT, db_constraint=False, related_name="reviews")
    scan = models.ForeignKey(LetterScan, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    decision = models.CharField(_("结论"), max_length=8, choices=DECISIONS)
    reason = models.CharField(_("原因"), max_length=200, blank=True, default="")
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta(Located.Meta):
        verbose_name = _("承诺书审核")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Located.Meta.constraints,
            SamePlace(name="commitments_letterreview_place", parent="letter"),
            SamePlace(name="commitments_letterreview_scan", parent="scan"),
            models.CheckConstraint(
                condition=Q(decision="passed") | ~Q(reason=""), name="commitments_letterreview_reason"
            ),
        ]
