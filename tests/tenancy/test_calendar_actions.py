"""Corrections and settled years in the database: who writes them, who reads them, what cannot be."""

from datetime import date

import pytest

from tenancy.actions.accounts import appoint
from tenancy.actions.calendar import correct_calendar, settle_year, unsettle_year
from tenancy.models import AuditEvent, CalendarDay, CalendarYear, Jurisdiction, Post
from tenancy.queries.calendars import Calendars
from tenancy.queries.plans import calendar_for
from tenancy.rules.calendar import WorkCalendar
from tenancy.rules.corrections import Change, Correction
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.rules.roles import Role
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast

NEW_YEAR_EVE, BRIDGE = date(2026, 12, 31), date(2027, 1, 2)


def off(day: date, reason: str = "停电检修") -> Correction:
    return Correction(day, is_workday=False, reason=reason)


def keeper(cast: Cast, place: str) -> Post:
    """Whoever keeps the plan of a place."""
    node = cast.places[place]
    return appoint(node, role=Role.PLAN_EDITOR, person_name=f"{place}方案员", since=SINCE, by=None)


@pytest.fixture
def street(cast: Cast) -> Jurisdiction:
    return cast.places["甲街道"]


def test_a_correction_is_written_read_from_below_and_taken_back_with_a_trace(cast, street):
    with acting_in(street.path):
        correct_calendar(
            street, Change((off(NEW_YEAR_EVE), Correction(BRIDGE, is_workday=True, reason="补班"))), by=cast.bian
        )
    with acting_in(cast.places["一社区"].path):
        own = calendar_for(cast.places["一社区"].path)
        assert (own.is_workday(NEW_YEAR_EVE), own.is_workday(BRIDGE)) == (False, True)
        assert own.correction_on(NEW_YEAR_EVE) == "本地调整为休息日（甲街道更正：停电检修）"
    with acting_in(street.path):
        correct_calendar(street, Change(removed=(NEW_YEAR_EVE,)), by=cast.bian)
        assert calendar_for(street.path).is_workday(NEW_YEAR_EVE)
        told = list(
            AuditEvent.objects.order_by("pk").filter(action="tenancy.calendar.corrected").values_list("before", "after")
        )
    assert told == [
        ({"removed": []}, {"added": ["2026-12-31 休息 停电检修", "2027-01-02 上班 补班"]}),
        ({"removed": ["2026-12-31 休息 停电检修"]}, {"added": []}),
    ]


def test_the_nearest_place_has_the_last_word_and_the_next_street_hears_nothing(cast, street):
    district = cast.places["东城区"]
    with acting_in(district.path):
        correct_calendar(district, Change((off(NEW_YEAR_EVE), off(date(2026, 12, 30)))), by=keeper(cast, "东城区"))
    with acting_in(street.path):
        correct_calendar(street, Change((Correction(NEW_YEAR_EVE, is_workday=True, reason="照常"),)), by=cast.bian)
    days = [date(2026, 12, 30), NEW_YEAR_EVE]
    for place, expected in (("一社区", [False, True]), ("三社区", [False, False]), ("四社区", [True, True])):
        with acting_in(cast.places[place].path):
            assert [calendar_for(cast.places[place].path).is_workday(day) for day in days] == expected


def test_a_subtree_read_at_once_gives_every_place_the_calendar_it_has_alone(cast, street):
    district = cast.places["东城区"]
    with acting_in(district.path):
        editor = keeper(cast, "东城区")
        correct_calendar(district, Change((off(NEW_YEAR_EVE),)), by=editor)
        settle_year(district, 2027, document="国办发明电〔2026〕9号", by=editor)
        correct_calendar(street, Change((Correction(NEW_YEAR_EVE, is_workday=True, reason="照常"),)), by=cast.bian)
        around = Calendars.around(district.path)
        for name in ("东城区", "甲街道", "一社区", "乙街道", "三社区"):
            path = cast.places[name].path
            assert around.of(path) == calendar_for(path)


@pytest.mark.parametrize("many", [1, 3])
def test_a_calendar_is_one_question(cast, street, many, django_assert_num_queries):
    with acting_in(street.path):
        days = [off(date(2026, 12, 20 + number)) for number in range(many)]
        correct_calendar(street, Change(tuple(days)), by=cast.bian)
        for year in range(2027, 2027 + many):
            settle_year(street, year, document="通知", by=cast.bian)
        with django_assert_num_queries(1):
            own = calendar_for(street.path)
    assert (len(own.overrides), len(own.settled)) == (many, many)


def test_a_day_that_bears_a_correction_bears_no_second_one(cast, street):
    with acting_in(street.path):
        correct_calendar(street, Change((off(NEW_YEAR_EVE),)), by=cast.bian)
        with pytest.raises(Refused, match="2026-12-31 已有更正，要改请先撤回那一条"):
            correct_calendar(street, Change((off(BRIDGE), off(NEW_YEAR_EVE))), by=cast.bian)
        with pytest.raises(Refused, match="2027-01-02 已有更正"):
            correct_calendar(street, Change((off(BRIDGE), off(BRIDGE))), by=cast.bian)
        with pytest.raises(Refused, match="2027-01-02 没有本单位的更正，可能已经撤回"):
            correct_calendar(street, Change(removed=(NEW_YEAR_EVE, BRIDGE)), by=cast.bian)
        with pytest.raises(Refused, match="没有要更正或撤回的日期"):
            correct_calendar(street, Change(), by=cast.bian)
        assert list(CalendarDay.objects.values_list("day", "name")) == [(NEW_YEAR_EVE, "停电检修")]
        # Taken back and said anew in one change.
        correct_calendar(street, Change((off(NEW_YEAR_EVE, "改期"),), (NEW_YEAR_EVE,)), by=cast.bian)
        assert list(CalendarDay.objects.values_list("day", "name")) == [(NEW_YEAR_EVE, "改期")]


def test_a_settled_year_counts_as_published_until_it_is_taken_back(cast, street):
    with acting_in(street.path):
        assert calendar_for(street.path).is_estimated(BRIDGE)
        settle_year(street, 2027, document=" 国办发明电〔2026〕9号 ", by=cast.bian)
        assert not calendar_for(street.path).is_estimated(BRIDGE)
        with pytest.raises(Refused, match="2027 年已经核定过"):
            settle_year(street, 2027, document="又一次", by=cast.bian)
        assert Calendars.along(street.path).settled_by(street.path, 2027).document == "国办发明电〔2026〕9号"
        unsettle_year(street, 2027, by=cast.bian)
        assert calendar_for(street.path) == WorkCalendar()
        with pytest.raises(Refused, match="没有核定过 2027 年"):
            unsettle_year(street, 2027, by=cast.bian)
        trail = AuditEvent.objects.filter(action__startswith="tenancy.calendar.").order_by("pk")
        assert [event.action.rpartition(".")[2] for event in trail] == ["settled", "unsettled"]


@pytest.mark.parametrize(("year", "document"), [(1900, "通知"), (9999, "通知"), (2027, ""), (2027, "长" * 61)])
def test_a_year_out_of_reach_or_without_a_paper_is_not_settled(cast, street, year, document):
    with acting_in(street.path):
        with pytest.raises(Refused, match=r"没有 (1900|9999) 年的工作日历|请写明核定这一年的依据"):
            settle_year(street, year, document=document, by=cast.bian)
        assert not CalendarYear.objects.exists()


@pytest.mark.parametrize("name", ["li", "zhou", "wang", "leng"])
def test_only_who_keeps_the_plan_corrects_its_calendar(cast, street, name):
    with acting_in(street.path):
        for act in (
            lambda by: correct_calendar(street, Change((off(BRIDGE),)), by=by),
            lambda by: settle_year(street, 2027, document="通知", by=by),
            lambda by: unsettle_year(street, 2027, by=by),
        ):
            with pytest.raises(Forbidden, match="维护实施方案"):
                act(cast.posts[name])
