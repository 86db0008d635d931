"""Changing one place of a draft: what stands there, what is beneath, and which changes make it say something else.

A map is changed key by key, so the rest of it stays inherited. A list is always written as a whole, and so is every
part of the paper, which inherits nothing.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tenancy.plans.differences import ABSENT
from tenancy.plans.drafting import Changes
from tenancy.plans.fields import Kind, Node, Steps, document_tree, header_tree, node_at
from tenancy.plans.reading import PlanFile
from tenancy.plans.resolution import PlanLayer, merge
from tenancy.plans.writing import written_header

# The path of the paper as a whole.
WHOLE = "-"
ITEM = re.compile(r"\+?\d{1,4}")


@dataclass(frozen=True)
class Sheet:
    """The values of a draft over what it lies on, or its paper, which lies on nothing."""

    root: Node
    own: Mapping[str, Any]
    below: Mapping[str, Any]
    is_paper: bool

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """What holds, as the plans wrote it."""
        return self.own if self.is_paper else merge([self.below, self.own])[0]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a sheet; a new item is one that will stand at its last number."""

    steps: Steps
    node: Node
    is_new: bool = False

    @property
    def key(self) -> str:
        return dotted(self.steps) or WHOLE

    @property
    def outer(self) -> Steps:
        """The map keys that lead to it: as far as what is inherited is merged key by key."""
        cut = next((at for at, step in enumerate(self.steps) if isinstance(step, int)), len(self.steps))
        return self.steps[:cut]

    @property
    def is_in_list(self) -> bool:
        return len(self.outer) < len(self.steps)


def values_of(file: PlanFile, below: Sequence[PlanLayer]) -> Sheet:
    """The values of a draft."""
    return Sheet(document_tree(), file.values, merge([layer.values for layer in below])[0], is_paper=False)


def paper_of(file: PlanFile) -> Sheet:
    """The paper of a draft."""
    return Sheet(header_tree(), written_header(file.header), {}, is_paper=True)


def spot_at(sheet: Sheet, path: str) -> Spot | None:
    """The place a dotted path leads to ("signing_pairs.4"; "signing_pairs.+4" for an item to be put in there)."""
    if path == WHOLE and sheet.is_paper:
        return Spot((), sheet.root)
    steps: Steps = ()
    parts = path.split(".")
    for number, part in enumerate(parts, start=1):
        above = node_at(sheet.root, steps)
        if above is None or above.kind is not Kind.ITEMS:
            steps = (*steps, part)
            continue
        items = read(sheet.values, steps)
        here = len(items) if isinstance(items, list | tuple) else 0
        is_new = part.startswith("+")
        if not ITEM.fullmatch(part) or int(part) >= here + is_new or (is_new and number < len(parts)):
            return None
        steps = (*steps, int(part))
    node = node_at(sheet.root, steps)
    return Spot(steps, node, is_new=parts[-1].startswith("+")) if node else None


def read(values: Any, steps: Steps) -> Any:
    """What stands at a path, ABSENT where nothing does."""
    node = values
    for step in steps:
        if isinstance(step, int):
            node = node[step] if isinstance(node, list | tuple) and step < len(node) else ABSENT
        else:
            node = node.get(step, ABSENT) if isinstance(node, Mapping) else ABSENT
    return node


def dotted(steps: Steps) -> str:
    return ".".join(str(step) for step in steps)


def standing(sheet: Sheet, spot: Spot) -> Any:
    """What holds at a spot; a new item begins with the lists it cannot be without."""
    if spot.is_new:
        return {part.key: [] for part in spot.node.parts if part.kind is Kind.ITEMS and part.required}
    return read(sheet.values, spot.steps)


def edited(sheet: Sheet, spot: Spot, edits: Mapping[tuple[str, ...], Any]) -> Changes:
    """The changes that write each value at its way from the spot; ABSENT takes one away."""
    if not edits:
        return Changes()
    if not sheet.is_paper and not spot.is_in_list:
        return _by_key(sheet, spot, edits)
    if not spot.steps:
        return _on_paper(sheet, edits)
    whole = standing(sheet, spot)
    for way, value in edits.items():
        whole = _with(whole, way, value)
    if not spot.is_new:
        return put_whole(sheet, spot.steps, whole)
    around, number = spot.steps[:-1], int(spot.steps[-1])
    items = list(items_at(sheet, around))
    items.insert(number, {} if whole is ABSENT else whole)
    return put_whole(sheet, around, items)


def items_at(sheet: Sheet, steps: Steps) -> Sequence[Any]:
    """The items of a list, none where it is not written or cleared."""
    found = read(sheet.values, steps)
    return found if isinstance(found, list | tuple) else ()


def put_whole(sheet: Sheet, steps: Steps, value: Any) -> Changes:
    """The changes that make one place say a value, with the list or the part of the paper around it."""
    cut = next((at for at, step in enumerate(steps) if isinstance(step, int)), len(steps))
    outer = steps[:1] if sheet.is_paper else steps[:cut]
    whole = _with(read(sheet.values, outer), steps[len(outer) :], value)
    if sheet.is_paper:
        return Changes(header={str(outer[0]): None if whole is ABSENT else whole})
    return Changes(put={dotted(outer): whole})


def rearranged(sheet: Sheet, steps: Steps, number: int, by: int | None) -> Changes:
    """The changes that move an item of a list by so many places, or take it away."""
    items = list(items_at(sheet, steps))
    if not 0 <= number < len(items):
        return Changes()
    item = items.pop(number)
    if by is not None:
        items.insert(max(number + by, 0), item)
    return put_whole(sheet, steps, items)


def fingerprint(sheet: Sheet, spot: Spot) -> str:
    """What the list around a spot says, in short: while it is the same, a number still leads to the same item."""
    text = json.dumps(read(sheet.values, spot.outer), ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def reset(file: PlanFile, key: str) -> Changes:
    """Back to what is inherited, without the clauses written for the key."""
    clauses = {each: "" for each in file.clauses if f"{each}.".startswith(f"{key}.")}
    return Changes(reset=[key], clauses=clauses)


def silent_on(file: PlanFile, key: str, changes: Changes) -> Changes:
    """The changes, with one key back to what is inherited whatever was typed for it."""
    back = reset(file, key)
    put = {each: value for each, value in changes.put.items() if not f"{each}.".startswith(f"{key}.")}
    return Changes(put, [*changes.reset, *back.reset], {**changes.clauses, **back.clauses}, changes.header)


def undoing(before: PlanFile, after: PlanFile) -> Changes:
    """The changes that lead from the later state of a draft back to the earlier one."""
    old, new = written_header(before.header), written_header(after.header)
    touched = [
        key
        for key in {**before.values, **after.values}
        if before.values.get(key, ABSENT) != after.values.get(key, ABSENT)
    ]
    return Changes(
        put={key: before.values[key] for key in touched if key in before.values},
        reset=[key for key in touched if key not in before.values],
        clauses=_turned_back(before.clauses, after.clauses, ""),
        header=_turned_back(old, new, None),
    )


def _turned_back(old: Mapping[str, Any], new: Mapping[str, Any], nothing: Any) -> dict[str, Any]:
    return {key: old.get(key, nothing) for key in {**old, **new} if old.get(key, ABSENT) != new.get(key, ABSENT)}


def _by_key(sheet: Sheet, spot: Spot, edits: Mapping[tuple[str, ...], Any]) -> Changes:
    put: dict[str, Any] = {}
    gone: list[str] = []
    for way, value in edits.items():
        steps = (*spot.steps, *way)
        node = node_at(sheet.root, steps)
        assert node is not None
        said = _nothing(node, read(sheet.below, steps)) if value is ABSENT else value
        if said is ABSENT:
            gone.append(dotted(steps))
        else:
            put[dotted(steps)] = said
    return Changes(put=put, reset=gone)


def _on_paper(sheet: Sheet, edits: Mapping[tuple[str, ...], Any]) -> Changes:
    whole: Any = sheet.own
    for way, value in edits.items():
        whole = _with(whole, way, value)
    touched = dict.fromkeys(way[0] for way in edits)
    return Changes(header={key: whole.get(key) for key in touched})


def _nothing(node: Node, inherited: Any) -> Any:
    """What has to be written so that nothing holds; ABSENT where it is enough to write nothing."""
    if inherited in (ABSENT, None, "", [], ()):
        return ABSENT
    if node.kind in (Kind.CHOICES, Kind.WORDS, Kind.ITEMS) and node.many:
        return []
    if node.nullable or node.kind is Kind.GROUP or node.default is None:
        return None
    return "" if node.default == "" else ABSENT


def _with(node: Any, way: Steps, value: Any) -> Any:
    """The node with a value at a way inside it; a map in which nothing is left is taken away with its last key."""
    if not way:
        return value
    step, rest = way[0], way[1:]
    if isinstance(step, int):
        items = list(node)
        inside = _with(items[step], rest, value)
        items[step] = {} if inside is ABSENT else inside
        return items
    found = dict(node) if isinstance(node, Mapping) else {}
    inside = _with(found.get(step, ABSENT), rest, value)
    if inside is not ABSENT:
        return {**found, step: inside}
    found.pop(step, None)
    return found or ABSENT
