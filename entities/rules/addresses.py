"""地址簿: which community a road and number lies in, learnt from the addresses the register has.

Only what is written as road and number (平阳路12号) is learnt; anything else has no place in it.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from tenancy.plans import plain

ROAD = r"[^\s\d省市区县镇乡街道路巷弄号村，,。；;（）()]{1,8}(?:大道|胡同|路|街|道|巷|弄|里)"
SPOT = re.compile(rf"({ROAD})(\d{{1,5}})(?:[-、—/]\d{{1,5}})*[号弄]")
# Beyond the last known number a road may belong to the next community.
BEYOND = 20


class Spot(NamedTuple):
    """A house on a road; `odd` is the side it stands on."""

    road: str
    number: int

    @property
    def odd(self) -> bool:
        return bool(self.number % 2)


class Proposal(NamedTuple):
    """The community proposed for an address, and the known numbers it follows from."""

    area: int
    spot: Spot
    known: tuple[int, ...]


class Segment(NamedTuple):
    """Neighbouring known numbers of one side of a road in one community."""

    road: str
    odd: bool
    first: int
    last: int
    area: int
    entities: int


def spot_of(address: str) -> Spot | None:
    """The first road and number of an address."""
    found = SPOT.search(plain(address))
    return Spot(found[1], int(found[2])) if found else None


@dataclass
class AddressBook:
    """Known (number, community) of each side of each road, in the order of numbers."""

    sides: dict[tuple[str, bool], list[tuple[int, int]]] = field(default_factory=dict)

    def learn(self, address: str, area: int) -> None:
        if spot := spot_of(address):
            insort(self.sides.setdefault((spot.road, spot.odd), []), (spot.number, area))

    def propose(self, address: str, among: Iterable[int] = ()) -> Proposal | None:
        """The community an address lies in where all its neighbours lie in one; None where they differ or are far.

        among: the communities it may be, where that much is known.
        """
        spot = spot_of(address)
        known = self.sides.get((spot.road, spot.odd), []) if spot else []
        if spot is None or not known:
            return None
        if not (near := _same(known, spot.number)):
            near = _around(known, spot.number)
        areas, allowed = {area for _number, area in near}, set(among)
        if len(areas) != 1 or (allowed and not areas <= allowed):
            return None
        return Proposal(areas.pop(), spot, tuple(dict.fromkeys(number for number, _area in near)))

    def segments(self) -> Iterator[Segment]:
        """The whole book, road by road."""
        for (road, odd), known in sorted(self.sides.items()):
            for area, group in groupby(known, key=lambda each: each[1]):
                numbers = [number for number, _area in group]
                yield Segment(road, odd, numbers[0], numbers[-1], area, len(numbers))


def _same(known: list[tuple[int, int]], number: int) -> list[tuple[int, int]]:
    return [each for each in known if each[0] == number]


def _around(known: list[tuple[int, int]], number: int) -> list[tuple[int, int]]:
    """The nearest houses below and above, all that share a number; behind the last known one only where it is near."""
    at = bisect_left(known, (number, 0))
    below = _same(known[:at], known[at - 1][0]) if at else []
    above = _same(known[at:], known[at][0]) if at < len(known) else []
    if below and above:
        return [*below, *above]
    return [each for each in (*below, *above) if abs(each[0] - number) <= BEYOND]
