"""Who should answer for which entity: loads as even as tier and area allow, with as little moved as possible.

Exact for the sum of squared loads: units are laid down least-loaded first, then moved along alternating paths until
no path leads from a cadre to another who has two fewer. Counts by area are balanced, single entities dealt out last.
"""

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tenancy.rules.paths import ancestors_of


@dataclass(frozen=True, slots=True)
class Charge:
    """An entity somebody must answer for: the tier its grade asks for, its area, and who holds it today."""

    id: int
    tier: str
    area: str
    holder: int | None = None


@dataclass(frozen=True, slots=True)
class Bearer:
    """A cadre who can answer: tier, the area he stands in, areas he is linked with, what he carries besides."""

    id: int
    tier: str
    area: str
    linked: frozenset[str] = frozenset()
    load: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """Entity id -> cadre id, None where nobody can answer; the loads that follow, with what was carried before."""

    chosen: dict[int, int | None]
    loads: dict[int, int]
    kept: frozenset[int]


def balance(charges: Iterable[Charge], bearers: Iterable[Bearer]) -> Balance:
    """Keeps every assignment that may stay and deals the rest out at the exact optimum. Same input, same answer."""
    order = sorted(bearers, key=lambda bearer: bearer.id)
    everyone = sorted(charges, key=lambda charge: charge.id)
    reach = _Reach(order)
    kept = {c.id: c.holder for c in everyone if c.holder is not None and reach.allows(c.holder, c.tier, c.area)}
    loads = {bearer.id: bearer.load for bearer in order}
    for holder, count in Counter(kept.values()).items():
        loads[holder] += count
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for charge in everyone:
        if charge.id not in kept:
            groups[charge.tier, charge.area].append(charge.id)
    sizes = {key: len(ids) for key, ids in groups.items()}
    shares, loads = spread(sizes, {key: reach.of(*key) for key in groups}, loads)
    chosen: dict[int, int | None] = {charge.id: kept.get(charge.id) for charge in everyone}
    for key, ids in groups.items():
        chosen.update(_dealt(ids, shares[key]))
    return Balance(chosen, loads, frozenset(kept))


def may_answer(bearer: Bearer, tier: str, area: str) -> bool:
    """Tier equal, and the area lies where the cadre stands."""
    return bearer.tier == tier and area.startswith(bearer.area)


class _Reach:
    """Which cadres can answer for an area of a tier; those linked with the area go before the others."""

    def __init__(self, bearers: Sequence[Bearer]) -> None:
        self.by_id = {bearer.id: bearer for bearer in bearers}
        self.standing: dict[tuple[str, str], list[Bearer]] = defaultdict(list)
        for bearer in bearers:
            self.standing[bearer.tier, bearer.area].append(bearer)
        self.known: dict[tuple[str, str], tuple[int, ...]] = {}

    def of(self, tier: str, area: str) -> tuple[int, ...]:
        """Ids in order; those linked with the area, else those without links, else all who stand there."""
        found = self.known.get((tier, area))
        if found is None:
            there = [bearer for root in ancestors_of(area) for bearer in self.standing.get((tier, root), ())]
            linked = [bearer for bearer in there if area in bearer.linked]
            free = [bearer for bearer in there if not bearer.linked]
            found = self.known[tier, area] = tuple(sorted(bearer.id for bearer in linked or free or there))
        return found

    def allows(self, holder: int, tier: str, area: str) -> bool:
        """Whether an assignment of today may stay; a link alone is no reason to take an entity away."""
        bearer = self.by_id.get(holder)
        return bearer is not None and may_answer(bearer, tier, area)


Key = tuple[str, str]
Shares = dict[Key, dict[int, int]]


def spread(
    sizes: dict[Key, int], reach: dict[Key, tuple[int, ...]], loads: dict[int, int]
) -> tuple[Shares, dict[int, int]]:
    """How many of each group every cadre takes, at the least possible sum of squared loads."""
    loads = dict(loads)
    shares: Shares = {}
    for key in sorted(sizes, key=lambda k: (len(reach[k]) / sizes[k], k)):
        shares[key] = _pour(sizes[key], reach[key], loads)
    _improve(shares, reach, loads)
    return shares, loads


def _pour(count: int, takers: Sequence[int], loads: dict[int, int]) -> dict[int, int]:
    """Least loaded first, the smaller id on a tie."""
    share: dict[int, int] = dict.fromkeys(takers, 0)
    heap = [(loads[taker], taker) for taker in takers]
    heapq.heapify(heap)
    for _unit in range(count if heap else 0):
        load, taker = heap[0]
        share[taker] += 1
        heapq.heapreplace(heap, (load + 1, taker))
    for taker, added in share.items():
        loads[taker] += added
    return share


Came = dict[int, tuple[int, Key] | None]


@dataclass(slots=True)
class _Paths:
    """The way units could pass from cadre to cadre, through groups from which the giver holds one."""

    shares: Shares
    reach: dict[Key, tuple[int, ...]]
    loads: dict[int, int]
    groups_of: dict[int, list[Key]]
    settled: set[int]

    def search(self, start: int) -> tuple[Came, int | None]:
        """Breadth first over cadres a unit could pass to; how each was come to, and the first with two fewer."""
        came: Came = {start: None}
        seen: set[Key] = set()
        waiting = deque([start])
        while waiting:
            giver = waiting.popleft()
            for key in self.groups_of[giver]:
                if key in seen or not self.shares[key][giver]:
                    continue
                seen.add(key)
                fresh = [taker for taker in self.reach[key] if taker not in came and taker not in self.settled]
                came.update((taker, (giver, key)) for taker in fresh)
                waiting.extend(fresh)
                end = next((taker for taker in fresh if self.loads[taker] <= self.loads[start] - 2), None)
                if end is not None:
                    return came, end
        return came, None


def _improve(shares: Shares, reach: dict[Key, tuple[int, ...]], loads: dict[int, int]) -> None:
    """From the fullest cadre on: move one unit along a path to somebody with two fewer, or settle all it reaches.

    What a settled cadre reaches is settled with him, and holds at most one fewer than he does. Nobody taken later is
    fuller, so a settled cadre can never be improved again and is looked at once.
    """
    groups_of: dict[int, list[Key]] = defaultdict(list)
    for key in sorted(shares):
        for taker in reach[key]:
            groups_of[taker].append(key)
    paths = _Paths(shares, reach, loads, groups_of, set())
    heap = [(-loads[taker], taker) for taker in groups_of]
    heapq.heapify(heap)
    while heap:
        load, start = heapq.heappop(heap)
        if start in paths.settled or -load != loads[start]:
            continue
        came, end = paths.search(start)
        if end is None:
            paths.settled.update(came)
            continue
        _shift(came, end, shares)
        loads[start] -= 1
        loads[end] += 1
        heapq.heappush(heap, (-loads[start], start))
        heapq.heappush(heap, (-loads[end], end))


def _shift(came: Came, end: int, shares: Shares) -> None:
    taker = end
    while step := came[taker]:
        giver, key = step
        shares[key][giver] -= 1
        shares[key][taker] += 1
        taker = giver


def _dealt(ids: Sequence[int], share: dict[int, int]) -> dict[int, int | None]:
    """Neighbours in the register stay together: each cadre takes a run of ids."""
    dealt: dict[int, int | None] = dict.fromkeys(ids)
    at = 0
    for taker in sorted(share):
        for entity in ids[at : at + share[taker]]:
            dealt[entity] = taker
        at += share[taker]
    return dealt
