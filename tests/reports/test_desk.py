"""The first page by role, and the to-do list."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reports.queries.desk import overview, todo
from supervision.models import Issue
from supervision.rules.issues import State
from tenancy.models import ImportBatch
from tenancy.rules.periods import quarter_of
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.reports.conftest import Scene

TODAY = date(2026, 10, 9)


def lines(scene: Scene, name: str, on: date = TODAY) -> dict[str, int]:
    post = scene.cast.posts[name]
    with acting_in(post.place):
        return {task.key: task.count for task in todo(post, on)}


def waiting(scene: Scene, name: str, state: str) -> None:
    post = scene.cast.posts[name]
    with acting_in(post.place):
        ImportBatch.objects.create(
            jurisdiction=post.jurisdiction, place=post.place, kind="ledger", state=state, filename="台账.xlsx",
            stored="x", sha256=state, uploaded_by=post,
        )  # fmt: skip


def test_an_office_sees_each_kind_of_work_once_with_its_count(scene: Scene) -> None:
    for state in ("uploaded", "staged", "committed"):
        waiting(scene, "li", state)
    with acting_in(scene.cast.places["东城区"].path):
        cadre = scene.cadre()
        covered, bare, late = (scene.entity() for _ in range(3))
        scene.entity(grade="")
        scene.entity("三社区")
        scene.assign(covered, cadre)
        scene.assign(late, cadre)
        scene.owes(covered, cadre=cadre)
        scene.owes(bare, cadre=cadre)
        overdue = scene.owes(late, cadre=cadre)
        overdue.due_on = TODAY - timedelta(days=1)
        overdue.save()
    kinds = {"imports": 2, "uncovered": 1, "ungraded": 1, "staffing": 4, "overdue": 1, "missing": 3}
    assert lines(scene, "li") == kinds
    assert lines(scene, "zhao") == {"uncovered": 1, "staffing": 1, "open-quarter": 1}


def test_a_quarter_that_nobody_opened_is_the_offices_first_step(scene: Scene) -> None:
    assert lines(scene, "li") == {"open-quarter": 1}
    with acting_in(scene.cast.places["甲街道"].path):
        scene.quarter("甲街道", quarter_of(TODAY))
    assert lines(scene, "li") == {}


def test_the_station_sees_what_it_holds_and_what_is_late(scene: Scene) -> None:
    with acting_in(scene.cast.places["甲街道"].path):
        cadre = scene.cadre()
        visit = scene.visited(scene.owes(scene.entity(), cadre=cadre), cadre, TODAY)
        scene.found(visit, due_on=TODAY - timedelta(days=1))
        scene.found(visit, State.HANDLING, due_on=TODAY)
        scene.found(visit, State.ANSWERED)
    assert lines(scene, "zhou") == {"issues-late": 1, "issues-new": 1, "issues": 2}


def test_the_district_sees_what_each_street_misses_in_the_order_of_the_tree(scene: Scene) -> None:
    district = scene.cast.places["东城区"]
    with acting_in(district.path):
        cadre = scene.cadre()
        scene.owes(scene.entity("一社区"), cadre=cadre)
        for _ in range(2):
            scene.entity("三社区")
        seen = overview(district, TODAY)
        gaps = [(gap.place.name, gap.uncovered, gap.missing, gap.overdue, gap.unsettled) for gap in seen.gaps]
    assert gaps == [("甲街道", 1, 1, 0, 0), ("乙街道", 2, 0, 0, 0)]
    assert seen.uncovered == 3


@pytest.mark.parametrize("name", ["li", "zhao", "qian", "zhou", "leng", "guan", "an", "shen", "wu", "sun"])
def test_everybody_lands_on_a_page_of_his_own(cast: Cast, name: str) -> None:
    answer = cast.client(name).get("/")
    assert answer.status_code == 200
    used = "reports/admin_home.html" if name in ("guan", "an", "shen", "wu") else "reports/home.html"
    assert used in [template.name for template in answer.templates]


def test_a_cadre_lands_on_his_visits(cast: Cast) -> None:
    answer = cast.client("wang").get("/")
    assert (answer.status_code, answer.url) == (302, reverse("supervision:my-visits"))


def test_nothing_to_do_says_so_and_what_would_come(cast: Cast) -> None:
    page = cast.client("zhou").get(reverse("reports:todo")).content.decode()
    assert "现在没有待办" in page


def test_each_line_of_work_leads_to_a_list_of_that_many(scene: Scene) -> None:
    with acting_in(scene.cast.places["甲街道"].path):
        cadre = scene.cadre()
        for _ in range(3):
            owed = scene.owes(scene.entity(), quarter_of(timezone.localdate()), cadre=cadre)
        owed.due_on = timezone.localdate() - timedelta(days=1)
        owed.save()
        scene.entity(grade="")
    client = scene.cast.client("li")
    shown = client.get(reverse("reports:todo")).context["tasks"]
    for item in shown:
        assert client.get(item["url"]).context["page"].paginator.count == item["task"].count
    assert {item["task"].key for item in shown} == {"uncovered", "ungraded", "staffing", "missing", "overdue"}


def queries(scene: Scene, name: str, page: str) -> int:
    """The page's own statements: what every request costs before its view is left out."""
    client = scene.cast.client(name)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page).status_code == 200
    own = [query["sql"] for query in seen if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    return len([sql for sql in own if not any(word in sql for word in EVERY_REQUEST)])


EVERY_REQUEST = (
    "django_session",
    '"tenancy_user"',
    "current_setting",
    "set_config",
    "tenancy_postplace",
    '"tenancy_post"."user_id"',
)


@pytest.mark.parametrize("name", ["li", "qian", "leng"])
def test_the_workbench_takes_few_queries_for_one_row_and_for_many(scene: Scene, name: str) -> None:
    def work(number: int) -> None:
        with acting_in(scene.cast.places["东城区"].path):
            cadre = scene.cadre()
            for area in ("一社区", "二社区", "三社区")[:number]:
                owed = scene.owes(scene.entity(area), quarter_of(timezone.localdate()), cadre=cadre)
                scene.found(scene.visited(owed, cadre, timezone.localdate()))
                scene.entity(area)

    work(1)
    one = queries(scene, name, "/")
    work(3)
    assert queries(scene, name, "/") == one
    assert one <= 20


def test_neighbours_never_count_in_each_others_work(scene: Scene) -> None:
    with acting_in(scene.cast.places["东城区"].path):
        cadre = scene.cadre("三社区")
        visit = scene.visited(scene.owes(scene.entity("三社区"), street="乙街道", cadre=cadre), cadre, TODAY)
        scene.found(visit, due_on=TODAY - timedelta(days=1))
        assert Issue.objects.count() == 1
    assert lines(scene, "zhao") == {"uncovered": 1, "staffing": 1, "issues-late": 1}
    assert lines(scene, "li") == {"open-quarter": 1}
    assert lines(scene, "zhou") == {}
    assert lines(scene, "sun") == {"open-quarter": 1}
