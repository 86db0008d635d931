"""The three names in the ledger's columns and the people kept beside an entity, held in step in both directions."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from entities.models import CONTACT_ROLES, NAMES_LENGTH, Entity
from entities.queries.people import NAMED, in_post, names_by_role, names_of
from entities.rules.naming import names_in, renamed
from tenancy.rules.refusals import Refused

BATCH = 1000


def follow_people(entity: Entity, before: Mapping[str, list[str]], *, on: date) -> None:
    """Lays the names on the entity as its people of the day are; the caller saves."""
    _rename(entity, before, names_by_role(entity, on))


@contextmanager
def people_followed(entities: Collection[int], on: date) -> Iterator[None]:
    """While people of many entities are written: afterwards the names on each are as its people of the day are.

    An entity whose names changed gets its next version, so that a page opened before is told so.
    """
    before = names_of(entities, on)
    yield
    after = names_of(entities, on)
    found = Entity.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=entities)
    renamed_ones = [entity for entity in found if _rename(entity, before[entity.pk], after[entity.pk])]
    Entity.objects.bulk_update(renamed_ones, NAMED, batch_size=BATCH)
    Entity.objects.filter(pk__in=[entity.pk for entity in renamed_ones]).update(changed_at=Now())


def _rename(entity: Entity, before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> bool:
    """Lays the names on the entity; whether any of them is another now."""
    changed = False
    for role in NAMED:
        cell = renamed(getattr(entity, role), before[role], after[role])
        if len(cell) > NAMES_LENGTH:
            words = {"name": entity.name, "title": CONTACT_ROLES[role], "longest": NAMES_LENGTH}
            raise Refused(
                _(
                    "“%(name)s”的台账“%(title)s”一栏最多 %(longest)s 字，在任各人的姓名合起来超出了；"
                    "请先登记已离任人员的任职止。"
                )
                % words,
                code="names-long",
            )
        changed |= cell != getattr(entity, role)
        setattr(entity, role, cell)
    return changed


def end_unnamed(entity: Entity, *, on: date) -> None:
    """Whom the ledger's words no longer name has left the day before; who would have come today never did."""
    for person in in_post(on).filter(entity=entity, role__in=NAMED):
        if person.name in names_in(getattr(entity, person.role)):
            continue
        if person.since == on:
            person.struck_on = on
        else:
            person.until = on - timedelta(days=1)
        person.save(update_fields=["until", "struck_on"])
