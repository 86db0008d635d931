"""The three names in the ledger's columns and the people kept beside an entity, held in step in both directions."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

from entities.models import CONTACT_ROLES, NAMES_LENGTH, Entity
from entities.queries.people import NAMED, in_post, names_by_role
from entities.rules.naming import names_in, renamed
from tenancy.rules.refusals import Refused


def follow_people(entity: Entity, before: Mapping[str, list[str]], *, on: date) -> None:
    """Lays the names on the entity as its people of the day are; the caller saves."""
    after = names_by_role(entity, on)
    for role in NAMED:
        cell = renamed(getattr(entity, role), before[role], after[role])
        if len(cell) > NAMES_LENGTH:
            words = {"title": CONTACT_ROLES[role], "longest": NAMES_LENGTH}
            raise Refused(
                _("台账“%(title)s”一栏最多 %(longest)s 字，在任各人的姓名合起来超出了；请先登记已离任人员的任职止。")
                % words,
                code="names-long",
            )
        setattr(entity, role, cell)


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
