"""参保情况: who of the plan's classes is insured, counted and listed."""

from datetime import date

import pytest
import time_machine

from entities.actions.records import add_record
from entities.actions.register import change_status, version_of
from entities.models import Entity
from entities.queries.insurance import insured_classes, insured_list
from entities.rules.vocabulary import OperatingStatus
from tenancy.actions.plans import adopt_plan
from tenancy.plans import shipped_plan
from tenancy.queries.plans import plan_in_force
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_register_acts import ON, added

POLICY = {"insurer": "某财险", "policy_number": "P1", "valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 31)}


def insured(cast: Cast, entity: Entity, **days: date) -> None:
    with acting_in(cast.li.place):
        entity.refresh_from_db()
        add_record(entity, "insurance", POLICY | days, by=cast.li, on=ON, seen=version_of(entity))


@pytest.fixture
def shops(cast: Cast) -> dict[str, Entity]:
    """Under the plan of the seed that presses for insurance: of each class some, with and without a policy."""
    with acting_in(cast.li.place):
        adopt_plan(cast.places["甲街道"], shipped_plan("baiyun-obo"), since=SINCE, by=cast.li)
    rows = {
        "meat": added(cast, "肉制品厂", business_type="production", licence="SC10411500000019"),
        "eggs": added(cast, "蛋品厂", business_type="production", tags=["蛋及其制品"]),
        "school": added(cast, "某小学食堂", business_type="school_canteen", staff=None, revenue=None, diners=300),
        "delivery": added(cast, "配餐公司", business_type="meal_delivery"),
        "closed": added(cast, "停业的配餐公司", business_type="meal_delivery"),
        "shop": added(cast, "普通餐馆"),
    }
    insured(cast, rows["meat"])
    insured(cast, rows["delivery"])
    insured(cast, rows["closed"])
    insured(cast, rows["school"], valid_until=date(2026, 3, 1))
    insured(cast, rows["eggs"], valid_from=date(2027, 1, 1), valid_until=date(2027, 12, 31))
    with acting_in(cast.li.place):
        closed = Entity.objects.get(pk=rows["closed"].pk)
        change_status(closed, OperatingStatus.STOPPED, reason="关店", by=cast.li, on=ON, seen=version_of(closed))
    return rows


@pytest.mark.req("BY-11")
def test_each_class_of_the_plan_is_counted_with_its_clause_and_its_list(cast: Cast, shops: dict[str, Entity]) -> None:
    with acting_in(cast.li.place):
        plan = plan_in_force(cast.li.place, ON)
        found = {each.code: each for each in insured_classes(plan, ON)}
        counts = {code: (each.total, each.insured, each.missing) for code, each in found.items()}
        listed = [entity.name for entity in insured_list(plan.value, "group-meals", "missing", ON)]
        for code, each in found.items():
            for state, count in (("insured", each.insured), ("missing", each.missing), ("", each.total)):
                assert insured_list(plan.value, code, state, ON).count() == count
    assert counts == {
        "meat-dairy": (1, 1, 0), "eggs": (1, 0, 1), "group-meals": (2, 1, 1), "risky": (0, 0, 0), "all": (5, 2, 3),
    }  # fmt: skip
    assert (found["group-meals"].percent, found["risky"].percent) == ("50.00%", "")
    assert "白府发〔2023〕40号" in found["eggs"].cited and "三（二）8" in found["eggs"].cited
    assert listed == ["某小学食堂"]


@pytest.mark.req("BY-11")
@time_machine.travel("2026-11-02T10:00:00+08:00", tick=False)
def test_page_and_endpoint_say_the_same_numbers_and_names(cast: Cast, shops: dict[str, Entity]) -> None:
    client = cast.client("li")
    page = client.get("/entities/insurance/?class=group-meals&state=missing")
    assert [row.entity.name for row in page.context["rows"]] == ["某小学食堂"]
    told = client.get("/api/entities/insurance/").json()["classes"]
    assert [(each["class"], each["insured"]) for each in told] == [
        (each.code, each.insured) for each in page.context["classes"]
    ]
    names = client.get("/api/entities/insurance/?class=group-meals&state=insured").json()["results"]
    assert [each["name"] for each in names] == ["配餐公司"]
    assert client.get("/api/entities/insurance/?class=unknown").json()["results"] == []


def test_without_classes_in_the_plan_all_are_counted_together(cast: Cast) -> None:
    insured(cast, added(cast))
    added(cast, "没有保单的店")
    added(cast, "别处的店", who="zhao", place="三社区")
    with acting_in(cast.li.place):
        (whole,) = insured_classes(plan_in_force(cast.li.place, ON), ON)
    assert (whole.code, whole.total, whole.insured) == ("all", 2, 1)


@pytest.mark.parametrize("rows", [1, 3])
@time_machine.travel("2026-11-02T10:00:00+08:00", tick=False)
def test_the_page_asks_the_same_for_one_and_three(cast: Cast, rows: int, django_assert_num_queries) -> None:
    for number in range(rows):
        added(cast, f"{number}号店")
    client = cast.client("li")
    client.get("/entities/insurance/?class=all")
    with django_assert_num_queries(18):
        client.get("/entities/insurance/?class=all")
