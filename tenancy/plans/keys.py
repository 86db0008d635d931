"""Every key a plan may hold, as a table for people: what it is called, what it holds, what may be chosen, what stands
when nothing is written. Read off the schema, so that it can be printed again whenever the schema changes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tenancy.plans.document import SECTIONS, PlanDocument

Schema: TypeAlias = Mapping[str, Any]
# Written out once, at the end: it may stand wherever a key asks for whom or for when something is.
CONDITION = "Condition"
CONDITIONS = "条件（when）"
WORDS = {"string": "文字", "integer": "整数", "number": "数", "boolean": "true 或 false", "object": "一组键"}
SHAPES = {
    r"^\d{2}-\d{2}$": "月日，写成 12-31",
    r"^(\d{4}-)?\d{2}-\d{2}$": "日期或月日",
    r"^\d{2}:\d{2}$": '时刻，写成 "12:00"',
    r"^[a-z0-9][a-z0-9_-]{0,39}$": "代码",
    r"^[0-9]{3}$": "三位数字",
}
FOREVER = {"", None}


@dataclass(frozen=True, slots=True)
class Key:
    """One line of the table; a list's items stand under `key[]`."""

    key: str
    title: str
    holds: str
    choices: str
    default: str

    def cells(self) -> tuple[str, ...]:
        """The line as it is printed."""
        return (f"`{self.key}`", self.title, self.holds, self.choices, self.default)


def key_sections() -> Iterator[tuple[str, list[Key]]]:
    """The keys under the headings of a form; what a condition may ask stands last."""
    root = PlanDocument.model_json_schema(by_alias=True)
    for title, section in SECTIONS:
        yield title, [row for name in section.model_fields for row in _rows(root, name, root["properties"][name])]
    yield CONDITIONS, list(_inside(root, "when", root["$defs"][CONDITION]))


def keys_markdown() -> str:
    """The whole table as it stands in the documentation."""
    parts = []
    for title, rows in key_sections():
        lines = ["| 键 | 叫什么 | 写什么 | 可选 | 不写时 |", "|---|---|---|---|---|"]
        lines += ["| " + " | ".join(_cell(cell) for cell in row.cells()) + " |" for row in rows]
        parts.append(f"### {title}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _rows(root: Schema, key: str, written: Schema, *, needed: bool = False) -> Iterator[Key]:
    node = _behind(root, written)
    items = _behind(root, node["items"]) if "items" in node else None
    told = "；".join(part for part in (_holds(node, items), str(node.get("description", ""))) if part)
    choices = _choices(_behind(root, node.get("propertyNames") or items or node))
    yield Key(key, str(node.get("title", "")), told, choices, "必须写" if needed else _default(node))
    if (items or node).get("of") != CONDITION:
        yield from _inside(root, f"{key}[]" if items else key, items or node)


def _inside(root: Schema, key: str, node: Schema) -> Iterator[Key]:
    """What stands under a key; `*` is any of the keys that a map may have."""
    needed = node.get("required") or ()
    for name, inside in (node.get("properties") or {}).items():
        yield from _rows(root, f"{key}.{name}", inside, needed=name in needed)
    if isinstance(node.get("additionalProperties"), dict):
        yield from _inside(root, f"{key}.*", _behind(root, node["additionalProperties"]))


def _behind(root: Schema, node: Schema) -> dict[str, Any]:
    """Behind a reference and behind what may also be null; what the owner says of it stays on top."""
    found = dict(node)
    while "$ref" in found or "anyOf" in found:
        if reference := found.pop("$ref", None):
            name = reference.rpartition("/")[2]
            found = {**root["$defs"][name], "of": name, "title": "", "description": "", **found}
        else:
            choices = [each for each in found.pop("anyOf") if each.get("type") != "null"]
            found = {**choices[0], **found}
    return found


def _holds(node: Schema, items: Schema | None) -> str:
    if items is not None:
        return "列表，每项一组键" if items.get("properties") else f"列表，每项{_plain(items)}"
    return _plain(node)


def _plain(node: Schema) -> str:
    if node.get("of") == CONDITION:
        return f"{CONDITIONS}，见文末"
    if "enum" in node:
        return "选一种"
    if node.get("format") == "date":
        return "日期，写成 2026-11-22"
    if node.get("pattern") in SHAPES:
        return SHAPES[node["pattern"]]
    ends = [str(node[end]) for end in ("minimum", "maximum") if end in node]
    word = WORDS.get(str(node.get("type")), "")
    return f"{word} {'—'.join(ends)}" if len(ends) == 2 else word


def _choices(node: Schema) -> str:
    words: Mapping[str, str] = node.get("labels") or {}
    return "、".join(f"`{value}` {words.get(value, '')}".strip() for value in node.get("enum") or ())


def _default(node: Schema) -> str:
    value = node.get("default")
    if value in ([], {}) or isinstance(value, dict) or (not isinstance(value, list) and value in FOREVER):
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
