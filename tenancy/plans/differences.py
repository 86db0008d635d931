"""What two plans say differently, as a list that people can read and that turns the one into the other.

Maps are compared key by key. A list whose items all carry a code (or a tier) of their own is compared item by item,
whatever their order; a changed order is a difference of its own. Any other list is compared as a whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, TypeAlias

from tenancy.plans.resolution import PlanLayer

IDENTITIES = ("code", "tier")
Keys: TypeAlias = tuple[str, ...]
Tree: TypeAlias = Any


class Side(Enum):
    """What stands on a side where nothing is written; an explicit null is None, which is something else."""

    ABSENT = "absent"


ABSENT = Side.ABSENT


@dataclass(frozen=True, slots=True)
class Difference:
    """One key (the items of a list by their code) with what stands there on either side.

    In a difference of order both sides are the codes of the list.
    """

    path: Keys
    old: Tree
    new: Tree
    is_order: bool = False
    old_clause: str = ""
    new_clause: str = ""

    @property
    def key(self) -> str:
        return ".".join(self.path)


def diff(a: PlanLayer, b: PlanLayer) -> tuple[Difference, ...]:
    """How b differs from a, each key with the clause that either side gives for it."""
    return tuple(
        replace(found, old_clause=clause_at(a, found.path), new_clause=clause_at(b, found.path))
        for found in differences(a.values, b.values)
    )


def differences(a: Mapping[str, Tree], b: Mapping[str, Tree]) -> Iterator[Difference]:
    """The same over bare values, in the order in which a, then b, writes its keys."""
    return _in_maps(a, b, ())


def clause_at(layer: PlanLayer, path: Keys) -> str:
    """Where in its paper a layer writes a key: the clause of the nearest item, else that of the nearest key above it."""
    node: Tree = layer.values
    found = ""
    for step in path:
        node = _step(node, step)
        if isinstance(node, Mapping) and isinstance(node.get("clause"), str):
            found = node["clause"] or found
    if node is ABSENT:
        return ""
    prefixes = (".".join(path[:end]) for end in range(len(path), 0, -1))
    return found or next((layer.clauses[prefix] for prefix in prefixes if prefix in layer.clauses), "")


def apply(values: Mapping[str, Tree], found: Sequence[Difference]) -> dict[str, Tree]:
    """The values with the differences carried out: apply(a, differences(a, b)) is b."""
    changed: dict[str, Tree] = _applied(values, [(each.path, each) for each in found])
    return changed


def _in_maps(a: Mapping[str, Tree], b: Mapping[str, Tree], path: Keys) -> Iterator[Difference]:
    for key in (*a, *(key for key in b if key not in a)):
        yield from _between(a.get(key, ABSENT), b.get(key, ABSENT), (*path, key))


def _between(a: Tree, b: Tree, path: Keys) -> Iterator[Difference]:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        yield from _in_maps(a, b, path)
    elif (old := _by_identity(a)) is not None and (new := _by_identity(b)) is not None:
        yield from _in_maps(old, new, path)
        kept = [key for key in old if key in new] + [key for key in new if key not in old]
        if kept != list(new):
            yield Difference(path, list(old), list(new), is_order=True)
    elif not _same(a, b):
        yield Difference(path, a, b)


def _identity(item: Tree) -> str | None:
    if not isinstance(item, Mapping):
        return None
    return next((item[name] for name in IDENTITIES if isinstance(item.get(name), str)), None)


def _by_identity(items: Tree) -> dict[str, Tree] | None:
    """The items by what tells them apart; None where something else than such a list stands."""
    if not isinstance(items, list | tuple):
        return None
    found = {key: item for item in items if (key := _identity(item)) is not None}
    return found if len(found) == len(items) else None


def _same(a: Tree, b: Tree) -> bool:
    """Equal, true and 1 told apart, 20 and 20.0 not."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


def _step(node: Tree, step: str) -> Tree:
    if isinstance(node, Mapping):
        return node.get(step, ABSENT)
    return (_by_identity(node) or {}).get(step, ABSENT)


def _applied(node: Tree, found: list[tuple[Keys, Difference]]) -> Tree:
    whole = next((each for path, each in found if not path and not each.is_order), None)
    if whole is not None:
        return whole.new
    if isinstance(node, Mapping):
        return _applied_to_map(node, found)
    items = _applied_to_map(_by_identity(node) or {}, found)
    order = next((each.new for path, each in found if not path), list(items))
    return [items[key] for key in order]


def _applied_to_map(node: Mapping[str, Tree], found: list[tuple[Keys, Difference]]) -> dict[str, Tree]:
    inside: dict[str, list[tuple[Keys, Difference]]] = {}
    for path, each in found:
        if path:
            inside.setdefault(path[0], []).append((path[1:], each))
    changed = {
        key: _applied(node.get(key), inside[key]) if key in inside else node[key]
        for key in (*node, *(key for key in inside if key not in node))
    }
    return {key: value for key, value in changed.items() if value is not ABSENT}
