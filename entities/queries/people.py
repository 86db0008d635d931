"""The people of entities: who has which post on a day, and in which other shops the same person stands."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from entities.models import Contact, Entity
from entities.rules.vocabulary import ContactRole

# The roles that have a column of the ledger, which bears the same name.
NAMED = (ContactRole.PRINCIPAL.value, ContactRole.DIRECTOR.value, ContactRole.OFFICER.value)


def in_post(on: date) -> QuerySet[Contact]:
    """Those whose days include this one; a day that nobody knows excludes nobody."""
    begun, going_on = Q(since__isnull=True) | Q(since__lte=on), Q(until__isnull=True) | Q(until__gte=on)
    found: QuerySet[Contact] = Contact.objects.filter(begun, going_on)
    return found.order_by("pk")


def names_by_role(entity: Entity, on: date) -> dict[str, list[str]]:
    """Who is known to have each of the named roles on a day."""
    found: dict[str, list[str]] = {role: [] for role in NAMED}
    for role, name in in_post(on).filter(entity=entity, role__in=NAMED).values_list("role", "name"):
        found[role].append(name)
    return found


def names_of(entities: Collection[int], on: date) -> dict[int, dict[str, list[str]]]:
    """The same for many entities in one query."""
    found: dict[int, dict[str, list[str]]] = {pk: {role: [] for role in NAMED} for pk in entities}
    people = in_post(on).filter(entity__in=entities, role__in=NAMED)
    for entity, role, name in people.values_list("entity", "role", "name"):
        found[entity][role].append(name)
    return found


def other_shops(people: Sequence[Contact]) -> dict[tuple[str, str], list[str]]:
    """(name, index of the telephone) -> the other entities behind the wall in which that person stands; one query."""
    known = [person for person in people if person.phone]
    if not known:
        return {}
    alike = Contact.objects.filter(phone_index__in={index for _name, index in (person.who for person in known)})
    others = alike.exclude(entity=known[0].entity).order_by("entity__sort_key", "entity_id")
    shops: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, index, shop in others.values_list("name", "phone_index", "entity__name").distinct():
        shops[name, index].append(shop)
    return shops
