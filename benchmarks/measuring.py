"""How a ratio is measured: both sides alternate in this process, the medians are compared, a line says what came out.

"cpu" is the time of this process, of the children it waited for and of its database backend, where that runs on this
machine; else work with the database is measured by "wall". Wall seconds stand beside it for people.
"""

import json
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Literal

from benchmarks.database import backend_cpu

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
    clock: Clock = "cpu"
    ours_wall: float | None = None
    peer_wall: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        unjudged = "not run" if self.ratio is None else "not judged"
        return {True: "pass", False: "FAIL", None: unjudged}[self.passed]

    def unjudged(self) -> "Line":
        """Times of one tiny round say nothing; counts do."""
        if self.clock == "count" or self.passed is None:
            return self
        return replace(self, passed=None, note=f"one tiny round, not judged; {self.note}")

    def as_json(self) -> str:
        facts = asdict(self)
        facts["pass"] = facts.pop("passed")
        for name in ("ours", "peer", "ratio", "ours_wall", "peer_wall"):
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

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        wall, cpu = time.perf_counter(), used()
        yield
        self.wall += time.perf_counter() - wall
        self.cpu += used() - cpu

    def by(self, clock: Clock) -> float:
        return self.wall if clock == "wall" else self.cpu


def used() -> float:
    """CPU seconds so far, the backend's included where it can be seen."""
    here = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in here) + (backend_cpu() or 0.0)


Side = Callable[[Timer], object]


def timed(side: Side) -> Timer:
    timer = Timer()
    side(timer)
    return timer


def clock_with_database() -> Clock:
    return "wall" if backend_cpu() is None else "cpu"


def compare(
    bench: str,
    ours: Side,
    peer: Side,
    limit: Limit | None,
    *,
    clock: Clock = "cpu",
    rounds: int = 3,
    share: float = 1.0,
    peer_over_ours: bool = False,
    note: str = "",
) -> Line:
    """Alternates the sides and compares medians; without a limit for people only.

    A slow peer did `share` of the rows, in one round.
    """
    pairs = [(timed(ours), timed(peer) if share == 1.0 or not turn else None) for turn in range(rounds)]
    own, others = [own for own, _ in pairs], [other for _, other in pairs if other is not None]
    mine = statistics.median(timer.by(clock) for timer in own)
    theirs = statistics.median(timer.by(clock) for timer in others) / share
    walls = statistics.median(t.wall for t in own), statistics.median(t.wall for t in others) / share
    ratio = theirs / mine if peer_over_ours else mine / theirs
    passed = limit.holds(ratio) if limit else None
    if share != 1.0:
        note = f"the peer ran one round on {share:.0%} of the rows, its time is scaled; {note}"
    return Line(bench, mine, theirs, ratio, str(limit or ""), passed, rounds, clock, *walls, note.rstrip("; "))


def counted(bench: str, ours: float, peer: float, limit: Limit, *, note: str = "") -> Line:
    """A ratio of two counts: queries, rows, sums."""
    ratio = ours / peer if peer else float(ours)
    return Line(bench, ours, peer, ratio, str(limit), limit.holds(ratio), 1, "count", note=note)


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
