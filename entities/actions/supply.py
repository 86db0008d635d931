"""供餐方式 of a canteen, as the office writes it down with what it knows it from."""

from datetime import date

from django.utils.translation import gettext as _

from entities.actions.register import locked, version_of
from entities.models import Entity
from entities.queries.checking import serves_meals
from entities.rules.vocabulary import SupplyWay
from tenancy import audit
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused


def change_supply(entity: Entity, way: SupplyWay | None, *, source: str, by: Post, on: date, seen: str) -> Entity:
    """The way of supply from now on; None where nobody knows it any more. Conditions of plans ask for it."""
    entity = locked(entity, seen)
    if not serves_meals(entity, plan_in_force(entity.place, on).value):
        raise Refused(
            _("“%s”不是按用餐人数管理的业态，没有供餐方式；业态有误请先编辑主体资料。") % entity.name, code="no-meals"
        )
    before, after = entity.supply_way, way.value if way else ""
    if before == after:
        raise Refused(_("“%s”的供餐方式没有变化，不用再登记。") % entity.name, code="same-supply")
    entity.supply_way = after
    entity.save()
    told = {"supply_way": after, "source": source, "version": version_of(entity)}
    audit.record("entities.supply.changed", entity, by=by, before={"supply_way": before}, after=told)
    return entity
