"""The rows of an entity ledger (包保主体台账): when one is sound, and when it is the same entity again.

One checker serves the staged import, its commit, the form and the API, so that all four say the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from entities.rules.addresses import AddressBook
from entities.rules.identity import CONFLICT, Match, key_of, sentence_of
from entities.rules.ledger_cells import READERS, LedgerWords, fault_in
from entities.rules.ledger_rows import COLUMNS, KEYS, OWN_TITLES, REQUIRED, TITLES, Area, LedgerRow
from entities.rules.sizing import MOST_PER_HEAD, slip_sentence, unit_slip
from entities.rules.vocabulary import OperatingStatus
from tenancy.plans import PlanDocument, codes_by_word, plain
from tenancy.plans.words import Named
from tenancy.rules.importing import Finding, Level

__all__ = [
    "COLUMNS",
    "KEYS",
    "OWN_TITLES",
    "TITLES",
    "Area",
    "LedgerChecker",
    "LedgerRow",
    "checker",
    "doubt_about",
    "has_error",
    "repeats",
]
# As every place calls them unless its plan has other words.
STATUS_WORDS = {
    "在营": OperatingStatus.ACTIVE, "停业": OperatingStatus.STOPPED, "歇业": OperatingStatus.DORMANT,
    "注销": OperatingStatus.CANCELLED, "吊销": OperatingStatus.REVOKED,
}  # fmt: skip


@dataclass
class LedgerChecker(LedgerWords):
    """Checks rows one after another and remembers their identities.

    book: the address book, asked for only once a row does not say where it lies.
    """

    book: Callable[[], AddressBook] = AddressBook
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)

    def check(self, number: int, cells: Sequence[Any], faults: Mapping[int, str]) -> tuple[LedgerRow, list[Finding]]:
        """The row as far as it can be read, and everything there is to say about it."""
        row, findings = LedgerRow(), []
        full = (*cells, *[None] * (len(KEYS) - len(cells)))
        for index, (key, cell) in enumerate(zip(KEYS, full, strict=True)):
            if index in faults:
                findings.append(fault_in(key, faults[index], cell))
            elif (cell is not None or key in REQUIRED) and (found := READERS[key](self, row, key, cell)):
                findings += found
        if not row.area and row.address:
            findings = [self._placed(row, finding) for finding in findings]
        if row.diners or (row.revenue is not None and row.revenue > MOST_PER_HEAD):
            findings += self._compared(row)
        if not findings or not has_error(findings):
            findings += self.repeated(number, row)
        return row, findings

    def read(self, cells: Mapping[str, Any], types: Sequence[str]) -> tuple[LedgerRow, list[Finding]]:
        """Single cells without a row around them, of an entity with these business types."""
        row, findings = LedgerRow(), []
        row.business_type, row.further_types = next(iter(types), ""), list(types[1:])
        for key, cell in cells.items():
            findings += READERS[key](self, row, key, cell)
        return row, findings + self._compared(row)

    def _placed(self, row: LedgerRow, finding: Finding) -> Finding:
        """A finding about the area with what the address book proposes."""
        if finding.column != "area" or not (found := self.book().propose(row.address or "", row.areas)):
            return finding
        name, spot = self.area_names[found.area], found.spot
        numbers = "、".join(f"{number}号" for number in found.known)
        said = f"{finding.message}；按地址簿，{spot.road}{spot.number}号应在“{name}”（{spot.road}{numbers}登记在那里）"
        return replace(finding, message=said, proposed=name)

    def _compared(self, row: LedgerRow) -> list[Finding]:
        """Figures that cannot be right beside one another; a person may keep them all the same."""
        findings = []
        if row.revenue is not None and (slip := unit_slip(row.revenue, row.staff)):
            findings.append(Finding("revenue", Level.WARNING, "revenue-unit", slip_sentence(row.revenue, slip)))
        if (
            row.diners
            and row.business_type
            and self.serving.isdisjoint((row.business_type, *(row.further_types or ())))
        ):
            message = (
                f"这类主体不供餐，所填用餐人数{row.diners}人不参与分级；有食堂的请改业态或填写兼营业态，没有就清空"
            )
            findings.append(Finding("diners", Level.WARNING, "diners-unused", message))
        return findings

    def repeated(self, number: int, row: LedgerRow) -> list[Finding]:
        """An error when an earlier row was about the same entity."""
        first = self.seen.setdefault(key_of(row), number)
        return [] if first == number else [repeats(first)]


def has_error(findings: Iterable[Finding]) -> bool:
    return any(finding.level is Level.ERROR for finding in findings)


def repeats(first: int) -> Finding:
    message = f"与第{first}行是同一主体；一个主体只留一行，请删除其中一行"
    return Finding("name", Level.ERROR, "duplicate-in-file", message)


def doubt_about(match: Match) -> Finding | None:
    """What is said of a row whose numbers lead to another entity than itself, or to two."""
    if not match.doubt:
        return None
    level = Level.ERROR if match.doubt == CONFLICT else Level.WARNING
    return Finding("licence", level, match.doubt, sentence_of(match, TITLES))


def checker(plan: PlanDocument, areas: Sequence[Area], book: Callable[[], AddressBook] = AddressBook) -> LedgerChecker:
    """A checker for one batch; areas are the places the office may enter entities in, each first by its proper name."""
    by_name: dict[str, list[Area]] = {}
    for area in areas:
        namesakes = by_name.setdefault(plain(area.name), [])
        namesakes.append(area)
        # As the place is written, so that most cells are found without being made plain first.
        by_name[area.name] = namesakes
    paths = {area.path: area.name for area in reversed(areas)}
    full = {area.pk: _full_name(area, paths) for area in reversed(areas)}
    names = {area.pk: area.name if len(by_name[area.name]) == 1 else full[area.pk] for area in reversed(areas)}
    for area in areas:
        by_name.setdefault(plain(full[area.pk]), [area])
    statuses = {word: status.value for word, status in STATUS_WORDS.items()} | _words(plan.statuses)
    serving = frozenset(kind.code for kind in plan.business_types if kind.diners or kind.domain == "catering")
    return LedgerChecker(_words(plan.business_types), statuses, by_name, plan.names.area, names, serving, book=book)


def _full_name(area: Area, names: Mapping[str, str]) -> str:
    parent = area.path.rstrip("/").rpartition("/")[0] + "/"
    return f"{names[parent]}/{area.name}" if parent in names else area.name


def _words(items: Sequence[Named]) -> dict[str, str]:
    """Codes by the words as they are written and by their plain forms."""
    plain_words = codes_by_word(items)
    return plain_words | {word: plain_words[plain(word)] for item in items for word in (item.name, *item.aliases)}
