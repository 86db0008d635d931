"""Entities, cadres and plans for the tests of this app, made as plainly as the rows allow."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from cadres.actions.approving import approve
from cadres.actions.proposing import propose
from cadres.models import Assignment, Cadre, ResponsibilityList
from entities.models import Entity
from tenancy.actions.plans import adopt_plan
from tenancy.models import Jurisdiction, Post
from tenancy.plans import shipped_plan
from tenancy.rules.names import sort_key
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast

DAY = date(2026, 10, 9)
CATEGORIES = {"street": "deputy", "community": "committee"}


@dataclass
class Street:
    """甲街道 under the Gumei plan, with two communities, and short ways to put rows into it."""

    cast: Cast
    place: Jurisdiction
    made: list[Entity] = field(default_factory=list)

    def entity(self, grade: str, area: str = "一社区", **facts) -> Entity:
        place = self.cast.places[area]
        name = facts.pop("name", f"{grade}级食品店{len(self.made) + 1}")
        entity = Entity(jurisdiction=place, place=place.path, name=name, sort_key=sort_key(name), grade=grade, **facts)
        entity.business_type = entity.business_type or "retail"
        entity.save()
        self.made.append(entity)
        return entity

    def cadre(self, name: str, area: str = "一社区", *, tier: str = "community", sectors=(), since=SINCE) -> Cadre:
        place = self.cast.places[area]
        post = Post(jurisdiction=place, place=place.path, role="cadre", person_name=name, sort_key=sort_key(name))
        post.unit, post.title, post.valid = place.name, "委员", DateRange(since, None)
        post.save()
        return self.cadre_of(post, tier=tier, sectors=sectors)

    def cadre_of(self, post: Post, *, tier: str = "community", sectors=()) -> Cadre:
        return Cadre.objects.create(
            post=post, place=post.place, tier=tier, category=CATEGORIES[tier], sectors=list(sectors)
        )

    def adopt(self, **values) -> None:
        """Gumei's plan with other values, in force before any day of these tests."""
        plan = shipped_plan("gumei")
        amended = plan.model_copy(update={"values": {**plan.values, **values}})
        adopt_plan(self.place, amended, since=SINCE + timedelta(days=1), by=None)

    def approved(self, *, on: date = DAY, reasons=None) -> ResponsibilityList:
        proposal = propose(self.place, by=self.cast.li, on=on)
        return approve(proposal, by=self.cast.li, on=on, over_cap_reasons=reasons or {})

    def holders(self, on: date = DAY) -> dict[int, int]:
        return dict(Assignment.objects.in_force(on).values_list("entity", "cadre"))


@pytest.fixture
def street(cast):
    """The test acts in 甲街道 from here on."""
    place = cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=None)
        yield Street(cast, place)


def staff(street: Street) -> Street:
    """Wang and Chen in their communities, one street cadre, and one entity of each grade in each community."""
    street.wang = street.cadre_of(street.cast.wang)
    street.chen = street.cadre_of(street.cast.chen)
    street.leader = street.cadre("郑副主任", "甲街道", tier="street")
    for area in ("一社区", "二社区"):
        for grade in "ABCD":
            street.entity(grade, area, phone="19900005555")
    return street


@pytest.fixture
def staffed(street):
    return staff(street)


@pytest.fixture
def served(cast):
    """The same with an approved list, and no place open: for requests, which open their own."""
    place = cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=None)
        street = staff(Street(cast, place))
        street.list = street.approved()
    return street
