"""What makes a visit complete: mode, day, evidence, answers and signatures against the plan.

Faults are collected all at once, each under the field it belongs to, in words a cadre understands on the phone.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from supervision.rules.issues import Route
from tenancy.plans.document import Need, VisitMode
from tenancy.rules.periods import quarter_of
from tenancy.rules.refusals import Refused

Stroke = list[list[float]]
# A dot is no signature: so many points the strokes of a name have at least.
FEWEST_POINTS = 5
MOST_PHOTOS = 20


class Unfit(Refused):
    """What was filled in cannot be taken; `fields` says of each field what to do."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("；".join(dict.fromkeys(fields.values())), code="visit-incomplete")
        self.fields = dict(fields)


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """One answered line; disposal says what was done with a problem."""

    item: str
    answer: str
    note: str = ""
    disposal: str = ""


@dataclass(frozen=True, slots=True)
class GivenPhoto:
    """A picture announced by the hash of its bytes."""

    sha256: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class EntitySignature:
    """Whoever was present signed, or refused with a reason."""

    strokes: tuple[Stroke, ...] = ()
    name: str = ""
    position: str = ""
    refused: bool = False
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        if self.refused:
            return {"refused": True, "reason": self.reason}
        return {"strokes": list(self.strokes), "name": self.name, "position": self.position}


@dataclass(frozen=True, slots=True)
class VisitBody:
    """A visit as it was frozen on the phone."""

    entity: int
    mode: str
    visited_on: dt.date
    task_list: str
    answers: tuple[GivenAnswer, ...]
    photos: tuple[GivenPhoto, ...]
    cadre_signature: tuple[Stroke, ...]
    entity_signature: EntitySignature | None
    digest: str
    obligation: int | None = None
    started_at: dt.datetime | None = None
    outcome: str = "done"
    conclusion: str = ""
    cadre: int | None = None

    @property
    def problems(self) -> tuple[GivenAnswer, ...]:
        """The lines answered 有问题."""
        return tuple(answer for answer in self.answers if answer.answer == "no")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the plan and the register ask of a visit to this entity."""

    modes: tuple[VisitMode, ...]
    onsite_reason: str
    items: Mapping[str, str]
    # What the register called the entity on the day when it was out of operation.
    closed: str = ""


def allowed_modes(terms: Terms) -> dict[str, str]:
    """Mode code -> why it may not be used here, empty when it may."""
    return {mode.code: "" if mode.counts_as_onsite else terms.onsite_reason for mode in terms.modes}


def earliest_day(on: dt.date) -> dt.date:
    """How far back a visit may be entered: a late phone and a pile of paper still find their quarter."""
    return quarter_of(on).previous.start


def check(body: VisitBody, terms: Terms, *, on: dt.date) -> None:
    """Raises Unfit with every fault of the body; silent when it can be taken."""
    mode = next((mode for mode in terms.modes if mode.code == body.mode), None)
    faults = dict(_day_faults(body, on))
    if mode is None:
        faults["mode"] = "请选择督导方式" if not body.mode else f"方案里没有“{body.mode}”这种督导方式，请重新选择"
    elif reason := allowed_modes(terms)[mode.code]:
        faults["mode"] = reason
    faults.update(_signature_faults(body, mode))
    if terms.closed and body.outcome == "done":
        faults["outcome"] = (
            f"台账里这家主体在督导当天是“{terms.closed}”；如在营业请先联系街道经办改正，确已关店请选“已关店”"
        )
    if body.outcome == "done":
        faults.update(_answer_faults(body, terms.items))
        faults.update(_photo_faults(body, mode))
    if faults:
        raise Unfit(faults)


def _day_faults(body: VisitBody, on: dt.date) -> Iterator[tuple[str, str]]:
    if body.visited_on > on:
        yield "visited_on", f"督导日期 {body.visited_on} 在今天（{on}）之后，请改为实际督导的日期"
    elif body.visited_on < earliest_day(on):
        yield "visited_on", f"督导日期 {body.visited_on} 早于可补录的最早日期 {earliest_day(on)}，请联系街道经办"


def _answer_faults(body: VisitBody, items: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    given = {answer.item: answer for answer in body.answers}
    unknown = set(given) - set(items)
    if unknown or len(given) != len(body.answers):
        yield "answers", "清单条目与版本对不上，请刷新页面后重新核对，已填内容会保留"
    missing = [number for number, item in enumerate(items, start=1) if item not in given]
    if missing:
        yield "answers", f"还有 {len(missing)} 项没有选择结果：第 {'、'.join(map(str, missing))} 项"
    for number, item in enumerate(items, start=1):
        if item in given:
            yield from _line_faults(number, given[item])


def _line_faults(number: int, answer: GivenAnswer) -> Iterator[tuple[str, str]]:
    field = f"answers.{answer.item}"
    if answer.answer not in ("yes", "no", "na"):
        yield field, f"第 {number} 项请选择符合、有问题或不适用"
    if answer.answer != "no":
        return
    if not answer.note:
        yield field, f"第 {number} 项有问题，请写明问题情况"
    elif answer.disposal not in {route.value for route in Route}:
        yield field, f"第 {number} 项有问题，请选择现场处置或移交"


def _photo_faults(body: VisitBody, mode: VisitMode | None) -> Iterator[tuple[str, str]]:
    if len({photo.sha256 for photo in body.photos}) > MOST_PHOTOS:
        yield "photos", f"一次督导最多 {MOST_PHOTOS} 张照片，请留下最说明情况的"
    need = mode.evidence.photo if mode else Need.OPTIONAL
    if body.photos or mode is None:
        return
    if need is Need.REQUIRED:
        yield "photos", f"“{mode.name}”需要至少一张照片"
    elif need is Need.ON_ISSUE and body.problems:
        yield "photos", "发现问题时需要至少一张照片"


def _signature_faults(body: VisitBody, mode: VisitMode | None) -> Iterator[tuple[str, str]]:
    # A cadre signs in every mode, whatever a plan says of the rest.
    if not signed(body.cadre_signature):
        yield "cadre_signature", "请包保干部本人签字"
    if mode is None:
        return
    need, given = mode.evidence.entity_signature, body.entity_signature
    fault = ""
    if given is not None:
        fault = f"“{mode.name}”不在现场，不需要主体签字，请去掉" if need is Need.OFF else _given_fault(given)
    elif body.outcome == "done" and (need is Need.REQUIRED or (need is Need.ON_ISSUE and body.problems)):
        fault = "请在场的主体人员签字；拒签的请选“拒绝签字”并写明原因"
    if fault:
        yield "entity_signature", fault


def _given_fault(given: EntitySignature) -> str:
    if given.refused:
        return "" if given.reason else "请写明主体拒绝签字的原因"
    if not signed(given.strokes):
        return "主体签字是空的，请重新签字；拒签的请选“拒绝签字”并写明原因"
    return "" if given.name and given.position else "请填写签字人的姓名和职务"


def signed(strokes: tuple[Stroke, ...]) -> bool:
    """Whether somebody wrote rather than touched the glass."""
    return sum(len(stroke) for stroke in strokes) >= FEWEST_POINTS
