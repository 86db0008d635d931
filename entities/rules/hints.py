"""状态线索: what speaks for another operating status than the register has. Nothing changes by itself; the office decides."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from entities.rules.changes import Occasion
from entities.rules.vocabulary import OperatingStatus


class HintKind(StrEnum):
    """What a hint comes from, by the word of its address."""

    PENALTY = "penalty"
    CHECK = "check"
    LICENCE = "licence"


HINT_LABELS = {HintKind.PENALTY: "行政处罚", HintKind.CHECK: "监督检查", HintKind.LICENCE: "许可证到期"}
# As what each is written down where a status says where it comes from.
SOURCES = {HintKind.PENALTY: "penalty", HintKind.CHECK: "inspection", HintKind.LICENCE: "licence"}


@dataclass(frozen=True, slots=True)
class Hint:
    """The status a record speaks for, since when, why and by which paper."""

    kind: HintKind
    status: OperatingStatus
    day: date
    reason: str
    document: str

    def occasion(self, earliest: date | None) -> Occasion:
        """When the change is written down as having happened: never before the status it ends."""
        return Occasion(max(self.day, earliest or self.day), self.reason[:200], self.document[:120])
