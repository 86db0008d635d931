"""Accounts: opened with a password that appears once, reset, stopped and started; who may, and what is refused."""

import json
import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tenancy.actions.accounts import appoint, create_login, dismiss
from tenancy.actions.invitations import invite
from tenancy.actions.logins import open_account
from tenancy.models import Account, AuditEvent, Post, User
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import Role, conflicts
from tenancy.scoping import acting_in
from tests.cast import PASSWORD, SINCE, Cast

TODAY = date(2026, 11, 25)


def sign_in(name: str, password: str) -> Client:
    client = Client()
    assert client.post("/login/", {"username": name, "password": password}).status_code == 302
    return client


def form(cast: Cast, **changed: object) -> dict[str, object]:
    return {"username": "han", "person_name": "韩新", "place": cast.places["甲街道"].pk} | changed


def account_of(cast: Cast, name: str) -> Account:
    with acting_in(cast.places["东城区"].path):
        return Account.objects.select_related("user", "jurisdiction").get(user=cast.posts[name].user_id)


def shown_password(response) -> str:
    found = re.search(r"data-first-password>([^<]+)<", response.content.decode())
    assert found, "the page shows no password"
    return found[1]


def test_a_new_account_signs_in_with_its_first_password_and_has_to_change_it(cast: Cast) -> None:
    made = cast.client("guan").post("/settings/accounts/new/", form(cast))
    person = sign_in("han", shown_password(made))
    assert person.get("/").headers["Location"] == "/password/?next=%2F"
    with acting_in(cast.places["东城区"].path):
        account = Account.objects.select_related("user").get(person_name="韩新")
        assert (account.place, account.user.must_change_password) == (cast.places["甲街道"].path, True)
        event = AuditEvent.objects.get(action="tenancy.account.opened")
        assert event.after == {"login": "han", "person": "韩新", "place": "甲街道"}
        assert event.by_post == cast.guan.pk


def test_the_password_is_on_no_later_page_and_not_in_the_trail(cast: Cast) -> None:
    client = cast.client("guan")
    password = shown_password(client.post("/settings/accounts/new/", form(cast)))
    with acting_in(cast.places["东城区"].path):
        account = Account.objects.get(person_name="韩新")
        trail = json.dumps(list(AuditEvent.objects.values_list("before", "after")), ensure_ascii=False)
    page = client.get(f"/settings/accounts/{account.pk}/").content.decode()
    assert "韩新" in page
    assert password not in page
    assert password not in trail


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"username": "li"}, "登录名“li”已被使用"),
        ({"username": "LI"}, "登录名“LI”已被使用"),
        ({"username": "a b"}, "登录名为2至60个字"),
        ({"person_name": " "}, "该字段是必填项"),
        ({"place": 10**9}, "没有这个区划"),
    ],
)
def test_what_does_not_fit_is_said_alike_by_page_and_endpoint(cast: Cast, changed, sentence) -> None:
    client = cast.client("guan")
    page = client.post("/settings/accounts/new/", form(cast, **changed))
    told = client.post("/api/accounts/", form(cast, **changed), content_type="application/json")
    assert page.status_code == told.status_code
    assert page.status_code in (409, 422)
    assert sentence in page.content.decode()
    assert sentence in told.json()["detail"]
    assert not User.objects.filter(username="han").exists()


def test_the_endpoint_gives_the_first_password_once(cast: Cast) -> None:
    client = cast.client("guan")
    made = client.post("/api/accounts/", form(cast), content_type="application/json")
    assert made.status_code == 201
    assert sign_in("han", made.json()["first_password"])
    again = client.get(f"/api/accounts/{made.json()['id']}/").json()
    assert "first_password" not in again
    assert again["posts"] == []


def test_an_account_opened_for_a_post_of_the_roster_is_given_it_at_once(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path):
        post = appoint(cast.places["一社区"], role=Role.CADRE, person_name="贺干部", since=SINCE, by=None)
    shown = cast.client("guan").get(f"/settings/accounts/new/?post={post.pk}").content.decode()
    assert 'value="贺干部"' in shown
    cast.client("guan").post("/settings/accounts/new/", form(cast, post=post.pk, person_name="贺干部"))
    with acting_in(cast.places["东城区"].path):
        assert Post.objects.get(pk=post.pk).user == User.objects.get(username="han")


def test_a_reset_ends_every_session_and_the_old_password(cast: Cast) -> None:
    person, account = cast.client("li"), account_of(cast, "li")
    password = shown_password(cast.client("guan").post(f"/settings/accounts/{account.pk}/do/reset/"))
    assert person.get("/entities/").headers["Location"].startswith("/login/")
    assert Client().post("/login/", {"username": "li", "password": PASSWORD}).status_code == 422
    assert sign_in("li", password).get("/entities/").headers["Location"].startswith("/password/")


def test_ending_the_sessions_keeps_the_password(cast: Cast) -> None:
    person, account = cast.client("li"), account_of(cast, "li")
    assert person.get("/entities/").status_code == 200
    cast.client("guan").post(f"/settings/accounts/{account.pk}/do/sign-out/")
    assert person.get("/entities/").headers["Location"].startswith("/login/")
    assert sign_in("li", PASSWORD).get("/entities/").status_code == 200


def test_ending_the_sessions_takes_back_the_persons_tokens_and_nobody_elses(cast: Cast) -> None:
    body = {"name": "数据平台", "last_day": timezone.localdate().isoformat()}
    tokens = {name: cast.client(name).post("/api/tokens", body).json()["token"] for name in ("li", "zhao")}
    account = account_of(cast, "li")
    page = cast.client("guan").post(f"/settings/accounts/{account.pk}/do/sign-out/", follow=True).content.decode()
    assert "接口令牌已收回" in page
    answers = {
        name: Client(headers={"Authorization": f"Bearer {token}"}).get("/api/entities/").status_code
        for name, token in tokens.items()
    }
    assert answers == {"li": 401, "zhao": 200}


def test_a_login_made_by_a_card_is_looked_after_and_has_no_password(cast: Cast) -> None:
    now = timezone.now()
    with acting_in(cast.places["东城区"].path):
        post = appoint(cast.places["一社区"], role=Role.CADRE, person_name="贺干部", since=SINCE, by=None)
        invite(post, by=cast.li, on=timezone.localdate(now), at=now)
        account = Account.objects.select_related("user").get(person_name="贺干部")
        assert (account.place, account.user) == (post.place, Post.objects.get(pk=post.pk).user)
    client, url = cast.client("guan"), f"/settings/accounts/{account.pk}/"
    shown = client.get(url).content.decode()
    assert "个人卡" in shown
    assert account.user.username not in shown
    assert f"{url}do/reset/" not in shown
    page = client.post(f"{url}do/reset/")
    told = client.post(f"/api/accounts/{account.pk}/do/reset/")
    assert page.status_code == told.status_code == 409
    assert "用个人卡登录，没有密码" in told.json()["detail"]
    assert told.json()["detail"] in page.content.decode()
    assert not User.objects.get(pk=account.user_id).has_usable_password()


def test_a_stopped_account_is_out_at_once_and_comes_back_as_it_was(cast: Cast) -> None:
    person, account, guan = cast.client("li"), account_of(cast, "li"), cast.client("guan")
    guan.post(f"/settings/accounts/{account.pk}/do/stop/")
    assert person.get("/entities/").headers["Location"].startswith("/login/")
    assert Client().post("/login/", {"username": "li", "password": PASSWORD}).status_code == 422
    guan.post(f"/settings/accounts/{account.pk}/do/restart/")
    assert sign_in("li", PASSWORD).get("/entities/").status_code == 200


@pytest.mark.parametrize(
    ("verb", "sentence"),
    [("stop", "不能停用自己的账号"), ("reset", "不能重置自己的密码"), ("restart", "没有停用，不用恢复")],
)
def test_ones_own_account_is_left_to_others(cast: Cast, verb: str, sentence: str) -> None:
    account, client = account_of(cast, "guan"), cast.client("guan")
    page = client.post(f"/settings/accounts/{account.pk}/do/{verb}/")
    told = client.post(f"/api/accounts/{account.pk}/do/{verb}/", {}, content_type="application/json")
    assert (page.status_code, told.status_code) == (409, 409)
    assert sentence in page.content.decode()
    assert sentence in told.json()["detail"]


@pytest.mark.parametrize(("name", "role"), [("an", "安全管理员"), ("shen", "审计管理员")])
def test_the_last_administrator_can_be_neither_stopped_nor_dismissed(cast: Cast, name: str, role: str) -> None:
    client, account = cast.client("guan"), account_of(cast, name)
    for answer in (
        client.post(f"/settings/accounts/{account.pk}/do/stop/"),
        client.post(f"/settings/posts/{cast.posts[name].pk}/end/", {"on": "2027-01-01"}),
    ):
        assert answer.status_code == 409
        assert f"最后一名{role}；请先任命接替的人" in answer.content.decode()
    assert User.objects.get(username=name).is_active


def test_with_a_successor_the_last_administrator_may_go(cast: Cast) -> None:
    account = account_of(cast, "an")
    with acting_in(cast.places["东城区"].path):
        second = create_login("an-2", password=PASSWORD)
        appoint(cast.places["东城区"], role=Role.SECURITY_ADMIN, person_name="安二", since=SINCE, user=second, by=None)
    stopped = cast.client("guan").post(f"/settings/accounts/{account.pk}/do/stop/")
    assert stopped.status_code == 302
    assert not User.objects.get(username="an").is_active


def test_a_successor_whose_post_ends_or_who_is_stopped_does_not_count(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path):
        for name, until, active in (("an-2", date(2027, 6, 1), True), ("an-3", None, False)):
            user = create_login(name, password=PASSWORD)
            User.objects.filter(pk=user.pk).update(is_active=active)
            appoint(
                cast.places["东城区"], role=Role.SECURITY_ADMIN, person_name=name, since=SINCE, until=until, user=user,
                by=None,
            )  # fmt: skip
        with pytest.raises(Refused, match="最后一名安全管理员"):
            dismiss(cast.an, by=cast.guan, on=date(2027, 1, 1))


def test_every_pair_of_roles_in_one_person_is_judged_alike_by_rule_and_database(cast: Cast) -> None:
    """The rule speaks first; the database would not take it either, whoever wrote around the rule."""
    place, other = cast.places["甲街道"], cast.places["乙街道"]
    judged = {}
    for first in Role:
        for second in Role:
            with acting_in(cast.places["东城区"].path):
                user = create_login(f"{first}-{second}")
                appoint(place, role=first, person_name="甲", since=SINCE, user=user, by=None)
                post = Post(jurisdiction=other, place=other.path, role=second.value, person_name="甲", user=user)
                post.valid = (SINCE, None)
                judged[first, second] = _stored(post)
    assert judged == {pair: not conflicts(frozenset({pair[0]}), pair[1]) for pair in judged}
    assert sum(judged.values()) == 13 * 13 + 3


def _stored(post: Post) -> bool:
    """Whether the database took the row; nothing but the separation may keep it out."""
    try:
        with transaction.atomic():
            post.save()
    except IntegrityError as error:
        return "tenancy_post_separated" not in str(error)
    return True


def test_separated_duties_may_follow_one_another(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path):
        dismiss(cast.leng, by=cast.guan, on=date(2026, 7, 1))
        post = appoint(
            cast.places["东城区"], role=Role.AUDIT_ADMIN, person_name="冷领导", since=date(2026, 7, 1),
            user=cast.leng.user, by=None,
        )  # fmt: skip
    assert post.valid.lower == date(2026, 7, 1)


def test_a_login_that_another_tenant_looks_after_is_not_given_a_post_here(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path), pytest.raises(Refused, match="由别的地方管理"):
        appoint(cast.places["乙街道"], role=Role.LEADER, person_name="孙外", since=SINCE, user=cast.sun.user, by=None)


@pytest.mark.parametrize("name", ["li", "an", "shen", "qian", "wang", "leng"])
@pytest.mark.parametrize("path", ["/settings/accounts/", "/settings/accounts/new/", "/api/accounts/"])
def test_only_the_system_administrator_sees_accounts(cast: Cast, name: str, path: str) -> None:
    answer = cast.client(name).get(path)
    assert answer.status_code == 403
    assert "没有“管理账号、岗位和区划”权限" in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_many_there_are(cast: Cast, rows: int, django_assert_num_queries) -> None:
    with acting_in(cast.places["东城区"].path):
        for number in range(rows):
            account, _ = open_account(cast.places["甲街道"], username=f"h-{number}", person_name=f"韩{number}", by=None)
            for role, place in ((Role.INSPECTOR, "甲街道"), (Role.LEADER, "一社区")):
                appoint(cast.places[place], role=role, person_name="韩", since=SINCE, user=account.user, by=None)
    client = cast.client("guan")
    with django_assert_num_queries(19):
        page = client.get("/settings/accounts/?q=韩")
    assert page.context["page"].paginator.count == rows
    assert [len(posts) for _, posts in page.context["rows"]] == [2] * rows


EVERYBODY = [
    "安全员",
    "卞方案",
    "陈志强",
    "关系统",
    "韩二",
    "韩一",
    "何拟文",
    "冷领导",
    "李㛃",
    "钱审",
    "沈计",
    "王小明",
    "吴店主",
    "赵乙",
    "周所",
]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", EVERYBODY),
        ("?tab=active", ["李㛃"]),
        ("?tab=never", [name for name in EVERYBODY if name not in ("李㛃", "韩二")]),
        ("?tab=stopped", ["韩二"]),
        ("?tab=idle", ["韩二", "韩一"]),
        ("?q=韩", ["韩二", "韩一"]),
        ("?q=han-2", ["韩二"]),
        ("?q=查无此人", []),
    ],
)
def test_search_and_tabs(cast: Cast, query: str, names: list[str]) -> None:
    client = cast.client("guan")
    with acting_in(cast.places["东城区"].path):
        open_account(cast.places["甲街道"], username="han-1", person_name="韩一", by=None)
        open_account(cast.places["乙街道"], username="han-2", person_name="韩二", by=None)
    User.objects.filter(username="han-2").update(is_active=False)
    User.objects.update(last_login=None)
    User.objects.filter(username="li").update(last_login=timezone.now())
    page = client.get(f"/settings/accounts/{query}")
    assert [account.person_name for account, _ in page.context["rows"]] == names


def test_the_area_filter_keeps_to_the_place(cast: Cast) -> None:
    place = cast.places["一社区"]
    page = cast.client("guan").get(f"/settings/accounts/?area={place.pk}")
    assert [account.person_name for account, _ in page.context["rows"]] == ["王小明", "吴店主"]


def test_a_street_administrator_sees_his_street_alone(cast: Cast) -> None:
    with acting_in(cast.places["甲街道"].path):
        cast.posts["lu"] = appoint(
            cast.places["甲街道"],
            role=Role.SYSTEM_ADMIN,
            person_name="路管",
            since=SINCE,
            user=create_login("lu"),
            by=None,
        )
    page = cast.client("lu").get("/settings/accounts/")
    assert {account.place for account, _ in page.context["rows"]} <= {
        cast.places[name].path for name in ("甲街道", "一社区", "二社区")
    }
    foreign = account_of(cast, "zhao")
    assert cast.client("lu").get(f"/settings/accounts/{foreign.pk}/").status_code == 404
