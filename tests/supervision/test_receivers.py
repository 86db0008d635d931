"""To whom the plan hands problems over, and limits in hours."""

from datetime import UTC, date, datetime

import pytest

from supervision.actions import issues
from supervision.models import Issue
from supervision.queries.clocks import issue_explained
from tests.supervision.desk import NOW, TODAY

ROUTES = [
    {"code": "spot", "name": "当场处置", "kind": "on_spot"},
    {"code": "news", "name": "平台告知", "kind": "platform"},
    {"code": "schools", "name": "转教育部门", "kind": "department", "body": "edu", "clause": "四（二）",
     "when": {"business_types": ["school_canteen"]}},
    {"code": "stalls", "name": "城管中队", "kind": "other", "when": {"business_types": ["stall"]}},
    {"code": "rest", "name": "转市场所", "kind": "station"},
]  # fmt: skip
BODIES = [{"code": "edu", "name": "区教育局", "kind": "department"}]
HOURS = {
    "ack_wd": None, "ack_hours": 2, "first_action_wd": None, "first_action_hours": 24, "feedback_wd": 3,
}  # fmt: skip


@pytest.fixture
def routed(desk):
    desk.under(issue_routes=ROUTES, bodies=BODIES, issue_sla=HOURS)
    for name, kind in (("学校", "school_canteen"), ("摊位", "stall"), ("饭店", "catering")):
        desk.entity(name, business_type=kind)
    desk.open()
    return desk


def test_the_first_route_that_is_for_the_shop_names_the_receiver_with_its_clause(routed):
    found = [routed.issue(entity) for entity in routed.entities]
    assert [(each.receiver, each.holder_name, each.receiver_source) for each in found] == [
        ("区教育局", "区教育局", "闵古办〔2022〕40号 四（二）"),
        ("城管中队", "城管中队", "闵古办〔2022〕40号 三（二）"),
        ("市场所", "市场所", "闵古办〔2022〕40号 三（二）"),
    ]


def test_hours_run_from_the_minute_and_the_receiver_bears_them(routed):
    issue = routed.issue(routed.entities[0])
    lines = dict(issue_explained(issue).lines())
    assert (issue.due_on, lines["由谁办"]) == (date(2026, 11, 22), "区教育局")
    assert (lines["计算"], issue_explained(issue).day) == ("2 小时，不分工作日和休息日", "2026-11-22 12:00")
    late = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    seen = issues.acknowledge(issue, text="", by=routed.cast.zhou, on=TODAY, at=late)
    assert seen.due_on == date(2026, 11, 23)
    begun = issues.start(seen, text="", by=routed.cast.zhou, on=TODAY, at=NOW)
    assert begun.due_on == date(2026, 11, 25)


def test_the_page_and_the_answer_name_the_receiver(routed):
    issue = routed.issue(routed.entities[0])
    shown = routed.client("li").get(f"/issues/{issue.pk}/").content.decode()
    assert "区教育局（闵古办〔2022〕40号 四（二））" in shown
    assert "区教育局" in routed.client("li").get("/issues/").content.decode()
    (told,) = routed.client("li").get("/api/issues").json()["issues"]
    assert (told["holder"], told["holder_name"]) == ("station", "区教育局")


def test_what_was_found_before_routes_counted_is_the_stations(routed):
    issue = routed.issue(routed.entities[2])
    Issue.objects.update(receiver="", receiver_source="")
    issue.refresh_from_db()
    assert issue.holder_name == "市场监管所"
    shown = routed.client("li").get(f"/issues/{issue.pk}/").content.decode()
    assert "移交给" not in shown
