"""本地增加的台账项: what a plan adds to the register is filled, shown, exported, and guarded."""

import pytest

from entities.actions.extras import fill_extras
from entities.actions.register import version_of
from entities.models import Entity
from entities.queries.finding import RegisterFilter
from reports.queries.sheets import ledger_sheet
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent
from tenancy.plans import PlanFile, PlanHeader
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_register_acts import ON, added

FIELDS = [
    {"code": "point", "name": "创建点位", "kind": "choice", "choices": ["明查", "暗访"]},
    {"code": "kitchen", "name": "明厨亮灶", "kind": "yes_no", "required": True, "when": {"domains": ["catering"]}},
    {"code": "fridges", "name": "冷柜数", "kind": "number"},
    {"code": "drill", "name": "最近演练", "kind": "date"},
    {"code": "school", "name": "供餐学校", "kind": "text", "when": {"business_types": ["meal_delivery"]}},
]


@pytest.fixture
def entity(cast: Cast) -> Entity:
    plan = PlanFile(
        header=PlanHeader(title="某方案", number="某〔2026〕1号"), values={"extra_fields": FIELDS},
        clauses={"extra_fields": "五"},
    )  # fmt: skip
    with acting_in(cast.li.place):
        adopt_plan(cast.places["甲街道"], plan, since=SINCE, by=cast.li)
    return added(cast)


def filled(cast: Cast, entity: Entity, **values: str) -> Entity:
    with acting_in(cast.li.place):
        entity.refresh_from_db()
        return fill_extras(entity, values, by=cast.li, on=ON, seen=version_of(entity))


def test_values_are_kept_under_the_plans_codes_and_a_blank_is_taken_out(cast: Cast, entity: Entity) -> None:
    entity = filled(cast, entity, point="明查", fridges="3")
    entity = filled(cast, entity, point="")
    assert entity.extras == {"fridges": "3"}
    with acting_in(cast.li.place):
        event = AuditEvent.objects.filter(action="entities.extras.changed").latest("pk")
    assert (event.before["extras"], event.after["extras"]) == ({"创建点位": "明查"}, {"创建点位": ""})
    with pytest.raises(Refused, match="没有变化"):
        filled(cast, entity, fridges="3")


def test_a_field_the_plan_has_not_for_this_entity_is_refused(cast: Cast, entity: Entity) -> None:
    for code in ("school", "made-up"):
        with pytest.raises(Refused, match="没有给这家主体设"):
            filled(cast, entity, **{code: "某校"})


def test_the_page_shows_them_and_says_what_must_be_filled(cast: Cast, entity: Entity) -> None:
    filled(cast, entity, point="暗访")
    response = cast.client("li").get(f"/entities/{entity.pk}/")
    assert [(each.field.name, each.value, each.is_missing) for each in response.context["shown"].extras] == [
        ("创建点位", "暗访", False), ("明厨亮灶", "", True), ("冷柜数", "", False), ("最近演练", "", False),
    ]  # fmt: skip
    page = response.content.decode()
    assert ("必填未填" in page, "供餐学校" in page) == (True, False)


def test_the_exported_ledger_holds_them_under_their_names(cast: Cast, entity: Entity) -> None:
    filled(cast, entity, point="明查", fridges="3")
    with acting_in(cast.li.place):
        rows = list(ledger_sheet(cast.li, RegisterFilter(), ON).rows)
    assert [row[-1] for row in rows] == ["创建点位：明查；冷柜数：3"]


def test_page_and_endpoint_take_the_same_and_refuse_the_same(cast: Cast, entity: Entity) -> None:
    client, page, address = cast.client("li"), f"/entities/{entity.pk}/extras/", f"/api/entities/{entity.pk}/extras/"
    wrong = {"point": "其他", "kitchen": "", "fridges": "三", "drill": "昨天", "seen": version_of(entity)}
    assert sorted(client.post(page, wrong).context["form"].errors) == ["drill", "fridges", "kitchen", "point"]
    good = wrong | {"point": "明查", "kitchen": "是", "fridges": "3", "drill": "2026-10-01"}
    assert "已登记" in client.post(page, good, follow=True).content.decode()
    told = client.get(address).json()
    assert {each["code"]: each["value"] for each in told["fields"]} == {
        "point": "明查", "kitchen": "是", "fridges": "3", "drill": "2026-10-01",
    }  # fmt: skip
    body = {"kitchen": "否", "version": told["version"]}
    answer = client.post(address, body, content_type="application/json")
    assert {each["code"]: each["value"] for each in answer.json()["fields"]}["kitchen"] == "否"
    assert client.post(address, body, content_type="application/json").status_code == 409
    refused = client.post(address, {"kitchen": "也许", "version": told["version"]}, content_type="application/json")
    assert list(refused.json()["fields"]) == ["kitchen"]


def test_nothing_happens_without_such_fields(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    page = client.get(f"/entities/{entity.pk}/extras/")
    assert (page.status_code, "没有给这类主体增加台账项" in page.content.decode()) == (200, True)
    assert client.get(f"/api/entities/{entity.pk}/extras/").json()["fields"] == []


@pytest.mark.parametrize(("who", "status"), [("zhao", 404), ("sun", 404), ("leng", 403), ("wang", 403)])
def test_others_do_not_write_them(cast: Cast, entity: Entity, who: str, status: int) -> None:
    assert cast.client(who).get(f"/entities/{entity.pk}/extras/").status_code == status
    assert cast.client(who).post(f"/api/entities/{entity.pk}/extras/").status_code == status
