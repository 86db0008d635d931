"""Layers of plans laid over one another, and where each resolved value comes from.

Maps merge key by key, a list replaces the inherited list as a whole, an explicit null clears. A value's source is
the nearest layer that wrote it, with the clause that layer gives for the key or for the nearest key above it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

from tenancy.plans.document import PlanDocument

Values: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, eq=False)
class PlanLayer:
    """One plan as it stands, without what it inherits; equal when its content is equal."""

    title: str
    number: str
    values: Values
    clauses: Mapping[str, str]

    @cached_property
    def digest(self) -> str:
        """A fingerprint of the content, for caches and for pinning a quarter to the plan it was opened under."""
        content = [self.title, self.number, self.values, self.clauses]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlanLayer) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from, for the line under it on the page."""

    plan_title: str
    doc_number: str
    clause: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.doc_number or self.plan_title, self.clause) if part)


UNWRITTEN = Source(plan_title="系统默认", doc_number="", clause="")


@dataclass(frozen=True, eq=False)
class ResolvedPlan:
    """The values in force, each able to name its plan and clause."""

    value: PlanDocument
    layers: tuple[PlanLayer, ...]
    origins: Mapping[str, int]

    @cached_property
    def digest(self) -> str:
        """A fingerprint of all layers together."""
        return hashlib.sha256("".join(layer.digest for layer in self.layers).encode()).hexdigest()

    def source(self, key: str) -> Source:
        """The plan and clause behind a dotted key ("tier_map.A")."""
        for prefix in _upward(key):
            if prefix in self.origins:
                layer = self.layers[self.origins[prefix]]
                clause = next((layer.clauses[p] for p in _upward(key) if p in layer.clauses), "")
                return Source(layer.title, layer.number, clause)
        return UNWRITTEN

    def cite(self, key: str, clause: str = "") -> str:
        """Document number and clause as one line; an item of a list brings its own clause."""
        source = self.source(key)
        return str(Source(source.plan_title, source.doc_number, clause or source.clause))


def resolve(layers: Sequence[PlanLayer]) -> ResolvedPlan:
    """The plan in force from layers given from the national one to the nearest."""
    return _resolved(tuple(layers))


@lru_cache(maxsize=256)
def _resolved(layers: tuple[PlanLayer, ...]) -> ResolvedPlan:
    merged, origins = merge([layer.values for layer in layers])
    return ResolvedPlan(PlanDocument.model_validate(merged), layers, origins)


def merge(layers: Iterable[Values]) -> tuple[dict[str, object], dict[str, int]]:
    """The merged values without cleared keys, and for every written key the index of the layer it comes from."""
    merged: dict[str, object] = {}
    origins: dict[str, int] = {}
    for index, values in enumerate(layers):
        _lay(values, merged, index, "", origins)
    return without_nulls(merged), origins


def _lay(over: Values, base: dict[str, object], index: int, prefix: str, origins: dict[str, int]) -> None:
    for key, value in over.items():
        path = f"{prefix}{key}"
        below = base.get(key)
        if isinstance(value, Mapping):
            node: dict[str, object] = below if isinstance(below, dict) else {}
            base[key] = node
            _lay(value, node, index, f"{path}.", origins)
        else:
            base[key] = value
            for stale in [known for known in origins if known.startswith(f"{path}.")]:
                del origins[stale]
        origins[path] = index


def without_nulls(values: Values) -> dict[str, object]:
    """The values with cleared keys left out, as validation wants them."""
    kept = {key: value for key, value in values.items() if value is not None}
    return {key: without_nulls(value) if isinstance(value, Mapping) else value for key, value in kept.items()}


def _upward(key: str) -> list[str]:
    parts = key.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]
