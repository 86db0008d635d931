"""Coordinates of one entity, as they were given, with their system and where they come from."""

from entities.actions.register import locked, version_of
from entities.models import Entity
from entities.queries.spots import spot_of
from entities.rules.spots import Spot, refuse_spot, spot_said
from tenancy import audit
from tenancy.models import Post
from tenancy.rules.refusals import Refused


def locate_entity(entity: Entity, spot: Spot | None, *, source: str, by: Post, seen: str) -> Entity:
    """Where it lies from now on; None takes the coordinates out."""
    if spot is not None:
        refuse_spot(spot)
    entity = locked(entity, seen)
    before = spot_of(entity)
    if spot == before:
        raise Refused(f"“{entity.name}”的坐标没有变化，不用再登记。", code="same-spot")
    entity.longitude, entity.latitude = (spot.longitude, spot.latitude) if spot else (None, None)
    entity.datum = spot.datum.value if spot else ""
    entity.save()
    told = {"spot": spot_said(spot) if spot else "", "source": source, "version": version_of(entity)}
    audit.record(
        "entities.spot.changed", entity, by=by, before={"spot": spot_said(before) if before else ""}, after=told
    )
    return entity
