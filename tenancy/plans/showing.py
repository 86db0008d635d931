"""A resolved plan as lines to read: label, text, where it is written, and whether the plan itself says it.

Works on whatever keys the schema has. Items of a list are told by their name; codes that name another item of the
plan are told by that item's name.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tenancy.plans.differences import ABSENT, Difference, diff
from tenancy.plans.labels import UNSET, header_label, header_word, label, sections, word
from tenancy.plans.reading import PlanHeader
from tenancy.plans.resolution import PlanLayer, ResolvedPlan
from tenancy.plans.writing import resolved_values, written_by

# Fields whose value is the code of an item in another list.
REFERENCES = {
    "tier": "tiers",
    "tiers": "tiers",
    "tier_map": "tiers",
    "business_types": "business_types",
    "classes": "high_risk_classes",
    "counterparty_role": "counterparties",
}
EXTERNAL = {"external": "上级（不归本地）"}
# What an item is called by, and what is told elsewhere than among its facts.
CALLED = ("name", "title", "text", "tier")
UNTOLD = {"code", "clause"}
NOTHING, NOT_WRITTEN, CLEARED, NO_FACTS = "无", "不写，沿用上级", "清空，不沿用上级", "有"


@dataclass(frozen=True, slots=True)
class Line:
    """One key, or one item of a list; `own` is false where the value is inherited."""

    key: str
    label: str
    text: str = ""
    lines: tuple["Line", ...] = ()
    cite: str = ""
    own: bool = True


@dataclass(frozen=True, slots=True)
class Changed:
    """One difference as it is read: where, what stood there, what stands there now, each with its clause."""

    section: str
    key: str
    label: str
    old: str
    new: str
    old_clause: str
    new_clause: str


def shown(plan: ResolvedPlan) -> list[tuple[str, list[Line]]]:
    """All values in force under the headings of a form; the plan's own layer is the last one."""
    page = _Page(plan)
    return [(section.title, [page.line((key,)) for key in section.keys]) for section in sections()]


def shown_header(header: PlanHeader) -> list[tuple[str, str, str]]:
    """The paper as (key, label, text), in the order of the schema; what it does not say is left out."""
    said = header.model_dump(mode="json", by_alias=True)
    told = [(key, header_label((key,)), _paper(value, (key,))) for key, value in said.items()]
    return [each for each in told if each[2]]


def shown_differences(a: ResolvedPlan, b: ResolvedPlan) -> list[Changed]:
    """What the last layer of b says otherwise than that of a, under the headings of a form."""
    old, new = a.layers[-1], b.layers[-1]
    place = {key: (at, section.title) for at, section in enumerate(sections()) for key in section.keys}
    words = _Words(resolved_values(a)), _Words(resolved_values(b))
    found = sorted(diff(old, new), key=lambda each: place.get(each.path[0], (len(place), ""))[0])
    return [
        Changed(
            section=place.get(each.path[0], (0, ""))[1],
            key=each.key,
            label=_way(each.path, (old, new), words),
            old=words[0].side(each, each.old),
            new=words[1].side(each, each.new),
            old_clause=each.old_clause,
            new_clause=each.new_clause,
        )
        for each in found
    ]


def _way(path: tuple[str, ...], layers: tuple[PlanLayer, PlanLayer], words: tuple["_Words", "_Words"]) -> str:
    """The labels on the way down to a key, an item by its name."""
    steps: list[str] = []
    nodes: list[Any] = [layer.values for layer in layers]
    for at, step in enumerate(path):
        inside = [_stepped(node, step) for node in nodes]
        named = [
            told.title(path[: at + 1], item)
            for node, item, told in zip(nodes, inside, words, strict=True)
            if isinstance(node, list | tuple)
        ]
        steps.append(next((name for name in named if name), "") or label(path[: at + 1]))
        nodes = inside
    return " › ".join(steps)


def _paper(value: Any, path: tuple[str, ...]) -> str:
    if path == ("annexes",):
        return "；".join(f"附件{annex['no']} {annex['title']}" for annex in value)
    if isinstance(value, Mapping):
        told = ((header_label((*path, key)), _paper(each, (*path, key))) for key, each in value.items())
        return "；".join(f"{name}：{text}" for name, text in told if text)
    if isinstance(value, list):
        return "；".join(_paper(each, (*path, "")) for each in value)
    return header_word(path, value) if value is not None else ""


class _Words:
    """Values in words, with the names of whatever the plan calls by a code."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.names = _names(values)

    def text(self, path: tuple[str, ...], value: Any) -> str:
        if isinstance(value, list | tuple):
            many = "；" if _is_items(value) else "、"
            return many.join(self.text((*path, ""), each) for each in value) or NOTHING
        if isinstance(value, Mapping):
            return self.item(path, value)
        field = "tier_map" if path[0] == "tier_map" else next(step for step in reversed(path) if step)
        called = self.names.get(field, {}).get(str(value))
        return called or word(path, value) or UNSET

    def fact(self, path: tuple[str, ...], value: Any) -> str:
        if isinstance(value, Mapping):
            inside = [self.fact((*path, key), each) for key, each in value.items() if key not in UNTOLD]
            told = "，".join(each for each in inside if each)
            return f"{label(path)}（{told}）" if told else ""
        return "" if value in (None, "", [], ()) else f"{label(path)}：{self.text(path, value)}"

    def item(self, path: tuple[str, ...], item: Mapping[str, Any]) -> str:
        name = called_by(item)
        told = [self.fact((*path, key), value) for key, value in item.items() if key != name and key not in UNTOLD]
        facts = "；".join(each for each in told if each)
        # Where the way down already ends in the item, its name is not said again.
        title = "" if path[-1] and path[-1] in (item.get("code"), item.get("tier")) else self.title(path, item)
        return f"{title}（{facts}）" if title and facts else title or facts or NO_FACTS

    def title(self, path: tuple[str, ...], item: Any) -> str:
        name = called_by(item) if isinstance(item, Mapping) else ""
        return self.text((*path, name), item[name]) if name else ""

    def side(self, found: Difference, value: Any) -> str:
        if value is ABSENT:
            return NOT_WRITTEN if len(found.path) == 1 else NOTHING
        if value is None:
            return CLEARED
        if found.is_order:
            return "次序：" + "、".join(str(each) for each in value)
        return self.text(found.path, value)


class _Page(_Words):
    def __init__(self, plan: ResolvedPlan) -> None:
        self.plan = plan
        self.values = resolved_values(plan)
        super().__init__(self.values)

    def line(self, path: tuple[str, ...], above: str = "") -> Line:
        """A key of the document, with its source where that is another than the source of the map around it."""
        value: Any = self.values
        for step in path:
            value = value[step]
        key = ".".join(path)
        cite, own = self.source(key, value), self.plan.origins.get(key) == len(self.plan.layers) - 1
        lines: tuple[Line, ...] = ()
        if isinstance(value, dict):
            told = [step for step, each in value.items() if each != "" and step not in UNTOLD]
            lines = tuple(self.line((*path, step), cite) for step in told)
        elif _is_items(value):
            lines = tuple(self.items(path, value))
        text = "" if lines else self.text(path, value)
        if len(path) > 1 and _is_short(value) and not any(each.cite for each in lines):
            text, lines = "，".join(f"{each.label} {each.text}" for each in lines), ()
        return Line(key, label(path), text, lines, "" if cite == above else cite, own)

    def source(self, key: str, value: Any) -> str:
        found = written_by(self.plan, key)
        clause = value.get("clause") if isinstance(value, dict) else ""
        return str(replace(found, clause=clause) if clause else found)

    def items(self, path: tuple[str, ...], items: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
        for number, item in enumerate(items, start=1):
            name = called_by(item)
            title = self.title((*path, ""), item) or f"第 {number} 条"
            facts = {key: value for key, value in item.items() if key != name and key not in UNTOLD}
            nested = [key for key, value in facts.items() if _is_items(value)]
            told = [self.fact((*path, "", key), value) for key, value in facts.items() if key not in nested]
            lines = tuple(
                Line("", label((*path, "", key)), "", tuple(self.items((*path, "", key), facts[key]))) for key in nested
            )
            yield Line("", title, "；".join(each for each in told if each), lines, str(item.get("clause") or ""))


def called_by(item: Mapping[str, Any]) -> str:
    """The field an item is called by; empty when it has none."""
    return next((key for key in CALLED if item.get(key)), "")


def _stepped(node: Any, step: str) -> Any:
    if isinstance(node, Mapping):
        return node.get(step)
    items = node if _is_items(node) else ()
    return next((item for item in items if step in (item.get("code"), item.get("tier"))), None)


def _is_short(value: Any) -> bool:
    """A few plain values of one source, such as the bounds of a size table, stand on one line."""
    return isinstance(value, dict) and not any(isinstance(each, dict | list) for each in value.values())


def _is_items(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _names(values: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Field -> code -> name, for every field that points at items by their code."""
    found = {field: _called(values.get(key, ())) | EXTERNAL for field, key in REFERENCES.items()}
    found["signer_category"] = _called(
        [each for scope in values.get("cadre_scopes", ()) for each in scope.get("categories", ())]
    )
    return found


def _called(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {str(item.get("code")): str(item.get("name")) for item in items}
