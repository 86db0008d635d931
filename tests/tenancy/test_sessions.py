"""How a session ends: by idleness in an office, never on a cadre's phone; how a password grows old."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.test import Client

from tenancy.models import AuditEvent, User
from tenancy.scoping import acting_in
from tests.cast import PASSWORD, Cast

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


def signed_in(name: str) -> Client:
    client = Client()
    assert client.post("/login/", {"username": name, "password": PASSWORD}).status_code == 302
    return client


def test_an_office_that_does_nothing_for_half_an_hour_signs_in_again(cast: Cast, clock) -> None:
    client = signed_in("li")
    clock.shift(timedelta(minutes=30))
    assert client.get("/entities/").status_code == 200
    clock.shift(timedelta(minutes=30, seconds=1))
    out = client.get("/entities/?q=%E5%BA%97")
    assert out.headers["Location"] == "/login/?next=%2Fentities%2F%3Fq%3D%25E5%25BA%2597"
    assert "超过30分钟没有操作" in client.get("/login/").content.decode()
    assert client.get("/entities/").headers["Location"].startswith("/login/")


def test_whoever_keeps_working_stays_in(cast: Cast, clock) -> None:
    client = signed_in("li")
    for _ in range(5):
        clock.shift(timedelta(minutes=25))
        assert client.get("/entities/").status_code == 200


def test_an_endpoint_says_so_in_json(cast: Cast, clock) -> None:
    client = signed_in("li")
    clock.shift(timedelta(minutes=31))
    told = client.get("/api/entities/")
    assert (told.status_code, told.json()["code"]) == (401, "sign-in")


@pytest.mark.parametrize("name", ["wang", "wu"])
def test_a_phone_is_not_signed_out_for_idleness(cast: Cast, clock, name: str) -> None:
    client = signed_in(name)
    clock.shift(timedelta(hours=11))
    assert client.get("/me/").status_code == 200


def test_nobody_is_in_for_more_than_twelve_hours(cast: Cast, clock) -> None:
    client = signed_in("wang")
    clock.shift(timedelta(hours=12, seconds=1))
    assert client.get("/me/").headers["Location"].startswith("/login/")


def test_the_idle_time_can_be_set_and_switched_off(cast: Cast, clock, settings) -> None:
    settings.SESSION_IDLE_MINUTES = 0
    client = signed_in("li")
    clock.shift(timedelta(hours=2))
    assert client.get("/entities/").status_code == 200


def test_a_busy_minute_writes_the_session_once(cast: Cast, clock, django_assert_num_queries) -> None:
    client = signed_in("li")
    client.get("/me/")
    with django_assert_num_queries(15):
        client.get("/me/")
    clock.shift(timedelta(seconds=60))
    # The session is saved under a savepoint of its own.
    with django_assert_num_queries(18):
        client.get("/me/")


def test_signing_in_is_on_the_trail_once(cast: Cast, clock) -> None:
    client = signed_in("li")
    client.get("/entities/")
    client.get("/entities/")
    with acting_in(cast.places["甲街道"].path):
        told = AuditEvent.objects.filter(action="tenancy.login.signed_in")
        assert list(told.values_list("by_post", "after__factor")) == [(cast.li.pk, "password")]


def test_an_office_changes_a_password_of_ninety_days(cast: Cast, clock) -> None:
    User.objects.filter(username="li").update(password_changed_at=NOON - timedelta(days=90))
    assert signed_in("li").get("/entities/").status_code == 200
    clock.shift(timedelta(days=1))
    client = signed_in("li")
    assert client.get("/entities/").headers["Location"] == "/password/?next=%2Fentities%2F"
    assert "已用了 91 天" in client.get("/password/").content.decode()
    new = {"old_password": PASSWORD, "new_password1": "Another-1-secret", "new_password2": "Another-1-secret"}
    assert client.post("/password/?next=/entities/", new).headers["Location"] == "/entities/"
    assert client.get("/entities/").status_code == 200


def test_a_cadres_password_does_not_age_and_the_age_can_be_switched_off(cast: Cast, clock, settings) -> None:
    User.objects.update(password_changed_at=NOON - timedelta(days=400))
    assert signed_in("wang").get("/me/").status_code == 200
    settings.PASSWORD_MAX_AGE_DAYS = 0
    assert signed_in("li").get("/entities/").status_code == 200


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("alllowercase", "四类中至少要有三类"),
        ("lower-and-signs", "四类中至少要有三类"),
        (PASSWORD, "这个密码用过"),
        ("Shortone1", "密码太短：至少要有10个字符"),
        ("1234567890", "密码只包含数字"),
    ],
)
def test_a_password_that_is_too_simple_or_was_used_is_refused(cast: Cast, password: str, sentence: str) -> None:
    form = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    answer = cast.client("li").post("/password/", form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_the_last_five_passwords_do_not_come_back_and_the_sixth_does(cast: Cast) -> None:
    client, passwords = cast.client("li"), [PASSWORD, *(f"Number-{each}-secret" for each in range(6))]
    for old, new in pairwise(passwords):
        form = {"old_password": old, "new_password1": new, "new_password2": new}
        assert client.post("/password/", form).status_code == 302
    form = {"old_password": passwords[6], "new_password1": passwords[1], "new_password2": passwords[1]}
    assert client.post("/password/", form).status_code == 422
    form |= {"new_password1": passwords[0], "new_password2": passwords[0]}
    assert client.post("/password/", form).status_code == 302
