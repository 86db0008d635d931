"""How a ratio is measured: both sides alternate in this process, the medians are compared, a line says what came out.

"cpu" is user and system time of this process and the children it waited for; the database server is in "wall" only.
"""

import json
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Literal

Clock = Literal["wall", "cpu", "count"]


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement. `passed` is None where it was not run; `limit` is the most the ratio may be, or the least."""

    bench: str
    ours: float | None = None
    peer: float | None = None
    ratio: float | None = None
    limit: str = ""
    passed: bool | None = None
    rounds: int = 0
    clock: Clock = "wall"
    note: str = ""

    @property
    def verdict(self) -> str:
        return {True: "pass", False: "FAIL", None: "not run"}[self.passed]

    def as_json(self) -> str:
        facts = asdict(self)
        facts["pass"] = facts.pop("passed")
        for name in ("ours", "peer", "ratio"):
            facts[name] = None if facts[name] is None else round(facts[name], 4)
        return json.dumps(facts, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Limit:
    """What a ratio is held against."""

    bound: float
    at_least: bool = False

    def holds(self, ratio: float) -> bool:
        return ratio >= self.bound if self.at_least else ratio <= self.bound

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound:g}"


class Timer:
    """Times the marked part of one side; what stands around it is not counted."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.spent = 0.0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        before = self._now()
        yield
        self.spent += self._now() - before

    def _now(self) -> float:
        if self.clock == "wall":
            return time.perf_counter()
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(each.ru_utime + each.ru_stime for each in used)


Side = Callable[[Timer], object]


def spent(side: Side, clock: Clock) -> float:
    timer = Timer(clock)
    side(timer)
    return timer.spent


def compare(
    bench: str,
    ours: Side,
    peer: Side,
    limit: Limit,
    *,
    clock: Clock = "wall",
    rounds: int = 3,
    share: float = 1.0,
    peer_over_ours: bool = False,
    note: str = "",
) -> Line:
    """Alternates the sides and compares medians. A slow peer did `share` of the rows, in one round."""
    pairs = [(spent(ours, clock), spent(peer, clock) if share == 1.0 or not turn else None) for turn in range(rounds)]
    mine = statistics.median(own for own, _ in pairs)
    theirs = statistics.median(other for _, other in pairs if other is not None) / share
    ratio = theirs / mine if peer_over_ours else mine / theirs
    if share != 1.0:
        note = f"the peer ran one round on {share:.0%} of the rows, its time is scaled; {note}"
    return Line(bench, mine, theirs, ratio, str(limit), limit.holds(ratio), rounds, clock, note.rstrip("; "))


def counted(bench: str, ours: float, peer: float, limit: Limit, *, note: str = "") -> Line:
    """A ratio of two counts: queries, rows, sums."""
    ratio = ours / peer if peer else float(ours == peer)
    return Line(bench, ours, peer, ratio, str(limit), limit.holds(ratio), 1, "count", note)


def not_run(bench: str, reason: str) -> Line:
    return Line(bench, note=reason)


def table(lines: list[Line]) -> str:
    """The closing table for people."""
    head = ("bench", "clock", "ours", "peer", "ratio", "limit", "rounds", "result")
    rows = [head, *(_row(line) for line in lines)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _row(line: Line) -> tuple[str, ...]:
    def number(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}" if line.clock != "count" else f"{value:g}"

    ratio = "-" if line.ratio is None else f"{line.ratio:.3f}"
    return (
        line.bench, line.clock, number(line.ours), number(line.peer), ratio, line.limit, str(line.rounds), line.verdict,
    )  # fmt: skip
