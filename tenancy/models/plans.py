"""A place's rules as data, its working days and settled years. All are read from the places below."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from tenancy.models.located import Located
from tenancy.models.tree import Jurisdiction
from tenancy.rules.calendar import FIRST_YEAR, LAST_YEAR
from tenancy.wall import SamePlace, Wall


class Plan(Located):
    """实施方案: one version of the rules of one place, in force for a range of days."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="plans")
    title = models.CharField(_("标题"), max_length=200)
    doc_number = models.CharField(_("文号"), max_length=60, blank=True, default="")
    publicity = models.CharField(
        _("公开属性"), max_length=12, default="主动公开", choices={k: k for k in ("主动公开", "依申请公开", "不公开")}
    )
    issued_on = models.DateField(_("印发日期"), null=True, blank=True)
    valid = DateRangeField(_("施行期间"))
    document = models.JSONField(_("内容"))
    # The rest of the paper: drafter, approving body, addressees, copies, basis, filing, annexes.
    paper = models.JSONField(_("原件"), default=dict, blank=True)

    class Meta(Located.Meta):
        verbose_name = _("实施方案")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="tenancy_plan_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="tenancy_plan_id_place"),
            SamePlace(name="tenancy_plan_place", parent="jurisdiction"),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="tenancy_plan_in_force_some_day"),
            ExclusionConstraint(
                name="tenancy_plan_one_at_a_time",
                expressions=[
                    (Func(F("jurisdiction_id"), F("jurisdiction_id"), Value("[]"), function="int8range"), "&&"),
                    ("valid", "&&"),
                ],
                violation_error_message=_("同一地方同一天只能有一个方案施行。"),
            ),
        ]

    def __str__(self) -> str:
        return self.doc_number or self.title


class CalendarDay(Located):
    """An office's correction of the published calendar: this day is, or is not, a working day."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    day = models.DateField(_("日期"))
    is_workday = models.BooleanField(_("上班"))
    name = models.CharField(_("说明"), max_length=60, blank=True, default="")

    class Meta(Located.Meta):
        verbose_name = _("工作日调整")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="tenancy_calendarday_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="tenancy_calendarday_id_place"),
            SamePlace(name="tenancy_calendarday_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["jurisdiction", "day"], name="tenancy_calendarday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class CalendarYear(Located):
    """A year whose working days an office has settled by hand: its dates count as published from then on."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    year = models.PositiveSmallIntegerField(_("年份"))
    document = models.CharField(_("依据"), max_length=60)

    class Meta(Located.Meta):
        verbose_name = _("核定年份")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            Wall(name="tenancy_calendaryear_wall", reads="above"),
            models.UniqueConstraint(fields=["id", "place"], name="tenancy_calendaryear_id_place"),
            SamePlace(name="tenancy_calendaryear_place", parent="jurisdiction"),
            models.UniqueConstraint(fields=["jurisdiction", "year"], name="tenancy_calendaryear_once"),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR) & ~Q(document=""),
                name="tenancy_calendaryear_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)
