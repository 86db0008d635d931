"""Which registered entity a row is about: by its credit code, else by its licence, else by name, place and address.

Licence numbers are repeated by mistake in ledgers that are in use, so one that stands beside another credit code
proves nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol


class Identified(Protocol):
    """What a row says of itself; None and empty text alike where it says nothing."""

    name: str
    uscc: str | None
    licence: str | None
    area: int
    address: str | None


class Stored(NamedTuple):
    """An entity of the register: its id, its identity, and the values a row is compared with."""

    pk: int
    name: str
    uscc: str
    area: int
    address: str
    licences: tuple[str, ...]
    values: tuple[object, ...]


class Match(NamedTuple):
    """The entity a row is about, if any; doubt is the code of what speaks against it or for a further one."""

    stored: Stored | None
    doubt: str = ""
    other: Stored | None = None


NOBODY = Match(None)
# An error: licence and credit code lead to two entities.
CONFLICT = "key-conflict"
# A warning: the row is taken for a new entity although its licence is another's.
LICENCE_ELSEWHERE = "licence-elsewhere"


@dataclass
class Register:
    """The entities of a place by the numbers and names they are found under."""

    by_licence: dict[str, list[Stored]] = field(default_factory=dict)
    by_uscc: dict[str, list[Stored]] = field(default_factory=dict)
    by_name: dict[tuple[str, int], list[Stored]] = field(default_factory=dict)

    @classmethod
    def of(cls, entities: Iterable[Stored]) -> "Register":
        register = cls()
        for entity in entities:
            register.by_name.setdefault((entity.name, entity.area), []).append(entity)
            if entity.uscc:
                register.by_uscc.setdefault(entity.uscc, []).append(entity)
            for licence in entity.licences:
                register.by_licence.setdefault(licence, []).append(entity)
        return register

    def find(self, row: Identified) -> Match:
        """The entity of a row."""
        if not self.by_name:
            return NOBODY
        bearers = self.by_uscc.get(row.uscc, []) if row.uscc else []
        holders = self.by_licence.get(row.licence, []) if row.licence else []
        if bearers:
            known = {each.pk for each in bearers}
            other = next((each for each in holders if not each.uscc and each.pk not in known), None)
            return Match(None, CONFLICT, other) if other else Match(bearers[0])
        if held := _by_licence(row, holders):
            return Match(held)
        if named := _by_name(row, self.by_name.get((row.name, row.area), [])):
            return Match(named)
        return Match(None, LICENCE_ELSEWHERE, holders[0]) if holders else NOBODY


def _by_licence(row: Identified, holders: Sequence[Stored]) -> Stored | None:
    """A holder whose credit code does not contradict: one without code first, and the one of the row's name."""
    fitting = [each for each in holders if not row.uscc or not each.uscc]
    fitting.sort(key=lambda each: (bool(each.uscc), each.name != row.name))
    return fitting[0] if fitting else None


def _by_name(row: Identified, namesakes: Sequence[Stored]) -> Stored | None:
    """Of the namesakes at the row's address one with as many numbers as the row, else one they do not contradict."""
    there = [each for each in namesakes if each.address == (row.address or "")]
    fitting = [each for each in there if not (row.uscc and each.uscc) and not (row.licence and each.licences)]
    alike = (each for each in fitting if each.uscc == (row.uscc or "") and bool(each.licences) == bool(row.licence))
    return next(alike, fitting[0] if fitting else None)


def key_of(row: Identified) -> tuple[str, ...]:
    """What must not come twice in one file."""
    if row.uscc:
        return ("uscc", row.uscc)
    if row.licence:
        return ("licence", row.licence)
    return ("name", row.name, str(row.area), row.address or "")


def sentence_of(match: Match, titles: Mapping[str, str]) -> str:
    """Why a row is in doubt, and what to do about it."""
    name = match.other.name if match.other else ""
    if match.doubt == CONFLICT:
        return f"{titles['uscc']}和{titles['licence']}在台账里属于两家（后者是“{name}”）；请核对两个号码，改正后再写入"
    return f"{titles['licence']}在台账里属于“{name}”，信用代码不同，将另外新增一家；请核对两个号码"
