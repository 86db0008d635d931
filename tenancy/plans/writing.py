"""Plans as YAML text that `check` and `read_plan` take back unchanged: a plan as written, and a resolved one with the
source of each value behind it.

PyYAML writes every value and quotes whatever its own reader would take for something else; only the comments of a
resolved plan are laid beside its lines here.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tenancy.plans.document import PlanDocument
from tenancy.plans.labels import in_order
from tenancy.plans.reading import PlanFile, PlanHeader
from tenancy.plans.resolution import UNWRITTEN, ResolvedPlan, Source

# An item of a list stands on one line while it is as short as this.
LONGEST_ITEM = 110
# Lines are never folded: a comment, and the line of a fault, belong to one key.
NEVER = 1_000_000


class _Dumper(yaml.SafeDumper):
    """Lists are indented under their key, and nothing is written as a reference to something earlier."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


class _Nodes(yaml.representer.SafeRepresenter):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def plan_text(plan: PlanFile) -> str:
    """The plan as a file; absent keys stay absent, cleared ones stay null."""
    return parts_text(written_header(plan.header), plan.clauses, plan.values)


def parts_text(header: Mapping[str, Any], clauses: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """The three parts of a file, whatever stands in them, in the order of the schema."""
    place = {key: at for at, key in enumerate(PlanDocument.model_fields)}
    by_key = sorted(clauses, key=lambda key: (place.get(key.split(".")[0], len(place)), key))
    return _dumped(
        {"header": dict(header), "clauses": {key: clauses[key] for key in by_key}, "values": in_order(values)}
    )


def written_header(header: PlanHeader) -> dict[str, Any]:
    """What a header says, as JSON, without what was left out."""
    return header.model_dump(mode="json", by_alias=True, exclude_unset=True)


def resolved_text(plan: ResolvedPlan, title: str) -> str:
    """Every value in force, each followed by a comment that names its plan and clause."""
    lines = [_dumped({"header": {"title": title}}), "values:\n"]
    lines += _commented(resolved_values(plan), plan, "", "  ")
    return "".join(lines)


def resolved_values(plan: ResolvedPlan) -> dict[str, Any]:
    """The values in force as their plans wrote them, what nobody wrote filled up from the program's own defaults."""
    full = plan.value.model_dump(mode="json", by_alias=True)
    written = plan.value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return _filled(written, full)


def written_by(plan: ResolvedPlan, key: str) -> Source:
    """The source of exactly this key: what stands in a map of which its plan wrote other keys is still nobody's."""
    return plan.source(key) if key in plan.origins else UNWRITTEN


def _filled(written: Mapping[str, Any], full: Mapping[str, Any]) -> dict[str, Any]:
    """Maps are completed key by key; lists stay as they were written. What is empty unless written stays away."""
    found: dict[str, Any] = {}
    for key, default in full.items():
        value = written.get(key)
        if isinstance(default, dict) and (value is None or isinstance(value, dict)):
            found[key] = _filled(value or {}, default)
        elif key in written or default != "":
            found[key] = written.get(key, default)
    return found


def _commented(values: Mapping[str, Any], plan: ResolvedPlan, prefix: str, indent: str) -> Iterator[str]:
    for key, value in values.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and value:
            yield f"{indent}{key}:\n"
            yield from _commented(value, plan, f"{path}.", f"{indent}  ")
        else:
            yield from _beside(_dumped({key: value}).splitlines(), _comment(str(written_by(plan, path))), indent)


def _beside(lines: list[str], comment: str, indent: str) -> Iterator[str]:
    """A value stands on one line, a list under its key: the comment stands behind the first line of either."""
    yield f"{indent}{lines[0]}{comment}\n"
    yield from (f"{indent}{line}\n" for line in lines[1:])


def _comment(source: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in source)
    return f"  # {' '.join(shown.split())}"


def _dumped(data: Mapping[str, Any]) -> str:
    node = _Nodes(sort_keys=False).represent_data(data)
    _style(node, in_list=False)
    text: str = yaml.serialize(node, Dumper=_Dumper, allow_unicode=True, width=NEVER)
    return text


def _style(node: yaml.Node, *, in_list: bool) -> None:
    """Short items of a list stand on one line, as people write them; everything else stands in a block.

    A text with line breaks or other signs that cannot be seen is written with escapes, on one line.
    """
    if isinstance(node, yaml.ScalarNode) and not node.value.isprintable():
        node.style = '"'
    if not isinstance(node, yaml.CollectionNode):
        return
    is_list = isinstance(node, yaml.SequenceNode)
    parts = node.value if is_list else [part for pair in node.value for part in pair]
    plain = all(isinstance(part, yaml.ScalarNode) for part in parts)
    node.flow_style = not node.value or ((in_list or (is_list and plain)) and _length(node) <= LONGEST_ITEM)
    for part in parts:
        _style(part, in_list=in_list or is_list)


def _length(node: yaml.Node) -> int:
    """About how wide a node is on one line."""
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 2
    parts = node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
    return sum(_length(part) + 2 for part in parts)
