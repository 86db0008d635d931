"""The endpoints: the pages' own policies, rules and sentences."""

import pytest
from django.utils import timezone

from tenancy.scoping import acting_in
from tests.cadres.conftest import DAY
from tests.cast import shown

MISSING = 999_999


def post(client, address, **body):
    return client.post(address, body, content_type="application/json")


def test_cadres_come_with_their_loads_and_without_telephones(served):
    found = served.cast.client("li").get("/api/cadres/?tier=community").json()
    assert found["count"] == 2
    assert found["results"][0] == {
        "id": served.wang.pk, "name": "王小明", "unit": "一社区", "title": "两委委员", "tier": "community",
        "category": "committee", "sectors": [], "load": 2,
    }  # fmt: skip


def test_a_cadre_gets_only_his_own_assignments(served):
    names = [row["entity_name"] for row in served.cast.client("wang").get("/api/assignments/").json()["results"]]
    assert names == ["C级食品店3", "D级食品店4"]
    assert served.cast.client("li").get("/api/assignments/").json()["count"] == 6
    assert served.cast.client("zhao").get("/api/assignments/").json()["count"] == 0


def test_who_answered_is_asked_by_day(served):
    address = f"/api/entities/{served.made[2].pk}/holder/"
    client = served.cast.client("li")
    held = client.get(address, {"on": DAY.isoformat()}).json()["holder"]
    assert (held["name"], held["list_number"], held["since"]) == ("王小明", 1, DAY.isoformat())
    assert client.get(address, {"on": "2026-01-01"}).json() == {"on": "2026-01-01", "holder": None}
    assert client.get(address, {"on": "昨天"}).json() == {"on": ["日期请写成 2026-10-09 这样。"]}


@pytest.mark.parametrize("who", ["zhao", "sun", "chen"])
def test_the_holder_of_somebody_elses_entity_is_as_missing(served, who):
    client = served.cast.client(who)
    foreign, missing = (shown(client.get(f"/api/entities/{pk}/holder/")) for pk in (served.made[2].pk, MISSING))
    assert foreign == missing
    assert foreign[0] == 404


def test_a_proposal_is_made_and_approved_with_the_pages_sentences(served):
    client, today = served.cast.client("li"), timezone.localdate().isoformat()
    with acting_in(served.place.path):
        for _each in range(9):
            served.entity("D")
    made = post(client, "/api/proposals/", on=today)
    assert (made.status_code, made.json()["counts"]["new"]) == (201, 9)
    address = f"/api/proposals/{made.json()['id']}/approve/"
    refused = post(client, address)
    assert refused.status_code == 409
    assert refused.json() == {
        "code": "over-cap",
        "detail": "王小明（11户）等1名干部超过10户（闵古办〔2022〕40号 三（一））。可以批准，但每人都要写明理由。",
    }
    approved = post(client, address, reasons=[{"cadre": served.wang.pk, "reason": "增补前暂管"}])
    assert approved.json()["number"] == 2


def test_a_leader_is_refused_with_the_sentence_and_strangers_find_nothing(served):
    with acting_in(served.place.path):
        served.entity("D")
    made = post(served.cast.client("li"), "/api/proposals/").json()["id"]
    refused = post(served.cast.client("leng"), f"/api/proposals/{made}/approve/")
    assert refused.status_code == 403
    assert refused.json()["detail"].startswith("“领导（只读）”岗位没有“批准责任清单”权限")
    for who in ("zhao", "sun"):
        client = served.cast.client(who)
        foreign, missing = (shown(post(client, f"/api/proposals/{pk}/approve/")) for pk in (made, MISSING))
        assert foreign == missing
        assert foreign[0] == 404
