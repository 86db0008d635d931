"""Issues that visits found, each with one holder, and their log."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from entities.models import Entity
from supervision.models.visits import Visit
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
from tenancy.models import Counted, Located, Post
from tenancy.wall import SamePlace


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
    # Who has it once it is handed over, and where the plan says so; empty for what was found before routes counted.
    receiver = models.CharField(_("接收单位"), max_length=120, blank=True, default="")
    receiver_source = models.CharField(max_length=200, blank=True, default="")
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

    @property
    def holder_name(self) -> str:
        """Whose turn it is, by name where the plan names a receiver."""
        return self.receiver if self.receiver and self.holder_kind == Holder.STATION else self.get_holder_kind_display()


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
