"""Quarters one after another: closed ones keep their figures, the present one is marked and counted live."""

import io
from datetime import date

import pytest
import time_machine
from openpyxl import load_workbook

from reports.actions.figures import close_period
from reports.queries.rates import period_table
from reports.queries.trend import trend
from supervision.rules.issues import State
from tenancy.actions.tree import move_place
from tenancy.rules.periods import Quarter, quarter_of
from tenancy.scoping import acting_in
from tests.cast import shown
from tests.reports.conftest import LAST, NOON, NOW, Scene

TODAY = date(2026, 10, 9)
STREET = "990101/001/"
AT = "2026-10-09T10:00:00+08:00"


@pytest.fixture
def worked(scene: Scene) -> Scene:
    """Two quarters of 甲街道: three owed and two visited in the third, two owed and one visited in the fourth."""
    with acting_in("990101/"):
        cadre = scene.cadre()
        for number in range(3):
            owed = scene.owes(scene.entity(), LAST, cadre=cadre)
            if number:
                visit = scene.visited(owed, cadre, date(2026, 8, number))
                scene.found(visit, State.CLOSED if number == 1 else State.HANDED_OVER)
        for number in range(2):
            owed = scene.owes(scene.entity("二社区"), NOW, cadre=cadre)
            if number:
                scene.visited(owed, cadre, date(2026, 10, 8))
        scene.owes(scene.entity("三社区"), LAST, street="乙街道")
    return scene


def told(scene: Scene, on: date = TODAY, place: str = "甲街道") -> list[tuple[str, int, int, int, int, bool, bool]]:
    node = scene.cast.places[place]
    with acting_in(node.path):
        return [
            (
                str(line.period), line.tally.due, line.tally.fulfilled, line.tally.issues, line.tally.rectified,
                line.closed_at is not None, line.is_running,
            )
            for line in trend(node, quarter_of(on), on).lines
        ]  # fmt: skip


@pytest.mark.req("GM-39")
def test_a_closed_quarter_keeps_its_figures_and_the_running_one_is_counted(worked: Scene) -> None:
    assert told(worked) == [("2026Q3", 3, 2, 2, 1, False, False), ("2026Q4", 2, 1, 0, 0, False, True)]
    district = worked.cast.places["东城区"]
    with acting_in(district.path):
        close_period(district, LAST, by=None, at=NOON, on=TODAY)
        # What is entered late or moved afterwards changes no closed quarter.
        worked.owes(worked.entity(), LAST)
        move_place(worked.cast.places["一社区"], worked.cast.places["乙街道"], by=worked.cast.guan)
    assert told(worked) == [("2026Q3", 3, 2, 2, 1, True, False), ("2026Q4", 2, 1, 0, 0, False, True)]


@pytest.mark.req("GM-39")
def test_each_line_is_what_its_own_page_says(worked: Scene) -> None:
    district = worked.cast.places["东城区"]
    with acting_in(district.path):
        for _ in range(2):
            lines = trend(district, NOW, TODAY).lines
            assert [line.tally for line in lines] == [period_table(district, q, TODAY).total for q in (LAST, NOW)]
            close_period(district, LAST, by=None, at=NOON, on=TODAY)


def test_a_neighbours_quarters_stay_his(worked: Scene) -> None:
    assert told(worked, place="乙街道") == [("2026Q3", 1, 0, 0, 0, False, False), ("2026Q4", 0, 0, 0, 0, False, True)]


def test_where_nothing_was_ever_owed_the_running_quarter_stands_alone(scene: Scene) -> None:
    assert told(scene) == [("2026Q4", 0, 0, 0, 0, False, True)]


@pytest.mark.req("GM-39")
@time_machine.travel(AT, tick=False)
def test_the_page_marks_what_runs_and_each_quarter_opens_its_figures(worked: Scene) -> None:
    client, place = worked.cast.client("li"), worked.cast.places["甲街道"].pk
    page = client.get("/reports/rates/").content.decode()
    card = page[page.index('id="trend"') : page.index("来自哪些地方")]
    assert card.count("进行中</span>") == 1 and "已结束，待定格" in card
    assert f"?place={place}&amp;period=2026Q3" in card
    assert client.get("/reports/rates/", {"place": place, "period": "2026Q3"}).context["table"].total.due == 3
    earlier = client.get("/reports/rates/", {"until": "2024Q4"})
    assert [str(line.period) for line in earlier.context["trend"].lines] == ["2024Q4"]
    assert client.get("/reports/rates/", {"until": "nonsense"}).status_code == 409


@time_machine.travel(AT, tick=False)
def test_answer_and_workbook_say_what_the_page_says(worked: Scene) -> None:
    client = worked.cast.client("li")
    quarters = client.get("/api/trend/").json()["quarters"]
    assert [(each["period"], each["due"], each["fulfilled"], each["state"]) for each in quarters] == [
        ("2026Q3", 3, 2, "已结束，待定格"), ("2026Q4", 2, 1, "进行中"),
    ]  # fmt: skip
    assert worked.cast.client("wang").get("/api/trend/").status_code == 403
    rows = load_workbook(io.BytesIO(client.get("/exports/trend/").content)).worksheets[0].iter_rows(values_only=True)
    assert [list(row[1:9]) for row in list(rows)[3:-2]] == [
        ["2026年第3季度", "已结束，待定格", 3, 2, 2, 1, 2, 1],
        ["2026年第4季度", "进行中", 2, 1, 1, 0, 0, 0],
    ]
    assert client.get("/exports/trend/", {"until": "x"}).status_code == 409


@time_machine.travel(AT, tick=False)
def test_another_streets_place_is_as_missing_as_one_that_never_was(worked: Scene) -> None:
    client, foreign = worked.cast.client("li"), worked.cast.places["三社区"].pk
    answers = [client.get("/api/trend/", {"place": pk}) for pk in (foreign, 10**9)]
    assert shown(answers[0]) == shown(answers[1])
    assert answers[0].status_code == 404


@pytest.mark.parametrize("many", [1, 3])
def test_three_queries_for_one_place_and_for_three(scene: Scene, many, django_assert_num_queries) -> None:
    with acting_in("990101/"):
        for area in ("一社区", "二社区", "三社区")[:many]:
            scene.owes(scene.entity(area), LAST)
        with django_assert_num_queries(3):
            lines = trend(scene.cast.places["东城区"], NOW, TODAY).lines
        assert [line.tally.due for line in lines] == [many, 0]


def test_the_quarters_end_with_the_one_asked_for(worked: Scene) -> None:
    district = worked.cast.places["东城区"]
    with acting_in(district.path):
        close_period(district, LAST, by=None, at=NOON, on=TODAY)
        found = trend(district, Quarter(2026, 3), TODAY)
    assert [(str(line.period), line.is_running) for line in found.lines] == [("2026Q3", False)]
    assert str(found.earlier) == "2024Q3"
