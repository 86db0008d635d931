"""The form of one place of a plan, drawn from the schema; it knows what was changed, and saves nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from tenancy.forms.plan_fields import field_for, kept
from tenancy.plans.checking import Problem
from tenancy.plans.differences import ABSENT
from tenancy.plans.editing import Sheet, Spot, items_at, read, standing
from tenancy.plans.fields import Kind, Node, leaves, node_at
from tenancy.plans.showing import called_by_code

# Before the name of every field of the plan, so that none is taken for one of the form itself.
OF_PLAN = "v"
NULL = "-null"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One field with its way from the spot and what stands there now."""

    name: str
    way: tuple[str, ...]
    node: Node
    raw: Any


@dataclass(frozen=True, slots=True)
class Block:
    """Fields under one heading, each with its way."""

    title: str
    help: str
    rows: list[tuple[BoundField, tuple[str, ...]]]


class ValueForm(forms.Form):
    """Everything that stands at a spot, besides lists of items; `clause` says where in the paper a key stands."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    basis = forms.CharField(widget=forms.HiddenInput, required=False)
    clause = forms.CharField(
        label=_("条款（原件中的位置）"), required=False, max_length=400, help_text=_("例如“三（一）1”，方便别人核对。")
    )

    def __init__(self, *args: Any, sheet: Sheet, spot: Spot, clause: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet, self.spot = sheet, spot
        if clause is None:
            del self.fields["clause"]
        else:
            self.fields["clause"].initial = clause
        self.leaves = list(self._leaves(standing(sheet, spot)))
        for leaf in self.leaves:
            self._ask(leaf)
        # Where it stands is asked last.
        self.order_fields([name for name in self.fields if name != "clause"])

    def _leaves(self, here: Any) -> Iterator[Leaf]:
        for way, node in leaves(self.spot.node):
            yield Leaf("-".join((OF_PLAN, *way)), way, node, read(here, way))

    def _ask(self, leaf: Leaf) -> None:
        names = self.names_for(leaf.node)
        self.fields[leaf.name] = field_for(leaf.node, leaf.raw, names, required=self._must(leaf.way))
        if self.spot.is_new and leaf.way == ("code",) and leaf.node.kind is Kind.TEXT:
            self.fields[leaf.name].initial = self._free_code()
        if leaf.node.null_word:
            label = f"{leaf.node.title}：{leaf.node.null_word}"
            self.fields[leaf.name + NULL] = forms.BooleanField(label=label, required=False, initial=leaf.raw is None)

    def names_for(self, node: Node) -> dict[str, str]:
        """The names of the items a field may point at, by their code."""
        return called_by_code(self.sheet.values, node.codes_of) if node.codes_of else {}

    def _must(self, way: tuple[str, ...]) -> bool:
        """Whether a field cannot stay empty: it and every group around it is needed."""
        return all(self._node(way[:end]).required for end in range(len(way) + 1))

    def _free_code(self) -> str:
        """A code no other item of the list has, so that nobody needs to think of one."""
        taken = {item.get("code") for item in items_at(self.sheet, self.spot.steps[:-1])}
        return next(code for number in range(len(taken) + 1, 10_000) if (code := f"item-{number}") not in taken)

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        for leaf in self.leaves:
            if facts.get(leaf.name + NULL) and facts.get(leaf.name) is not None:
                self.add_error(leaf.name, _("写了数就不要再选“%s”，请去掉一样。") % leaf.node.null_word)
        for leaf in self.leaves:
            group = self._begun_group(leaf, facts)
            if group and leaf.node.required and facts.get(leaf.name) in (None, "", []) and leaf.name not in self.errors:
                self.add_error(leaf.name, _("“%s”要填全，或者整组留空。") % group)
        return facts

    def _begun_group(self, leaf: Leaf, facts: dict[str, Any]) -> str:
        """The title of the group a field belongs to, when something else of the group is filled in."""
        end = len(leaf.way) - 1
        while end > 0 and self._node(leaf.way[:end]).required:
            end -= 1
        around = leaf.way[:end]
        beside = [each for each in self.leaves if each.way[:end] == around and each is not leaf]
        is_begun = any(facts.get(each.name) not in (None, "", [], False) for each in beside)
        return self._node(around).title if is_begun else ""

    def _node(self, way: tuple[str, ...]) -> Node:
        found = node_at(self.spot.node, way)
        assert found is not None
        return found

    def edits(self) -> dict[tuple[str, ...], Any]:
        """What was changed, by its way from the spot; ABSENT for what was emptied."""
        found: dict[tuple[str, ...], Any] = {}
        for leaf in self.leaves:
            if self._is_changed(leaf):
                cleaned = self.cleaned_data[leaf.name]
                value = kept(leaf.node, cleaned, leaf.raw, self.names_for(leaf.node))
                is_null = self.cleaned_data.get(leaf.name + NULL) and value is ABSENT
                found[leaf.way] = None if is_null else value
        return found

    def _is_changed(self, leaf: Leaf) -> bool:
        begins = self.spot.is_new and leaf.node.required and self.cleaned_data[leaf.name] not in (None, "", [])
        return begins or leaf.name in self.changed_data or leaf.name + NULL in self.changed_data

    def clause_edit(self) -> dict[str, str]:
        """The clause, where it was changed."""
        return {self.spot.key: self.cleaned_data["clause"]} if "clause" in self.changed_data else {}

    def take(self, problems: Sequence[Problem], prefix: str) -> None:
        """Lays the faults of the plan at their fields, by key; what has no field here stands above them all."""
        inside = [each for each in problems if f"{each.key}.".startswith(f"{prefix}.")]
        for problem in inside or problems:
            self.add_error(self._field_of(problem.key.removeprefix(prefix).strip(".")), problem.message)

    def _field_of(self, key: str) -> str | None:
        """The field of a dotted key below the spot: itself, the nearest above it, or the first inside it."""
        way = [OF_PLAN, *(step for step in key.split(".") if step)]
        upward = ("-".join(way[:end]) for end in range(len(way), 0, -1))
        inside = (leaf.name for leaf in self.leaves if leaf.name.startswith("-".join(way) + "-"))
        return next((name for name in (*upward, *inside) if name in self.fields), None)

    def blocks(self) -> list[Block]:
        """The fields as they are shown: those of the spot itself first, then group by group."""
        found: dict[tuple[str, ...], list[tuple[BoundField, tuple[str, ...]]]] = {(): []}
        for leaf in self.leaves:
            rows = found.setdefault(leaf.way[:-1], [])
            rows += [(self[name], leaf.way) for name in (leaf.name, leaf.name + NULL) if name in self.fields]
        return [self._block(way, rows) for way, rows in found.items() if rows]

    def _block(self, way: tuple[str, ...], rows: list[tuple[BoundField, tuple[str, ...]]]) -> Block:
        titles = [self._node(way[: end + 1]).title for end in range(len(way))]
        return Block(" › ".join(titles), self._node(way).help if way else "", rows)
