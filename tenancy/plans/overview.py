"""A draft section by section: for every key what holds, who says so, and what would hold if the draft were silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tenancy.plans.checking import Problem
from tenancy.plans.differences import ABSENT
from tenancy.plans.editing import Sheet, Spot, dotted, items_at, paper_of, read, values_of
from tenancy.plans.fields import Kind, Node, Steps, node_at
from tenancy.plans.labels import sections
from tenancy.plans.reading import PlanFile
from tenancy.plans.resolution import UNWRITTEN, PlanLayer, ResolvedPlan, Source, resolve
from tenancy.plans.showing import (
    Line,
    shown_differences,
    shown_header,
    shown_items,
    shown_keys,
    shown_paper_items,
    worded,
)
from tenancy.plans.writing import written_by

PAPER, ON_PAPER = 0, "方案原件"
SHORT = 60
# A number in a path has four digits.
MOST_ITEMS = 9_000


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form: how many keys the draft writes itself, and what is wrong among them."""

    number: int
    title: str
    keys: tuple[str, ...]
    own: int
    problems: tuple[Problem, ...]

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Each problem with the key it stands at."""
        return [(each.key.split(".")[1], each.message) for each in self.problems]


@dataclass(frozen=True, slots=True)
class Row:
    """One key of a section. `source` says what is inherited, `after` in words what holds once the draft is silent."""

    key: str
    title: str
    help: str
    line: Line
    state: str
    source: Source | None
    clause: str
    after: str

    @property
    def is_own(self) -> bool:
        return self.state in ("own", "cleared")

    @property
    def is_default(self) -> bool:
        return self.state == "inherited" and self.source == UNWRITTEN


@dataclass(frozen=True, slots=True)
class Table:
    """The items of a list, each with its path and the path of one more behind it; `add` is empty when it is full."""

    key: str
    title: str
    help: str
    items: tuple[tuple[Line, str, str], ...]
    add: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Who says one value inside a map, and what would hold if the draft were silent."""

    key: str
    is_own: bool
    source: Source
    after: str
    clause: str = ""


@dataclass(frozen=True)
class Desk:
    """A draft laid over what it inherits."""

    file: PlanFile
    below: tuple[PlanLayer, ...]

    @cached_property
    def resolved(self) -> ResolvedPlan:
        return resolve([*self.below, self.file.layer()])

    @cached_property
    def inherited(self) -> ResolvedPlan:
        return resolve(self.below)

    @cached_property
    def paper(self) -> Sheet:
        return paper_of(self.file)

    @cached_property
    def values(self) -> Sheet:
        return values_of(self.file, self.below)

    def sheet(self, number: int) -> Sheet:
        """What a section edits: the paper, or the values."""
        return self.paper if number == PAPER else self.values

    def parts(self, problems: Sequence[Problem]) -> list[Part]:
        """The paper, then every section of the values."""
        found = [(ON_PAPER, tuple(part.key for part in self.paper.root.parts))]
        found += [(section.title, section.keys) for section in sections()]
        return [self._part(number, *each, problems) for number, each in enumerate(found)]

    def _part(self, number: int, title: str, keys: tuple[str, ...], problems: Sequence[Problem]) -> Part:
        own = self.sheet(number).own
        heads = ("header",) if number == PAPER else ("values", "clauses")
        here = [each for each in problems if _is_under(each, heads, keys)]
        return Part(number, title, keys, sum(key in own for key in keys), tuple(here))

    def rows(self, part: Part) -> list[Row]:
        """Every key of a section."""
        return self._paper_rows(part.keys) if part.number == PAPER else self.rows_of(part.keys)

    def rows_of(self, keys: Sequence[str]) -> list[Row]:
        """Some keys of the values."""
        lines = shown_keys(self.resolved, keys), shown_keys(self.inherited, keys)
        return [self._row(*each) for each in zip(keys, *lines, strict=True)]

    def _row(self, key: str, line: Line, after: Line) -> Row:
        node = self.values.root.part(key)
        assert node is not None
        own = read(self.file.values, (key,))
        state = "inherited" if own is ABSENT else "cleared" if own is None else "own"
        source = written_by(self.resolved if own is ABSENT else self.inherited, key)
        clause = self.file.clauses.get(key, "")
        return Row(key, node.title, node.help, line, state, source, clause, _briefly(after))

    def _paper_rows(self, keys: tuple[str, ...]) -> list[Row]:
        told = {key: text for key, _title, text in shown_header(self.file.header)}
        nodes = {node.key: node for node in self.paper.root.parts}
        return [
            Row(key, nodes[key].title, nodes[key].help, Line(key, "", told.get(key, "")), "paper", None, "", "")
            for key in keys
        ]

    def origin(self, sheet: Sheet, node: Node, steps: Steps) -> Origin | None:
        """Who says a value of a map; None inside a list and on the paper, where nothing is inherited."""
        if sheet.is_paper or any(isinstance(step, int) for step in steps):
            return None
        below = read(sheet.below, steps)
        text = worded(sheet.below, tuple(str(step) for step in steps), node.default if below is ABSENT else below)
        is_own = read(sheet.own, steps) is not ABSENT
        key = dotted(steps)
        return Origin(key, is_own, written_by(self.inherited, key), _cut(text), self.file.clauses.get(key, ""))

    def lender(self, sheet: Sheet, spot: Spot) -> Source | None:
        """The plan from which the list around a spot is inherited, as long as the draft does not write it itself."""
        is_list = spot.is_in_list or spot.node.kind is Kind.ITEMS
        if sheet.is_paper or not is_list or read(sheet.own, spot.outer) is not ABSENT:
            return None
        return written_by(self.resolved, dotted(spot.outer)) if items_at(sheet, spot.outer) else None

    def table(self, sheet: Sheet, steps: Steps, node: Node) -> Table:
        """A list somewhere in the sheet."""
        items, key = items_at(sheet, steps), dotted(steps)
        paths = [(f"{key}.{number}", f"{key}.+{number + 1}") for number in range(len(items))]
        is_full = len(items) >= node.bounds.get("maxItems", MOST_ITEMS)
        lines = tuple((line, *path) for line, path in zip(_item_lines(sheet, steps, items), paths, strict=True))
        return Table(key, node.title, node.help, lines, "" if is_full else f"{key}.+{len(items)}")

    def trail(self, sheet: Sheet, spot: Spot) -> list[tuple[str, str]]:
        """The pages that lead down to a spot, by path and name, the spot itself last."""
        found = [] if spot.steps else [(spot.key, ON_PAPER)]
        for end in range(1, len(spot.steps) + 1):
            steps = spot.steps[:end]
            node, is_item = node_at(sheet.root, steps), isinstance(steps[-1], int)
            if node and (end == 1 or is_item or end == len(spot.steps)):
                is_new = spot.is_new and end == len(spot.steps)
                name = "新的一项" if is_new else _item_name(sheet, steps) if is_item else node.title
                found.append((dotted(steps), name))
        return found


def _item_lines(sheet: Sheet, steps: Steps, items: Sequence[Any]) -> list[Line]:
    way = tuple("" if isinstance(step, int) else step for step in steps)
    return shown_paper_items(way[0], items) if sheet.is_paper else shown_items(sheet.values, way, items)


def _item_name(sheet: Sheet, steps: Steps) -> str:
    line = _item_lines(sheet, steps[:-1], [read(sheet.values, steps)])[0]
    return _cut(line.label or line.text)


def said(before: Desk, after: Desk) -> str:
    """What a change made another, in words, cut short."""
    told = [
        f"{each.label}：{_cut(each.old)} → {_cut(each.new)}"
        for each in shown_differences(before.resolved, after.resolved)
    ]
    old, new = ({key: (title, text) for key, title, text in shown_header(each.file.header)} for each in (before, after))
    for key in {**old, **new}:
        was, now = old.get(key), new.get(key)
        if was != now:
            title = (now or was or ("", ""))[0]
            told.append(f"{title}：{_cut(was[1]) if was else '无'} → {_cut(now[1]) if now else '无'}")
    if not told:
        return "条款"
    return "；".join(told[:2]) + (f"；共 {len(told)} 处" if len(told) > 2 else "")


def _is_under(problem: Problem, heads: tuple[str, ...], keys: tuple[str, ...]) -> bool:
    head, _dot, rest = problem.key.partition(".")
    return head in heads and rest.split(".")[0] in keys


def _briefly(line: Line) -> str:
    return _cut(line.text) if line.text else f"{len(line.lines)} 项"


def _cut(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"


def can_be_cleared(sheet: Sheet, spot: Spot) -> bool:
    """Whether saying that nothing holds makes a difference: something is inherited that the schema lets go of."""
    if len(spot.steps) > 1 or read(sheet.own, spot.steps) is None:
        return False
    is_list = spot.node.kind in (Kind.ITEMS, Kind.WORDS, Kind.CHOICES)
    return (is_list or spot.node.nullable) and read(sheet.below, spot.steps) not in (ABSENT, None, [], ())
