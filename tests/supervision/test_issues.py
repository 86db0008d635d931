"""An issue between cadre and station: who may do what, what is said, which clock runs, and that nobody is surprised."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from supervision.actions import issues
from supervision.models import Issue
from supervision.policies import may_act
from supervision.rules.issues import Verb
from supervision.rules.visits import Unfit
from tenancy.models import AuditEvent, Notice
from tenancy.rules.refusals import Forbidden, Refused
from tests.supervision.desk import NOW, TODAY

LATER = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def found(desk, shop):
    return desk.issue(shop)


def act(issue, verb: str, who, text: str = "说明", **more) -> Issue:
    return getattr(issues, verb)(issue, text=text, by=who, on=TODAY, at=NOW, **more)


def answered(desk, issue: Issue) -> tuple[Issue, int]:
    act(issue, "acknowledge", desk.cast.zhou)
    told = act(issue, "answer", desk.cast.zhou, "已责令改正，复查合格")
    return told, told.events.get(verb="answer").pk


@pytest.mark.req("GM-24")
def test_the_whole_way_leaves_a_log_and_starts_the_clock_of_each_step(desk, found):
    steps = [("acknowledge", desk.cast.zhou), ("start", desk.cast.zhou), ("answer", desk.cast.zhou)]
    dues = [(row := act(found, verb, who)).due_on for verb, who in steps]
    assert dues == [date(2026, 11, 23), date(2026, 12, 18), None]
    seen = row.events.get(verb="answer").pk
    closed = act(found, "close", desk.cast.wang, seen=seen)
    assert (closed.state, closed.holder_kind, closed.answer_seen_at) == ("closed", "nobody", NOW)
    log = list(found.events.order_by("pk").values_list("verb", "state"))
    assert log == [
        ("found", "handed_over"),
        ("acknowledge", "acknowledged"),
        ("start", "handling"),
        ("answer", "answered"),
        ("close", "closed"),
    ]
    assert AuditEvent.objects.filter(action__startswith="supervision.issue.").count() == 4


def test_the_answer_reaches_the_cadre_as_a_notice_once(desk, found):
    answered(desk, found)
    assert list(Notice.objects.values_list("post", "text")) == [
        (desk.cast.wang.pk, "莲花面馆：问题已反馈，请核实：已责令改正，复查合格")
    ]


def test_nobody_closes_before_he_saw_the_last_answer(desk, found):
    told, first = answered(desk, found)
    with pytest.raises(Refused, match="还没有看过最新的一条"):
        act(told, "close", desk.cast.wang, seen=None)
    act(told, "reopen", desk.cast.wang, "仍然不达标")
    act(told, "answer", desk.cast.zhou, "再次责令改正")
    with pytest.raises(Refused, match="还没有看过最新的一条"):
        act(told, "close", desk.cast.wang, seen=first)
    last = told.events.filter(verb="answer").order_by("-pk").first().pk
    assert act(told, "close", desk.cast.wang, seen=last).state == "closed"


@pytest.mark.req("GM-40")
@pytest.mark.parametrize("verb", [Verb.ACKNOWLEDGE, Verb.START, Verb.ANSWER, Verb.SEND_BACK])
def test_a_cadre_never_does_the_stations_work(desk, found, verb):
    for name in ("wang", "chen", "li"):
        assert not may_act(desk.cast.posts[name], found, verb, on=TODAY)
        with pytest.raises(Refused):
            act(found, verb.value, desk.cast.posts[name])
    assert Issue.objects.get().state == "handed_over"


@pytest.mark.req("GM-40")
@pytest.mark.parametrize("verb", ["close", "reopen", "hand_over"])
def test_the_station_never_does_the_cadres_work(desk, found, verb):
    told, seen = answered(desk, found)
    more = {"seen": seen} if verb == "close" else {}
    for name in ("zhou", "chen", "li"):
        with pytest.raises(Refused):
            act(told, verb, desk.cast.posts[name], **more)
    assert Issue.objects.get().state == "answered"


def test_an_act_the_table_forbids_says_where_the_issue_stands(desk, found):
    with pytest.raises(Refused) as caught:
        act(found, "start", desk.cast.zhou)
    assert caught.value.reason == "问题现在是“已移交待报到”（由市场监管所办理），不能开始处置；请刷新后再看。"


def test_of_two_officers_the_second_is_told_what_the_first_did(desk, found):
    stale = Issue.objects.get()
    act(found, "acknowledge", desk.cast.zhou)
    with pytest.raises(Refused, match="“监管已报到”"):
        act(stale, "acknowledge", desk.cast.zhou)
    assert found.events.filter(verb="acknowledge").count() == 1


@pytest.mark.parametrize("verb", ["answer", "send_back"])
def test_an_answer_without_words_is_none(desk, found, verb):
    act(found, "acknowledge", desk.cast.zhou)
    with pytest.raises(Unfit, match="要写明情况"):
        act(found, verb, desk.cast.zhou, "  ")


def test_what_comes_back_can_be_handed_over_again(desk, found):
    back = act(found, "send_back", desk.cast.zhou, "不属于本所管辖")
    assert (back.state, back.holder_kind, back.due_on) == ("returned", "cadre", None)
    again = act(back, "hand_over", desk.cast.wang)
    assert (again.state, again.due_on) == ("handed_over", date(2026, 11, 23))


def test_the_right_is_asked_before_the_state(desk, found):
    with pytest.raises(Forbidden):
        act(found, "acknowledge", desk.cast.leng)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"holder_kind": "cadre"}, "supervision_issue_one_holder"),
        ({"state": "closed", "holder_kind": "nobody", "due_on": None}, "supervision_issue_answer_seen"),
        ({"state": "fixed_on_spot", "holder_kind": "nobody"}, "supervision_issue_clock"),
        ({"description": ""}, "supervision_issue_described"),
    ],
)
def test_the_database_holds_what_the_table_promises(found, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Issue.objects.filter(pk=found.pk).update(**changes)
