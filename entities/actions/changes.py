"""Writes down what became of entities beside the acts that change them: one entity, or the rows of a whole ledger.

A change starts the clock its plan sets for it; without one it is history only.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from entities.models import Entity, EntityChange
from entities.queries.changes import Starter, Starters, facts_kept, running_among
from entities.rules.changes import ChangeKind, Occasion, kinds_between
from tenancy import audit
from tenancy.models import ImportBatch, Jurisdiction, Post

BATCH = 5000
NAMED = 50


@dataclass(frozen=True, slots=True)
class Written:
    """One entity as a ledger wrote it: where it lies and its facts before (None for a new one) and after."""

    entity_id: int
    place: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]


def open_added(entity: Entity, occasion: Occasion, *, by: Post, on: date, version: str) -> EntityChange:
    """A new entity: what is owed for it begins to run."""
    after = {"status": entity.status}
    change = _change(entity.pk, entity.place, ChangeKind.OPENED, occasion.since, Starter(entity.place, occasion.since))
    change.reason, change.document, change.after = occasion.reason[:200], occasion.document[:120], after
    change.recorded_on, change.recorded_by, change.version = on, by, version
    change.save()
    return change


def open_changes(
    entity: Entity,
    before: Mapping[str, Any],
    occasion: Occasion,
    *,
    by: Post,
    on: date,
    version: str,
    source: str = "office",
) -> list[EntityChange]:
    """What moved of an entity that was this before: one row for each kind of change, all of one act."""
    after, starter = facts_kept(entity), Starter(entity.place, occasion.since)
    made = []
    for kind, facts in kinds_between(before, after).items():
        change = _change(entity.pk, entity.place, kind, occasion.since, starter)
        change.before, change.after = ({fact: values[fact] for fact in facts} for values in (before, after))
        change.reason, change.document, change.source = occasion.reason[:200], occasion.document[:120], source
        change.recorded_on, change.recorded_by, change.version = on, by, version
        made.append(change)
    _name_areas(made)
    for change in made:
        change.save()
    return made


def open_from_ledger(written: Iterable[Written], batch: ImportBatch, *, by: Post | None, on: date) -> int:
    """The changes a ledger brought, as far as the plan of their place sets a clock for them; gives how many."""
    changes = [change for change in _changes(written, batch.place, on) if change.clock]
    for change in changes:
        change.source, change.batch, change.recorded_on, change.recorded_by = "import", batch, on, by
    return _write(changes)


def open_many(written: Iterable[Written], path: str, occasion: Occasion, *, by: Post, on: date, version: str) -> int:
    """What one act moved of many entities, most of them at or below a path; gives how many changes that were."""
    changes = list(_changes(written, path, occasion.since))
    for change in changes:
        change.reason, change.document = occasion.reason[:200], occasion.document[:120]
        change.recorded_on, change.recorded_by, change.version = on, by, version
    return _write(changes)


def _changes(written: Iterable[Written], path: str, since: date) -> Iterator[EntityChange]:
    starters = Starters(path, since)
    for each in written:
        kinds = kinds_between(each.before, each.after) if each.before else {ChangeKind.OPENED: ("status",)}
        for kind, facts in kinds.items():
            change = _change(each.entity_id, each.place, kind, since, starters.at(each.place))
            change.before = {fact: each.before[fact] for fact in facts} if each.before else {}
            change.after = {fact: each.after[fact] for fact in facts}
            yield change


def _write(changes: list[EntityChange]) -> int:
    _name_areas(changes)
    EntityChange.objects.bulk_create(changes, batch_size=BATCH)
    return len(changes)


def _name_areas(changes: Iterable[EntityChange]) -> None:
    """Says by name between which communities an entity moved; one query, none where nothing moved."""
    moved = [
        values for change in changes if change.kind == ChangeKind.MOVED for values in (change.before, change.after)
    ]
    names = Jurisdiction.objects.in_bulk({values["area"] for values in moved}) if moved else {}
    for values in moved:
        values["area_name"] = names[values["area"]].name if values["area"] in names else ""


def _change(entity_id: int, place: str, kind: ChangeKind, since: date, starter: Starter) -> EntityChange:
    started = starter.of(kind)
    return EntityChange(
        entity_id=entity_id,
        place=place,
        kind=kind.value,
        since=since,
        clock=started.clock,
        due_on=started.due_on,
        bearer=started.bearer,
    )


def mark_undone(entity: Entity, version: str, *, by: Post, on: date) -> int:
    """The changes of one act no longer stand; gives how many."""
    made = EntityChange.objects.standing().filter(entity=entity, version=version)
    return made.update(undone_on=on, undone_by=by)


def settle_changes(tenant: Jurisdiction, ids: Iterable[int], *, on: date) -> int:
    """Writes down that these changes were seen settled, so that what happens later opens none of them again."""
    settled = list(running_among(ids).select_related("entity").order_by("pk"))
    EntityChange.objects.filter(pk__in=[change.pk for change in settled]).update(settled_on=on)
    if settled:
        named = [f"{change.entity.name} {change.get_kind_display()}" for change in settled[:NAMED]]
        after = {"on": on.isoformat(), "count": len(settled), "entities": named}
        audit.record("entities.changes.settled", tenant, by=None, at=tenant, after=after)
    return len(settled)
