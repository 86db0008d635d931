"""摸底: officers find and draft, communities and streets confirm, sums go up by line, closing makes facts of drafts."""

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from entities.actions.surveys import (
    Found,
    add_line,
    close_survey,
    confirm_lines,
    draft_line,
    export_survey,
    open_survey,
    return_line,
)
from entities.models import Entity, EntityChange, GradeDecision, Survey, SurveyLine
from entities.queries.surveys import summed, sums_of
from entities.rules.surveys import OUTCOME_LABELS, Outcome
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent
from tenancy.plans import shipped_plan
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_register_acts import LATER, added, row_of

START, END = date(2026, 10, 8), date(2026, 10, 31)
SHOPS = {"面馆": "catering", "超市": "retail", "粮油厂": "production", "奶粉店": "special_sales"}


@pytest.fixture
def shops(cast: Cast) -> dict[str, Entity]:
    """One shop of each line of business, in 一社区, graded D or C under the Gumei plan."""
    place = cast.places["甲街道"]
    with acting_in(place.path):
        adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=None)
    return {name: added(cast, name, business_type=kind, phone="") for name, kind in SHOPS.items()}


@pytest.fixture
def survey(cast: Cast, shops):
    with acting_in(cast.li.place):
        yield open_survey(
            cast.places["甲街道"],
            name="秋季摸底",
            starts_on=START,
            ends_on=END,
            surveyors="市场监管所",
            by=cast.li,
            on=START,
        )


def line(name: str) -> SurveyLine:
    return SurveyLine.objects.get(name=name)


def draft(
    cast: Cast, name: str, outcome: Outcome = Outcome.CONFIRMED, grade: str = "", who: str = "zhou", **facts
) -> SurveyLine:
    row = (
        row_of(cast, name, **{"phone": None, "business_type": SHOPS.get(name, "catering"), **facts}) if facts else None
    )
    cells = {
        "name": name, "business_type": "餐饮服务", "staff": str(facts.get("staff", "")), "revenue": str(facts.get("revenue", "")),
        "area": "一社区",
    }  # fmt: skip
    found = Found(outcome, grade, "实地查看" if grade else "", row, cells if row else None)
    if outcome is Outcome.NEW:
        return add_line(Survey.objects.get(), found, by=cast.posts[who], on=START)
    return draft_line(line(name), found, by=cast.posts[who], on=START)


def confirm(cast: Cast, who: str = "li") -> int:
    return confirm_lines(Survey.objects.get(), None, by=cast.posts[who], on=END)


@pytest.mark.req("GM-35")
def test_a_round_lists_every_shop_in_operation_and_who_goes_from_when_to_when(cast, survey, shops):
    assert sorted(survey.lines.values_list("name", "state")) == sorted((name, "listed") for name in SHOPS)
    assert (survey.starts_on, survey.ends_on, survey.surveyors) == (START, END, "市场监管所")
    assert AuditEvent.objects.get(action="entities.survey.opened").after == {"name": "秋季摸底", "entities": 4}
    with pytest.raises(Refused, match="早于开始日期"):
        open_survey(
            cast.places["甲街道"], name="错", starts_on=END, ends_on=START, surveyors="所", by=cast.li, on=START
        )


@pytest.mark.req("GM-35", "SN-02")
def test_what_was_found_stands_with_day_person_and_drafted_grade_and_changes_nothing_yet(cast, survey, shops):
    drafted = draft(cast, "面馆", Outcome.CHANGED, "B", staff=30, revenue=900)
    assert (drafted.outcome, drafted.computed, drafted.grade) == ("changed", "C", "B")
    assert (drafted.drafted_by_name, drafted.drafted_on, drafted.state) == (str(cast.zhou), START, "drafted")
    shops["面馆"].refresh_from_db()
    assert (shops["面馆"].staff, shops["面馆"].grade, GradeDecision.objects.count()) == (5, "D", 0)


@pytest.mark.req("SN-02")
def test_the_sums_go_up_by_line_of_business(cast, survey, shops):
    draft(cast, "面馆", grade="C")
    draft(cast, "超市", Outcome.NOT_FOUND)
    draft(cast, "新摊", Outcome.NEW, staff=2, revenue=9)
    sums = {each.name: each for each in sums_of(survey, plan_in_force(survey.place, START).value)}
    assert {name: each.total for name, each in sums.items()} == {
        "食品生产": 1, "食品流通": 1, "餐饮服务": 2, "特殊食品": 1, "合计": 5
    }  # fmt: skip
    assert (sums["餐饮服务"].grades["C"], sums["餐饮服务"].outcomes["new"]) == (1, 1)
    assert (sums["食品流通"].outcomes["not_found"], sums["合计"].outcomes[""]) == (1, 2)


@pytest.mark.req("SN-02")
def test_nobody_confirms_what_he_drafted_himself(cast, survey):
    draft(cast, "面馆", who="li")
    with pytest.raises(Refused, match="须由另一人确认"):
        confirm(cast)
    draft(cast, "超市")
    assert confirm(cast) == 1
    assert (line("超市").state, line("超市").confirmed_by_name, line("面馆").state) == (
        "confirmed",
        str(cast.li),
        "drafted",
    )


def test_confirmed_it_is_written_no_more_until_it_is_sent_back(cast, survey):
    draft(cast, "面馆")
    confirm(cast)
    with pytest.raises(Refused, match="已由上级确认"):
        draft(cast, "面馆", Outcome.NOT_FOUND)
    with pytest.raises(Refused, match="退回的原因"):
        return_line(line("面馆"), reason=" ", by=cast.li)
    back = return_line(line("面馆"), reason="面积不对", by=cast.li)
    assert (back.state, back.returned, back.confirmed_by) == ("listed", "面积不对", None)
    assert draft(cast, "面馆", Outcome.NOT_FOUND).returned == ""


@pytest.mark.req("SN-02", "GM-35")
def test_closing_makes_facts_and_grades_of_the_drafts_by_the_registers_own_acts(cast, survey, shops):
    draft(cast, "面馆", Outcome.CHANGED, staff=30, revenue=900)
    draft(cast, "超市", grade="C")
    draft(cast, "粮油厂", Outcome.NOT_FOUND)
    draft(cast, "奶粉店")
    draft(cast, "新摊", Outcome.NEW, staff=2, revenue=9)
    with pytest.raises(Refused, match="5 家没有确认"):
        close_survey(survey, by=cast.qian, on=END)
    confirm(cast)
    closed = close_survey(survey, by=cast.qian, on=END)
    register = {entity.name: (entity.staff, entity.grade, entity.status) for entity in Entity.objects.all()}
    assert register["面馆"] == (30, "C", "active")
    assert (register["超市"][1], register["奶粉店"][1], register["粮油厂"][2]) == ("C", "D", "active")
    assert register["新摊"] == (2, "D", "active")
    change = EntityChange.objects.get(kind="resized")
    assert (change.since, change.reason) == (START, "秋季摸底")
    assert GradeDecision.objects.get().reason == "实地查看"
    assert line("粮油厂").result == "没有找到：附证明另行提出“查无下落”，台账未动"
    assert (line("新摊").entity.name, line("面馆").result) == ("新摊", "资料已更新；C 级")
    assert (closed.closed_on, closed.sums[-1]["total"]) == (END, 5)


def test_what_the_register_refuses_stands_on_the_line_and_stops_nothing(cast, survey, shops):
    # The plan allows no grade below what the rules give.
    bigger = added(cast, "大面馆", staff=30, revenue=900, phone="")
    assert bigger.grade == "C"
    again = open_survey(
        cast.places["甲街道"], name="再摸", starts_on=START, ends_on=END, surveyors="所", by=cast.li, on=START
    )
    for each in again.lines.all():
        found = Found(Outcome.CONFIRMED, "D" if each.name == "大面馆" else "", "以为是微型")
        draft_line(each, found, by=cast.zhou, on=START)
    confirm_lines(again, None, by=cast.li, on=END)
    close_survey(again, by=cast.qian, on=END)
    assert again.lines.get(name="大面馆").result.startswith("没有写入：规则判定 C 级，方案不允许人工降为 D 级")
    assert {each.state for each in again.lines.all()} == {"applied"}


def test_a_closed_round_keeps_its_sums_and_takes_nothing_more(cast, survey, shops):
    for name in SHOPS:
        draft(cast, name)
    confirm(cast)
    closed = close_survey(survey, by=cast.qian, on=END)
    doc = plan_in_force(survey.place, START).value
    before = sums_of(closed, doc)
    SurveyLine.objects.update(grade="A")
    assert sums_of(closed, doc) == before
    with pytest.raises(Refused, match="已经结束"):
        add_line(closed, Found(Outcome.NEW, "", "", row_of(cast, "晚了"), {}), by=cast.zhou, on=END)
    with pytest.raises(Refused, match="已于 2026-10-31 结束"):
        close_survey(closed, by=cast.qian, on=LATER)


@pytest.mark.filterwarnings("ignore:Cannot parse header or footer")
def test_the_workbook_has_the_sums_and_the_shops(cast, survey):
    draft(cast, "面馆", grade="C")
    book = load_workbook(io.BytesIO(export_survey(survey, by=cast.li, on=END)))
    cells = [[cell for cell in row if cell is not None] for row in book["条线汇总"].iter_rows(values_only=True)]
    assert any(row[:2] == ["餐饮服务", 1] for row in cells)
    assert any("实地查看" in row for row in book["明细"].iter_rows(values_only=True))


groups = st.lists(
    st.tuples(
        st.sampled_from(["catering", "retail", "unknown"]), st.sampled_from(["A", "B", "C", "D", ""]),
        st.sampled_from([*OUTCOME_LABELS, ""]), st.integers(1, 9),
    )
)  # fmt: skip


@given(groups)
def test_the_whole_is_the_sum_of_its_lines(found):
    *lines, whole = summed(found, {"catering": "catering", "retail": "distribution"})
    assert whole.total == sum(each.total for each in lines) == sum(number for *_, number in found)
    assert all(sum(each.graded) == sum(each.found) == each.total for each in (*lines, whole))


def over_http(cast: Cast) -> int:
    with acting_in(cast.li.place):
        made = open_survey(
            cast.places["甲街道"], name="秋季摸底", starts_on=START, ends_on=END, surveyors="所", by=cast.li, on=START
        )
    return made.pk


def test_officer_office_and_district_go_their_steps_on_the_pages(cast, shops):
    client = cast.client("li")
    made = client.post(
        "/entities/surveys/",
        {"name": "秋季摸底", "starts_on": "2026-10-08", "ends_on": "2026-10-31", "surveyors": "所"},
    )
    address = made["Location"]
    with acting_in(cast.li.place):
        lines = {each.name: each.pk for each in SurveyLine.objects.all()}
    zhou = cast.client("zhou")
    page = zhou.get(f"/entities/surveys/lines/{lines['面馆']}/").content.decode()
    assert 'name="outcome"' in page and 'name="phone"' not in page
    assert (
        zhou.post(f"/entities/surveys/lines/{lines['面馆']}/", {"outcome": "confirmed", "grade": "B"}).status_code
        == 422
    )
    for pk in lines.values():
        assert zhou.post(f"/entities/surveys/lines/{pk}/", {"outcome": "confirmed"}).status_code == 302
    assert zhou.post(f"{address}confirm/").status_code == 403
    assert "已确认 4 家" in client.post(f"{address}confirm/", follow=True).content.decode()
    assert zhou.post(f"{address}close/").status_code == 403
    page = cast.client("qian").post(f"{address}close/", follow=True).content.decode()
    assert "台账未动；D 级" in page and "已结束" in page
    assert cast.client("zhao").get(address).status_code == 404
    assert "秋季摸底" not in cast.client("zhao").get("/entities/surveys/").content.decode()


def test_the_endpoints_draft_with_the_cells_that_moved_and_find_a_new_shop(cast, shops):
    pk, zhou = over_http(cast), cast.client("zhou")
    shown = zhou.get(f"/api/surveys/{pk}/").json()
    noodles = next(each for each in shown["results"] if each["name"] == "面馆")
    sent = {"outcome": "changed", "staff": "30", "revenue": "900"}
    told = zhou.post(f"/api/survey-lines/{noodles['id']}/", sent, content_type="application/json").json()
    assert (told["computed"], told["state"], told["cells"]["staff"]) == ("C", "drafted", "30")
    new = {"name": "新摊", "business_type": "餐饮服务", "staff": "2", "revenue": "9", "area": "一社区", "accept": True}
    made = zhou.post(f"/api/surveys/{pk}/lines/", new, content_type="application/json")
    assert (made.status_code, made.json()["entity"]) == (201, None), made.content.decode()
    li = cast.client("li")
    assert li.post(
        f"/api/surveys/{pk}/confirm/", {"lines": [made.json()["id"]]}, content_type="application/json"
    ).json() == {"confirmed": 1}
    back = li.post(f"/api/survey-lines/{noodles['id']}/return/", {"reason": "再看"}, content_type="application/json")
    assert back.json()["returned"] == "再看"
    refused = cast.client("qian").post(f"/api/surveys/{pk}/close/")
    assert (refused.status_code, refused.json()["code"]) == (409, "survey-open")


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_asks_the_same_for_any_number_of_shops(cast, django_assert_num_queries, many):
    for number in range(many):
        added(cast, f"店{number}", phone="")
    pk, client = over_http(cast), cast.client("li")
    client.get(f"/entities/surveys/{pk}/")
    with django_assert_num_queries(19):
        assert len(client.get(f"/entities/surveys/{pk}/").context["rows"]) == many
