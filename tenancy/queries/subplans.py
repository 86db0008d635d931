"""What was filed under a plan and who has not filed, and how far its stages have come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tenancy.models import Jurisdiction, Milestone, Plan, Post, StageNote, SubPlan
from tenancy.plans import PlanLayer
from tenancy.policies import sees_all_sub_plans
from tenancy.rules.stages import STATE_LABELS, StageState, stage_state


@dataclass(frozen=True, slots=True)
class Filer:
    """A street or a department that owes a plan of its own, with what it filed and how far that has come."""

    unit: str
    place: Jurisdiction | None
    sub_plan: SubPlan | None
    done: int = 0
    milestones: int = 0
    late: int = 0

    @property
    def has_filed(self) -> bool:
        return self.sub_plan is not None and self.sub_plan.filed_on is not None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a plan on one day, by its days or as it was written down last."""

    code: str
    name: str
    goal: str
    measures: tuple[str, ...]
    start: date | None
    until: date | None
    clause: str
    state: StageState
    note: StageNote | None

    @property
    def state_label(self) -> str:
        return STATE_LABELS[self.state]


def uses_below(plan: Plan) -> list[str]:
    """What was filed or noted under a plan, in words; empty while it can still be taken back."""
    filed = SubPlan.objects.filter(plan=plan, filed_on__isnull=False).count()
    awaited = SubPlan.objects.filter(plan=plan, filed_on__isnull=True).count()
    noted = StageNote.objects.filter(plan=plan).count()
    told = [
        (filed, _("%d个单位按它报送了实施方案")),
        (awaited, _("%d个单位已列入应报名单")),
        (noted, _("%d条阶段进展")),
    ]
    return [words % number for number, words in told if number]


def filers_of(plan: Plan, post: Post, on: date) -> list[Filer]:
    """Every place right under the plan's and every department it awaits; from below only what is one's own."""
    rows = list(SubPlan.objects.filter(plan=plan).select_related("jurisdiction").order_by("place", "unit", "pk"))
    counts = _progress(rows, on)
    departments = [row for row in rows if row.jurisdiction_id == plan.jurisdiction_id]
    by_place = {row.jurisdiction_id: row for row in rows if row not in departments}
    children = Jurisdiction.objects.filter(parent=plan.jurisdiction_id, closed_on__isnull=True).order_by("path")
    if not sees_all_sub_plans(post, plan.place):
        children = children.filter(path=post.place)
    found = [_filer(place.name, place, by_place.pop(place.pk, None), counts) for place in children]
    # A place that was closed since keeps what it filed.
    found += [_filer(row.unit, row.jurisdiction, row, counts) for row in by_place.values()]
    return found + [_filer(row.unit, None, row, counts) for row in departments]


def _filer(unit: str, place: Jurisdiction | None, row: SubPlan | None, counts: dict[int, list[int]]) -> Filer:
    done, total, late = counts.get(row.pk, (0, 0, 0)) if row else (0, 0, 0)
    return Filer(unit, place, row, done, total, late)


def _progress(rows: list[SubPlan], on: date) -> dict[int, list[int]]:
    """Of each sub-plan: how many of its milestones are done, how many there are, how many are late."""
    lines = Milestone.objects.filter(sub_plan__in=rows, dropped_on__isnull=True).order_by()
    counted: dict[int, list[int]] = {}
    for owner, due_on, done_on in lines.values_list("sub_plan_id", "due_on", "done_on"):
        counts = counted.setdefault(owner, [0, 0, 0])
        counts[0] += done_on is not None
        counts[1] += 1
        counts[2] += done_on is None and due_on < on
    return counted


def asked_of_filers(layer: PlanLayer) -> Mapping[str, Any]:
    """What the plan itself says of the plans to be filed under it (who, what, to whom, until when), if it does."""
    asked = layer.values.get("sub_plans")
    return asked if isinstance(asked, Mapping) else {}


def milestones_of(sub_plan: SubPlan) -> list[Milestone]:
    """The timetable that counts, in the order of its days."""
    return list(sub_plan.milestones.filter(dropped_on__isnull=True).order_by("due_on", "pk"))


def stages_of(plan: Plan, on: date) -> list[Stage]:
    """The stages a plan prints, each with its state on a day; none where the plan has none."""
    printed = plan.document["values"].get("stages") or []
    notes: dict[str, StageNote] = {}
    for note in StageNote.objects.filter(plan=plan).order_by("pk") if printed else ():
        notes[note.stage] = note
    return [_stage(stage, notes.get(str(stage.get("code"))), on) for stage in printed]


def _stage(stage: Mapping[str, Any], note: StageNote | None, on: date) -> Stage:
    start, until = (_day(stage.get(key)) for key in ("from", "until"))
    return Stage(
        code=str(stage.get("code", "")),
        name=str(stage.get("name", "")),
        goal=str(stage.get("goal", "")),
        measures=tuple(stage.get("measures") or ()),
        start=start,
        until=until,
        clause=str(stage.get("clause", "")),
        state=stage_state(start, until, on, note.state if note else ""),
        note=note,
    )


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
