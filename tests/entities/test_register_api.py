"""The register's endpoints: the page's filters, policy and sentences."""

from django.test import Client

from entities.actions.register import version_of
from entities.models import Entity
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.test_register_acts import added


def sent(client: Client, method: str, address: str, **body):
    return getattr(client, method)(address, body, content_type="application/json")


def test_the_list_is_the_pages_list_with_masked_telephones(cast: Cast) -> None:
    added(cast, "甲店")
    added(cast, "乙厂", business_type="small_workshop")
    answer = cast.client("li").get("/api/entities/?grade=D").json()
    assert answer["count"] == 1
    shown = answer["results"][0]
    assert (shown["name"], shown["phone"], shown["grade"], shown["area_name"]) == ("甲店", "****0001", "D", "一社区")
    assert "19900000001" not in str(answer)


def test_a_filter_nobody_offered_is_refused_with_its_field(cast: Cast) -> None:
    answer = cast.client("li").get("/api/entities/?status=open")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["status"])


def test_a_page_of_the_list_is_never_the_whole_register(cast: Cast) -> None:
    for number in range(3):
        added(cast, f"店{number}")
    answer = cast.client("li").get("/api/entities/?limit=2").json()
    assert (answer["count"], len(answer["results"])) == (3, 2)


def test_an_entity_is_made_and_read(cast: Cast) -> None:
    client = cast.client("li")
    made = sent(
        client, "post", "/api/entities/", name="甲店", business_type="餐饮服务", area="一社区", staff=5, revenue=64.5
    )
    assert (made.status_code, made.json()["grade"], made.json()["revenue"]) == (201, "D", "64.50")
    read = client.get(f"/api/entities/{made.json()['id']}/")
    assert read.json() == made.json()


def test_a_leader_gets_the_pages_sentence(cast: Cast) -> None:
    answer = sent(cast.client("leng"), "post", "/api/entities/", name="甲店")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert answer.json()["detail"].startswith("“领导（只读）”岗位没有“维护主体台账”权限")


def test_a_change_keeps_what_was_not_sent_and_needs_the_version(cast: Cast) -> None:
    entity, client = added(cast, licence="YB1"), cast.client("li")
    address, version = f"/api/entities/{entity.pk}/", version_of(entity)
    changed = sent(client, "patch", address, officer="张三", version=version)
    stale = sent(client, "patch", address, officer="李四", version=version)
    assert (changed.status_code, stale.status_code, stale.json()["code"]) == (200, 409, "stale")
    assert (changed.json()["officer"], changed.json()["licence"], changed.json()["phone"]) == (
        "张三",
        "YB1",
        "****0001",
    )
    assert changed.json()["version"] != version
    assert sent(client, "patch", address, officer="王五").status_code == 409


def test_an_empty_telephone_that_was_sent_is_taken_out(cast: Cast) -> None:
    entity = added(cast)
    answer = sent(cast.client("li"), "patch", f"/api/entities/{entity.pk}/", phone="", version=version_of(entity))
    assert (answer.status_code, answer.json()["phone"]) == (200, "")


def test_a_warning_is_named_and_can_be_accepted(cast: Cast) -> None:
    entity, client = added(cast), cast.client("li")
    body = {"uscc": "91310112MAF0WTCD0A", "version": version_of(entity)}
    warned = sent(client, "patch", f"/api/entities/{entity.pk}/", **body)
    assert (warned.status_code, [p["code"] for p in warned.json()["problems"]]) == (422, ["code-check-digit"])
    assert sent(client, "patch", f"/api/entities/{entity.pk}/", **body, accept=True).status_code == 200
    with acting_in(cast.li.place):
        assert Entity.objects.get().uscc == "91310112MAF0WTCD0A"
