"""年度目标: each goal of a plan judged by itself, with whoever is missing behind its number."""

import io
from datetime import date

import pytest
import time_machine
from openpyxl import load_workbook

from cadres.models import ResponsibilityList
from commitments.models import CommitmentLetter
from entities.models import Entity
from reports.queries.goals import goals_of, missing_lines
from tenancy.actions.plans import adopt_plan
from tenancy.models import Post
from tenancy.plans import NATIONAL, resolve, shipped_plan
from tenancy.scoping import acting_in
from tests.cast import Cast, shown
from tests.reports.conftest import LAST, Scene

STREET = "990101/001/"
SINCE, BY, AFTER = date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 9)
KINDS = ("entities_filed", "cadres_filed", "lists_made", "letters_signed", "staffed", "first_round")
GOALS = [
    {"code": kind.replace("_", "-"), "name": f"目标{kind}", "kind": kind, "by": BY.isoformat(), "clause": "二"}
    for kind in KINDS
]
ROUNDS = [{"code": "all", "name": "一遍", "kind": "every_entity", "by": BY.isoformat()}]
URL = "/reports/goals/"
AT = "2026-10-09T10:00:00+08:00"


@pytest.fixture
def street(cast: Cast, scene: Scene):
    """Two shops: one with a whole file, an officer and a visit in time, one with nothing. Two cadres, one letter."""
    place = cast.places["甲街道"]
    with acting_in(STREET):
        plan = shipped_plan("gumei").model_copy(deep=True)
        plan.values.update(goals=GOALS, first_rounds=ROUNDS)
        adopt_plan(place, plan, since=SINCE, by=cast.bian)
        first, second = scene.cadre(tier="community"), scene.cadre(tier="community")
        whole = {"address": "一号路", "principal": "店主", "phone": "19900008888", "officer": "安全员甲"}
        filed, bare = scene.entity(name="齐全店", **whole), scene.entity(name="空白店", licence=False)
        for shop in (filed, bare):
            scene.assign(shop, first)
        scene.visited(scene.owes(filed, LAST, cadre=first), first, BY)
        scene.visited(scene.owes(bare, LAST, cadre=first), first, AFTER)
        post = Post.objects.get(pk=first.post_id)
        post.title, post.phone = "两委委员", "19900007777"
        post.save()
        letter(cast, first, "approved")
        letter(cast, second, "uploaded")
    return place


def letter(cast: Cast, cadre, state: str) -> CommitmentLetter:
    street = cast.places["甲街道"]
    return CommitmentLetter.objects.create(
        cadre=cadre, place=cadre.place, state=state, jurisdiction=street, year=2026, number=cadre.pk, issued_on=SINCE,
        issued_by=cast.li, signer_name=cadre.post.person_name, signer_unit="一社区", signer_tier="community",
        signer_category="committee", pair="p", other_post=cast.li, other_name="李㛃", other_role="书记", stored="x",
    )  # fmt: skip


def told(street, on: date = AFTER) -> dict[str, tuple[int, int, str]]:
    with acting_in(STREET):
        return {
            each.terms.kind: (each.measure.done, each.measure.total, each.state.value) for each in goals_of(street, on)
        }


@pytest.mark.req("LC-02")
def test_each_goal_is_judged_by_itself_and_its_own_day(street) -> None:
    """The cast's own two cadres of 一社区 and 二社区 are on no file, and the other cadre has no telephone."""
    figures = {
        "entities_filed": (1, 2), "cadres_filed": (1, 4), "lists_made": (2, 4), "letters_signed": (1, 2),
        "staffed": (1, 2), "first_round": (1, 2),
    }  # fmt: skip
    assert told(street, BY) == {kind: (*pair, "running") for kind, pair in figures.items()}
    assert told(street, AFTER) == {kind: (*pair, "missed") for kind, pair in figures.items()}


@pytest.mark.req("LC-02")
def test_a_goal_is_reached_when_nobody_is_missing(street, cast: Cast, scene: Scene) -> None:
    with acting_in(STREET):
        Entity.objects.filter(name="空白店").update(status="stopped")
        CommitmentLetter.objects.update(state="filed")
    states = {kind: state for kind, (_done, _total, state) in told(street).items()}
    assert states == {
        "entities_filed": "done", "cadres_filed": "missed", "lists_made": "missed", "letters_signed": "done",
        "staffed": "done", "first_round": "done",
    }  # fmt: skip


def test_where_nothing_is_registered_nothing_is_reached_but_staff_nobody_must_have(cast: Cast) -> None:
    other = cast.places["乙街道"]
    with acting_in(other.path):
        plan = shipped_plan("gumei").model_copy(deep=True)
        plan.values.update(goals=GOALS, first_rounds=ROUNDS)
        adopt_plan(other, plan, since=SINCE, by=cast.zhao)
        states = {each.terms.kind: each.state.value for each in goals_of(other, AFTER)}
    reached = [kind for kind, state in states.items() if state == "done"]
    assert reached == ["staffed"]


@pytest.mark.req("LC-02")
def test_whoever_is_missing_is_named_with_what_is_missing(street) -> None:
    with acting_in(STREET):
        lines = {
            each.terms.kind: [(line.name, line.lacks) for line in missing_lines(each, list(each.measure.missing))]
            for each in goals_of(street, AFTER)
        }
    assert lines == {
        "entities_filed": [("空白店", ("licence", "address", "principal", "phone"))],
        "cadres_filed": [("干部2", ("title", "phone")), ("王小明", ("record",)), ("陈志强", ("record",))],
        "lists_made": [("甲街道", ("responsibility",)), ("甲街道", ("inspection",))],
        "letters_signed": [("干部2", ("letter",))],
        "staffed": [("空白店", ("staff-posts",))],
        "first_round": [("空白店", ("visit",))],
    }


def test_an_approved_list_counts(street, cast: Cast) -> None:
    with acting_in(STREET):
        ResponsibilityList.objects.create(
            jurisdiction=street, place=STREET, number=1, approved_on=SINCE, approved_by=cast.li, stored="x", sha256="x"
        )
    assert told(street)["lists_made"][:2] == (3, 4)


@pytest.mark.req("LC-02")
def test_luchengs_six_goals_have_their_day_and_clause() -> None:
    document = resolve([shipped_plan(NATIONAL).layer(), shipped_plan("lucheng").layer()]).value
    assert [(goal.kind, goal.by, goal.clause) for goal in document.goals] == [
        (kind, date(2022, 12, 31), "二") for kind in KINDS
    ]


@pytest.mark.req("LC-02")
@time_machine.travel(AT, tick=False)
def test_the_page_shows_figure_judgement_day_clause_and_the_missing(street, cast: Cast) -> None:
    page = cast.client("li").get(URL, {"goal": "entities-filed"}).content.decode()
    assert "没有许可证编号、没有经营地址、没有负责人、没有联系电话" in page
    assert "空白店" in page and "齐全店" not in page
    assert page.count("2026-09-30") == 6 and "还差 1" in page
    assert "闵古办〔2022〕40号 二" in page


@time_machine.travel(AT, tick=False)
def test_the_answer_says_what_the_page_says(street, cast: Cast) -> None:
    client = cast.client("li")
    answer = client.get("/api/goals/", {"goal": "letters-signed"}).json()
    assert [(goal["kind"], goal["done"], goal["total"], goal["state_name"]) for goal in answer["goals"]][3] == (
        "letters_signed", 1, 2, "未达到",
    )  # fmt: skip
    assert [(row["name"], row["said"]) for row in answer["results"]] == [("干部2", "承诺书还没有签订并审核通过")]
    assert client.get("/api/goals/", {"goal": "no-such"}).status_code == 404
    assert cast.client("wang").get("/api/goals/").status_code == 403


@time_machine.travel(AT, tick=False)
def test_the_workbook_has_a_line_for_each_goal(street, cast: Cast) -> None:
    data = cast.client("li").get("/exports/goals/").content
    rows = [list(row) for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)]
    assert rows[0][0] == "年度目标完成情况"
    assert [row[4:8] for row in rows[3:-2]] == [
        [2, 1, 1, "未达到"], [4, 1, 3, "未达到"], [4, 2, 2, "未达到"], [2, 1, 1, "未达到"], [2, 1, 1, "未达到"],
        [2, 1, 1, "未达到"],
    ]  # fmt: skip


@time_machine.travel(AT, tick=False)
def test_another_streets_place_is_as_missing_as_one_that_never_was(street, cast: Cast) -> None:
    client, foreign = cast.client("li"), cast.places["三社区"].pk
    for url in (URL, "/api/goals/"):
        answers = [client.get(url, {"place": pk}) for pk in (foreign, 10**9)]
        assert shown(answers[0]) == shown(answers[1])
        assert answers[0].status_code == 404


@pytest.mark.parametrize("many", [1, 3])
@time_machine.travel(AT, tick=False)
def test_the_page_asks_the_same_for_one_and_three(street, cast: Cast, scene, many, django_assert_num_queries) -> None:
    with acting_in(STREET):
        for _ in range(many - 1):
            scene.entity(licence=False)
    client = cast.client("li")
    client.get(URL)
    with django_assert_num_queries(32):
        assert client.get(URL, {"goal": "entities-filed"}).status_code == 200
