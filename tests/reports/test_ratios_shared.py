"""Figures where two tiers answer for one grade: each shows what it holds, and the numbers add up."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.actions.figures import refresh_ratios
from reports.queries.layers import Layers
from reports.queries.ratios import live_ratios, ratio_table
from tenancy.actions.accounts import dismiss
from tenancy.actions.plans import adopt_plan
from tenancy.plans import PlanFile, shipped_plan
from tenancy.scoping import acting_in
from tests.cast import SINCE
from tests.reports.conftest import NOON, Scene
from tests.reports.test_ratios import DAY, statements


def plan_sharing(*tiers: str) -> PlanFile:
    plan = shipped_plan("gumei")
    return plan.model_copy(update={"values": {**plan.values, "tier_map": {**plan.values["tier_map"], "C": [*tiers]}}})


@pytest.fixture
def street(scene: Scene):
    """甲街道 where street and communities share C: one C held by each, one by nobody, one by somebody who left."""
    place = scene.cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, plan_sharing("street", "community"), since=SINCE, by=None)
        leader, member = scene.cadre("甲街道", "street"), scene.cadre("一社区", "community")
        gone = scene.cadre("二社区", "community")
        for cadre, area in ((leader, "一社区"), (member, "一社区"), (None, "一社区"), (gone, "二社区")):
            entity = scene.entity(area, "C")
            if cadre:
                scene.assign(entity, cadre)
        scene.assign(scene.entity("二社区", "D"), member)
        scene.assign(scene.entity("二社区", "B"), leader)
        dismiss(gone.post, by=scene.cast.li, on=DAY)
    return place


def entities(figures, place) -> dict[str, int]:
    return {tier: ratio.entities for (path, tier), ratio in figures.items() if path == place.path and ratio.entities}


def test_an_entity_counts_for_the_tier_that_holds_it_and_for_the_first_while_nobody_does(scene, street):
    with acting_in(street.path):
        found = live_ratios(street.path, DAY, Layers.in_force(DAY))
        assert entities(found, street) == {"street": 4, "community": 2}
        assert entities(found, scene.cast.places["一社区"]) == {"street": 2, "community": 1}
        assert entities(found, scene.cast.places["二社区"]) == {"street": 2, "community": 1}


def test_the_first_tier_is_the_one_the_plan_writes_first(scene):
    place = scene.cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, plan_sharing("community", "street"), since=SINCE, by=None)
        scene.entity("一社区", "C")
        assert entities(live_ratios(place.path, DAY, Layers.in_force(DAY)), place) == {"community": 1}


def test_the_table_shows_both_tiers_of_the_grade_and_its_sum_is_every_entity(scene, street):
    with acting_in(street.path):
        refresh_ratios(street, at=NOON, on=DAY)
        table = ratio_table(street, DAY)
    assert [(name, grades) for _code, name, grades in table.tiers] == [("街道", "B、C"), ("居民区", "C、D")]
    assert [(tier, ratio.cadres, ratio.entities) for tier, ratio in table.own.by_tier] == [
        ("street", 1, 4),
        ("community", 1, 2),
    ]
    assert (table.own.total.entities, table.own.ungraded, table.own.external) == (6, 0, 0)
    assert sum(row.total.entities for row in table.parts) == 6


@pytest.mark.parametrize(("tier", "number"), [("street", 4), ("community", 2), ("", 6)])
def test_the_list_behind_a_number_has_that_many_rows(scene, street, tier, number):
    with acting_in(street.path):
        refresh_ratios(street, at=NOON, on=DAY)
    client = scene.cast.client("li")
    assert client.get(reverse("reports:show-ratios")).status_code == 200
    page = client.get(reverse("reports:list-behind", args=["entities"]), {"tier": tier}).context["page"]
    assert page.paginator.count == number


def test_a_grade_of_a_place_with_its_own_plan_is_not_shared_by_its_neighbour(scene, street):
    district = scene.cast.places["东城区"]
    with acting_in(district.path):
        scene.assign(scene.entity("三社区", "C"), scene.cadre("三社区", "community"))
        found = live_ratios(district.path, DAY, Layers.in_force(DAY))
        assert entities(found, scene.cast.places["乙街道"]) == {"township": 1}
        assert entities(found, district) == {"street": 4, "community": 2, "township": 1}


def test_sharing_costs_no_statement_more(scene, street, django_assert_num_queries):
    with acting_in(street.path):
        assert statements(lambda: refresh_ratios(street, at=NOON, on=DAY)) == 6
        with django_assert_num_queries(3):
            ratio_table(street, DAY)


def test_a_place_without_shared_grades_never_looks_up_holders(scene):
    place = scene.cast.places["乙街道"]
    with acting_in(place.path), CaptureQueriesContext(connection) as seen:
        live_ratios(place.path, DAY, Layers.in_force(DAY))
    assert [query["sql"] for query in seen if "cadres_assignment" in query["sql"]] == []
    assert len(seen) == 3
