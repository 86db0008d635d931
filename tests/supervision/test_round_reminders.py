"""Reminders of first rounds: on the plan's ladder, to whoever still owes, each rung once."""

from datetime import UTC, date, datetime

import pytest

from supervision.actions.reminding import write_reminders
from tenancy.models import Notice
from tests.reports.conftest import LAST, Scene

SINCE, BY = date(2026, 7, 1), date(2026, 8, 31)
# Twenty and five working days before, one after; August has no holiday.
FIRST, SECOND, LATE = date(2026, 8, 3), date(2026, 8, 24), date(2026, 9, 1)
ENTITIES = {"code": "all", "name": "所有主体一遍", "kind": "every_entity", "by": BY.isoformat()}
CADRES = {"code": "each", "name": "每名干部一次", "kind": "every_cadre", "by": BY.isoformat()}


@pytest.fixture
def owing(desk):
    """Wang answers for two shops, Chen for one; nobody has been anywhere."""
    desk.under(since=SINCE, first_rounds=[ENTITIES, CADRES])
    desk.entity("一号店")
    desk.entity("二号店")
    desk.entity("三号店", "二社区", cadre="chen")
    return desk


def remind(desk, on: date) -> int:
    return write_reminders(desk.cast.places["甲街道"], on=on, at=datetime(on.year, on.month, on.day, tzinfo=UTC))


def said(name: str, desk) -> list[str]:
    held = Notice.objects.filter(post=desk.cast.posts[name], kind="first_round")
    return list(held.order_by("pk").values_list("text", flat=True))


@pytest.mark.req("LC-02")
def test_nothing_is_said_before_the_ladders_first_day_and_each_rung_once(owing) -> None:
    days = (date(2026, 8, 2), FIRST, FIRST, date(2026, 8, 20), SECOND, SECOND, LATE, date(2026, 9, 20))
    assert [remind(owing, day) for day in days] == [0, 4, 0, 0, 4, 0, 4, 0]


@pytest.mark.req("LC-02")
def test_a_cadre_reads_which_of_his_shops_and_until_when(owing) -> None:
    remind(owing, FIRST)
    assert said("wang", owing) == [
        "首轮督导“所有主体一遍”：您还有 2 家没有督导：二号店、一号店。期限 2026年08月31日。",
        "首轮督导“每名干部一次”：您还没有督导过。期限 2026年08月31日。",
    ]
    assert said("chen", owing)[0] == "首轮督导“所有主体一遍”：您还有 1 家没有督导：三号店。期限 2026年08月31日。"
    assert set(Notice.objects.values_list("due_on", "url")) == {(BY, "/my/")}
    remind(owing, LATE)
    assert said("chen", owing)[-1] == "首轮督导“每名干部一次”：您还没有督导过。期限 2026年08月31日 已过，请尽快补做。"


def test_who_has_been_there_is_told_nothing_of_it(owing) -> None:
    scene = Scene(owing.cast)
    for entity, name in ((owing.entities[2], "chen"), (owing.entities[0], "wang")):
        cadre = owing.cadres[name]
        scene.visited(scene.owes(entity, LAST, cadre=cadre), cadre, date(2026, 8, 10))
    assert remind(owing, SECOND) == 1
    assert said("chen", owing) == []
    assert said("wang", owing) == ["首轮督导“所有主体一遍”：您还有 1 家没有督导：二号店。期限 2026年08月31日。"]


def test_a_round_from_long_before_the_plan_reminds_nobody(desk) -> None:
    desk.under(since=date(2026, 10, 1), first_rounds=[ENTITIES])
    desk.entity("一号店")
    assert remind(desk, date(2026, 10, 9)) == 0


@pytest.mark.parametrize("many", [1, 3])
def test_the_statements_do_not_grow_with_the_cadres_work(desk, many, django_assert_num_queries) -> None:
    desk.under(since=SINCE, first_rounds=[ENTITIES])
    for number in range(many):
        desk.entity(f"第{number}店")
    with django_assert_num_queries(9):
        assert remind(desk, FIRST) == 1
