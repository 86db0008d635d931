"""API tokens: the post's own policies and walls, for reading or writing, until they end."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from cadres.models import Cadre
from entities.models import Entity
from tenancy.actions.accounts import dismiss
from tenancy.models import AuditEvent, Door, Post, User
from tenancy.rules.doors import token_digest
from tenancy.scoping import acting_in
from tests.cast import Cast, shown
from tests.tenancy.doors import NOW, TODAY

YEAR = timedelta(days=366)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def shops(cast: Cast, clock) -> dict[str, Entity]:
    """One shop in each street, so that there is something to leak."""
    made = {}
    for name in ("一社区", "三社区", "四社区"):
        place = cast.places[name]
        with acting_in(place.path):
            made[name] = Entity.objects.create(
                jurisdiction=place, place=place.path, name=f"{name}面馆", business_type="small_eatery", grade="D"
            )
    return made


def made(client: Client, **changes: object) -> str:
    answer = client.post("/api/tokens", {"name": "数据平台", "last_day": "2027-11-20"} | changes)
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()["token"]


def bearing(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})


def names(client: Client) -> list[str]:
    answer = client.get("/api/entities/")
    assert answer.status_code == 200, answer.content.decode()
    return [row["name"] for row in answer.json()["results"]]


def test_a_token_reads_its_own_street_and_no_other(cast: Cast, shops) -> None:
    own = {"li": "一社区面馆", "zhao": "三社区面馆", "sun": "四社区面馆"}
    for name, shop in own.items():
        client = bearing(made(cast.client(name)))
        assert names(client) == [shop] == names(cast.client(name))
    li = bearing(made(cast.client("li")))
    foreign, missing = shops["三社区"].pk, 2_000_000_011
    assert li.get(f"/api/entities/{shops['一社区'].pk}/").status_code == 200
    there, gone = (li.get(f"/api/entities/{pk}/") for pk in (foreign, missing))
    assert shown(there) == shown(gone) and there.status_code == 404


def test_a_token_carries_the_rights_of_its_post_and_no_others(cast: Cast, shops) -> None:
    qian = bearing(made(cast.client("qian"), may_write="true"))
    assert qian.get("/api/entities/").status_code == 200
    refused = qian.post("/api/proposals/", {}, content_type="application/json")
    assert refused.status_code == 403
    assert refused.json() == cast.client("qian").post("/api/proposals/", {}, content_type="application/json").json()


def test_the_token_beats_a_session_sent_along(cast: Cast, shops) -> None:
    both = cast.client("sun")
    token = made(cast.client("li"))
    answer = both.get("/api/entities/", headers={"Authorization": f"bearer {token}"})
    assert [row["name"] for row in answer.json()["results"]] == ["一社区面馆"]


def test_pages_take_no_tokens(cast: Cast, shops) -> None:
    assert bearing(made(cast.client("li"))).get("/entities/")["Location"].startswith("/login/")


def test_what_opens_nothing_is_told_so_alike(cast: Cast, shops, clock) -> None:
    token, revoked = made(cast.client("li"), last_day="2026-11-21"), made(cast.client("li"))
    door = Door.objects.get(token_hash=token_digest(revoked))
    assert cast.client("li").post(f"/api/tokens/{door.pk}/revoke").status_code == 200
    answers = {shown(bearing(each).get("/api/entities/")) for each in (revoked, "unknown", "' OR 1=1")}
    assert bearing(token).get("/api/entities/").status_code == 200
    clock.shift(timedelta(days=2))
    late = bearing(token).get("/api/entities/")
    answers.add(shown(late))
    assert len(answers) == 1
    assert (late.status_code, late.json()["code"]) == (401, "token-closed")
    assert late.json()["detail"] == "令牌无效、已过期或已收回，请在“我的账号”里重新生成。"
    assert late["WWW-Authenticate"] == "Bearer"


def test_a_token_lives_to_the_end_of_its_last_day(cast: Cast, shops, clock) -> None:
    token = made(cast.client("li"), last_day="2026-11-20")
    clock.move_to(NOW.replace(hour=15, minute=59, second=59))
    assert bearing(token).get("/api/entities/").status_code == 200
    clock.shift(timedelta(seconds=1))
    assert bearing(token).get("/api/entities/").status_code == 401


def test_a_token_for_reading_writes_nothing(cast: Cast, shops) -> None:
    cells = {
        "name": "新店", "business_type": "食品零售", "staff": 3, "revenue": 20, "status": "在营",
        "area": cast.places["一社区"].pk, "accept": True,
    }  # fmt: skip
    reading, writing = bearing(made(cast.client("li"))), bearing(made(cast.client("li"), may_write="true"))
    refused = reading.post("/api/entities/", cells, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "token-read-only")
    assert refused.json()["detail"] == "这个令牌只能读取，不能写入；如需写入，请另生成可写的令牌。"
    assert reading.options("/api/entities/").status_code == 200
    assert names(cast.client("li")) == ["一社区面馆"]
    written = writing.post("/api/entities/", cells, content_type="application/json")
    assert written.status_code == 201, written.content.decode()
    with acting_in(cast.li.place):
        event = AuditEvent.objects.filter(action__startswith="entities.").latest("pk")
        assert event.by_post == cast.li.pk


def test_a_token_makes_and_takes_back_no_keys(cast: Cast, shops) -> None:
    token = made(cast.client("li"), may_write="true")
    client, door = bearing(token), Door.objects.get()
    with acting_in(cast.wang.place):
        cadre = Cadre.objects.create(post=cast.wang, place=cast.wang.place, tier="community", category="committee")
    for method, address in (
        ("get", "/api/tokens"),
        ("post", "/api/tokens"),
        ("post", f"/api/tokens/{door.pk}/revoke"),
        ("get", "/api/devices"),
        ("post", f"/api/devices/{door.pk}/revoke"),
        ("post", f"/api/cadres/{cadre.pk}/invitation"),
    ):
        answer = getattr(client, method)(address)
        assert answer.status_code == 403 and "令牌不能用来生成" in answer.json()["detail"]
    assert Door.objects.count() == 1


def test_who_may_carry_data_out_may_have_a_token(cast: Cast, clock) -> None:
    for name in ("wang", "zhou", "wu", "leng", "guan", "an", "shen"):
        for answer in (cast.client(name).get("/me/tokens/"), cast.client(name).get("/api/tokens")):
            assert answer.status_code == 403
    assert Door.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"last_day": "2026-11-19"}, "有效期要在今天到一年之内"),
        ({"last_day": (TODAY + YEAR + timedelta(days=1)).isoformat()}, "有效期要在今天到一年之内"),
        ({"last_day": "x"}, "输入一个有效的日期"),
        ({"name": ""}, "该字段是必填项"),
    ],
)
def test_the_page_says_what_a_token_needs(cast: Cast, clock, changes, sentence: str) -> None:
    form = {"name": "数据平台", "last_day": "2026-12-01"} | changes
    answer = cast.client("li").post("/me/tokens/", form)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert Door.objects.count() == 0


def test_the_page_shows_a_token_once_and_lists_and_ends_it(cast: Cast, shops) -> None:
    client = cast.client("li")
    page = client.post("/me/tokens/", {"name": "数据平台", "last_day": "2027-11-21", "may_write": "on"})
    token = page.content.decode().split("data-token>")[1].split("<")[0]
    assert names(bearing(token)) == ["一社区面馆"]
    listed = client.get("/me/tokens/").content.decode()
    assert token not in listed and "数据平台" in listed and "可写" in listed and "2027-11-21" in listed
    door = Door.objects.get()
    stranger = cast.client("zhao").post(f"/me/tokens/{door.pk}/revoke/")
    assert shown(stranger) == shown(cast.client("zhao").post("/me/tokens/999999/revoke/"))
    assert client.post(f"/me/tokens/{door.pk}/revoke/").status_code == 302
    assert bearing(token).get("/api/entities/").status_code == 401


@pytest.mark.parametrize("count", [1, 3])
def test_listing_tokens_asks_the_same_for_one_and_for_three(
    cast: Cast, clock, count: int, django_assert_num_queries
) -> None:
    client = cast.client("li")
    for _ in range(count):
        made(client)
    with django_assert_num_queries(14):
        assert len(client.get("/api/tokens").json()["tokens"]) == count


def test_twenty_tokens_are_enough(cast: Cast, clock) -> None:
    client = cast.client("li")
    for _ in range(20):
        made(client)
    answer = client.post("/api/tokens", {"name": "再一个", "last_day": "2026-12-01"})
    assert answer.status_code == 409 and "请先收回不用的再生成" in answer.json()["detail"]


def test_a_post_that_ends_and_a_login_that_closes_take_their_tokens_along(cast: Cast, shops, clock) -> None:
    token = made(cast.client("li"))
    User.objects.filter(pk=cast.li.user_id).update(is_active=False)
    assert bearing(token).get("/api/entities/").status_code == 401
    User.objects.filter(pk=cast.li.user_id).update(is_active=True)
    assert bearing(token).get("/api/entities/").status_code == 200
    with acting_in(cast.li.place):
        dismiss(Post.objects.select_related("jurisdiction").get(pk=cast.li.pk), by=cast.guan, on=date(2026, 11, 21))
    clock.shift(timedelta(hours=14))
    assert bearing(token).get("/api/entities/").status_code == 401


def test_a_token_is_limited(cast: Cast, shops) -> None:
    client = bearing(made(cast.client("li")))
    told = [client.get("/api/tokens/x") for _ in range(121)]
    assert [answer.status_code for answer in told[:120]] == [404] * 120
    assert told[120].status_code == 429 and told[120]["Retry-After"] == "60"
    assert told[120].json()["detail"] == "请求过于频繁，请在60秒后再试。"


def test_the_trail_has_the_making_the_first_use_of_a_day_and_the_end(cast: Cast, shops) -> None:
    token = made(cast.client("li"))
    for _ in range(3):
        names(bearing(token))
    door = Door.objects.get()
    assert door.uses == 3
    cast.client("li").post(f"/api/tokens/{door.pk}/revoke")
    with acting_in(cast.li.place):
        events = AuditEvent.objects.filter(subject="tenancy.door", subject_id=door.pk).order_by("pk")
        assert [(event.action, event.by_post) for event in events] == [
            ("tenancy.door.issued", cast.li.pk),
            ("tenancy.door.opened", None),
            ("tenancy.door.revoked", cast.li.pk),
        ]
