"""Which problems reach the station: only what is left open, or everything, as the plan says."""

from datetime import date

import pytest

from supervision.actions import issues
from supervision.models import Issue
from supervision.queries.mine import my_document
from tenancy.models import Notice
from tests.supervision.desk import NOW, TODAY

ALL = {"notify_rule": "all"}


def on_the_spot(desk, shop) -> Issue:
    """A problem the cadre had mended before he left."""
    answers = desk.answers(storage="冷藏柜温度不达标")
    next(row for row in answers if row["item"] == "storage")["disposal"] = "on_spot"
    return desk.submit(shop, answers=answers).visit.issues.get()


@pytest.fixture
def told_of_all(desk):
    desk.under(**ALL)
    shop = desk.entity("莲花面馆", business_type="catering")
    desk.open()
    return desk, on_the_spot(desk, shop)


@pytest.mark.req("GM-23")
def test_where_only_open_problems_are_notified_one_mended_on_the_spot_is_settled(desk, shop):
    issue = on_the_spot(desk, shop)
    assert (issue.state, issue.holder_kind, issue.due_on) == ("fixed_on_spot", "nobody", None)
    page = desk.client("zhou").get("/issues/?tab=station").content.decode()
    assert "冷藏柜温度不达标" not in page


@pytest.mark.req("HL-14")
def test_where_all_are_notified_one_mended_on_the_spot_reaches_the_station_with_its_clock(told_of_all):
    desk, issue = told_of_all
    assert (issue.route, issue.state, issue.holder_kind) == ("on_spot", "notified", "station")
    assert issue.due_on == date(2026, 11, 23)
    page = desk.client("zhou").get("/issues/?tab=station").content.decode()
    assert "冷藏柜温度不达标" in page and "已现场处置并通报" in page


@pytest.mark.req("HL-14")
def test_the_stations_result_is_told_to_the_cadre_who_then_closes(told_of_all):
    desk, issue = told_of_all
    act = {"by": desk.cast.zhou, "on": TODAY, "at": NOW}
    issues.acknowledge(issue, text="", **act)
    issues.start(issue, text="", **act)
    told = issues.answer(issue, text="已现场核查，责令改正", **act)
    assert list(Notice.objects.values_list("post", "text")) == [
        (desk.cast.wang.pk, "莲花面馆：问题已反馈，请核实：已现场核查，责令改正")
    ]
    seen = told.events.get(verb="answer").pk
    closed = issues.close(issue, seen=seen, by=desk.cast.wang, on=TODAY, at=NOW)
    assert (closed.state, closed.route) == ("closed", "on_spot")


@pytest.mark.req("HL-14")
def test_an_open_problem_is_handed_over_under_either_rule(desk):
    desk.under(**ALL)
    shop = desk.entity("莲花面馆", business_type="catering")
    desk.open()
    assert desk.issue(shop).state == "handed_over"


@pytest.mark.req("HL-14", "GM-23")
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "能当场整改的当场整改，不能的移交市场所（闵古办〔2022〕40号 三（二））"),
        (ALL, "发现的问题都通报市场所，已当场整改的也通报（闵古办〔2022〕40号 三（二））"),
    ],
)
def test_the_phone_says_which_rule_holds_with_its_clause(desk, values, sentence):
    if values:
        desk.under(**values)
    desk.entity("莲花面馆")
    desk.open()
    (row,) = my_document(desk.cast.wang, TODAY)["entities"]
    assert row["notify"] == sentence


def test_a_quarter_opened_under_the_old_rule_keeps_it(desk, shop):
    desk.under(since=date(2026, 11, 20), **ALL)
    assert on_the_spot(desk, shop).state == "fixed_on_spot"
