"""Arithmetic of figures: ratios as papers print them, and counts carried up the tree.

Plain numbers in, plain numbers out. What is counted is decided in queries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from typing import Self

from cadres.rules.ratios import ratio_text
from tenancy.rules.paths import ancestors_of


@dataclass(frozen=True, slots=True)
class Ratio:
    """Cadres to entities."""

    cadres: int = 0
    entities: int = 0

    def __add__(self, other: Self) -> "Ratio":
        return Ratio(self.cadres + other.cadres, self.entities + other.entities)

    @property
    def text(self) -> str:
        """1:2.77 as it is printed; 无 when there is nothing to compare."""
        return ratio_text(self.cadres, self.entities) if self.cadres or self.entities else "无"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a period counts: visits owed and made, issues found and settled."""

    due: int = 0
    fulfilled: int = 0
    on_time: int = 0
    overdue: int = 0
    issues: int = 0
    rectified: int = 0
    # Found, not settled, and not yet due: left out of the lenient rate only.
    pending: int = 0

    def __add__(self, other: Self) -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    @property
    def missing(self) -> int:
        return self.due - self.fulfilled

    @property
    def unsettled(self) -> int:
        return self.issues - self.rectified

    @property
    def completion(self) -> tuple[int, int]:
        """R4: fulfilled in time, of those due."""
        return self.on_time, self.due

    @property
    def rectification(self) -> tuple[int, int]:
        """R5 in the strict reading: every issue found counts."""
        return self.rectified, self.issues

    @property
    def rectification_of_due(self) -> tuple[int, int]:
        """R5 in the lenient reading: without what is not yet due."""
        return self.rectified, self.issues - self.pending


@dataclass(frozen=True, slots=True)
class Fact:
    """Counts of one place of the day (its chain of ids), tier and grade."""

    chain: tuple[int, ...]
    tier: str
    grade: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Share:
    """Whose figure, which child of the day it comes from (the place itself when counted there), tier and grade."""

    node: int
    part: int
    tier: str
    grade: str


def chain_of(counted_in: str) -> tuple[int, ...]:
    """The jurisdiction ids of a `counted_in` from the root down."""
    return tuple(int(number) for number in counted_in.split("/") if number)


def shares(facts: Iterable[Fact]) -> dict[Share, Tally]:
    """Every fact counted for each place of its chain, under the child it came through."""
    sums: dict[Share, Tally] = {}
    for fact in facts:
        for node, part in zip(fact.chain, (*fact.chain[1:], fact.chain[-1]), strict=True):
            share = Share(node, part, fact.tier, fact.grade)
            sums[share] = sums.get(share, Tally()) + fact.tally
    return sums


def rolled_up(leaves: Mapping[tuple[str, str], Ratio]) -> dict[tuple[str, str], Ratio]:
    """(path, tier) -> ratio, each leaf added to itself and to every place above it."""
    sums: dict[tuple[str, str], Ratio] = {}
    for (path, tier), ratio in leaves.items():
        for above in ancestors_of(path):
            sums[above, tier] = sums.get((above, tier), Ratio()) + ratio
    return sums


def number_asked(text: str | None) -> int | None:
    """An id of a query string; None when it is absent or no number."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


# From a day up to another that no longer counts.
Span = tuple[date, date]


def gaps(owed: Iterable[Span], answered: Iterable[Span]) -> list[Span]:
    """悬空: what is left of the spans when somebody had to answer, without those in which somebody did."""
    covered = sorted(span for span in answered if span[0] < span[1])
    found = []
    for start, end in owed:
        at = start
        for since, until in covered:
            if since >= end:
                break
            if since > at:
                found.append((at, since))
            at = max(at, until)
        if at < end:
            found.append((at, end))
    return found


def days_in(spans: Iterable[Span]) -> int:
    """How many days the spans hold."""
    return sum((end - start).days for start, end in spans)
