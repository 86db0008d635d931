"""What can be done to many entities at once, and what it makes of one of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from entities.rules.changes import Occasion, refuse_occasion, refuse_without_paper
from entities.rules.ledger_cells import MAX_TAGS
from entities.rules.vocabulary import OperatingStatus


class BulkKind(StrEnum):
    """批量办理: each is an act on one entity, done to many."""

    ADD_TAG = "add-tag"
    REMOVE_TAG = "remove-tag"
    RISK = "risk"
    MOVE = "move"
    STATUS = "status"
    CLUSTER = "cluster"

    @property
    def label(self) -> str:
        """As the page offers it."""
        return LABELS[self]

    @property
    def regrades(self) -> bool:
        """Whether a grade can follow from it: by a label, or by the plan of another place."""
        return self in (BulkKind.ADD_TAG, BulkKind.REMOVE_TAG, BulkKind.MOVE)

    @property
    def fact(self) -> str:
        """Of the facts by which changes are told (变动), the one it moves; empty where it moves none."""
        return {BulkKind.MOVE: "area", BulkKind.STATUS: "status"}.get(self, "")


LABELS = {
    BulkKind.ADD_TAG: "加标签",
    BulkKind.REMOVE_TAG: "去标签",
    BulkKind.RISK: "改食品安全风险等级",
    BulkKind.MOVE: "划到别的居民区",
    BulkKind.STATUS: "变更经营状态",
    BulkKind.CLUSTER: "归入集聚场所",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """One kind with its value as it is stored, and in words; why, and by which paper."""

    kind: BulkKind
    value: str
    said: str
    reason: str = ""
    document: str = ""

    def occasion(self, on: dt.date) -> Occasion:
        return Occasion(on, self.reason, self.document)


def refuse_unfounded(wish: Wish, on: dt.date) -> None:
    """Another operating status of many asks for what that of one does. Raises Refused."""
    if wish.kind is BulkKind.STATUS:
        refuse_occasion(wish.occasion(on), on)
        refuse_without_paper(OperatingStatus(wish.value), wish.document)


def tags_after(wish: Wish, tags: Sequence[str]) -> list[str]:
    """The labels of one entity once the wish is done."""
    if wish.kind is BulkKind.REMOVE_TAG:
        return [tag for tag in tags if tag != wish.value]
    return [*tags, wish.value] if wish.kind is BulkKind.ADD_TAG and wish.value not in tags else list(tags)


def too_many_tags(tags: Sequence[str]) -> str:
    """Why an entity takes no further label; empty when it does."""
    return f"标签最多{MAX_TAGS}个，这家已满；请先去掉不用的" if len(tags) > MAX_TAGS else ""
