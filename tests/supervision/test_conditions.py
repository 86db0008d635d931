"""Lines of a plan that ask who answers, what time of the year it is, and what the last visits found."""

from datetime import date

import pytest

from cadres.models import Assignment
from entities.models import Entity
from supervision.queries.mine import my_document
from supervision.queries.profiles import with_facts
from tests.supervision.desk import picture, sha
from tests.supervision.test_frequency import owed

OPENED = date(2026, 10, 1)
BY_TIER = [{"when": {"tiers": ["street"]}, "times": 2, "per": "quarter"}, {"times": 1, "per": "quarter"}]
SUMMER = [
    {"when": {"season": {"from": "06-01", "until": "08-31"}}, "times": 1, "per": "month"},
    {"times": 1, "per": "quarter"},
]
CLEAN = [{"when": {"clean_visits": 2}, "times": 1, "per": "half_year"}, {"times": 1, "per": "quarter"}]


def cycles(name: str) -> list[tuple[str, int, str]]:
    return [(cycle, ordinal, due) for _name, cycle, ordinal, _times, due, _quarter in owed(name)]


def test_the_tier_that_answers_decides_how_often(desk):
    desk.under(frequency=BY_TIER)
    low, high = desk.entity("小店"), desk.entity("大店")
    Assignment.objects.filter(entity=high).update(tier="street")
    desk.open(OPENED)
    assert cycles("大店") == [("2026Q4", 1, "12-31"), ("2026Q4", 2, "12-31")]
    assert cycles("小店") == [("2026Q4", 1, "12-31")]
    Assignment.objects.filter(entity=low).update(tier="street")
    Assignment.objects.filter(entity=high).update(tier="community")
    desk.open(date(2026, 10, 2))
    assert (len(cycles("小店")), len(cycles("大店"))) == (2, 1)


def test_a_season_owes_the_cycles_that_begin_in_it(desk):
    desk.under(frequency=SUMMER)
    desk.entity("冷饮店")
    desk.open(date(2026, 4, 2))
    assert cycles("冷饮店") == [("2026Q2", 1, "06-30"), ("2026-06", 1, "06-30")]
    desk.open(date(2026, 7, 1))
    assert cycles("冷饮店")[2:] == [("2026-07", 1, "07-31"), ("2026-08", 1, "08-31")]
    for day in (date(2026, 8, 31), date(2026, 9, 2)):
        desk.open(day)
        assert len(cycles("冷饮店")) == 4
    desk.open(OPENED)
    assert cycles("冷饮店")[4:] == [("2026Q4", 1, "12-31")]


def test_months_are_held_against_the_first_day_of_a_cycle_too(desk):
    months = [{"when": {"months": [1, 2, 10]}, "times": 1, "per": "month"}, {"times": 0, "per": "quarter"}]
    desk.under(frequency=months)
    desk.entity("月饼店")
    desk.open(OPENED)
    assert cycles("月饼店") == [("2026-10", 1, "10-31")]


@pytest.fixture
def visited(desk):
    """Two visits that found nothing, the second a quarter after the first."""
    desk.under(frequency=CLEAN)
    shop = desk.entity("放心店")
    for day in (date(2026, 4, 8), date(2026, 7, 8)):
        desk.open(day)
        desk.submit(shop, on=day)
    return desk


def test_a_clean_record_is_visited_less_until_a_problem_is_found(visited):
    visited.open(OPENED)
    assert cycles("放心店")[2:] == []
    visited.submit(visited.entities[0], on=date(2026, 10, 8), answers=visited.answers(storage="冷藏柜温度不达标"))
    visited.open(date(2026, 10, 9))
    assert cycles("放心店")[2:] == [("2026Q4", 1, "12-31")]


def test_the_phone_says_the_line_that_counts_today(visited):
    assert my_document(visited.cast.wang, OPENED)["entities"][0]["frequency"][:6] == "每半年1次（"
    visited.submit(visited.entities[0], on=date(2026, 10, 8), answers=visited.answers(storage="冷藏柜温度不达标"))
    assert my_document(visited.cast.wang, date(2026, 10, 9))["entities"][0]["frequency"][:6] == "每季度1次（"


def test_a_task_list_may_be_for_the_shops_of_one_tier(desk):
    def listed(code: str, **when) -> dict:
        items = [{"code": f"{code}-1", "text": f"{code}看一看"}]
        return {"code": code, "name": code, "when": when, "sections": [{"code": "s", "title": "看", "items": items}]}

    desk.under(checklists=[listed("leaders", tiers=["street"]), listed("rest")])
    desk.entity("小店")
    high = desk.entity("大店")
    Assignment.objects.filter(entity=high).update(tier="street")
    desk.open(OPENED)
    document = my_document(desk.cast.wang, OPENED)
    codes = {row["name"]: document["task_lists"][row["task_list"]]["code"] for row in document["entities"]}
    assert codes == {"小店": "rest", "大店": "leaders"}
    visit = desk.submit(
        high, on=OPENED, task_list=next(row["task_list"] for row in document["entities"] if row["id"] == high.pk), photos=[sha(picture())],
        answers=[{"item": "leaders-1", "answer": "yes"}],
    ).visit  # fmt: skip
    assert visit.task_list.code == "leaders"


def test_the_facts_of_one_and_of_three_shops_cost_the_same(desk, django_assert_num_queries):
    for number in range(3):
        desk.entity(f"{number}号店")
    for many in (1, 3):
        with django_assert_num_queries(3):
            assert len(with_facts(Entity.objects.order_by("pk")[:many], OPENED)) == many
