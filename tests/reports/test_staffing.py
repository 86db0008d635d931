"""两员配备: the plan's rules over a whole register, as page, answer, workbook, rate and line of work."""

import io
from datetime import date

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from entities.models import Entity, GradeRecord
from entities.queries.staffing import entity_staffing, with_named_staff
from reports.queries.desk import todo
from reports.queries.layers import Layers
from reports.queries.staffing import StaffingFilter, staffing_lines, staffing_rows, staffing_table, terms_in
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent
from tenancy.plans import NATIONAL, resolve, shipped_plan
from tenancy.plans.resolution import PlanLayer
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast, shown
from tests.reports.conftest import Scene

TODAY = date(2026, 10, 9)
STREET, OTHER = "990101/001/", "990101/002/"
URL = "/reports/staffing/"
VIEWS = ("", "short", "no-director", "no-officer", "complete", "with-director", "with-officer")


@pytest.fixture
def stocked(scene: Scene) -> Scene:
    """甲街道 under the national plan: two of the five classes, two that need an officer only, one that needs nobody."""
    with acting_in("990101/"):
        scene.entity(
            "一社区", "A", name="甲乳品厂", business_type="special_production", director="张总", officer="李安、王安"
        )
        scene.entity("一社区", "B", name="乙食堂", business_type="canteen", diners=1200, officer="赵安")
        scene.entity("二社区", "D", name="丙便利店", officer="孙安")
        scene.entity("二社区", "D", name="丁小吃店", business_type="catering")
        scene.entity("二社区", "D", name="戊摊", business_type="stall")
        scene.entity("二社区", "D", name="己关店", status="stopped")
        scene.entity("三社区", "A", name="邻街乳品厂", business_type="special_production")
    return scene


def names(scene: Scene, **asked) -> list[str]:
    place = scene.cast.places["甲街道"]
    with acting_in(STREET):
        rows = staffing_rows(StaffingFilter(place, **asked), scene.cast.li, TODAY, Layers.in_force(TODAY))
        return [row.name for row in rows]


@pytest.mark.req("HL-23")
def test_each_view_lists_whom_it_names(stocked: Scene) -> None:
    assert {view: names(stocked, show=view) for view in VIEWS} == {
        "": ["甲乳品厂", "乙食堂", "丙便利店", "丁小吃店"],
        "short": ["乙食堂", "丁小吃店"],
        "no-director": ["乙食堂"],
        "no-officer": ["丁小吃店"],
        "complete": ["甲乳品厂", "丙便利店"],
        "with-director": ["甲乳品厂"],
        "with-officer": ["甲乳品厂", "乙食堂", "丙便利店"],
    }
    assert names(stocked, five=True) == ["甲乳品厂", "乙食堂"]
    assert names(stocked, five=True, show="short") == ["乙食堂"]


def test_the_counts_are_those_of_the_lists(stocked: Scene) -> None:
    with acting_in("990101/"):
        places = [stocked.cast.places[name] for name in ("甲街道", "乙街道")]
        district, layers = stocked.cast.places["东城区"], Layers.in_force(TODAY)
        for five in (False, True):
            table = staffing_table(district, stocked.cast.qian, TODAY, layers, five=five, below=places)
            assert [tally.owed for _node, tally in table.parts] == [2 if five else 4, 1]
            for view, number in (
                ("", table.total.owed), ("short", table.total.short), ("no-director", table.total.no_director),
                ("no-officer", table.total.no_officer), ("complete", table.total.pair[0]),
                ("with-director", table.total.directors[0]), ("with-officer", table.total.officers[0]),
            ):  # fmt: skip
                asked = StaffingFilter(district, view, five)
                assert staffing_rows(asked, stocked.cast.qian, TODAY, layers).count() == number, (view, five)


CELLS = st.text("张李 、，,；;/\u3000", max_size=8)


@given(CELLS, CELLS, st.booleans(), st.sampled_from(["special_production", "canteen", "production", "stall"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_register_says_of_all_what_the_rule_says_of_one(scene: Scene, director, officer, both, kind) -> None:
    """Names divided by any sign, a size on the day, and one person in both offices."""
    place = scene.cast.places["甲街道"]
    with acting_in(STREET):
        entity = scene.entity(business_type=kind, director=director, officer=officer, diners=1000)
        sized = {"base": "A", "effective": "A", "size": "large", "rule": "r", "valid": DateRange(SINCE, None)}
        GradeRecord.objects.create(entity=entity, place=entity.place, **sized)
        rates = [{"code": "staffing", "name": "配备率", "both_roles_may_be_one": both}]
        layers = Layers({"": resolve([shipped_plan(NATIONAL).layer(), PlanLayer("试", "", {"rates": rates}, {})])})
        one, terms = entity_staffing(entity, layers.plan_of(place.path), TODAY), terms_in(layers, TODAY)
        found = with_named_staff(Entity.objects.filter(pk=entity.pk))
        answers = {
            name: found.filter(getattr(terms, name)).exists()
            for name in ("five_class", "lacks_director", "lacks_officer")
        }
    assert answers == {
        "five_class": one.five_class,
        "lacks_director": one.directors_short > 0,
        "lacks_officer": one.officers_short > 0,
    }


@pytest.mark.parametrize(("way", "is_short"), [("contracted", True), ("ordered", False), ("", False)])
def test_a_rule_about_the_way_of_supply_is_asked_of_one_and_of_all_alike(
    scene: Scene, way: str, is_short: bool
) -> None:
    rule = {
        "code": "contracted",
        "name": "承包食堂",
        "when": {"supply_ways": ["contracted"]},
        "director": True,
        "clause": "一",
    }
    layers = Layers(
        {"": resolve([shipped_plan(NATIONAL).layer(), PlanLayer("试", "", {"staffing_rules": [rule]}, {})])}
    )
    with acting_in(STREET):
        entity = scene.entity(business_type="canteen", supply_way=way)
        one, terms = entity_staffing(entity, layers.plan_of(entity.place), TODAY), terms_in(layers, TODAY)
        found = with_named_staff(Entity.objects.filter(pk=entity.pk)).filter(terms.short)
        assert (one.is_short, found.exists()) == (is_short, is_short)


def test_each_street_is_held_to_its_own_plan(stocked: Scene) -> None:
    """乙街道 asks nobody for anything; 甲街道 keeps the national list."""
    with acting_in(OTHER):
        plan = shipped_plan("gumei").model_copy(deep=True)
        plan.values["staffing_rules"] = []
        adopt_plan(stocked.cast.places["乙街道"], plan, since=SINCE, by=stocked.cast.zhao)
    with acting_in("990101/"):
        asked = StaffingFilter(stocked.cast.places["东城区"])
        rows = staffing_rows(asked, stocked.cast.qian, TODAY, Layers.in_force(TODAY))
        assert [row.name for row in rows] == ["甲乳品厂", "乙食堂", "丙便利店", "丁小吃店"]


@time_machine.travel("2026-10-09T10:00:00+08:00", tick=False)
def test_the_page_shows_who_lacks_what_and_why(stocked: Scene) -> None:
    page = stocked.cast.client("li").get(URL, {"show": "short"})
    text = page.content.decode()
    assert [line.entity.name for line in page.context["lines"]] == ["乙食堂", "丁小吃店"]
    assert "总监 1 名" in text and "用餐人数1000人以上的其他单位食堂（" in text
    assert "邻街乳品厂" not in text
    assert [(node.name, tally.owed, tally.short) for node, tally in page.context["table"].parts] == [
        ("一社区", 2, 1), ("二社区", 2, 1),
    ]  # fmt: skip
    nobody = stocked.cast.client("li").get(URL, {"show": "no-such-view", "five": "maybe"})
    assert [tab["count"] for tab in nobody.context["tabs"]] == [4, 2, 1, 1, 2, 1, 3]


@time_machine.travel("2026-10-09T10:00:00+08:00", tick=False)
def test_another_streets_place_is_as_missing_as_one_that_never_was(stocked: Scene) -> None:
    client, foreign = stocked.cast.client("li"), stocked.cast.places["三社区"].pk
    for url in (URL, "/api/staffing/"):
        answers = [client.get(url, {"place": pk}) for pk in (foreign, 10**9)]
        assert shown(answers[0]) == shown(answers[1])
        assert answers[0].status_code == 404
    refused = [client.get("/exports/staffing/", {"place": pk}) for pk in (foreign, 10**9)]
    assert [answer.status_code for answer in refused] == [409, 409]


@time_machine.travel("2026-10-09T10:00:00+08:00", tick=False)
def test_the_answer_has_the_pages_rows_and_counts(stocked: Scene) -> None:
    answer = stocked.cast.client("li").get("/api/staffing/", {"show": "short", "limit": 1}).json()
    assert answer["counts"] == {"owed": 4, "short": 2, "no_director": 1, "no_officer": 1}
    assert answer["count"] == 2
    (row,) = answer["results"]
    assert (row["name"], row["five_class"], row["directors_short"], row["officers"]) == ("乙食堂", True, 1, ["赵安"])
    assert stocked.cast.client("wang").get("/api/staffing/").status_code == 403


@time_machine.travel("2026-10-09T10:00:00+08:00", tick=False)
def test_the_workbook_has_the_pages_rows_and_leaves_a_trace(stocked: Scene) -> None:
    data = stocked.cast.client("li").get("/exports/staffing/", {"show": "short", "five": "1"}).content
    rows = [list(row) for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)]
    assert rows[0][0] == "食品安全总监、食品安全员配备情况"
    assert "条件：范围：没有配齐；主体：五类食品企业" in rows[1][0]
    assert [row[1] for row in rows[4:-2]] == ["乙食堂"]
    assert rows[4][5:10] == ["是", "总监 1 名、安全员 1 名", None, "赵安", "总监 1 名"]
    with acting_in(STREET):
        assert AuditEvent.objects.filter(action="reports.exported").count() == 1


@pytest.mark.req("HL-23")
@time_machine.travel("2026-10-09T10:00:00+08:00", tick=False)
def test_the_entitys_page_and_answer_say_owed_held_and_short_with_the_clause(stocked: Scene) -> None:
    with acting_in(STREET):
        canteen = Entity.objects.get(name="乙食堂")
    client = stocked.cast.client("li")
    page = client.get(reverse("entities:show-entity", args=[canteen.pk])).content.decode()
    card = page[page.index('id="staffing"') : page.index('id="phone"')]
    assert "缺总监 1 名" in card and "安全员 赵安" in card and "集中用餐单位规定（条款待核）" in card
    answer = client.get(f"/api/entities/{canteen.pk}/staffing/").json()
    assert (answer["five_class"], answer["directors_min"], answer["officers_min"]) == (True, 1, 1)
    assert (answer["directors_short"], answer["officers_short"]) == (1, 0)
    assert [rule["name"] for rule in answer["rules"]] == [
        "集中用餐单位配备食品安全员",
        "用餐人数1000人以上的其他单位食堂",
    ]


@pytest.mark.req("HL-23")
@time_machine.travel("2026-10-09T10:00:00+08:00", tick=False)
def test_the_rate_counts_the_five_classes_and_both_offices_apart(stocked: Scene) -> None:
    page = stocked.cast.client("li").get("/reports/rates/")
    rate = page.context["staffing"]
    assert (rate.pair, rate.directors, rate.officers) == ((1, 2), (1, 2), (2, 2))
    text = page.content.decode()
    place = stocked.cast.places["甲街道"].pk
    assert f"{URL}?place={place}&amp;five=1&amp;show=short" in text and "50.00%(1/2)" in text


def test_the_office_finds_the_number_on_its_desk(stocked: Scene) -> None:
    with acting_in(STREET):
        (line,) = [task for task in todo(stocked.cast.li, TODAY) if task.key == "staffing"]
    assert (line.count, line.page, line.query) == (2, "reports:show-staffing", {"show": "short"})


@pytest.mark.parametrize("many", [1, 3])
@time_machine.travel("2026-10-09T10:00:00+08:00", tick=False)
def test_the_page_asks_the_same_for_one_and_three(scene: Scene, cast: Cast, many, django_assert_num_queries) -> None:
    with acting_in(STREET):
        for number in range(many):
            scene.entity(business_type="special_production", name=f"{number}号厂")
    client = cast.client("li")
    client.get(URL)
    with django_assert_num_queries(19):
        assert client.get(URL).content.decode().count("号厂") == many


def test_lines_ask_nothing_of_the_database(stocked: Scene, django_assert_num_queries) -> None:
    with acting_in(STREET):
        layers = Layers.in_force(TODAY)
        asked = StaffingFilter(stocked.cast.places["甲街道"])
        rows = list(staffing_rows(asked, stocked.cast.li, TODAY, layers))
        with django_assert_num_queries(0):
            assert len([line.shown.short for line in staffing_lines(rows, TODAY, layers)]) == 4
