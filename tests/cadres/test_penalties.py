"""Penalties that stop or end a business reach whoever answers for it, with a receipt, and its assignment may end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from time_machine import travel

from cadres.actions.penalties import read_penalty, tell_penalties
from cadres.models import Assignment, PenaltyNotice, Proposal
from cadres.queries.penalties import penalty_counts, penalty_explained
from cadres.tasks import tell_penalties_of
from entities.actions.lifecycle import register_status
from entities.actions.records import add_record, strike_record
from entities.actions.register import version_of
from entities.models import Entity, Flag
from entities.rules.changes import Occasion
from entities.rules.vocabulary import OperatingStatus
from tenancy.models import AuditEvent, Notice
from tenancy.queries.clocks import penalty_clock
from tenancy.queries.plans import plan_in_force
from tenancy.scoping import acting_in
from tests.cadres.conftest import DAY

AT = datetime(2026, 10, 10, 9, tzinfo=UTC)
DECIDED = date(2026, 10, 8)
PENALTY = {
    "kind": "penalty", "measures": ["责令停产停业", "罚款"], "person": "", "text": "无证经营", "source": "某区局",
    "document": "某市监罚〔2026〕1号", "decided_on": DECIDED, "since": DECIDED, "until": None,
}  # fmt: skip


def penalty(street, entity: Entity, **changes):
    entity.refresh_from_db()
    return add_record(entity, "flag", PENALTY | changes, by=street.cast.zhou, on=DAY, seen=version_of(entity))


def shop(area: str) -> Entity:
    return Entity.objects.filter(grade="D", jurisdiction__name=area).get()


@pytest.fixture
def told(served):
    """A penalty that stops a shop of wang's, and one that only costs money."""
    with acting_in(served.place.path):
        penalty(served, shop("一社区"))
        penalty(served, shop("二社区"), measures=["罚款"], document="2号")
    return served


@pytest.mark.req("GM-15")
def test_whoever_answers_is_told_once_and_only_of_what_stops_or_ends_a_business(told) -> None:
    with acting_in(told.place.path):
        assert penalty_counts(DAY) == {"untold": 1, "unread": 0, "read": 0, "all": 1}
        assert (tell_penalties(told.place, by=None, on=DAY), tell_penalties(told.place, by=None, on=DAY)) == (1, 0)
        notice = PenaltyNotice.objects.get()
        assert (notice.cadre, notice.cadre_name, notice.told_on, notice.due_on) == (told.wang, "王小明", DAY, None)
        said = Notice.objects.get(kind="penalty")
        words = f"“{shop('一社区').name}”于 2026-10-08 受到责令停产停业、罚款的处罚。请打开核对，并确认已阅。"
        assert (said.post, said.text, said.url) == (told.wang.post, words, "/my/penalties/")
        assert AuditEvent.objects.filter(action="cadres.penalty.told").count() == 1


@pytest.mark.req("GM-15")
def test_the_receipt_says_who_read_it_and_when_and_is_the_cadres_own(told) -> None:
    with acting_in(told.place.path):
        tell_penalties(told.place, by=told.cast.li, on=DAY)
        notice = PenaltyNotice.objects.get()
    client = told.cast.client("wang")
    assert "有 1 项处罚告知等您确认已阅" in client.get("/my/entities/").content.decode()
    assert client.get("/api/my/visits").json()["penalties_unread"] == 1
    assert "无证经营" in client.get("/my/penalties/").content.decode()
    assert told.cast.client("chen").get("/my/penalties/").context["told"].count() == 0
    address = f"/my/penalties/{notice.pk}/read/"
    assert [told.cast.client(who).post(address).status_code for who in ("chen", "zhao", "li")] == [404, 403, 403]
    assert client.post(address).status_code == 302
    with acting_in(told.place.path):
        notice.refresh_from_db()
        first = notice.read_at
        assert (notice.read_by_name, first is not None) == (str(told.cast.wang), True)
        assert penalty_counts(DAY) == {"untold": 0, "unread": 0, "read": 1, "all": 1}
        assert Notice.objects.get(kind="penalty").read_at == first
        assert read_penalty(notice, by=told.cast.wang, at=AT).read_at == first
        assert AuditEvent.objects.filter(action="cadres.penalty.read").count() == 1
    assert "已阅" in told.cast.client("li").get("/cadres/penalties/?tab=read").content.decode()
    assert client.get("/api/my/penalties/").json()["results"][0]["read_by"] == str(told.cast.wang)


@pytest.mark.req("GM-15")
def test_the_task_tells_and_a_new_holder_is_told_as_well(told) -> None:
    tell_penalties_of([told.cast.places["东城区"].pk], DAY.isoformat())
    with acting_in(told.place.path):
        held = Assignment.objects.in_force(DAY).get(entity=shop("一社区"))
        other = told.cadre("新接手", "一社区")
        later = DAY + timedelta(days=30)
        Assignment.objects.filter(pk=held.pk).update(cadre=other, cadre_name="新接手")
        assert tell_penalties(told.place, by=None, on=later) == 1
        assert sorted(PenaltyNotice.objects.values_list("cadre_name", flat=True)) == ["新接手", "王小明"]


def test_what_nobody_answers_for_waits_and_what_is_over_or_struck_is_not_told(told) -> None:
    with acting_in(told.place.path):
        lonely = told.entity("D")
        penalty(told, lonely, document="3号")
        penalty(told, shop("二社区"), document="4号", until=DECIDED)
        mistaken = penalty(told, shop("二社区"), document="5号")
        strike_record(mistaken, by=told.cast.li, on=DAY, seen=version_of(mistaken.entity))
        assert (tell_penalties(told.place, by=None, on=DAY), penalty_counts(DAY)["untold"]) == (1, 1)
    page = told.cast.client("li").get("/cadres/penalties/")
    assert [(line.penalty.entity, line.holder) for line in page.context["lines"]] == [(lonely, "")]
    assert "没有包保干部" in page.content.decode()


@pytest.mark.req("GM-15")
def test_the_period_of_the_plan_gives_a_day_that_explains_itself(street) -> None:
    days = 30
    street.adopt(penalty_notice_days=days)
    entity = street.entity("D")
    flag = penalty(street, entity)
    explained = penalty_explained(flag, DAY)
    assert (explained.date, explained.start, explained.bearer) == (
        DECIDED + timedelta(days=days), DECIDED, plan_in_force(street.place.path, DAY).value.names.station,
    )  # fmt: skip
    assert dict(explained.lines())["计算"].startswith("30 天（自然日）")


@pytest.mark.req("GM-15")
def test_a_penalty_nobody_told_in_time_is_late_on_the_list(told) -> None:
    with acting_in(told.place.path):
        told.adopt(penalty_notice_days=30)
        flag = Flag.objects.get(entity=shop("一社区"))
    client, last = told.cast.client("zhou"), datetime(2026, 11, 7, 4, tzinfo=UTC)
    for moment, late in ((last, False), (last + timedelta(days=1), True)):
        with travel(moment, tick=False):
            (line,) = client.get("/api/penalties/").json()["results"]
            assert (line["due_on"], line["late"]) == ("2026-11-07", late)
            assert client.get(f"/due/penalty/{flag.pk}/").status_code == 200


def test_a_clock_written_out_with_a_limit_goes_before_the_period(street) -> None:
    step = {"code": "tell", "name": "通报", "bearer": "station", "limit_wd": 5}
    clock = {"code": "penalty", "name": "处罚通报", "trigger": "entity_penalised", "steps": [step]}
    before = penalty_clock(plan_in_force(street.place.path, DAY))
    street.adopt(penalty_notice_days=30, clocks=[clock])
    after = penalty_clock(plan_in_force(street.place.path, DAY))
    assert [step.is_prompt for step in before.terms.steps] == [True]
    assert [step.limit_wd for step in after.terms.steps] == [5]


@pytest.mark.req("GM-15")
def test_once_the_shop_is_closed_the_office_proposes_in_one_click_that_the_assignment_ends(told) -> None:
    with acting_in(told.place.path):
        closed = shop("一社区")
        register_status(
            closed,
            OperatingStatus.STOPPED,
            Occasion(DAY, "停业", "1号"),
            by=told.cast.li,
            on=DAY,
            seen=version_of(closed),
        )
    client = told.cast.client("li")
    page = client.get("/cadres/penalties/")
    assert "提出终止包保关系" in page.content.decode()
    answer = client.post("/list/propose/", {"on": page.context["today"].isoformat()})
    with acting_in(told.place.path):
        draft = Proposal.objects.get(state="draft")
        assert answer.url == f"/list/proposals/{draft.pk}/"
        assert [line.entity_id for line in draft.lines.ended()] == [closed.pk]


def test_nobody_else_reads_the_list_or_tells(told) -> None:
    for address, method in (
        ("/cadres/penalties/", "get"),
        ("/cadres/penalties/tell/", "post"),
        ("/api/penalties/", "get"),
    ):
        codes = [getattr(told.cast.client(who), method)(address).status_code for who in ("wang", "leng", "bian")]
        assert codes == [403, 403, 403]
    assert told.cast.client("zhao").get("/api/penalties/?tab=all").json()["count"] == 0
    assert told.cast.client("zhou").post("/api/penalties/tell/").json() == {"told": 1}


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_many(told, django_assert_num_queries, number) -> None:
    with acting_in(told.place.path):
        for each in range(number - 1):
            penalty(told, told.entity("D"), document=f"又{each}号")
    client = told.cast.client("li")
    client.get("/cadres/penalties/?tab=all")
    with django_assert_num_queries(22):
        assert len(client.get("/cadres/penalties/?tab=all").context["lines"]) == number
