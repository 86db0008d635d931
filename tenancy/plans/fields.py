"""The schema of a plan as a tree of fields: for every key what is asked, in which words, within which bounds.

A form is drawn from it, so a new key of the schema is asked for without a line of code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias

from pydantic import BaseModel

from tenancy.plans.document import PlanDocument
from tenancy.plans.labels import Schema, resolved_node
from tenancy.plans.reading import PlanHeader

Steps: TypeAlias = tuple[str | int, ...]
Choices: TypeAlias = tuple[tuple[Any, str], ...]
# As many whole numbers as this are ticked in a list (the months of a year); more are typed.
MOST_BOXES = 31


class Kind(StrEnum):
    """What a field is to whoever fills it in."""

    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    YES_NO = "yes_no"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    WORDS = "words"
    GROUP = "group"
    ITEMS = "items"


@dataclass(frozen=True, slots=True)
class Node:
    """One key; `parts` are what stands inside a group, or inside each item of a list.

    `many` is false where one choice is written bare and several as a list. `codes_of` names the key whose items are
    offered. `null_word` says what an explicit null means, where it is not the same as leaving the key out.
    """

    key: str
    title: str
    kind: Kind
    help: str = ""
    required: bool = False
    nullable: bool = False
    default: Any = None
    choices: Choices = ()
    codes_of: str = ""
    is_open: bool = False
    ordered: bool = False
    many: bool = True
    null_word: str = ""
    bounds: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple["Node", ...] = ()

    def part(self, key: str) -> "Node | None":
        """What stands under a key."""
        return next((each for each in self.parts if each.key == key), None)


@cache
def document_tree() -> Node:
    """The values of a plan."""
    return tree_of(PlanDocument)


@cache
def header_tree() -> Node:
    """The paper of a plan."""
    return tree_of(PlanHeader)


def node_at(root: Node, steps: Steps) -> Node | None:
    """What is asked at a path; a number leads into an item of a list, which is a group."""
    node: Node | None = root
    for step in steps:
        if node is None or isinstance(step, int) != (node.kind is Kind.ITEMS):
            return None
        node = replace(node, key="", kind=Kind.GROUP, required=True) if isinstance(step, int) else node.part(step)
    return node


def leaves(node: Node, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Everything on one form, with its way from the node; lists of items have pages of their own."""
    if node.kind is Kind.GROUP:
        for part in node.parts:
            yield from leaves(part, (*above, part.key))
    elif node.kind is not Kind.ITEMS:
        yield above, node


def lists(node: Node, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """The lists of items inside a node, with their way from it."""
    if node.kind is Kind.ITEMS:
        yield above, node
    elif node.kind is Kind.GROUP:
        for part in node.parts:
            yield from lists(part, (*above, part.key))


def tree_of(model: type[BaseModel]) -> Node:
    schema = model.model_json_schema(by_alias=True)
    return Node("", "", Kind.GROUP, required=True, parts=_parts(schema, schema))


def _parts(root: Schema, owner: Schema) -> tuple[Node, ...]:
    """What an object asks: its own keys, or a part for every key that a closed choice allows."""
    required = owner.get("required") or ()
    if properties := owner.get("properties"):
        return tuple(_node(root, key, part, required=key in required) for key, part in properties.items())
    keys = resolved_node(root, owner.get("propertyNames") or {})
    inside = owner.get("additionalProperties") or {}
    words = keys.get("labels") or {}
    return tuple(
        _node(root, key, {**inside, "title": words.get(key, key)}, required=False) for key in keys.get("enum") or ()
    )


def _node(root: Schema, key: str, written: Schema, *, required: bool) -> Node:
    alternatives = [each.get("type") for each in written.get("anyOf") or ()]
    found = resolved_node(root, written)
    items = resolved_node(root, found.get("items") or {})
    many = found.get("type") == "array"
    choices = _choices(items) or _numbers(items) if many else _choices(found)
    kind = Kind.CHOICES if {"string", "array"} <= set(alternatives) else _kind(found, items, choices)
    inside = items if kind is Kind.ITEMS else found
    return Node(
        key=key,
        title=str(written.get("title") or key),
        kind=kind,
        # What a class says of itself is for programmers.
        help=str(written.get("description") or ""),
        required=required,
        nullable="null" in alternatives,
        default=found.get("default"),
        choices=choices,
        codes_of=str(found.get("codes_of", "")),
        is_open=bool(found.get("codes_open")),
        ordered=bool(found.get("ordered")),
        many=many,
        null_word=str(found.get("null_word", "")),
        bounds=items if many and kind is not Kind.ITEMS else found,
        parts=_parts(root, inside) if kind in (Kind.GROUP, Kind.ITEMS) else (),
    )


def _kind(found: Schema, items: Schema, choices: Choices) -> Kind:
    is_choice = bool(choices) or (bool(found.get("codes_of")) and not found.get("codes_open"))
    if found.get("type") == "array":
        if items.get("type") == "object":
            return Kind.ITEMS
        return Kind.CHOICES if is_choice else Kind.WORDS
    if is_choice:
        return Kind.CHOICE
    if found.get("format") == "date":
        return Kind.DATE
    kinds = {"string": Kind.TEXT, "integer": Kind.WHOLE, "number": Kind.NUMBER, "boolean": Kind.YES_NO}
    return (kinds | {"object": Kind.GROUP})[str(found.get("type"))]


def _choices(found: Schema) -> Choices:
    """The closed choices with their words; beside codes of the plan, what else may be chosen."""
    words = found.get("labels") or found.get("codes_also") or {}
    values = found.get("enum") or ([found["const"]] if "const" in found else found.get("codes_also") or ())
    return tuple((value, str(words.get(value, value))) for value in values)


def _numbers(items: Schema) -> Choices:
    """A few whole numbers in a row, such as the months, are ticked."""
    least, most = items.get("minimum"), items.get("maximum")
    if items.get("type") != "integer" or least is None or most is None or most - least >= MOST_BOXES:
        return ()
    return tuple((number, str(number)) for number in range(least, most + 1))
