"""供餐方式: written with its source, shown, and asked by the conditions of plans."""

import pytest

from entities.actions.register import version_of
from entities.actions.supply import change_supply
from entities.models import Entity
from entities.queries.matching import fitting
from entities.rules.vocabulary import SupplyWay
from supervision.queries.profiles import frequency_said
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent
from tenancy.plans import PlanFile, PlanHeader
from tenancy.plans.conditions import Condition
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_register_acts import ON, added


def canteen(cast: Cast) -> Entity:
    return added(cast, "某小学食堂", business_type="school_canteen", staff=None, revenue=None, diners=300)


def supplied(cast: Cast, entity: Entity, way: SupplyWay | None) -> Entity:
    return change_supply(entity, way, source="承包合同", by=cast.li, on=ON, seen=version_of(entity))


def test_it_is_written_with_its_source_and_may_be_forgotten(cast: Cast) -> None:
    entity = canteen(cast)
    with acting_in(cast.li.place):
        entity = supplied(cast, entity, SupplyWay.CONTRACTED)
        with pytest.raises(Refused, match="没有变化"):
            supplied(cast, entity, SupplyWay.CONTRACTED)
        supplied(cast, entity, None)
        first, second = AuditEvent.objects.filter(action="entities.supply.changed").order_by("pk")
    assert (first.before, first.after["supply_way"], first.after["source"]) == (
        {"supply_way": ""}, "contracted", "承包合同",
    )  # fmt: skip
    assert (second.before, second.after["supply_way"]) == ({"supply_way": "contracted"}, "")


def test_a_shop_without_diners_has_none(cast: Cast) -> None:
    entity = added(cast)
    with acting_in(cast.li.place), pytest.raises(Refused, match="没有供餐方式"):
        supplied(cast, entity, SupplyWay.ORDERED)


def test_a_plans_condition_asks_for_it(cast: Cast) -> None:
    entity = canteen(cast)
    with acting_in(cast.li.place):
        lines = [
            {"when": {"supply_ways": ["contracted"]}, "times": 3, "per": "quarter", "clause": "一"},
            {"times": 1, "per": "quarter", "clause": "二"},
        ]
        plan = PlanFile(header=PlanHeader(title="某方案", number="某〔2026〕1号"), values={"frequency": lines})
        adopt_plan(cast.places["甲街道"], plan, since=SINCE, by=cast.li)
        plan = plan_in_force(entity.place, ON)
        asked = fitting(Condition(supply_ways=("contracted",)), plan.value, ON)
        assert (frequency_said(entity, plan)[-2], Entity.objects.filter(asked).count()) == ("二", 0)
        entity = supplied(cast, entity, SupplyWay.CONTRACTED)
        assert (frequency_said(entity, plan)[-2], Entity.objects.filter(asked).count()) == ("一", 1)


def test_page_and_endpoint_write_the_same_and_say_the_same(cast: Cast) -> None:
    entity, client = canteen(cast), cast.client("li")
    form = {"supply_way": "ordered", "source": "现场查看", "seen": version_of(entity)}
    page = client.post(f"/entities/{entity.pk}/supply/", form, follow=True).content.decode()
    assert "从供餐单位订餐" in page and "现场查看" in page
    with acting_in(cast.li.place):
        version = version_of(Entity.objects.get())
    body = {"supply_way": "self_run", "source": "学校报送", "version": version}
    address = f"/api/entities/{entity.pk}/supply/"
    answer = client.post(address, body, content_type="application/json")
    assert (answer.status_code, answer.json()["supply_way"]) == (200, "self_run")
    assert client.post(address, body, content_type="application/json").status_code == 409
    refused = client.post(address, body | {"supply_way": "其他"}, content_type="application/json")
    assert list(refused.json()["fields"]) == ["supply_way"]
    assert client.post(f"/entities/{entity.pk}/supply/", {"supply_way": "ordered"}).status_code == 422


@pytest.mark.parametrize(("who", "status"), [("zhao", 404), ("sun", 404), ("leng", 403), ("wang", 403)])
def test_others_do_not_write_it(cast: Cast, who: str, status: int) -> None:
    entity = canteen(cast)
    assert cast.client(who).get(f"/entities/{entity.pk}/supply/").status_code == status
    assert cast.client(who).post(f"/api/entities/{entity.pk}/supply/").status_code == status
