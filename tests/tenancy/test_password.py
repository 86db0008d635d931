"""A first password opens one page only; the new one ends the other sessions."""

from django.test import Client

from tests.cast import PASSWORD, Cast

NEW = "another-secret-77"


def changed(client: Client, **form: str):
    fields = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW} | form
    return client.post("/password/", fields)


def test_a_first_password_opens_nothing_but_its_own_change(cast: Cast) -> None:
    cast.li.user.must_change_password = True
    cast.li.user.save()
    client = cast.client("li")
    assert client.get("/entities/").headers["Location"] == "/password/?next=%2Fentities%2F"
    assert changed(client).status_code == 302
    assert client.get("/entities/").status_code == 200


def test_other_sessions_end_with_the_old_password(cast: Cast) -> None:
    here, there = cast.client("li"), cast.client("li")
    assert changed(here).status_code == 302
    assert here.get("/entities/").status_code == 200
    assert there.get("/entities/").headers["Location"].startswith("/login/")


def test_behind_the_proxy_an_account_is_locked_with_its_visitors_address(cast: Cast, settings) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}

    def tried(address: str, password: str) -> int:
        form = {"username": "li", "password": password}
        return Client(headers={"X-Forwarded-For": address}).post("/login/", form).status_code

    assert [tried("198.51.100.1", "wrong") for _ in range(5)][-1] == 429
    assert tried("198.51.100.1", PASSWORD) == 429
    assert tried("198.51.100.2", PASSWORD) == 302


def test_a_weak_or_wrong_entry_keeps_the_old_password(cast: Cast) -> None:
    client = cast.client("li")
    assert changed(client, new_password1="12345", new_password2="12345").status_code == 422
    assert changed(client, old_password="not-it").status_code == 422
    cast.li.user.refresh_from_db()
    assert cast.li.user.check_password(PASSWORD)
