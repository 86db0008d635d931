"""机制任职: posts as the plan names them, who holds them from a day to a day, as page, answer and printed roster."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from reports.documents import _roster
from tenancy.actions.plans import adopt_plan
from tenancy.actions.seats import SeatFacts, leave_seat, take_seat
from tenancy.models import AuditEvent, Seat
from tenancy.plans import shipped_plan
from tenancy.queries.plans import plan_in_force
from tenancy.queries.seats import bodies_at
from tenancy.rules.refusals import Forbidden, Refused
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast, shown

AT = "2026-10-09T10:00:00+08:00"
TODAY = date(2026, 10, 9)
STREET, DISTRICT = "990101/001/", "990101/"
CHIEF, CONVENER, DEPUTY = ("mechanism", "chief"), ("mechanism", "convener"), ("mechanism", "deputy")
URL = "/plans/bodies/"


@pytest.fixture
def city(cast: Cast):
    """东城区 under Suining's plan, whose mechanism has 总督导, 召集人 and 副召集人."""
    place = cast.places["东城区"]
    with acting_in(DISTRICT):
        adopt_plan(place, shipped_plan("suining"), since=SINCE, by=None)
    return place


def taken(cast: Cast, city, role: tuple[str, str], name: str, title: str = "", *, since: date = SINCE, **facts) -> Seat:
    with acting_in(DISTRICT):
        return take_seat(city, *role, SeatFacts(name, title, **facts), since=since, by=cast.he, on=TODAY)


def told(city, on: date = TODAY) -> list[tuple[str, list[str], list[str]]]:
    with acting_in(DISTRICT):
        bodies, _loose = bodies_at(city, on)
    return [
        (each.role.name, [seat.person_name for seat in each.now], [seat.person_name for seat in each.others])
        for each in bodies[0].roles
    ]


@pytest.mark.req("SN-01")
def test_the_posts_are_named_by_the_plan_and_each_can_be_held(cast: Cast, city) -> None:
    taken(cast, city, CHIEF, "甲书记", "市委书记")
    taken(cast, city, CONVENER, "乙市长", "市委副书记、市长")
    taken(cast, city, DEPUTY, "丙副市长", "副市长")
    taken(cast, city, DEPUTY, "丁副市长", "副市长")
    assert told(city) == [
        ("总督导", ["甲书记"], []), ("召集人", ["乙市长"], []), ("副召集人", ["丙副市长", "丁副市长"], []),
        ("市级四大班子", [], []), ("部门", [], []),
    ]  # fmt: skip


@pytest.mark.req("SN-01")
def test_another_plan_has_other_posts(cast: Cast, city) -> None:
    street = cast.places["甲街道"]
    with acting_in(STREET):
        adopt_plan(street, shipped_plan("gumei"), since=SINCE, by=None)
        bodies, _loose = bodies_at(street, TODAY)
        assert [each.role.name for each in bodies[0].roles] == ["组长", "副组长", "组员"]
        with pytest.raises(Refused, match="实施方案里没有这个机构或职务"):
            take_seat(street, *CHIEF, SeatFacts("甲"), since=SINCE, by=cast.bian, on=TODAY)


@pytest.mark.req("SN-01")
def test_who_leaves_stays_as_history_and_makes_room(cast: Cast, city) -> None:
    first = taken(cast, city, CHIEF, "甲书记")
    with pytest.raises(Refused, match="“总督导”最多 1 人，现有甲书记。请先登记前任的离任日期"):
        taken(cast, city, CHIEF, "新书记")
    last = date(2026, 9, 30)
    with acting_in(DISTRICT):
        assert leave_seat(first, last, by=cast.he, on=TODAY).last_day == last
        with pytest.raises(Refused, match="已经登记离任"):
            leave_seat(first, last, by=cast.he, on=TODAY)
    taken(cast, city, CHIEF, "新书记", since=last + timedelta(days=1))
    assert told(city)[0] == ("总督导", ["新书记"], ["甲书记"])
    assert told(city, last)[0] == ("总督导", ["甲书记"], ["新书记"])
    with acting_in(DISTRICT):
        acts = AuditEvent.objects.filter(action__startswith="tenancy.seat").order_by("pk")
        assert [(act.action, act.after["name"]) for act in acts] == [
            ("tenancy.seat.taken", "甲书记"), ("tenancy.seat.left", "甲书记"), ("tenancy.seat.taken", "新书记"),
        ]  # fmt: skip


def test_a_post_of_the_place_brings_its_name_and_title(cast: Cast, city) -> None:
    seat = taken(cast, city, DEPUTY, "", post=cast.qian)
    assert (seat.person_name, seat.title) == ("钱审", "区食安办科员")
    with pytest.raises(Refused, match="只能选本单位的岗位"):
        taken(cast, city, DEPUTY, "", post=cast.leng)
    with pytest.raises(Refused, match="请填写姓名"):
        taken(cast, city, DEPUTY, " ")
    with pytest.raises(Refused, match="不用重复登记"):
        taken(cast, city, DEPUTY, "钱审")


@pytest.mark.parametrize("last_day", [SINCE - timedelta(days=1), TODAY + timedelta(days=1)])
def test_a_last_day_lies_between_the_first_and_today(cast: Cast, city, last_day) -> None:
    seat = taken(cast, city, CHIEF, "甲书记")
    with acting_in(DISTRICT), pytest.raises(Refused, match="不晚于今天"):
        leave_seat(seat, last_day, by=cast.he, on=TODAY)


def test_only_who_keeps_the_plan_changes_the_roster(cast: Cast, city) -> None:
    seat = taken(cast, city, CHIEF, "甲书记")
    with acting_in(DISTRICT):
        for post in (cast.qian, cast.bian):
            with pytest.raises(Forbidden):
                take_seat(city, *DEPUTY, SeatFacts("乙"), since=SINCE, by=post, on=TODAY)
            with pytest.raises(Forbidden):
                leave_seat(seat, TODAY, by=post, on=TODAY)


@pytest.mark.req("SN-01")
@time_machine.travel(AT, tick=False)
def test_the_page_shows_fills_and_closes(cast: Cast, city) -> None:
    client = cast.client("he")
    body = {"seat": "mechanism/chief", "person_name": "甲书记", "title": "市委书记", "since": "2026-02-01"}
    assert client.post(f"{URL}take/", body).status_code == 302
    again = client.post(f"{URL}take/", {**body, "person_name": "乙"})
    assert again.status_code == 422 and "最多 1 人" in again.content.decode()
    page = client.get(URL).content.decode()
    assert "总督导" in page and "甲书记" in page and "报道“加强领导”" in page
    with acting_in(DISTRICT):
        seat = Seat.objects.get()
    left = reverse("tenancy:leave-seat", args=[seat.pk])
    assert client.post(left, {"last_day": "2026-10-01"}).status_code == 302
    page = client.get(URL).content.decode()
    assert "总督导的历任和待任，1 人" in page
    # Who only reads sees no form.
    reading = cast.client("qian").get(URL)
    assert reading.status_code == 200 and "登记任职</h2>" not in reading.content.decode()


@time_machine.travel(AT, tick=False)
def test_the_answers_say_and_do_the_same(cast: Cast, city) -> None:
    client = cast.client("he")
    body = {"body": "mechanism", "role": "chief", "person_name": "甲书记", "since": "2026-02-01"}
    made = client.post("/api/bodies/", body, content_type="application/json")
    assert (made.status_code, made.json()["person_name"]) == (201, "甲书记")
    refused = client.post("/api/bodies/", {**body, "person_name": "乙"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "seat-full")
    left = client.post(
        f"/api/bodies/seats/{made.json()['id']}/leave/", {"last_day": "2026-03-01"}, content_type="application/json"
    )
    assert left.json()["last_day"] == "2026-03-01"
    roles = client.get("/api/bodies/").json()["bodies"][0]["roles"]
    assert (roles[0]["name"], roles[0]["now"], roles[0]["others"][0]["person_name"]) == ("总督导", [], "甲书记")


@time_machine.travel(AT, tick=False)
def test_another_tenants_seat_is_as_missing_as_one_that_never_was(cast: Cast, city) -> None:
    seat = taken(cast, city, CHIEF, "甲书记")
    client = cast.client("bian")
    answers = [
        client.post(reverse("tenancy:leave-seat", args=[pk]), {"last_day": "2026-10-01"}) for pk in (seat.pk, 987_654)
    ]
    assert shown(answers[0]) == shown(answers[1])
    assert answers[0].status_code == 404


@pytest.mark.req("SN-01")
def test_the_printed_roster_names_whoever_is_registered(cast: Cast, city) -> None:
    taken(cast, city, CHIEF, "甲书记", "市委书记")
    with acting_in(DISTRICT):
        roles = _roster(plan_in_force(DISTRICT, TODAY).value, DISTRICT, TODAY)["bodies"][0]["roles"]
    assert roles[0] == {"name": "总督导", "holders": [("市委书记", "甲书记")]}
    # Nobody is registered for the next one: it is left to be written.
    assert roles[1] == {"name": "召集人", "holders": [("市委副书记、市长", "")]}


@pytest.mark.parametrize("many", [1, 3])
@time_machine.travel(AT, tick=False)
def test_the_page_asks_the_same_for_one_and_three(cast: Cast, city, many, django_assert_num_queries) -> None:
    for number in range(many):
        taken(cast, city, DEPUTY, f"{number}号副市长")
    client = cast.client("he")
    client.get(URL)
    with django_assert_num_queries(16):
        assert client.get(URL).content.decode().count("号副市长</td>") == many
