"""Where an entity lies on a map, and the labels by which its page is opened on site."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from entities.models import Entity
from entities.queries.finding import RegisterFilter, chosen_of, register
from entities.rules.spots import Datum, Spot, geo_uri, spot_said
from tenancy.models import AuditEvent


@dataclass(frozen=True, slots=True)
class ShownSpot:
    """A spot as pages show it; `geo` is empty where the telephone's map would take it for another place."""

    said: str
    geo: str


def spot_of(entity: Entity) -> Spot | None:
    """The coordinates as they were given."""
    if entity.longitude is None or entity.latitude is None:
        return None
    return Spot(entity.longitude, entity.latitude, Datum(entity.datum))


def shown_spot(entity: Entity) -> ShownSpot | None:
    """The same for a page."""
    spot = spot_of(entity)
    return ShownSpot(spot_said(spot), geo_uri(spot)) if spot else None


def labelled(asked: RegisterFilter, ids: Collection[int], on: date) -> QuerySet[Entity]:
    """The entities of a filter, or those picked, by community and name, as labels are handed out."""
    found = chosen_of(register(asked, on), ids).select_related("jurisdiction")
    return found.only("name", "place", "jurisdiction__name").order_by("place", "sort_key", "pk")


def spot_text(event: AuditEvent) -> str:
    """The act in the entity's timeline."""
    before, after = event.before or {}, event.after or {}
    return "；".join((f"{before.get('spot') or _('空')} → {after.get('spot') or _('空')}", after.get("source", "")))
