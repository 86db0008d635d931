"""变动: what becomes of a business after it was entered, and which clock of the plan that starts.

A change is one dated act. Facts are compared as plain values, so that a form, an endpoint and a ledger say the same.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from entities.rules.vocabulary import OperatingStatus
from tenancy.rules.refusals import Refused


class ChangeKind(StrEnum):
    """What became of a business."""

    OPENED = "opened"
    REOPENED = "reopened"
    RESIZED = "resized"
    RETYPED = "retyped"
    MOVED = "moved"
    STOPPED = "stopped"
    DORMANT = "dormant"
    CANCELLED = "cancelled"
    REVOKED = "revoked"


CHANGE_LABELS: dict[str, str] = {
    ChangeKind.OPENED.value: "新增",
    ChangeKind.REOPENED.value: "恢复经营",
    ChangeKind.RESIZED.value: "规模变动",
    ChangeKind.RETYPED.value: "业态变动",
    ChangeKind.MOVED.value: "迁移",
    ChangeKind.STOPPED.value: "停业",
    ChangeKind.DORMANT.value: "歇业",
    ChangeKind.CANCELLED.value: "注销",
    ChangeKind.REVOKED.value: "吊销",
}
# Kind -> what a plan's clock calls it.
TRIGGERS: dict[ChangeKind, str] = {
    ChangeKind.OPENED: "entity_opened",
    ChangeKind.REOPENED: "entity_opened",
    ChangeKind.RESIZED: "entity_changed",
    ChangeKind.RETYPED: "entity_changed",
    ChangeKind.MOVED: "entity_changed",
    ChangeKind.STOPPED: "entity_closed",
    ChangeKind.DORMANT: "entity_closed",
    ChangeKind.CANCELLED: "entity_closed",
    ChangeKind.REVOKED: "entity_closed",
}
# Facts by which a change of an entity that stays is told from a correction of its particulars.
FACTS: dict[ChangeKind, tuple[str, ...]] = {
    ChangeKind.RESIZED: ("staff", "revenue", "diners"),
    ChangeKind.RETYPED: ("business_type", "further_types"),
    ChangeKind.MOVED: ("area",),
}
# Others decide these; the office only writes down their paper.
NEEDS_PAPER = frozenset({OperatingStatus.CANCELLED, OperatingStatus.REVOKED})


@dataclass(frozen=True, slots=True)
class Occasion:
    """Since when a change holds, why, and by which paper."""

    since: dt.date
    reason: str = ""
    document: str = ""


def kind_of_status(status: str) -> ChangeKind:
    """What has become of an entity whose status is now this one."""
    return ChangeKind.REOPENED if status == OperatingStatus.ACTIVE else ChangeKind(status)


def kinds_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[ChangeKind, tuple[str, ...]]:
    """Kind -> the facts that moved, for an entity that was this and is now that."""
    found: dict[ChangeKind, tuple[str, ...]] = {}
    if before["status"] != after["status"]:
        found[kind_of_status(after["status"])] = ("status",)
    for kind, facts in FACTS.items():
        if moved := tuple(fact for fact in facts if before[fact] != after[fact]):
            found[kind] = moved
    return found


def refuse_occasion(occasion: Occasion, on: dt.date, *, earliest: dt.date | None = None) -> None:
    """A change is written down when it has happened, with its reason, and not over what came after it."""
    if not occasion.reason.strip():
        raise Refused("没有写变动原因；变动要能查到为什么、依据什么，请补填。", code="reason-missing")
    if occasion.since > on:
        raise Refused(
            f"{occasion.since:%Y-%m-%d} 还没有到，变动从发生之日起登记；请填今天或以前的日期。", code="day-ahead"
        )
    if earliest is not None and occasion.since < earliest:
        raise Refused(
            f"台账上现在的经营状态是 {earliest:%Y-%m-%d} 起的，{occasion.since:%Y-%m-%d} 在它之前，会改写已有的记录；"
            "请填这一天或以后的日期。",
            code="day-taken",
        )


def refuse_without_paper(status: OperatingStatus, document: str) -> None:
    """A licence is cancelled or revoked by whoever issued it; the register follows that paper."""
    if status in NEEDS_PAPER and not document.strip():
        raise Refused(
            f"“{CHANGE_LABELS[status.value]}”由发证机关决定，请填写决定书、公告的文号或名称。", code="paper-missing"
        )
