"""Keeps every figure of an entity with its day and source, beside the columns that say the latest of each.

Whoever writes those columns calls `keep_sizes` in the same act; a ledger does the same in one statement.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from entities.models import Entity, SizeFact
from entities.queries.sizes import sizes_kept
from entities.rules.sizes import SizeKind, SizeSource
from tenancy.models import Post


def keep_sizes(
    entity: Entity,
    before: Mapping[SizeKind, Decimal | int | None],
    *,
    by: Post | None,
    on: date,
    source: SizeSource = SizeSource.OFFICE,
) -> None:
    """One row for each figure that is another one than before; `on` is the day it is known from."""
    moved = [(kind, value) for kind, value in sizes_kept(entity).items() if value != before.get(kind)]
    facts = {"place": entity.place, "source": source.value, "known_on": on, "recorded_by": by}
    made = [SizeFact(entity=entity, kind=kind.value, value=value, **facts) for kind, value in moved]
    if made:
        SizeFact.objects.bulk_create(made)
