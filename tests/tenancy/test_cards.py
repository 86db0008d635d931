"""A personal card, a PIN, a bound phone: from the office's invitation to the lost phone."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.test import Client
from django.utils.timezone import localtime

from tenancy.actions.accounts import dismiss
from tenancy.actions.doors import revoke_door
from tenancy.actions.invitations import invite
from tenancy.actions.second_factor import confirm_factor, secret_of, start_factor
from tenancy.models import AuditEvent, Door, Pin, Post, User
from tenancy.rules.refusals import Refused
from tenancy.rules.second_factor import code_at
from tenancy.scoping import acting_in
from tests.cast import Cast, shown
from tests.tenancy.doors import NOW, PIN, TODAY, Phone, card_for, last4

DAY = timedelta(days=1)
CLOSED = "这个码用过了、过期了、已收回，或者不完整"


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def phone(cast: Cast, clock) -> Phone:
    return Phone(cast, Client())


@pytest.fixture
def bound(cast: Cast, phone: Phone) -> Phone:
    assert phone.bind(card_for(cast)).status_code == 302
    return phone


def post_of(cast: Cast, name: str) -> Post:
    with acting_in(cast.posts[name].place):
        return Post.objects.select_related("user").get(pk=cast.posts[name].pk)


def device_of(cast: Cast, name: str = "wang") -> Door:
    return Door.objects.of("device", cast.posts[name].pk).get()


def trail(cast: Cast, *actions: str) -> list[AuditEvent]:
    with acting_in(cast.places["甲街道"].path):
        return list(AuditEvent.objects.filter(action__in=actions).order_by("pk"))


def test_a_card_binds_the_phone_and_leads_to_the_own_work(cast: Cast, phone: Phone) -> None:
    answer = phone.bind(card_for(cast))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    cookie = answer.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 100 * 86400)
    assert phone.client.get("/my/").status_code == 200
    device = device_of(cast)
    assert device.expires_at == NOW + 100 * DAY
    assert device.token_hash not in cookie.value
    with acting_in(cast.wang.place):
        secret = Pin.objects.get(post=cast.wang).secret
    assert PIN not in secret and secret.count("$") >= 2
    assert [event.action for event in trail(cast, "tenancy.invitation.issued", "tenancy.device.bound")] == [
        "tenancy.invitation.issued",
        "tenancy.device.bound",
    ]


def test_the_cookie_is_secure_where_the_site_is(cast: Cast, phone: Phone, settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    assert phone.bind(card_for(cast)).cookies["device"]["secure"] is True


def test_looking_uses_nothing_up(cast: Cast, phone: Phone) -> None:
    token = card_for(cast)
    for _ in range(3):
        assert phone.client.get(f"/c/{token}/").status_code == 200
    door = Door.objects.of("invitation", cast.wang.pk).get()
    assert (door.uses, door.used_at, Door.objects.of("device", cast.wang.pk).count()) == (0, None, 0)
    assert phone.bind(token).status_code == 302


def test_the_page_names_the_place_and_nobody(cast: Cast, phone: Phone) -> None:
    """Whoever finds a card must not learn from it what it asks for."""
    page = phone.client.get(f"/c/{card_for(cast)}/").content.decode()
    assert "一社区" in page and "您手机号的后四位" in page
    for secret in (cast.wang.person_name, cast.wang.title, last4(cast)):
        assert secret not in page
    with acting_in(cast.wang.place):
        Post.objects.filter(pk=cast.wang.pk).update(phone="", phone_index="", phone_last4="")
    page = phone.client.get(f"/c/{card_for(cast)}/").content.decode()
    assert "您的姓名" in page and cast.wang.person_name not in page
    assert phone.bind(card_for(cast), known=" 王小明 ").status_code == 302


def test_a_used_card_opens_nothing_for_the_next_phone(cast: Cast, bound: Phone) -> None:
    token = card_for(cast)
    second = Phone(cast, Client())
    assert second.bind(token).status_code == 302
    third = Phone(cast, Client())
    for answer in (third.client.get(f"/c/{token}/"), third.bind(token)):
        assert answer.status_code == 404 and CLOSED in answer.content.decode()
    assert Door.objects.of("device", cast.wang.pk).count() == 2


def test_a_card_that_is_run_out_replaced_or_invented_reads_the_same(cast: Cast, phone: Phone, clock) -> None:
    replaced, fresh = card_for(cast), card_for(cast)
    answers = {shown(phone.client.get(f"/c/{token}/")) for token in (replaced, "B" * 43, "kein-code")}
    assert phone.client.get(f"/c/{fresh}/").status_code == 200
    clock.shift(7 * DAY)
    answers |= {shown(phone.client.get(f"/c/{fresh}/")), shown(phone.bind(fresh))}
    assert len(answers) == 1 and next(iter(answers))[0] == 404


def test_a_used_card_shows_its_bound_phone_the_way_in(cast: Cast, phone: Phone) -> None:
    token = card_for(cast)
    phone.bind(token)
    phone.forget_session()
    assert phone.client.get(f"/c/{token}/")["Location"] == "/pin/"


def test_what_is_not_known_slows_down_and_never_locks(cast: Cast, phone: Phone, clock) -> None:
    token = card_for(cast)
    told = [phone.bind(token, known="0000").content.decode() for _ in range(4)]
    assert ["请核对后再试" in page for page in told] == [True, True, False, False]
    assert "请在30秒后再试" in told[2] and "请在30秒后再试" in told[3]
    # While it waits not even the right answer is listened to, so that guessing gains nothing.
    assert phone.bind(token).status_code == 422
    clock.shift(timedelta(seconds=31))
    assert phone.bind(token).status_code == 302
    refused = trail(cast, "tenancy.device.refused")
    assert [event.after["failures"] for event in refused] == [1, 2, 3]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pin": "123456", "again": "123456"}, "数字依次排列"),
        ({"pin": "000000", "again": "000000"}, "不同的数字太少"),
        ({"again": "204817"}, "两遍PIN不一样"),
        ({"pin": "", "again": ""}, "请输入6位数字"),
        ({"known": ""}, "请填写手机号后四位"),
    ],
)
def test_a_slip_in_the_form_leaves_the_card_unused(cast: Cast, phone: Phone, changes, sentence: str) -> None:
    token = card_for(cast)
    answer = phone.bind(token, **changes)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    door = Door.objects.of("invitation", cast.wang.pk).get()
    assert (door.uses, door.failures) == (0, 0)
    assert phone.bind(token).status_code == 302


def test_the_own_telephone_is_no_pin(cast: Cast, phone: Phone) -> None:
    own = last4(cast)
    answer = phone.bind(card_for(cast), pin=f"{own}97", again=f"{own}97")
    assert answer.status_code == 422 and "有您手机号的后四位" in answer.content.decode()


def test_the_secret_of_somebody_beside_opens_nothing(cast: Cast, phone: Phone) -> None:
    """Wu works in the same community; neither his digits nor his name bind Wang's card."""
    token = card_for(cast)
    for known in (last4(cast, "wu"), cast.wu.person_name):
        page = phone.bind(token, known=known)
        assert page.status_code == 422 and cast.wu.person_name not in page.content.decode().replace(f'"{known}"', "")
    assert not Door.objects.of("device", cast.wang.pk, cast.wu.pk).exists()


def test_a_bound_phone_asks_for_the_pin_alone_and_leads_back(cast: Cast, bound: Phone) -> None:
    bound.forget_session()
    asked = bound.client.get("/my/records/")
    assert asked["Location"] == "/login/?next=/my/records/"
    to_pin = bound.client.get(asked["Location"])
    assert to_pin["Location"] == "/pin/?next=%2Fmy%2Frecords%2F"
    page = bound.client.get(to_pin["Location"]).content.decode()
    assert "王同志" in page and cast.wang.person_name not in page and "username" not in page
    answer = bound.unlock(next="/my/records/")
    assert (answer.status_code, answer["Location"]) == (302, "/my/records/")
    assert bound.client.get("/my/records/").status_code == 200
    assert bound.unlock(next="//evil.example/")["Location"] == "/"


def test_opening_slides_the_hundred_days_on_and_keeps_days_only(cast: Cast, bound: Phone, clock) -> None:
    clock.shift(99 * DAY)
    bound.forget_session()
    assert bound.unlock().status_code == 302
    clock.shift(99 * DAY)
    bound.forget_session()
    assert bound.unlock().cookies["device"]["max-age"] == 100 * 86400
    device = device_of(cast)
    assert device.expires_at == NOW + 298 * DAY
    assert (localtime(device.used_at).strftime("%H:%M"), device.uses) == ("00:00", 0)
    clock.shift(100 * DAY)
    bound.forget_session()
    assert "这台手机没有绑定" in bound.client.get("/pin/").content.decode()


def test_wrong_pins_wait_longer_and_longer_and_the_right_one_always_works_in_the_end(bound: Phone, clock) -> None:
    bound.forget_session()
    waits = []
    for _ in range(9):
        page = bound.unlock("135791").content.decode()
        assert "PIN不正确" in page
        waits.append(device_of(bound.cast).waits_until - NOW)
        clock.move_to(max(NOW, device_of(bound.cast).waits_until))
    steps = [after - before for before, after in pairwise(waits)]
    assert [step.total_seconds() for step in steps] == [0, 30, 60, 120, 240, 480, 960, 1800]
    assert bound.unlock().status_code == 302
    assert (device_of(bound.cast).failures, device_of(bound.cast).waits_until) == (0, None)


def test_while_it_waits_the_right_pin_is_not_listened_to(bound: Phone, clock) -> None:
    bound.forget_session()
    for _ in range(3):
        bound.unlock("135791")
    answer = bound.unlock()
    assert answer.status_code == 422 and "请在30秒后再试。不会锁死" in answer.content.decode()
    clock.shift(timedelta(seconds=30))
    assert bound.unlock().status_code == 302


def test_one_phones_wrong_pins_do_not_hold_up_the_other(cast: Cast, bound: Phone) -> None:
    other = Phone(cast, Client())
    assert other.bind(card_for(cast)).status_code == 302
    other.forget_session()
    for _ in range(5):
        other.unlock("135791")
    bound.forget_session()
    assert bound.unlock().status_code == 302


def test_a_new_card_sets_a_new_pin_for_every_phone(cast: Cast, bound: Phone) -> None:
    other = Phone(cast, Client())
    assert other.bind(card_for(cast), pin="975310", again="975310").status_code == 302
    bound.forget_session()
    assert bound.unlock().status_code == 422
    assert bound.unlock("975310").status_code == 302


def test_a_revoked_phone_is_signed_out_at_its_next_request_and_told_that_nothing_is_lost(
    cast: Cast, bound: Phone
) -> None:
    device = device_of(cast)
    with acting_in(cast.places["甲街道"].path):
        revoke_door(device, by=cast.li, at=NOW)
    told = bound.client.get("/api/my/visits")
    assert (told.status_code, told.json()["code"]) == (401, "device-gone")
    assert "没有传完的记录还在手机上" in told.json()["detail"]
    page = bound.client.get("/my/", follow=True).content.decode()
    assert "没有传完的督导记录还在手机上" in page
    assert "没有传完的督导记录还在手机上" in bound.unlock().content.decode()
    assert bound.client.get("/my/").status_code == 302


def test_a_revoked_phones_page_leads_to_the_sentence_at_once(cast: Cast, bound: Phone) -> None:
    with acting_in(cast.places["甲街道"].path):
        revoke_door(device_of(cast), by=cast.li, at=NOW)
    assert bound.client.get("/my/")["Location"] == "/pin/?next=%2Fmy%2F"


def test_a_cadre_sees_his_own_phones_and_ends_one(cast: Cast, bound: Phone) -> None:
    other = Phone(cast, Client())
    other.bind(card_for(cast))
    stranger = Phone(cast, Client())
    stranger.bind(card_for(cast, "chen"), "chen")
    mine = Door.objects.of("device", cast.wang.pk).order_by("pk")
    page = bound.client.get("/me/").content.decode()
    assert page.count("解除绑定</button>") == 2 and "本机" in page and "2026-11-20 绑定" in page
    foreign = device_of(cast, "chen")
    gone = bound.client.post(f"/me/devices/{foreign.pk}/revoke/")
    assert shown(gone) == shown(bound.client.post("/me/devices/999999/revoke/"))
    assert bound.client.post(f"/me/devices/{mine[1].pk}/revoke/").status_code == 302
    assert other.client.get("/my/")["Location"].startswith("/pin/")
    assert bound.client.get("/my/").status_code == 200
    assert stranger.client.get("/my/").status_code == 200


def test_the_endpoints_say_the_same_of_phones(cast: Cast, bound: Phone) -> None:
    device = device_of(cast)
    assert bound.client.get("/api/devices").json() == {
        "devices": [{"id": device.pk, "first_used_on": "2026-11-20", "last_used_on": "2026-11-20"}]
    }
    assert cast.client("chen").post(f"/api/devices/{device.pk}/revoke").status_code == 404
    assert bound.client.post(f"/api/devices/{device.pk}/revoke").status_code == 200
    assert bound.client.get("/api/devices").status_code == 401


def test_a_bound_phone_opens_the_one_post_it_was_bound_to(cast: Cast, bound: Phone) -> None:
    """The street makes the card; a post the same person holds in another street is not the street's to open."""
    with acting_in(cast.zhao.place):
        zhao = Post.objects.get(pk=cast.zhao.pk)
        zhao.user = cast.wang.user
        zhao.save()
    assert "乙街道" in cast.client("wang").get("/posts/").content.decode()
    assert "乙街道" not in bound.client.get("/posts/").content.decode()
    assert bound.client.post("/posts/", {"post": zhao.pk}).status_code == 404
    assert "乙街道" not in bound.client.get("/me/").content.decode()


def test_who_has_left_his_post_comes_in_no_more(cast: Cast, bound: Phone, clock) -> None:
    with acting_in(cast.places["甲街道"].path):
        dismiss(post_of(cast, "wang"), by=cast.li, on=TODAY + DAY)
    clock.move_to(datetime(2026, 11, 20, 15, 59, tzinfo=UTC))
    bound.forget_session()
    assert bound.unlock().status_code == 302
    assert bound.client.get("/my/").status_code == 200
    clock.shift(timedelta(minutes=1))
    assert bound.client.get("/my/").status_code == 403
    bound.forget_session()
    assert "这台手机没有绑定" in bound.client.get("/pin/").content.decode()
    with acting_in(cast.places["甲街道"].path), pytest.raises(Refused, match="只有在任的包保干部"):
        invite(post_of(cast, "wang"), by=cast.li, on=TODAY + DAY, at=NOW + DAY)


def test_a_closed_login_closes_the_phone(cast: Cast, bound: Phone) -> None:
    User.objects.filter(pk=cast.wang.user_id).update(is_active=False)
    assert bound.client.get("/my/")["Location"].startswith("/login/")
    assert "这台手机没有绑定" in bound.client.get("/pin/").content.decode()


def test_offices_and_administrators_get_no_card(cast: Cast, clock) -> None:
    with acting_in(cast.places["东城区"].path):
        for name in ("li", "qian", "zhou", "guan", "an", "shen", "leng", "wu"):
            with pytest.raises(Refused, match="办公室和管理员请用登录名和密码"):
                invite(cast.posts[name], by=cast.li, on=TODAY, at=NOW)
    assert Door.objects.count() == 0


def test_a_post_of_the_roster_gets_a_login_that_no_password_opens(cast: Cast, phone: Phone) -> None:
    with acting_in(cast.wang.place):
        wang = post_of(cast, "wang")
        wang.user = None
        wang.save()
    token = card_for(cast)
    user = post_of(cast, "wang").user
    assert user is not None and not user.has_usable_password()
    assert user.username == f"card:{cast.wang.pk}"
    assert phone.bind(token).status_code == 302
    assert card_for(cast) and post_of(cast, "wang").user == user


def test_a_card_opened_in_somebody_elses_window_ends_his_session(cast: Cast, clock) -> None:
    clerk = Phone(cast, cast.client("li"))
    token = card_for(cast)
    assert clerk.client.get(f"/c/{token}/").status_code == 200
    assert clerk.bind(token).status_code == 302
    assert clerk.client.get("/my/").status_code == 200
    assert clerk.client.get("/entities/").status_code == 403


def test_a_first_password_of_the_same_login_does_not_keep_the_phone_out(cast: Cast, bound: Phone) -> None:
    User.objects.filter(pk=cast.wang.user_id).update(must_change_password=True)
    assert bound.client.get("/my/").status_code == 200
    assert cast.client("wang").get("/my/")["Location"] == "/password/?next=%2Fmy%2F"


def test_a_second_factor_of_the_same_login_is_not_asked_on_the_phone(cast: Cast, bound: Phone) -> None:
    with acting_in(cast.wang.place):
        secret = secret_of(start_factor(cast.wang.user))
        confirm_factor(cast.wang.user, code_at(secret, NOW.timestamp()), by=cast.wang, at=NOW)
    assert bound.client.get("/my/").status_code == 200
    by_password = Client()
    by_password.force_login(cast.wang.user, backend="django.contrib.auth.backends.ModelBackend")
    assert by_password.get("/my/")["Location"] == "/login/code/?next=%2Fmy%2F"


def test_signing_out_leaves_the_phone_bound(cast: Cast, bound: Phone) -> None:
    assert bound.client.post("/logout/")["Location"] == "/login/"
    assert bound.client.get("/login/")["Location"].startswith("/pin/")
    assert "password" in bound.client.get("/login/?with=password").content.decode()
    assert bound.unlock().status_code == 302


def test_a_forged_cookie_is_no_phone(cast: Cast, bound: Phone) -> None:
    stranger = Client()
    stranger.cookies["device"] = bound.client.cookies["device"].value[:-2] + "xx"
    assert "这台手机没有绑定" in stranger.get("/pin/").content.decode()
    assert shown(stranger.get("/pin/")) == shown(Client().get("/pin/"))
