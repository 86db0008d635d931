"""The phone's endpoints: the document, exactly-once visits, receipts for pictures, and who sees nothing."""

import json
from datetime import date
from uuid import UUID, uuid4

import pytest
import time_machine

from supervision.models import Issue, Visit
from tests.supervision.desk import TODAY, picture, sha


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
def filled(desk, shop) -> dict:
    return desk.body(shop)


def put(client, key: UUID, body: object):
    raw = body if isinstance(body, bytes) else json.dumps(body)
    return client.put(f"/api/visits/{key}", raw, content_type="application/json")


def put_photo(client, key: UUID, data: bytes, named: str = ""):
    return client.put(f"/api/visits/{key}/photos/{named or sha(data)}", data, content_type="image/jpeg")


def test_ping_says_who_is_signed_in_and_a_stranger_gets_401(cast, client):
    told = cast.client("wang").get("/api/ping").json()
    assert (told["user"], told["post"], len(told["csrf"]) > 30) == (cast.wang.user_id, cast.wang.pk, True)
    assert [client.get(url).status_code for url in ("/api/ping", "/api/my/visits", "/api/issues")] == [401, 401, 401]


def test_the_document_holds_what_the_form_needs(desk, shop):
    told = desk.client("wang").get("/api/my/visits").json()
    row = told["entities"][0]
    assert (told["quarter"], told["due_on"], told["user"]) == ("2026Q4", "2026-12-31", desk.cast.wang.user_id)
    assert (row["id"], row["state"], row["due_on"], row["community"]) == (shop.pk, "due", "2026-12-31", "一社区")
    assert [mode["code"] for mode in row["modes"]] == ["onsite", "group", "report", "phone", "video"]
    assert row["modes"][0] == {
        "code": "onsite",
        "name": "现场督导",
        "photo": "required",
        "entity_signature": "required",
    }
    assert [len(part["items"]) for part in told["task_lists"][row["task_list"]]["sections"]] == [6, 8, 2, 3]


def test_the_document_masks_telephones_and_names_the_absent_modes(desk):
    canteen = desk.entity("某中学食堂", business_type="school_canteen", phone="19900000001")
    desk.open()
    row = desk.client("wang").get("/api/my/visits").json()["entities"][0]
    assert (row["id"], "0001" in row["phone"], "19900000001" in row["phone"]) == (canteen.pk, True, False)
    assert [mode["code"] for mode in row["modes"]] == ["onsite"]
    assert row["must_onsite"].startswith("“学校、幼儿园食堂等餐饮单位”必须开展现场督导")
    assert {mode["reason"] for mode in row["absent_modes"]} == {row["must_onsite"]}


@pytest.mark.parametrize("many", [1, 3])
def test_the_document_asks_the_same_questions_for_one_shop_and_three(desk, many, django_assert_max_num_queries):
    for number in range(many):
        desk.submit(desk.entity(f"第{number}店")) if number and desk.open() else desk.entity(f"第{number}店")
    desk.open()
    client = desk.client("wang")
    with django_assert_max_num_queries(27):
        assert len(client.get("/api/my/visits").json()["entities"]) == many


def test_a_visit_is_made_once_and_green_only_with_its_picture(desk, shop, filled):
    client, key = desk.client("wang"), uuid4()
    first, again = put(client, key, filled), put(client, key, filled)
    assert (first.status_code, first.json()["missing"]) == (202, [sha(picture())])
    assert again.json() == first.json()
    receipt = put_photo(client, key, picture())
    assert (receipt.status_code, receipt.json()["missing"], receipt.json()["state"]) == (200, [], "complete")
    last = put(client, key, filled)
    assert (last.status_code, last.json()["state"], last.json()["number"]) == (200, "complete", first.json()["number"])
    assert Visit.objects.count() == 1
    assert client.get("/api/my/visits").json()["entities"][0]["state"] == "done"


def test_a_visit_without_pictures_is_made_at_once(desk, shop, filled):
    body = filled | {"mode": "phone", "entity_signature": None, "photos": []}
    assert put(desk.client("wang"), uuid4(), body).status_code == 201


def test_another_body_under_the_same_key_is_a_conflict(desk, shop, filled):
    client, key = desk.client("wang"), uuid4()
    put(client, key, filled)
    told = put(client, key, filled | {"conclusion": "改"})
    assert (told.status_code, told.json()["code"]) == (409, "visit-key-reused")


def test_faults_come_back_by_field_and_nothing_is_written(desk, shop, filled):
    told = put(desk.client("wang"), uuid4(), filled | {"photos": [], "cadre_signature": []})
    assert (told.status_code, told.json()["code"]) == (422, "visit-incomplete")
    assert told.json()["fields"] == {"cadre_signature": "请包保干部本人签字", "photos": "“现场督导”需要至少一张照片"}
    assert told.json()["detail"] == "请包保干部本人签字；“现场督导”需要至少一张照片"
    assert Visit.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "status"), [("chen", 404), ("zhao", 404), ("sun", 404), ("zhou", 403), ("wu", 403), ("guan", 403)]
)
def test_somebody_elses_shop_answers_exactly_as_a_missing_one(desk, shop, filled, name, status):
    missing = put(desk.client(name), uuid4(), filled | {"entity": 2**62})
    told = put(desk.client(name), uuid4(), filled)
    assert (told.status_code, told.json()) == (missing.status_code, missing.json()) == (status, missing.json())
    assert Visit.objects.count() == 0


def test_a_cadre_sees_nothing_of_his_colleague_in_the_same_community(desk, shop, filled):
    """The wall lets both through; the filter by post does not."""
    post = desk.cast.posts["chen"]
    post.jurisdiction, post.place = desk.cast.places["一社区"], desk.cast.places["一社区"].path
    desk.cadres["chen"].delete()
    post.save()
    visit = desk.submit(shop).visit
    client = desk.client("chen")
    assert client.get("/api/my/visits").json()["entities"] == []
    assert put(client, uuid4(), filled).status_code == 404
    assert put_photo(client, visit.key, picture()).status_code == 404


BAD = [
    (b"", 400),
    (b"[]", 400),
    (b"7", 400),
    (b"{", 400),
    (b"[" * 10_000, 400),
    (b'{"mode": "\\ud800"}', 400),
    (b'{"entity": NaN}', 400),
    (b"\xff\xfe", 400),
    (b'{"entity": "1 or 1=1"}', 422),
    (b'{"entity": -1, "visited_on": "2026-02-30"}', 422),
    (b'{"entity": 9223372036854775808}', 422),
    (b'{"entity": 1, "visited_on": "2026-11-22", "conclusion": "\\u0000"}', 422),
    (b'{"entity": 1, "visited_on": "2026-11-22", "answers": "yes"}', 422),
    (b'{"entity": 1, "visited_on": "2026-11-22", "photos": ["../../etc/passwd"]}', 422),
    (b'{"entity": 1, "visited_on": "2026-11-22", "cadre_signature": [[["a", 1]]]}', 422),
    (b'{"entity": 1, "visited_on": "2026-11-22", "cadre_signature": [[[1e999, 1]]]}', 422),
    (b'{"entity": 1, "visited_on": "2026-11-22", "entity_signature": 3}', 422),
    (b'{"entity": 1, "visited_on": "2026-11-22", "started_at": "9999-99-99"}', 422),
    (b'{"entity": 1, "visited_on": "9999-12-31"}', 404),
    (b" " * 600_000, 413),
]


@pytest.mark.parametrize(("raw", "status"), BAD, ids=[raw[:40].decode("latin-1") for raw, _ in BAD])
def test_what_is_no_visit_gets_a_sentence_and_no_server_error(desk, shop, raw, status):
    told = put(desk.client("wang"), uuid4(), raw)
    assert told.status_code == status
    assert told.json()["detail"]


def test_a_wrong_kind_of_content_and_a_wrong_key_are_named(desk, shop, filled):
    client = desk.client("wang")
    assert client.put(f"/api/visits/{uuid4()}", "x", content_type="text/plain").status_code == 415
    assert client.put("/api/visits/no-uuid", "{}", content_type="application/json").status_code == 404
    assert put_photo(client, uuid4(), picture()).status_code == 404


def test_a_picture_over_the_limit_or_no_picture_is_refused(desk, shop):
    client, text = desk.client("wang"), b"<html>no picture</html>"
    visit = desk.submit(shop, photos=[sha(text)]).visit
    assert put_photo(client, visit.key, b"\0" * (5 * 2**20 + 1)).status_code == 413
    told = put_photo(client, visit.key, text)
    assert (told.status_code, told.json()["detail"][:13]) == (422, "文件名像图片，内容却是网页")
    assert put_photo(client, visit.key, picture(), named=sha(text)).json()["code"] == "visit-incomplete"


def test_an_issue_is_worked_over_the_api_by_each_side_in_turn(desk, shop):
    issue = desk.issue(shop)
    station, cadre = desk.client("zhou"), desk.client("wang")

    def act(client, verb: str, **body):
        return client.post(f"/api/issues/{issue.pk}/{verb}", json.dumps(body), content_type="application/json")

    assert act(cadre, "acknowledge").json()["detail"].startswith("“包保干部”岗位没有“处理通报的问题”权限")
    assert act(station, "acknowledge").json()["state"] == "acknowledged"
    assert (told := act(station, "answer")).status_code == 422 and told.json()["fields"] == {
        "text": "“反馈结果”要写明情况。"
    }
    assert act(station, "answer", text="已改正").status_code == 200
    (row,) = cadre.get("/api/issues?tab=cadre").json()["issues"]
    assert (row["answer"]["text"], row["holder"]) == ("已改正", "cadre")
    assert act(cadre, "close").status_code == 409
    assert act(cadre, "close", seen=row["answer"]["id"]).json()["state"] == "closed"
    assert act(cadre, "explode").status_code == 404
    assert Issue.objects.get().state == "closed"


@pytest.mark.parametrize("name", ["chen", "zhao", "sun", "wu"])
def test_somebody_elses_issue_answers_as_a_missing_one(desk, shop, name):
    issue = desk.issue(shop)
    client = desk.client(name)
    assert client.post(f"/api/issues/{issue.pk}/close", "{}", content_type="application/json").status_code == 404
    # The shop has no right to read issues at all and is told so.
    assert client.get("/api/issues?tab=all").json().get("issues", []) == []


def test_the_document_after_the_quarter_shows_what_is_late(desk, shop):
    with time_machine.travel(date(2027, 1, 4)):
        row = desk.client("wang").get("/api/my/visits").json()["entities"][0]
    assert (row["state"], row["due_on"], row["days_left"]) == ("overdue", "2026-12-31", -1)
