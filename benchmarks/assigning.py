"""The balanced proposal: as even as the exact optimum, at a few times the cost of the simplest deal, and stable."""

import heapq
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from benchmarks.district import FULL, District
from benchmarks.measuring import Limit, Line, Timer, compare, counted, not_run
from cadres.rules.balance import Balance, Bearer, Charge, balance

ENTITIES, CADRES, VILLAGES = 18_704, 2_181, 1_500
TIER = "village"


def assign(city: District) -> Iterator[Line]:
    charges, bearers = _city(city.rows / FULL)
    made: list[Balance] = []

    def ours(timer: Timer) -> None:
        with timer():
            made.append(balance(charges, bearers))

    def greedy(timer: Timer) -> None:
        with timer():
            _greedy(charges, bearers)

    size = f"{len(charges)} entities, {len(bearers)} cadres of a village or of four"
    note = f"{size}; peer: least loaded first, never looking back"
    yield compare("assign", ours, greedy, Limit(6), rounds=city.rounds, note=note)
    yield _evenness(charges, bearers, made[0], size)
    held = [replace(charge, holder=made[0].chosen[charge.id]) for charge in charges]
    again = balance(held, bearers)
    moved = sum(again.chosen[charge.id] != charge.holder for charge in held)
    yield counted("assign-moved", moved, len(held), Limit(0), note="entities moved by a second run, of all")


def _city(scale: float) -> tuple[list[Charge], list[Bearer]]:
    """Villages in fours with log-normal sizes; a third of the cadres answer for all four, the rest for one."""
    dice = random.Random(20261008)
    villages = max(8, round(VILLAGES * scale))
    homes = [f"1/{n // 4}/{n}/" for n in range(villages)]
    weights = [dice.lognormvariate(0, 1.0) for _home in homes]
    areas = dice.choices(homes, weights, k=max(40, round(ENTITIES * scale)))
    charges = [Charge(number, TIER, area) for number, area in enumerate(areas, start=1)]
    spots = [*homes, *(f"1/{dice.randrange((villages + 3) // 4)}/" for _ in range(round(CADRES * scale) - villages))]
    return charges, [Bearer(number, TIER, area) for number, area in enumerate(spots, start=1)]


def _reached(bearers: Iterable[Bearer]) -> dict[str, list[int]]:
    at: dict[str, list[int]] = defaultdict(list)
    for bearer in bearers:
        at[bearer.area].append(bearer.id)
    return at


def _takers(area: str, at: dict[str, list[int]]) -> list[int]:
    return at.get(area, []) + at.get("/".join(area.split("/")[:2]) + "/", [])


def _greedy(charges: Sequence[Charge], bearers: Sequence[Bearer]) -> dict[int, int | None]:
    at, loads, waiting = _reached(bearers), Counter[int](), defaultdict[str, list[int]](list)
    for charge in charges:
        waiting[charge.area].append(charge.id)
    chosen: dict[int, int | None] = {}
    for area, ids in waiting.items():
        heap = [(loads[taker], taker) for taker in _takers(area, at)]
        heapq.heapify(heap)
        for entity in ids:
            load, taker = heap[0]
            chosen[entity] = taker
            loads[taker] = load + 1
            heapq.heapreplace(heap, (load + 1, taker))
    return chosen


def _evenness(charges: list[Charge], bearers: list[Bearer], found: Balance, size: str) -> Line:
    try:
        from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # noqa: PLC0415 -- may be missing
    except ImportError:
        return not_run("assign-optimum", "ortools is not installed")
    ours = sum(load * load for load in found.loads.values())
    exact = _optimum(charges, bearers, SimpleMinCostFlow())
    note = f"{size}; sum of squared loads; peer: exact min-cost flow of ortools"
    return counted("assign-optimum", ours, exact, Limit(1), note=note)


def _optimum(charges: list[Charge], bearers: list[Bearer], flow: "object") -> int:
    """A unit arc for each further entity of a cadre, each dearer by two than the one before."""
    at, sizes, room = _reached(bearers), Counter(charge.area for charge in charges), Counter[int]()
    node = {bearer.id: number for number, bearer in enumerate(bearers, start=1)}
    areas = {area: len(node) + number for number, area in enumerate(sorted(sizes), start=1)}
    arc, supply = flow.add_arc_with_capacity_and_unit_cost, flow.set_node_supply  # type: ignore[attr-defined]
    for area, number in areas.items():
        supply(number, sizes[area])
        for taker in _takers(area, at):
            arc(number, node[taker], sizes[area], 0)
            room[taker] += sizes[area]
    for taker, most in room.items():
        for unit in range(min(most, 400)):
            arc(node[taker], 0, 1, 2 * unit + 1)
    supply(0, -len(charges))
    if flow.solve() != flow.OPTIMAL:  # type: ignore[attr-defined]
        raise AssertionError("the exact flow found no solution")
    return int(flow.optimal_cost())  # type: ignore[attr-defined]
