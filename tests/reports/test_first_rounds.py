"""首轮督导: every entity once by a day, every cadre once by a day; counted beside the quarters and listed by name."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from supervision.queries.first_rounds import first_rounds
from tenancy.actions.plans import adopt_plan
from tenancy.plans import NATIONAL, resolve, shipped_plan
from tenancy.rules.rounds import RoundState, state_of_round
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.reports.conftest import LAST, Scene

STREET = "990101/001/"
SINCE, BY_CADRES, BY_ENTITIES = date(2026, 7, 1), date(2026, 9, 10), date(2026, 9, 30)
ROUNDS = [
    {"code": "entities", "name": "所有主体一遍", "kind": "every_entity", "by": BY_ENTITIES.isoformat(), "clause": "二"},
    {"code": "licensed", "name": "获证的一遍", "kind": "every_entity", "by": BY_ENTITIES.isoformat(),
     "licensed_only": True, "strive": True},
    {"code": "cadres", "name": "每名干部一次", "kind": "every_cadre", "by": BY_CADRES.isoformat()},
]  # fmt: skip


@pytest.fixture
def street(cast: Cast, scene: Scene):
    """Three shops, one of them without a licence; visits on the last day in time, a day late, and before the plan."""
    place = cast.places["甲街道"]
    with acting_in(STREET):
        plan = shipped_plan("gumei").model_copy(deep=True)
        plan.values["first_rounds"] = ROUNDS
        adopt_plan(place, plan, since=SINCE, by=cast.bian)
        first, second = scene.cadre(tier="community"), scene.cadre(tier="community")
        days = ((first, BY_ENTITIES), (first, date(2026, 10, 1)), (second, date(2026, 6, 30)))
        for number, (cadre, day) in enumerate(days):
            shop = scene.entity(name=f"{number}号店", licence=number != 1)
            scene.assign(shop, cadre)
            scene.visited(scene.owes(shop, LAST, cadre=cadre), cadre, day)
    return place


def told(street, on: date) -> list[tuple[str, int, int, str]]:
    with acting_in(STREET):
        return [(each.terms.code, each.done, each.total, each.state.value) for each in first_rounds(street, on)]


@pytest.mark.req("GM-38", "LC-02", "LC-19")
def test_each_round_counts_its_own_visits_to_the_last_day_and_none_from_before_the_plan(street) -> None:
    assert told(street, BY_ENTITIES) == [
        ("entities", 1, 3, "running"), ("licensed", 1, 2, "running"), ("cadres", 0, 2, "missed"),
    ]  # fmt: skip
    # What is only striven for is short, not missed.
    assert told(street, date(2026, 10, 8)) == [
        ("entities", 1, 3, "missed"), ("licensed", 1, 2, "short"), ("cadres", 0, 2, "missed"),
    ]  # fmt: skip


@pytest.mark.req("GM-38", "LC-19")
@pytest.mark.parametrize(
    ("code", "kind", "by", "licensed", "strive"),
    [
        ("gumei", "every_entity", date(2022, 12, 31), True, True),
        ("lucheng", "every_entity", date(2022, 12, 31), False, False),
        ("lucheng", "every_cadre", date(2022, 11, 30), False, False),
    ],
)
def test_the_seeds_say_their_rounds(code, kind, by, licensed, strive) -> None:
    rounds = resolve([shipped_plan(NATIONAL).layer(), shipped_plan(code).layer()]).value.first_rounds
    assert (kind, by, licensed, strive) in [(each.kind, each.by, each.licensed_only, each.strive) for each in rounds]


@pytest.mark.parametrize(
    ("done", "total", "on", "strive", "state"),
    [
        (0, 0, BY_ENTITIES, False, RoundState.DONE),
        (3, 3, date(2027, 1, 1), False, RoundState.DONE),
        (2, 3, BY_ENTITIES, False, RoundState.RUNNING),
        (2, 3, date(2026, 10, 1), False, RoundState.MISSED),
        (2, 3, date(2026, 10, 1), True, RoundState.SHORT),
    ],
)
def test_where_a_round_stands(done, total, on, strive, state) -> None:
    assert state_of_round(done=done, total=total, by=BY_ENTITIES, strive=strive, on=on) is state


@pytest.mark.req("GM-38")
def test_the_page_names_whoever_is_missing(cast: Cast, street) -> None:
    with time_machine.travel("2026-10-08T10:00:00+08:00", tick=False):
        page = cast.client("li").get(reverse("reports:show-first-rounds"), {"round": "entities"}).content.decode()
    assert [f"{number}号店" in page for number in range(3)] == [False, True, True]
    assert "还差 2" in page and "逾期未完成" in page


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_asks_the_same_for_one_and_three(cast, scene, street, many, django_assert_num_queries) -> None:
    with acting_in(STREET):
        for number in range(many - 1):
            scene.assign(scene.entity(name=f"新{number}店"), scene.cadre(tier="community"))
    with time_machine.travel("2026-10-08T10:00:00+08:00", tick=False):
        client = cast.client("li")
        with django_assert_num_queries(23):
            assert client.get(reverse("reports:show-first-rounds"), {"round": "cadres"}).status_code == 200
