"""The second factor with real codes: bound, asked for, taken once, locked, replaced; required of administrators."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.checks import run_checks
from django.test import Client

from tenancy.actions.second_factor import confirm_factor, secret_of, start_factor
from tenancy.fields import seal_secret, unseal_secret
from tenancy.models import AuditEvent, SecondFactor, User
from tenancy.rules.second_factor import Outcome, binding_address, code_at, fitting_step, typed
from tenancy.scoping import acting_in
from tests.cast import PASSWORD, Cast

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
# RFC 6238, appendix B: SHA-1, the last six of its eight digits.
VECTORS = [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
    (20000000000, "353130"),
]  # fmt: skip
KEY = b"12345678901234567890"


@pytest.mark.parametrize(("time", "code"), VECTORS)
def test_codes_are_those_of_the_standard(time: int, code: str) -> None:
    assert code_at(KEY, time) == code
    assert fitting_step(KEY, code, time) == time // 30


def test_the_neighbouring_codes_are_taken_and_no_others_and_each_once() -> None:
    now = 1_000_000_015
    codes = {offset: code_at(KEY, now + 30 * offset) for offset in range(-3, 4)}
    assert [offset for offset, code in codes.items() if fitting_step(KEY, code, now) is not None] == [-1, 0, 1]
    step = fitting_step(KEY, codes[0], now)
    assert fitting_step(KEY, codes[0], now, after=step) is None
    assert fitting_step(KEY, codes[-1], now, after=step) is None
    assert fitting_step(KEY, codes[1], now, after=step) == step + 1


@pytest.mark.parametrize("text", ["", "12", "abcdef", "二八七零八二", "2870820", "\x00"])
def test_what_is_no_code_fits_nowhere(text: str) -> None:
    assert fitting_step(KEY, typed(text), 59) is None


def test_the_qr_code_says_what_authenticators_read() -> None:
    address = binding_address(KEY, "guan", "食安包保")
    assert address.startswith("otpauth://totp/%E9%A3%9F%E5%AE%89%E5%8C%85%E4%BF%9D:guan?")
    assert set(address.split("?")[1].split("&")) == {
        "digits=6", "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "algorithm=SHA1",
        "issuer=%E9%A3%9F%E5%AE%89%E5%8C%85%E4%BF%9D", "period=30",
    }  # fmt: skip


def test_a_sealed_key_opens_for_its_owner_alone() -> None:
    from cryptography.exceptions import InvalidTag

    sealed = seal_secret(KEY, "user:1")
    assert KEY.hex() not in sealed
    assert unseal_secret(sealed, "user:1") == KEY
    with pytest.raises(InvalidTag):
        unseal_secret(sealed, "user:2")


def signed_in(name: str) -> Client:
    client = Client()
    assert client.post("/login/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def bind(client: Client, name: str, at: datetime) -> list[str]:
    """Through the pages: start, the first code, the recovery codes that are shown."""
    client.post("/second-factor/start/")
    answer = client.post("/second-factor/bind/", {"code": code_of(name, at)})
    assert answer.status_code == 200
    return re.findall(r'<li class="mono">([^<]+)</li>', answer.content.decode())


def code_of(name: str, at: datetime) -> str:
    factor = SecondFactor.objects.select_related("user").get(user__username=name)
    return code_at(secret_of(factor), at.timestamp())


@pytest.mark.parametrize("name", ["guan", "an", "shen"])
def test_an_administrator_gets_nowhere_before_he_has_bound_one(cast: Cast, name: str) -> None:
    with time_machine.travel(NOON, tick=False):
        client = signed_in(name)
        for path in ("/", "/settings/", "/settings/roles/", "/todo/", "/me/"):
            assert client.get(path).headers["Location"].startswith("/second-factor/?next=")
        told = client.get("/api/roles/")
        assert (told.status_code, told.json()["code"]) == (403, "show-second-factor")
        assert "须绑定双因子才能办理业务" in told.json()["detail"]
        assert len(bind(client, name, NOON)) == 8
        assert client.get("/settings/").status_code == 200


def test_an_office_may_do_without(cast: Cast) -> None:
    assert signed_in("li").get("/entities/").status_code == 200


def test_the_page_shows_the_key_until_its_first_code_and_never_again(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False):
        client = signed_in("guan")
        client.post("/second-factor/start/")
        waiting = client.get("/second-factor/").content.decode()
        assert "<svg" in waiting
        key = re.search(r"data-key>([A-Z2-7 ]+)<", waiting)
        assert key
        assert client.post("/second-factor/bind/", {"code": "000000"}).status_code == 422
        client.post("/second-factor/bind/", {"code": code_of("guan", NOON)})
        bound = client.get("/second-factor/").content.decode()
        assert key[1] not in bound
        assert "data-key" not in bound
        assert client.post("/second-factor/start/").status_code == 409
        with acting_in(cast.places["东城区"].path):
            assert AuditEvent.objects.filter(action="tenancy.second_factor.bound", by_post=cast.guan.pk).count() == 1


def test_signing_in_asks_for_the_code_and_nothing_opens_without_it(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        bind(signed_in("guan"), "guan", NOON)
        clock.shift(60)
        client = signed_in("guan")
        assert client.get("/settings/").headers["Location"] == "/login/code/?next=%2Fsettings%2F"
        assert client.get("/api/roles/").status_code == 403
        before = client.cookies["sessionid"].value
        wrong = client.post("/login/code/", {"code": "123456"})
        assert (wrong.status_code, "验证码不正确或已用过" in wrong.content.decode()) == (422, True)
        now = datetime.now(tz=UTC)
        good = client.post("/login/code/?next=/settings/", {"code": code_of("guan", now)})
        assert good.headers["Location"] == "/settings/"
        assert client.cookies["sessionid"].value != before
        assert client.get("/settings/").status_code == 200
        with acting_in(cast.places["东城区"].path):
            told = AuditEvent.objects.filter(action="tenancy.login.signed_in", by_post=cast.guan.pk).order_by("pk")
            assert list(told.values_list("after__factor", flat=True)) == ["password", "code"]


def test_a_code_is_good_once_also_in_another_window(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        bind(signed_in("guan"), "guan", NOON)
        clock.shift(60)
        code = code_of("guan", datetime.now(tz=UTC))
        assert signed_in("guan").post("/login/code/", {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
        assert signed_in("guan").post("/login/code/", {"code": code}).status_code == 422


def test_a_recovery_code_is_good_once(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False):
        codes = bind(signed_in("guan"), "guan", NOON)
        client = signed_in("guan")
        assert client.post("/login/code/", {"code": codes[0].upper()}).status_code == 302
        assert client.get("/settings/").status_code == 200
        assert signed_in("guan").post("/login/code/", {"code": codes[0]}).status_code == 422
        assert len(SecondFactor.objects.get().recovery) == 7
        with acting_in(cast.places["东城区"].path):
            assert AuditEvent.objects.filter(action="tenancy.login.signed_in", after__factor="recovery").count() == 1


def test_five_wrong_codes_lock_for_a_quarter_of_an_hour_also_for_the_right_one(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        bind(signed_in("guan"), "guan", NOON)
        clock.shift(60)
        client = signed_in("guan")
        for _ in range(5):
            assert client.post("/login/code/", {"code": "123456"}).status_code == 422
        locked = client.post("/login/code/", {"code": code_of("guan", datetime.now(tz=UTC))})
        assert (locked.status_code, "暂停15分钟" in locked.content.decode()) == (422, True)
        clock.shift(15 * 60)
        assert client.post("/login/code/", {"code": code_of("guan", datetime.now(tz=UTC))}).status_code == 302


def test_another_telephone_takes_the_old_ones_code_and_ends_the_other_sessions(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        here = signed_in("guan")
        codes = bind(here, "guan", NOON)
        there = signed_in("guan")
        there.post("/login/code/", {"code": codes[0]})
        clock.shift(60)
        assert here.post("/second-factor/remove/", {"code": "000000"}).status_code == 422
        assert here.post("/second-factor/remove/", {"code": code_of("guan", datetime.now(tz=UTC))}).status_code == 302
        assert not User.objects.get(username="guan").has_second_factor
        assert there.get("/settings/").headers["Location"].startswith("/login/?next=")
        # Here the person is still in, and is led to bind the new one.
        assert here.get("/settings/").headers["Location"].startswith("/second-factor/")
        assert len(bind(here, "guan", datetime.now(tz=UTC))) == 8


def test_new_recovery_codes_replace_the_old_ones(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False):
        client = signed_in("guan")
        old = bind(client, "guan", NOON)
        answer = client.post("/second-factor/codes/", {"code": old[0]})
        new = re.findall(r'<li class="mono">([^<]+)</li>', answer.content.decode())
        assert len(new) == 8
        assert not set(new) & set(old)
        assert signed_in("guan").post("/login/code/", {"code": old[1]}).status_code == 422
        assert signed_in("guan").post("/login/code/", {"code": new[1]}).status_code == 302


def test_neither_key_nor_codes_stand_in_the_tables_in_clear(cast: Cast) -> None:
    with time_machine.travel(NOON, tick=False):
        codes = bind(signed_in("guan"), "guan", NOON)
        factor = SecondFactor.objects.select_related("user").get()
        stored = f"{factor.secret} {factor.recovery}"
        assert secret_of(factor).hex() not in stored
        assert not [code for code in codes if code in stored or typed(code) in stored]


def test_a_factor_begun_but_not_bound_asks_for_nothing(cast: Cast) -> None:
    start_factor(cast.li.user)
    assert signed_in("li").get("/entities/").status_code == 200
    with acting_in(cast.places["甲街道"].path):
        assert confirm_factor(cast.li.user, "000000", by=cast.li, at=NOON) == []


def test_the_trial_says_that_nobody_has_to(cast: Cast, settings) -> None:
    asked = cast.client("li").get("/health/").content.decode()
    assert "系统管理员、安全管理员、审计管理员 · 须绑定" in asked
    settings.SECOND_FACTOR_ROLES = []
    assert "没有岗位须绑定 · 试用" in cast.client("li").get("/health/").content.decode()
    assert signed_in("guan").get("/settings/").status_code == 200


def test_other_roles_can_be_listed_and_misspelt_ones_are_refused(cast: Cast, settings) -> None:
    settings.SECOND_FACTOR_ROLES = ["street_office"]
    assert signed_in("li").get("/entities/").headers["Location"].startswith("/second-factor/")
    settings.SECOND_FACTOR_ROLES = ["street_ofice"]
    assert [fault.id for fault in run_checks(tags=["security"]) if fault.id.startswith("tenancy")] == ["tenancy.E004"]


def test_good_outcomes_are_two_of_four() -> None:
    assert [outcome for outcome in Outcome if outcome.is_good] == [Outcome.CODE, Outcome.RECOVERY]
