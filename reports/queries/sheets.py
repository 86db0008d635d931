"""The rows of the exported workbooks: the pages' own queries, read as tuples."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from cadres.models import Assignment
from cadres.queries.coverage import with_holder
from entities.models import STATUSES, Entity, Licence
from entities.queries.extras import extras_said
from entities.queries.finding import NO_SIZE, RegisterFilter, register
from entities.queries.groups import group_conditions
from entities.rules.quality import Defect
from entities.rules.vocabulary import RiskLevel, SizeClass
from reports.queries.rates import late_on
from reports.rules import Tally
from supervision.models import Obligation
from supervision.queries.own import seen_by
from supervision.queries.progress import ProgressFilter, progress_rows
from supervision.rules.owing import visit_text
from tenancy.models import Jurisdiction, Post
from tenancy.plans import PlanDocument
from tenancy.queries.plans import plan_in_force
from tenancy.rules.periods import Quarter, quarter_of

CHUNK = 2000
DEFECTS = {defect.value: defect.label for defect in Defect}
RISKS = {level.value: level.label for level in RiskLevel}
SIZES = {**{size.value: size.label for size in SizeClass}, NO_SIZE: gettext_noop("规模未定")}


@dataclass(frozen=True)
class SheetRows:
    """What a workbook is written from: who reports, under which conditions, how many rows, and the rows themselves."""

    title: str
    unit: str
    day: date
    conditions: str
    count: int
    rows: Iterator[tuple[Any, ...]]
    totals: dict[str, Any]


def ledger_query(post: Post, asked: RegisterFilter, on: date) -> QuerySet[Entity]:
    """The entities of the register page, with holder and licence beside them."""
    licence = Licence.objects.filter(entity=OuterRef("pk")).order_by(F("valid_until").desc(nulls_first=True), "pk")
    rows = seen_by(register(asked, on), post, on, entity="pk")
    found: QuerySet[Entity] = with_holder(rows, on).annotate(
        licence_number=Subquery(licence.values("number")[:1]), licence_until=Subquery(licence.values("valid_until")[:1])
    )
    return found


LEDGER_FIELDS = (
    "name", "uscc", "licence_number", "licence_until", "business_type", "grade", "status", "jurisdiction__name",
    "address", "staff", "diners", "principal", "director", "officer", "holder_name", "holder_title", "holder_tier",
    "cluster__name", "stall", "chain__name", "extras",
)  # fmt: skip


def ledger_sheet(post: Post, asked: RegisterFilter, on: date) -> SheetRows:
    """包保主体台账 as filtered on its page."""
    plan = plan_in_force(post.place, on).value
    query = ledger_query(post, asked, on)
    found = query.values_list(*LEDGER_FIELDS).iterator(chunk_size=CHUNK)
    count = query.order_by().count()
    return SheetRows(
        title=_("食品安全%s台账") % plan.names.entity,
        unit=unit_of(post, plan),
        day=on,
        conditions=_ledger_conditions(asked, plan, post),
        count=count,
        rows=(_worded(row, plan) for row in found),
        totals={"name": _("%d家") % count},
    )


def _worded(row: tuple[Any, ...], plan: PlanDocument) -> tuple[Any, ...]:
    cells = dict(zip(LEDGER_FIELDS, row, strict=True))
    kinds = {kind.code: kind.name for kind in plan.business_types}
    cells["business_type"] = kinds.get(cells["business_type"], cells["business_type"])
    cells["extras"] = extras_said(cells["extras"], plan)
    cells["status"] = str(STATUSES.get(cells["status"], cells["status"]))
    tier = plan.tier(cells["holder_tier"] or "")
    cells["holder_tier"] = tier.name if tier else cells["holder_tier"]
    return tuple(cells.values())


def _ledger_conditions(asked: RegisterFilter, plan: PlanDocument, post: Post) -> str:
    kinds = {kind.code: kind.name for kind in plan.business_types}
    area = Jurisdiction.objects.under(post.place).filter(path=asked.area).first() if asked.area else None
    parts = [
        (_("关键字"), asked.words),
        (_("等级"), "、".join(asked.grades)),
        (_("业态"), kinds.get(asked.business_type, asked.business_type)),
        (_("区域"), area.name if area else asked.area),
        (_("经营状态"), str(STATUSES.get(asked.status, asked.status))),
        (_("视图"), {"ungraded": _("未分级"), "closed": _("不在营")}.get(asked.tab, asked.tab)),
        (_("标签"), asked.tag),
        (_("规模"), _(SIZES.get(asked.size, asked.size)) if asked.size else ""),
        (_("风险等级"), RISKS.get(asked.risk, asked.risk)),
        (_("资料问题"), DEFECTS.get(asked.defect, "")),
        *group_conditions(asked),
    ]
    return conditions_of(parts)


def conditions_of(parts: list[tuple[str, str]]) -> str:
    written = "；".join(f"{name}：{value}" for name, value in parts if value)
    return written or _("全部")


def unit_of(post: Post, plan: PlanDocument) -> str:
    return (
        f"{post.jurisdiction.name}{post.unit}"
        if post.unit
        else f"{post.jurisdiction.name}{plan.names.commission_office}"
    )


PROGRESS_FIELDS = (
    "entity__name", "entity__uscc", "counted_grade", "entity__jurisdiction__name", "cadre_name", "due_on",
    "fulfilled_on", "fulfilled_by__mode_name", "cycle", "ordinal", "times",
)  # fmt: skip
TAB_WORDS = {
    "missing": gettext_noop("未督导"),
    "done": gettext_noop("已督导"),
    "overdue": gettext_noop("逾期"),
    "photos": gettext_noop("待照片"),
}


def progress_filter(asked: Mapping[str, Any], on: date) -> ProgressFilter:
    """The progress page's query string as its filter. Raises ValueError for a quarter that is none."""
    quarter = str(asked.get("quarter") or asked.get("period") or "")
    area = str(asked.get("area", ""))
    return ProgressFilter(
        label=str(Quarter.parse(quarter) if quarter else quarter_of(on)),
        tab=str(asked.get("tab", "")) if asked.get("tab") in TAB_WORDS else "",
        area=area if area.isascii() and area.isdigit() else "",
        grade="".join(asked.get("grade", "")),
        words=str(asked.get("q", "")).replace("\x00", "").strip()[:60],
    )


def progress_sheet(post: Post, asked: ProgressFilter, on: date) -> SheetRows:
    """季度督导进度台账: the obligations of the progress page, in its order."""
    query = progress_rows(post, asked, on)
    tally = _tally(query, on)
    led = Assignment.objects.filter(entity=OuterRef("entity_id"), cadre=OuterRef("counted_holder"))
    rows = query.select_related(None).annotate(cadre_name=Subquery(led.order_by("-valid").values("cadre_name")[:1]))
    found = rows.values_list(*PROGRESS_FIELDS).iterator(chunk_size=CHUNK)
    return SheetRows(
        title=f"{Quarter.parse(asked.label).label}{_('包保督导进度台账')}",
        unit=unit_of(post, plan_in_force(post.place, on).value),
        day=on,
        conditions=_progress_conditions(asked, post),
        count=tally.due,
        rows=(_progress_row(row, on) for row in found),
        totals={
            "name": _("应督导%(due)d项，已督导%(done)d项，逾期%(late)d项")
            % {"due": tally.due, "done": tally.fulfilled, "late": tally.overdue}
        },
    )


def _progress_conditions(asked: ProgressFilter, post: Post) -> str:
    area = Jurisdiction.objects.under(post.place).filter(pk=int(asked.area)).first() if asked.area else None
    parts = [
        (_("区域"), area.name if area else ""),
        (_("等级"), asked.grade),
        (_("范围"), _(TAB_WORDS[asked.tab]) if asked.tab else ""),
        (_("关键字"), asked.words),
    ]
    return conditions_of(parts)


def _progress_row(row: tuple[Any, ...], on: date) -> tuple[Any, ...]:
    *facts, due_on, fulfilled_on, mode, cycle, ordinal, times = row
    if fulfilled_on:
        state = _("已督导") if fulfilled_on <= due_on else _("逾期督导")
    else:
        state = _("逾期") if due_on < on else _("待督导")
    return (*facts, due_on, fulfilled_on, mode, state, visit_text(cycle, ordinal, times))


def _tally(query: QuerySet[Obligation], on: date) -> Tally:
    counts = query.order_by().aggregate(
        due=Count("pk"), fulfilled=Count("fulfilled_by"), overdue=Count("pk", filter=late_on(on))
    )
    return Tally(**counts)
