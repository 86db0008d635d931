"""The closed word lists of an entity. Open lists (business types, tags, aliases) are plan data.

A is the largest, not the best: the food-risk grading runs the other way and never shares this list.
"""

from enum import StrEnum


class Grade(StrEnum):
    """等级, from the largest to the smallest."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"

    @property
    def label(self) -> str:
        """As papers write it."""
        return f"{self.value}级"


class RiskLevel(StrEnum):
    """风险等级 of the food-risk grading: A is the lowest risk. Its values can be taken for no grade."""

    A = "risk_a"
    B = "risk_b"
    C = "risk_c"
    D = "risk_d"

    @property
    def label(self) -> str:
        """As papers write it, with what the letter means here."""
        return RISK_LABELS[self]


class SizeClass(StrEnum):
    """规模 by the statistical standard."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"

    @property
    def label(self) -> str:
        """As papers write it."""
        return SIZE_LABELS[self]


class OperatingStatus(StrEnum):
    """经营状态; what a place calls them stands in its plan."""

    ACTIVE = "active"
    STOPPED = "stopped"
    DORMANT = "dormant"
    CANCELLED = "cancelled"
    REVOKED = "revoked"


class DecisionKind(StrEnum):
    """What an office may decide about one entity's grade, over what the rules say."""

    UPGRADE = "upgrade"
    CORRECTION = "correction"


class SupplyWay(StrEnum):
    """供餐方式 of a canteen, by the codes that plans use in their conditions."""

    SELF_RUN = "self_run"
    CONTRACTED = "contracted"
    ORDERED = "ordered"


class LicenceState(StrEnum):
    """证照状态: what the office that issued a licence has done with it since."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class ContactRole(StrEnum):
    """What a person is to an entity. The first three also stand as words in the ledger's columns."""

    PRINCIPAL = "principal"
    DIRECTOR = "director"
    OFFICER = "officer"
    CONTACT = "contact"
    CONTRACTOR = "contractor"
    OTHER = "other"


class FlagKind(StrEnum):
    """What an authority has laid upon an entity or one of its people."""

    BAN = "ban"
    CREDIT = "credit"
    PENALTY = "penalty"


class CheckResult(StrEnum):
    """检查结果: the three words of the national form, and what an inspector finds instead of a shop that runs."""

    FIT = "fit"
    MOSTLY = "mostly"
    UNFIT = "unfit"
    CLOSED = "closed"
    MOVED = "moved"
    NOT_FOUND = "not_found"


SIZE_LABELS = {
    SizeClass.LARGE: "大型",
    SizeClass.MEDIUM: "中型",
    SizeClass.SMALL: "小型",
    SizeClass.MICRO: "微型",
}
RISK_LABELS = {
    RiskLevel.A: "A级风险（最低）",
    RiskLevel.B: "B级风险",
    RiskLevel.C: "C级风险",
    RiskLevel.D: "D级风险（最高）",
}
HIGHEST_FIRST = tuple(Grade)


def higher(one: Grade, other: Grade) -> Grade:
    """The grade covered by the higher tier."""
    return min(one, other, key=HIGHEST_FIRST.index)


def raised(base: Grade, steps: int) -> Grade:
    """The effective grade after 提级; A is the end."""
    if steps < 0:
        raise ValueError("提级只能往上")
    return HIGHEST_FIRST[max(HIGHEST_FIRST.index(base) - steps, 0)]
