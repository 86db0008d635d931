"""谁在哪天负责: answers for any day equal the facts, and the days without anybody are counted."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from cadres.actions.changes import register_change
from cadres.models import Assignment, Cadre
from cadres.rules.changes import CadreChangeKind
from entities.models import StatusRecord
from entities.rules.changes import Occasion
from reports.queries.answered import answered_past
from reports.rules import days_in, gaps
from tenancy.models import Post
from tenancy.scoping import acting_in
from tests.supervision.desk import Desk

FIRST = date(2026, 3, 2)
DAYS = st.integers(0, 40)
SPANS = st.lists(st.tuples(DAYS, DAYS).map(sorted), max_size=6)


def spans(pairs) -> list[tuple[date, date]]:
    return [(FIRST + timedelta(days=a), FIRST + timedelta(days=b)) for a, b in pairs]


def days(found) -> set[date]:
    return {since + timedelta(days=n) for since, until in found for n in range((until - since).days)}


@given(owed=st.tuples(DAYS, DAYS).map(sorted), answered=SPANS)
def test_gaps_are_the_owed_days_on_which_nobody_answered(owed, answered) -> None:
    found = gaps(spans([owed]), spans(answered))
    assert days(found) == days(spans([owed])) - days(spans(answered))
    assert days_in(found) == len(days(found))


@pytest.fixture
def shop(desk: Desk):
    """In operation since 2 March; Wang from 9 March, Chen from 1 June after Wang had left on 25 May."""
    entity = desk.entity("莲花面馆", cadre="")
    StatusRecord.objects.create(
        entity=entity, place=entity.place, status="active", source="office", valid=(FIRST, None)
    )
    desk.assign(entity, "wang", since=date(2026, 3, 9))
    return entity


def ended(entity, on: date) -> None:
    held = Assignment.objects.get(entity=entity, valid__upper_inf=True)
    held.valid = (held.valid.lower, on)
    held.save()


@pytest.mark.req("HL-05")
@pytest.mark.parametrize("kind", list(CadreChangeKind))
def test_whoever_left_answers_no_longer_though_nobody_has_taken_over(desk: Desk, shop, kind) -> None:
    left, taken, today = date(2026, 5, 25), date(2026, 6, 1), date(2026, 6, 30)
    register_change(desk.cadres["wang"], kind, Occasion(left, "调离"), by=desk.cast.li, on=left)
    ended(shop, taken)
    desk.assign(shop, "chen", since=taken)
    past = answered_past(shop, today)
    chen, wang = desk.cadres["chen"].pk, desk.cadres["wang"].pk
    asked = [date(2026, 3, 8), date(2026, 3, 9), date(2026, 5, 24), left, date(2026, 5, 31), taken, today]
    found = [past.on(day) for day in asked]
    assert [each and each.assignment.cadre_id for each in found] == [None, wang, wang, None, None, chen, chen]
    assert past.gaps == [(FIRST, date(2026, 3, 9)), (left, taken)]
    assert past.days_without == 7 + 7


def test_a_closed_shop_needs_nobody(desk: Desk, shop) -> None:
    StatusRecord.objects.filter(entity=shop).update(valid=(FIRST, date(2026, 3, 5)))
    assert answered_past(shop, date(2026, 6, 30)).gaps == [(FIRST, date(2026, 3, 5))]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_past_takes_five_questions_however_long_it_is(desk: Desk, shop, rows) -> None:
    for number in range(rows - 1):
        day = date(2026, 4, 1) + timedelta(days=30 * number)
        ended(shop, day)
        desk.assign(shop, ("chen", "wang")[number % 2], since=day)
    with CaptureQueriesContext(connection) as seen:
        past = answered_past(shop, date(2026, 11, 1))
    assert (len(past.held), len(seen)) == (rows, 5)


def test_a_community_reads_who_answers_above_it_without_reading_his_post(desk: Desk, shop) -> None:
    """A street's cadre stands where a community cannot look; its own shop is not nobody's for that."""
    place = desk.cast.places["甲街道"]
    post = Post.objects.create(
        jurisdiction=place, place=place.path, role="cadre", person_name="郑副主任", title="副主任", valid=(FIRST, None)
    )
    above = Cadre.objects.create(post=post, place=post.place, tier="street", category="deputy")
    ended(shop, date(2026, 4, 1))
    Assignment.objects.create(
        entity=shop, place=shop.place, cadre=above, cadre_place=above.place, cadre_name="郑副主任", tier="street",
        valid=(date(2026, 4, 1), None),
    )  # fmt: skip
    with acting_in(shop.place):
        assert not Cadre.objects.filter(pk=above.pk).exists()
        found = answered_past(shop, date(2026, 6, 30)).on(date(2026, 5, 1))
    assert found is not None
    assert found.assignment.cadre_name == "郑副主任"
