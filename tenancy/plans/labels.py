"""Chinese words for the keys and values of a plan, read off its schema: a new key is called as the schema calls it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from tenancy.plans.document import SECTIONS, PlanDocument
from tenancy.plans.reading import PlanHeader

Schema: TypeAlias = Mapping[str, Any]
YES, NO, UNSET = "是", "否", "不设"


@dataclass(frozen=True, slots=True)
class Section:
    """Top-level keys under one heading."""

    title: str
    keys: tuple[str, ...]


@cache
def sections() -> tuple[Section, ...]:
    """Every key of the schema once, under the headings of a form."""
    return tuple(Section(title, tuple(part.model_fields)) for title, part in SECTIONS)


def label(path: Sequence[str]) -> str:
    """What the key at a path is called; a step into a list is any word, since all its items have one shape."""
    return _named(_document(), path)


def header_label(path: Sequence[str]) -> str:
    """The same for the paper of a plan."""
    return _named(_header(), path)


PARTS = {"values": "", "header": "方案原件", "clauses": "条款对照"}


def way(key: str) -> str:
    """A dotted key of a plan file in words: "values.tiers.0.rank" is 层级 · 第 1 项 · 次序."""
    part, _dot, rest = key.partition(".")
    if part not in PARTS:
        return ""
    steps = [step for step in rest.split(".") if step]
    named = header_label if part == "header" else label
    words = [f"第 {int(step) + 1} 项" if step.isdecimal() else named(steps[: at + 1]) for at, step in enumerate(steps)]
    return " · ".join(each for each in (PARTS[part], *words) if each)


def word(path: Sequence[str], value: Any) -> str:
    """One value at a path as people say it."""
    if value is None:
        return UNSET
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _worded(_document(), path, value)


def header_word(path: Sequence[str], value: Any) -> str:
    """The same for the paper of a plan."""
    return _worded(_header(), path, value)


def codes_at(path: Sequence[str]) -> tuple[str, Mapping[str, str]]:
    """The key whose items a value at a path names by their code, and words for what else may stand there."""
    at = list(path)
    while at and not at[-1]:
        at.pop()
    node = _node(_document(), at)
    return str(node.get("codes_of", "")), node.get("codes_also") or {}


def _worded(root: Schema, path: Sequence[str], value: Any) -> str:
    known = _node(root, path).get("labels") or {}
    return str(known.get(str(value), value))


def in_order(value: Any, path: Sequence[str] = ()) -> Any:
    """Values with their keys in the order of the schema, as a form shows them; a database keeps no order of keys."""
    if isinstance(value, list | tuple):
        return [in_order(each, (*path, "")) for each in value]
    if not isinstance(value, Mapping):
        return value
    place = {key: at for at, key in enumerate(_node(_document(), path).get("properties") or {})}
    keys = sorted(value, key=lambda key: place.get(key, len(place)))
    return {key: in_order(value[key], (*path, key)) for key in keys}


@cache
def _document() -> Schema:
    return PlanDocument.model_json_schema(by_alias=True)


@cache
def _header() -> Schema:
    return PlanHeader.model_json_schema(by_alias=True)


def _named(root: Schema, path: Sequence[str]) -> str:
    return str(_property(root, path).get("title") or _key_word(root, path) or path[-1])


def _key_word(root: Schema, path: Sequence[str]) -> str:
    """The word for a key that is itself one of a closed choice, as the grades of a map are."""
    names = resolved_node(root, _node(root, path[:-1]).get("propertyNames") or {})
    return str((names.get("labels") or {}).get(path[-1], ""))


def _property(root: Schema, path: Sequence[str]) -> Schema:
    """The schema of a key as its owner writes it, with the title it has there."""
    owner = _node(root, path[:-1])
    found: Schema = (owner.get("properties") or {}).get(path[-1]) or {}
    return found


def _node(root: Schema, path: Sequence[str]) -> Schema:
    node = root
    for step in path:
        node = resolved_node(root, node)
        inside = (node.get("properties") or {}).get(step) or node.get("items") or node.get("additionalProperties")
        node = inside if isinstance(inside, Mapping) else {}
    return resolved_node(root, node)


def resolved_node(root: Schema, node: Schema) -> Schema:
    """Behind references and behind what may also be left out."""
    found = dict(node)
    while "$ref" in found or "anyOf" in found:
        if reference := found.pop("$ref", None):
            found = {**root["$defs"][reference.rpartition("/")[2]], **found}
        else:
            choices = found.pop("anyOf")
            found = {**next((each for each in choices if each.get("type") != "null"), {}), **found}
    return found
