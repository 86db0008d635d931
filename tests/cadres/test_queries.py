"""Who answers for whom on any day, what nobody answers for, and the ratios papers print."""

from datetime import timedelta

import pytest

from cadres.queries.coverage import (
    ListFilter,
    entities_above,
    entities_seen_by,
    holder_on,
    holders_of,
    list_counts,
    list_rows,
    my_entities,
    scope_of,
    tier_ratios,
    uncovered,
)
from cadres.queries.people import CadreFilter, cadres_with_loads, load_counts
from cadres.rules.caps import TierCap
from cadres.rules.ratios import ratio_text
from tenancy.actions.accounts import dismiss
from tenancy.scoping import acting_in
from tests.cadres.conftest import DAY

NEXT = DAY + timedelta(days=1)


@pytest.mark.req("SN-11")
@pytest.mark.parametrize(
    ("cadres", "entities", "text"),
    [
        (37, 37, "1:1"),
        (149, 199, "1:1.34"),
        (1414, 3923, "1:2.77"),
        (2181, 18704, "1:8.58"),
        (2, 3, "1:1.50"),
        (0, 5, "—"),
    ],
)
def test_ratios_are_printed_as_the_papers_do(cadres, entities, text):
    assert ratio_text(cadres, entities) == text


def test_ratios_count_cadres_in_post_to_entities_in_scope(staffed):
    lines = [(line.name, line.cadres, line.entities) for line in tier_ratios(scope_of(staffed.place, DAY))]
    assert lines == [("街道", 1, 2), ("居民区", 2, 4)]


def test_the_tiers_of_a_community_end_with_its_own(staffed):
    scope = scope_of(staffed.cast.places["一社区"], DAY)
    assert scope.grades == {"C": "community", "D": "community"}


@pytest.mark.req("GM-13")
def test_what_a_tier_above_covers_is_listed_and_not_counted(staffed):
    scope = scope_of(staffed.place, DAY)
    assert {entity.grade for entity in entities_above(scope)} == {"A"}
    assert (list_counts(scope)["all"], list_counts(scope)["above"]) == (6, 2)


def test_an_entity_whose_cadre_left_is_uncovered_from_that_day(staffed):
    staffed.approved()
    dismiss(staffed.cast.wang, by=staffed.cast.li, on=NEXT)
    assert uncovered(scope_of(staffed.place, DAY)).count() == 0
    assert set(uncovered(scope_of(staffed.place, NEXT)).values_list("grade", flat=True)) == {"C", "D"}


def test_a_closed_entity_is_nobodys_to_cover_and_one_without_a_grade_is_uncovered(staffed):
    staffed.approved()
    staffed.entity("D", status="dormant")
    staffed.entity("", status="dormant")
    waiting = staffed.entity("")
    scope = scope_of(staffed.place, DAY)
    counts = list_counts(scope)
    assert (counts["all"], counts["ungraded"], counts["uncovered"]) == (6, 1, 1)
    assert list(uncovered(scope)) == list(list_rows(scope, ListFilter(tab="uncovered"))) == [waiting]


def test_who_answered_on_a_day_comes_with_list_and_plan(staffed):
    version = staffed.approved()
    entity = staffed.made[2]
    held = holder_on(entity, NEXT)
    assert (held.name, held.list_number, held.plan_source) == (
        "王小明",
        version.number,
        "闵古办〔2022〕40号 三（一）1、2",
    )
    assert holder_on(entity, DAY - timedelta(days=1)) is None


def test_a_handover_answers_by_the_day_asked(staffed):
    staffed.approved()
    staffed.cadre("接任委员", "一社区")
    dismiss(staffed.cast.wang, by=staffed.cast.li, on=NEXT)
    staffed.approved(on=NEXT)
    entity = staffed.made[2]
    assert (holder_on(entity, DAY).name, holder_on(entity, NEXT).name) == ("王小明", "接任委员")
    assert [held.until for held in holders_of(entity)] == [None, NEXT]


def test_a_community_reads_the_streets_cadre_on_its_own_shop(staffed):
    staffed.approved()
    shop = staffed.made[1]
    with acting_in(staffed.cast.places["一社区"].path):
        assert holder_on(shop, DAY).name == "郑副主任"
        row = list_rows(scope_of(staffed.place, DAY), ListFilter(grade="B")).get()
        assert (row.pk, row.holder_name) == (shop.pk, "郑副主任")
        assert list_counts(scope_of(staffed.place, DAY))["uncovered"] == 0


def test_loads_are_counted_in_one_query(staffed, django_assert_num_queries):
    staffed.approved()
    with django_assert_num_queries(1):
        loads = {cadre.post.person_name: cadre.load for cadre in cadres_with_loads(CadreFilter(), DAY)}
    assert loads == {"郑副主任": 2, "王小明": 2, "陈志强": 2}
    assert load_counts(DAY, caps=dict.fromkeys(("street", "community"), TierCap("层级", 1, "soft", ""))) == {
        "all": 3,
        "free": 0,
        "over": 3,
        "entities": 6,
    }


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (CadreFilter(tier="street"), ["郑副主任"]),
        (CadreFilter(words="王"), ["王小明"]),
        (CadreFilter(tab="over"), []),
        (CadreFilter(tab="free"), ["新委员"]),
    ],
)
def test_cadres_are_found_by_tier_name_and_load(staffed, asked, names):
    staffed.approved()
    staffed.cadre("新委员", "二社区")
    assert [
        cadre.post.person_name
        for cadre in cadres_with_loads(asked, DAY, caps={"community": TierCap("居民区", 10, "soft", "")})
    ] == names


def test_rows_of_the_list_carry_their_holder_in_one_query(staffed, django_assert_num_queries):
    staffed.approved()
    scope = scope_of(staffed.place, DAY)
    with django_assert_num_queries(1):
        rows = [
            (entity.grade, entity.jurisdiction.name, entity.holder_name) for entity in list_rows(scope, ListFilter())
        ]
    assert rows == [
        ("B", "一社区", "郑副主任"), ("B", "二社区", "郑副主任"), ("C", "一社区", "王小明"),
        ("C", "二社区", "陈志强"), ("D", "一社区", "王小明"), ("D", "二社区", "陈志强"),
    ]  # fmt: skip


def test_a_cadre_has_only_his_own_entities(staffed):
    staffed.approved()
    wang = staffed.cast.wang
    mine = [each.entity.jurisdiction.name for each in my_entities(wang, DAY)]
    assert mine == ["一社区", "一社区"]
    seen = entities_seen_by(wang, DAY)
    assert set(seen.values_list("pk", flat=True)) == {staffed.made[2].pk, staffed.made[3].pk}
    assert entities_seen_by(staffed.cast.li, DAY).count() == 8
    assert entities_seen_by(staffed.cast.wu, DAY).count() == 0
