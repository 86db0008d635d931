"""Reminders of a quarter: one digest for each cadre and step, once, and none when everything is done."""

from datetime import UTC, date, datetime

import pytest

from supervision.actions.reminding import write_reminders
from supervision.models import Quarter
from tenancy.models import Notice

OPENED = date(2026, 10, 8)
# Working days around 31 December 2026: twenty before, five before, one after, five after.
FIRST, SECOND, AFTER, OFFICE = date(2026, 12, 3), date(2026, 12, 24), date(2027, 1, 4), date(2027, 1, 8)


@pytest.fixture
def owing(desk):
    """Wang owes two visits, Chen one."""
    desk.entity("一号店")
    desk.entity("二号店")
    desk.entity("三号店", "二社区", cadre="chen")
    desk.open(OPENED)
    return desk


def remind(desk, on: date) -> int:
    return write_reminders(desk.cast.places["甲街道"], on=on, at=datetime(on.year, on.month, on.day, tzinfo=UTC))


def said(name: str, desk) -> list[str]:
    return list(Notice.objects.filter(post=desk.cast.posts[name]).order_by("pk").values_list("text", flat=True))


def test_nothing_is_said_before_the_first_day_of_the_ladder(owing):
    assert remind(owing, date(2026, 12, 2)) == 0


def test_each_cadre_gets_one_digest_naming_what_he_still_owes(owing):
    assert remind(owing, FIRST) == 2
    assert said("wang", owing) == ["本季还有 2 家未督导：二号店、一号店。期限 12月31日。季度材料 12月25日 前报送。"]
    assert said("chen", owing) == ["本季还有 1 家未督导：三号店。期限 12月31日。季度材料 12月25日 前报送。"]
    assert Notice.objects.values_list("due_on", "url").first() == (date(2026, 12, 31), "/my/")


def test_a_second_beat_and_the_days_until_the_next_step_say_nothing_more(owing):
    assert [remind(owing, day) for day in (FIRST, FIRST, date(2026, 12, 8), SECOND, SECOND)] == [2, 0, 0, 2, 0]


def test_after_an_outage_only_the_latest_step_is_said(owing):
    assert remind(owing, date(2026, 12, 29)) == 2
    assert list(Notice.objects.values_list("key", flat=True).distinct()) == [f"quarter:{quarter().pk}:holder:-5"]


def quarter() -> Quarter:
    return Quarter.objects.get()


def test_who_has_finished_is_told_nothing(owing):
    owing.submit(owing.entities[2], by=owing.cast.chen)
    owing.submit(owing.entities[0])
    assert remind(owing, FIRST) == 1
    assert said("wang", owing)[0].startswith("本季还有 1 家未督导：二号店。")
    assert said("chen", owing) == []


def test_after_the_end_the_cadre_is_told_and_then_the_office_without_names_of_persons(owing):
    assert [remind(owing, AFTER), remind(owing, OFFICE)] == [2, 1]
    assert said("wang", owing) == ["2026年第4季度已于12月31日到期，您还有 2 家未督导：二号店、一号店。请尽快补做。"]
    assert said("li", owing) == ["2026年第4季度还有 3 家未督导：二号店、三号店、一号店。期限 12月31日。"]
    assert said("qian", owing) == []


def test_a_quarter_opened_late_says_no_step_that_was_before_its_opening(desk):
    desk.entity("一号店")
    desk.open(date(2026, 12, 10))
    assert remind(desk, date(2026, 12, 10)) == 0
    assert remind(desk, SECOND) == 1


@pytest.mark.parametrize("many", [1, 3])
def test_the_statements_do_not_grow_with_the_cadres_work(desk, many, django_assert_num_queries):
    for number in range(many):
        desk.entity(f"第{number}店")
    desk.open(OPENED)
    with django_assert_num_queries(7):
        remind(desk, FIRST)
