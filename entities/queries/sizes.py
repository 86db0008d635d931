"""The figures of an entity with their days and sources."""

from decimal import Decimal
from itertools import groupby

from entities.models import Entity, SizeFact
from entities.rules.sizes import GRADED, SizeKind
from tenancy.models import AuditEvent


def sizes_of(entity: Entity) -> list[SizeFact]:
    """Every figure, the latest of each kind first."""
    return list(entity.sizes.order_by("kind", "-known_on", "-pk"))


def sizes_by_kind(entity: Entity) -> dict[str, list[SizeFact]]:
    """The same by kind; one query."""
    return {kind: list(facts) for kind, facts in groupby(sizes_of(entity), key=lambda fact: fact.kind)}


def sizes_kept(entity: Entity) -> dict[SizeKind, Decimal | int | None]:
    """The figures an entity has as columns, to be compared after they were changed."""
    return {kind: getattr(entity, kind.value) for kind in GRADED}


def size_text(event: AuditEvent) -> str:
    """A figure's act in the entity's timeline: what was written, and beside which figure."""
    before, after = event.before or {}, event.after or {}
    parts = (f"{before['record']} → {after['record']}" if before.get("record") else after["record"], after["source"])
    return "；".join(part for part in parts if part)
