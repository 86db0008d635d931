"""比对: which business of the register a row of an outside list is about, and where the two do not say the same.

A row leads to one business at most; several rows may lead to one, which has a row for each of its licences. A number
is no proof beside others that speak against it: shops of a chain share a credit code.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from entities.rules.addresses import spot_of
from entities.rules.doubles import bare
from entities.rules.outside import GONE, OutsideFacts


class DifferenceKind(StrEnum):
    """What a difference is about."""

    ONLY_THERE = "only_there"
    ONLY_HERE = "only_here"
    FIELD = "field"


class Answer(StrEnum):
    """What became of a difference."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    KEPT = "kept"


KIND_LABELS = {
    DifferenceKind.ONLY_THERE: "只在外部名单",
    DifferenceKind.ONLY_HERE: "只在本台账",
    DifferenceKind.FIELD: "字段不一致",
}
ANSWER_LABELS = {
    Answer.OPEN: "待处理",
    Answer.ACCEPTED: "已采纳",
    Answer.REJECTED: "不采纳",
    Answer.KEPT: "保留",
}
FIELD_LABELS = {
    "name": "主体名称", "uscc": "统一社会信用代码", "licence": "许可证编号", "address": "经营地址", "principal": "负责人",
    "valid_until": "有效期至", "status": "经营状态",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ours:
    """A business as the register has it; licences by number, with the last day of each."""

    pk: int
    name: str
    uscc: str
    address: str
    principal: str
    status: str
    licences: Mapping[str, date | None]

    @property
    def is_gone(self) -> bool:
        return self.status in GONE


@dataclass(frozen=True, slots=True)
class Found:
    """One difference: of which row, of which business, and what either of them says."""

    kind: DifferenceKind
    row: int | None
    entity: int | None
    field: str
    there: str
    here: str
    subject: str

    @property
    def fingerprint(self) -> str:
        """The same whenever a list brings the same difference with the same values."""
        said = (self.kind.value, self.field, self.subject, bare(self.there), bare(self.here))
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


@dataclass(frozen=True)
class Comparison:
    """Every row of a list and every business of a register, each in one class.

    matches: row -> business. What both sides call gone is nobody's difference.
    """

    matches: Mapping[int, int]
    only_there: Sequence[int]
    gone_there: Sequence[int]
    only_here: Sequence[int]
    gone_here: Sequence[int]
    found: Sequence[Found]


Rows = Mapping[int, OutsideFacts]


@dataclass
class _Known:
    """The businesses by what they are found under."""

    by_uscc: dict[str, list[Ours]] = field(default_factory=dict)
    by_licence: dict[str, list[Ours]] = field(default_factory=dict)
    by_name: dict[str, list[Ours]] = field(default_factory=dict)

    @classmethod
    def of(cls, register: Iterable[Ours]) -> "_Known":
        known = cls()
        for ours in register:
            known.by_name.setdefault(bare(ours.name), []).append(ours)
            if ours.uscc:
                known.by_uscc.setdefault(ours.uscc, []).append(ours)
            for number in ours.licences:
                known.by_licence.setdefault(number, []).append(ours)
        return known


def compare(rows: Rows, register: Sequence[Ours]) -> Comparison:
    """Rows by their id, businesses in a lasting order."""
    known, sharing = _Known.of(register), Counter(facts.uscc for facts in rows.values())
    by_pk = {ours.pk: ours for ours in register}
    matches = {pk: ours.pk for pk, facts in rows.items() if (ours := _business_of(facts, known, sharing))}
    taken = set(matches.values())
    left = [pk for pk in rows if pk not in matches]
    alone = [ours for ours in register if ours.pk not in taken]
    only_there = [pk for pk in left if rows[pk].status not in GONE]
    only_here = [ours.pk for ours in alone if not ours.is_gone]
    found = [
        *(_there(pk, rows[pk]) for pk in only_there),
        *(_here(by_pk[pk]) for pk in only_here),
        *_once(each for pk, ours in matches.items() for each in _fields(pk, rows[pk], by_pk[ours])),
    ]
    gone_here = [ours.pk for ours in alone if ours.is_gone]
    return Comparison(matches, only_there, [pk for pk in left if rows[pk].status in GONE], only_here, gone_here, found)


def _business_of(facts: OutsideFacts, known: _Known, sharing: Mapping[str, int]) -> Ours | None:
    """By credit code, else by licence, else by name and address."""
    bearers = known.by_uscc.get(facts.uscc, []) if facts.uscc else []
    if held := _best(facts, bearers):
        return held
    if len(bearers) == 1 and sharing[facts.uscc] == 1:
        return bearers[0]
    holders = known.by_licence.get(facts.licence, []) if facts.licence else []
    fitting = [each for each in holders if not facts.uscc or not each.uscc or _is_named(facts, each)]
    if fitting:
        return min(fitting, key=lambda each: not _is_named(facts, each))
    namesakes = known.by_name.get(bare(facts.name), [])
    return next((each for each in namesakes if facts.address and _is_there(facts.address, each.address)), None)


def _best(facts: OutsideFacts, bearers: Sequence[Ours]) -> Ours | None:
    """Of those with the row's credit code the one with its licence, else at its address, else with its very name.

    A shop under another licence is another shop of the chain, unless it lies where the row says.
    """
    for ours in bearers:
        if facts.licence and facts.licence in ours.licences:
            return ours
    for ours in bearers:
        if facts.address and _is_there(facts.address, ours.address):
            return ours
    silent = (
        each for each in bearers if not (facts.licence and each.licences) and not (facts.address and each.address)
    )
    return next((each for each in silent if _is_named(facts, each)), None)


def _is_named(facts: OutsideFacts, ours: Ours) -> bool:
    return bare(facts.name) == bare(ours.name)


def _is_there(one: str, other: str) -> bool:
    """Whether two addresses mean one place: in the same words, one of them longer in front, or the same house."""
    first, second = bare(one), bare(other)
    if not first or not second:
        return False
    if first.endswith(second) or second.endswith(first):
        return True
    spot = spot_of(one)
    return spot is not None and spot == spot_of(other) and _behind(one, spot) == _behind(other, spot)


def _behind(address: str, spot: tuple[str, int]) -> str:
    """What an address says after road and number: floor, shop."""
    return bare(address).rpartition(f"{spot[0]}{spot[1]}")[2]


def _there(pk: int, facts: OutsideFacts) -> Found:
    subject = "|".join(facts.key)
    return Found(DifferenceKind.ONLY_THERE, pk, None, "", facts.name, "", subject)


def _here(ours: Ours) -> Found:
    return Found(DifferenceKind.ONLY_HERE, None, ours.pk, "", "", ours.name, f"e{ours.pk}")


def _fields(pk: int, facts: OutsideFacts, ours: Ours) -> Iterator[Found]:
    """Where the list says something and the register something else; what a list leaves out is no difference."""
    for name, there, here in _compared(facts, ours):
        if there:
            yield Found(DifferenceKind.FIELD, pk, ours.pk, name, there, here, f"e{ours.pk}")


def _compared(facts: OutsideFacts, ours: Ours) -> Iterator[tuple[str, str, str]]:
    told = (
        ("name", facts.name, ours.name, _is_named(facts, ours)),
        ("uscc", facts.uscc, ours.uscc, facts.uscc == ours.uscc),
        ("licence", facts.licence, next(iter(ours.licences), ""), facts.licence in ours.licences),
        ("address", facts.address, ours.address, _is_there(facts.address, ours.address)),
        ("principal", facts.principal, ours.principal, bare(facts.principal) == bare(ours.principal)),
        ("status", facts.status, ours.status, facts.status == ours.status),
    )
    for name, there, here, alike in told:
        if not alike:
            yield name, there, here
    if facts.valid_until and (held := licence_meant(facts.licence, ours.licences)):
        until = ours.licences[held]
        if until != facts.valid_until:
            yield "valid_until", facts.valid_until.isoformat(), until.isoformat() if until else ""


def licence_meant(number: str, licences: Mapping[str, date | None]) -> str:
    """The licence whose last day a row tells: the one it names, else the only one there is."""
    if number:
        return number if number in licences else ""
    return next(iter(licences)) if len(licences) == 1 else ""


def _once(found: Iterable[Found]) -> Iterator[Found]:
    """A business with several rows differs once from what they say alike."""
    seen = set()
    for each in found:
        if each.fingerprint not in seen:
            seen.add(each.fingerprint)
            yield each
