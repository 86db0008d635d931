"""Office and administrator posts take two people, and so does taking a second factor away."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenancy.actions.accounts import appoint
from tenancy.actions.logins import open_account
from tenancy.actions.petitions import ask_post, confirm_petition, refuse_petition
from tenancy.actions.second_factor import confirm_factor, secret_of, start_factor
from tenancy.models import Account, AuditEvent, Petition, Post, SecondFactor, User
from tenancy.policies import may
from tenancy.rules.refusals import Refused
from tenancy.rules.roles import GRANTED_ROLES, Right, Role
from tenancy.rules.second_factor import code_at
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast


@pytest.fixture
def account(cast: Cast) -> Account:
    with acting_in(cast.places["东城区"].path):
        return open_account(cast.places["甲街道"], username="han", person_name="韩新", by=cast.guan)[0]


def asked(cast: Cast, **changed: object) -> dict[str, object]:
    words = {"role": "street_office", "title": "经办", "since": "2026-03-01", "reason": "任字〔2026〕3号"}
    return words | {"place": cast.places["甲街道"].pk, "phone": "19900009876"} | changed


def the_petition(cast: Cast) -> Petition:
    with acting_in(cast.places["东城区"].path):
        return Petition.objects.select_related("jurisdiction").get()


def test_a_post_asked_for_opens_nothing_before_the_second_person_confirms(cast: Cast, account: Account) -> None:
    guan, an = cast.client("guan"), cast.client("an")
    assert guan.post(f"/settings/accounts/{account.pk}/post/", asked(cast)).status_code == 302
    with acting_in(cast.places["东城区"].path):
        assert not Post.objects.filter(user=account.user_id).exists()
    assert "韩新 · 街道经办" in an.get("/settings/petitions/").content.decode()
    assert an.post(f"/settings/petitions/{the_petition(cast).pk}/confirm/").status_code == 302
    with acting_in(cast.places["东城区"].path):
        post = Post.objects.select_related("jurisdiction").get(user=account.user_id)
        assert (post.role, post.title, post.valid.lower) == ("street_office", "经办", date(2026, 3, 1))
        assert may(post, Right.EDIT_REGISTER, cast.places["甲街道"].path, on=date(2026, 3, 1))
        acts = AuditEvent.objects.filter(action__startswith="tenancy.petition").order_by("pk")
        assert list(acts.values_list("action", "by_post")) == [
            ("tenancy.petition.asked", cast.guan.pk),
            ("tenancy.petition.confirmed", cast.an.pk),
        ]


def test_the_trail_of_a_petition_holds_no_telephone(cast: Cast, account: Account) -> None:
    cast.client("guan").post(f"/settings/accounts/{account.pk}/post/", asked(cast))
    with acting_in(cast.places["东城区"].path):
        event = AuditEvent.objects.get(action="tenancy.petition.asked")
        assert Petition.objects.get().phone.reveal() == "19900009876"
    assert event.after == {
        "kind": "post", "place": "甲街道", "role": "street_office", "title": "经办", "since": "2026-03-01",
        "reason": "任字〔2026〕3号",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["guan", "li", "shen", "qian"])
@pytest.mark.parametrize("verb", ["confirm", "refuse"])
def test_nobody_but_the_security_administrator_decides(cast: Cast, account: Account, name: str, verb: str) -> None:
    cast.client("guan").post(f"/settings/accounts/{account.pk}/post/", asked(cast))
    petition = the_petition(cast)
    for path in (f"/settings/petitions/{petition.pk}/{verb}/", f"/api/petitions/{petition.pk}/{verb}/"):
        answer = cast.client(name).post(path, {"answer": "不"}, content_type="application/json")
        assert answer.status_code == 403
        assert "没有“授予角色”权限" in answer.content.decode()
    assert the_petition(cast).state == "waiting"


def test_the_security_administrator_can_neither_open_accounts_nor_ask(cast: Cast, account: Account) -> None:
    client = cast.client("an")
    for path in ("/settings/accounts/new/", f"/settings/accounts/{account.pk}/post/"):
        assert client.post(path, asked(cast)).status_code == 403


def test_a_refusal_needs_a_reason_and_shows_it_to_whoever_asked(cast: Cast, account: Account) -> None:
    guan, an = cast.client("guan"), cast.client("an")
    guan.post(f"/settings/accounts/{account.pk}/post/", asked(cast))
    path = f"/settings/petitions/{the_petition(cast).pk}/refuse/"
    assert "请写明不同意的理由" in an.post(path, {"answer": " "}).content.decode()
    assert an.post(path, {"answer": "没有任职文件"}).status_code == 302
    assert "没有任职文件" in guan.get("/settings/petitions/?tab=done").content.decode()
    again = an.post(f"/settings/petitions/{the_petition(cast).pk}/confirm/")
    assert (again.status_code, "已有结果（未同意）" in again.content.decode()) == (409, True)


def test_what_waits_can_be_taken_back_and_asked_again(cast: Cast, account: Account) -> None:
    guan = cast.client("guan")
    guan.post(f"/settings/accounts/{account.pk}/post/", asked(cast))
    twice = guan.post(f"/settings/accounts/{account.pk}/post/", asked(cast))
    assert (twice.status_code, "同样的申请已经提交" in twice.content.decode()) == (409, True)
    guan.post(f"/settings/petitions/{the_petition(cast).pk}/withdraw/")
    assert guan.post(f"/settings/accounts/{account.pk}/post/", asked(cast)).status_code == 302


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"until": "2026-03-01"}, 409, "任职止（不含当日）必须晚于任职起"),
        ({"until": "2026-02-30"}, 422, "日期请写成 2026-10-09 这样"),
        ({"since": ""}, 422, "该字段是必填项"),
        ({"role": "cadre"}, 422, "cadre 不在可用的选项中"),
        ({"place": 10**9}, 422, "没有这个区划，或不在您的辖区内"),
        ({"phone": "abc"}, 422, "电话只写数字和短横"),
        ({"reason": ""}, 422, "该字段是必填项"),
    ],
)
def test_what_does_not_fit_is_said_alike(cast: Cast, account: Account, changed, status: int, sentence: str) -> None:
    client = cast.client("guan")
    page = client.post(f"/settings/accounts/{account.pk}/post/", asked(cast, **changed))
    told = client.post(f"/api/accounts/{account.pk}/post/", asked(cast, **changed), content_type="application/json")
    assert (page.status_code, told.status_code) == (status, status)
    assert sentence in page.content.decode()
    assert sentence in told.json()["detail"]


def test_a_place_outside_the_tenant_reads_as_a_missing_one(cast: Cast, account: Account) -> None:
    client = cast.client("guan")
    pages = [
        client.post(f"/settings/accounts/{account.pk}/post/", asked(cast, place=place)).context["form"].errors
        for place in (cast.places["丙街道"].pk, 10**9)
    ]
    assert pages[0] == pages[1]
    assert list(pages[0]) == ["place"]


@pytest.mark.parametrize("role", sorted(set(Role) - GRANTED_ROLES))
def test_roles_of_the_roster_are_not_asked_for(cast: Cast, account: Account, role: Role) -> None:
    with acting_in(cast.places["东城区"].path), pytest.raises(Refused, match="随干部名册或台账产生"):
        ask_post(account, cast.places["甲街道"], role=role, since=SINCE, reason="x", by=cast.guan)


def test_an_administrator_beside_a_business_role_is_refused_when_asked_and_when_confirmed(
    cast: Cast, account: Account
) -> None:
    with acting_in(cast.places["东城区"].path):
        asked_for = ask_post(
            account, cast.places["东城区"], role=Role.AUDIT_ADMIN, since=SINCE, reason="x", by=cast.guan
        )
        appoint(cast.places["甲街道"], role=Role.LEADER, person_name="韩新", since=SINCE, user=account.user, by=None)
        with pytest.raises(Refused, match=r"韩新同期任领导（只读），不能再任审计管理员"):
            confirm_petition(asked_for, by=cast.an, on=SINCE, at=timezone.now())
        with pytest.raises(Refused, match="不得兼办业务"):
            ask_post(account, cast.places["东城区"], role=Role.SECURITY_ADMIN, since=SINCE, reason="x", by=cast.guan)


def test_a_conflicting_post_out_of_sight_is_refused_by_the_database_in_the_same_words(cast: Cast) -> None:
    """A street's administrator cannot see the post, the constraint can."""
    with acting_in(cast.places["甲街道"].path):
        account = open_account(cast.places["甲街道"], username="han", person_name="韩新", by=None)[0]
    with acting_in(cast.places["东城区"].path):
        appoint(cast.places["乙街道"], role=Role.LEADER, person_name="韩新", since=SINCE, user=account.user, by=None)
    with acting_in(cast.places["甲街道"].path), pytest.raises(Refused, match="三员须分设，也不得兼办业务"):
        appoint(
            cast.places["甲街道"], role=Role.AUDIT_ADMIN, person_name="韩新", since=SINCE, user=account.user, by=None
        )


def test_nobody_asks_for_himself_and_nobody_confirms_about_himself(cast: Cast) -> None:
    with acting_in(cast.places["东城区"].path):
        own = Account.objects.select_related("user", "jurisdiction").get(user=cast.guan.user)
        with pytest.raises(Refused, match="不能为自己申请岗位"):
            ask_post(own, cast.places["甲街道"], role=Role.SYSTEM_ADMIN, since=SINCE, reason="x", by=cast.guan)
        about_an = Account.objects.select_related("user", "jurisdiction").get(user=cast.an.user)
        petition = ask_post(
            about_an, cast.places["甲街道"], role=Role.SECURITY_ADMIN, since=SINCE, reason="x", by=cast.guan
        )
        for act in (
            lambda: confirm_petition(petition, by=cast.an, on=SINCE, at=timezone.now()),
            lambda: refuse_petition(petition, answer="不", by=cast.an, at=timezone.now()),
        ):
            with pytest.raises(Refused, match="不能确认与自己有关的申请"):
                act()


def test_one_post_cannot_ask_and_confirm_not_even_in_the_table(cast: Cast, account: Account) -> None:
    with acting_in(cast.places["东城区"].path):
        petition = ask_post(account, cast.places["甲街道"], role=Role.LEADER, since=SINCE, reason="x", by=cast.an)
        with pytest.raises(Refused, match="须由两个人办理"):
            confirm_petition(petition, by=cast.an, on=SINCE, at=timezone.now())
        with pytest.raises(IntegrityError, match="tenancy_petition_two_people"), transaction.atomic():
            Petition.objects.filter(pk=petition.pk).update(
                state="confirmed", decided_by=cast.an, decided_at=timezone.now()
            )


def test_a_stopped_account_gets_no_post(cast: Cast, account: Account) -> None:
    User.objects.filter(pk=account.user_id).update(is_active=False)
    page = cast.client("guan").post(f"/settings/accounts/{account.pk}/post/", asked(cast))
    assert (page.status_code, "账号已停用；请先恢复" in page.content.decode()) == (409, True)


def test_a_lost_second_factor_goes_when_two_people_agree(cast: Cast) -> None:
    guan, an = cast.client("guan"), cast.client("an")
    li, at = cast.li.user, timezone.now()
    with acting_in(cast.places["甲街道"].path):
        account = Account.objects.get(user=li)
        confirm_factor(li, code_at(secret_of(start_factor(li)), at.timestamp()), by=cast.li, at=at)
    here = cast.client("li")
    assert here.get("/entities/").status_code == 200
    guan.post(f"/settings/accounts/{account.pk}/factor/", {"reason": "手机丢了，已当面核对"})
    assert SecondFactor.objects.filter(user=li).exists()
    an.post(f"/settings/petitions/{the_petition(cast).pk}/confirm/")
    assert not SecondFactor.objects.filter(user=li).exists()
    assert here.get("/entities/").headers["Location"].startswith("/login/")
    with acting_in(cast.places["东城区"].path):
        event = AuditEvent.objects.get(action="tenancy.second_factor.removed")
        assert (event.subject_name, event.by_post, event.after) == ("李㛃", cast.an.pk, {"login": "li"})


def test_without_a_second_factor_there_is_none_to_take_away(cast: Cast, account: Account) -> None:
    page = cast.client("guan").post(f"/settings/accounts/{account.pk}/factor/", {"reason": "x"})
    assert (page.status_code, "没有绑定双因子，不用解除" in page.content.decode()) == (409, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_many_wait(cast: Cast, rows: int, django_assert_num_queries) -> None:
    with acting_in(cast.places["东城区"].path):
        for number in range(rows):
            account = open_account(cast.places["甲街道"], username=f"h{number}", person_name=f"韩{number}", by=None)[0]
            ask_post(account, cast.places["甲街道"], role=Role.LEADER, since=SINCE, reason="x", by=cast.guan)
    client = cast.client("an")
    with django_assert_num_queries(16):
        page = client.get("/settings/petitions/")
    assert page.context["page"].paginator.count == rows


def test_the_security_administrator_finds_what_waits_in_settings_and_to_do(cast: Cast, account: Account) -> None:
    cast.client("guan").post(f"/settings/accounts/{account.pk}/post/", asked(cast))
    an = cast.client("an")
    assert "1 件待您确认" in an.get("/settings/").content.decode()
    tasks = {each["task"].key: each["task"].count for each in an.get("/todo/").context["tasks"]}
    assert tasks == {"petitions": 1}
