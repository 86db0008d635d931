"""重复主体: why two rows of the register may be one business, and what a merge takes from which."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, combinations
from typing import Any

# What people put into names and addresses without meaning anything by it; read by PostgreSQL as well.
NOISE = r"[\s\u3000（）()【】\[\]·•.．,，、\-—_]"
# More rows under one number are a chain or an agent's telephone, and no double of one another.
MOST_ALIKE = 8


class Likeness(StrEnum):
    """What two rows have in common, the strongest first."""

    USCC = "uscc"
    LICENCE = "licence"
    NAME = "name"
    PHONE = "phone"


LIKENESS_LABELS: dict[str, str] = {
    Likeness.USCC.value: "统一社会信用代码相同",
    Likeness.LICENCE.value: "许可证编号相同",
    Likeness.NAME.value: "名称和地址相同",
    Likeness.PHONE.value: "联系电话相同",
}
STRENGTH = {Likeness.USCC: 8, Likeness.LICENCE: 4, Likeness.NAME: 2, Likeness.PHONE: 1}
# What a person chooses between, field by field.
CHOSEN = (
    "name", "uscc", "business_type", "further_types", "staff", "revenue", "diners", "area", "address", "principal",
    "phone", "director", "officer", "tags", "risk_level", "licence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows, the older one first, with what they have in common."""

    first: int
    second: int
    alike: tuple[Likeness, ...]

    @property
    def labels(self) -> list[str]:
        """The same in words."""
        return [LIKENESS_LABELS[each.value] for each in self.alike]


def bare(text: str) -> str:
    """A name or an address without spaces, brackets and dashes; two in the same words are the same."""
    return re.sub(NOISE, "", text).lower()


def pairs_of(groups: Mapping[Likeness, Iterable[Sequence[int]]], distinct: set[tuple[int, int]]) -> list[Pair]:
    """Every pair of rows that share something and were not found distinct, the most alike first."""
    alike: dict[tuple[int, int], set[Likeness]] = defaultdict(set)
    for likeness, found in groups.items():
        few = (sorted(set(ids)) for ids in found if len(set(ids)) <= MOST_ALIKE)
        for pair in chain.from_iterable(combinations(ids, 2) for ids in few):
            alike[pair].add(likeness)
    pairs = [Pair(*ids, tuple(each for each in Likeness if each in shared)) for ids, shared in alike.items()]
    open_pairs = [pair for pair in pairs if (pair.first, pair.second) not in distinct]
    return sorted(open_pairs, key=lambda pair: (-sum(STRENGTH[each] for each in pair.alike), pair.first, pair.second))


def chosen_fields(asked: Iterable[str], differing: Iterable[str]) -> list[str]:
    """Of what was asked to be taken over only what differs, in the order of the page."""
    asked, differing = set(asked), set(differing)
    return [field for field in CHOSEN if field in asked and field in differing]


def differing_fields(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The fields in which two rows do not say the same."""
    return [field for field in CHOSEN if (one[field] or None) != (other[field] or None)]
