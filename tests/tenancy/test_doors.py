"""Doors: one subject in one place, the same answer for everything closed, counted, limited and on the trail."""

from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from django.urls import path

import baobao.urls
from tenancy.actions.doors import DoorClosed, Opening, issue_door, open_door, revoke_door
from tenancy.actions.tree import move_place
from tenancy.middleware import seconds_to_wait
from tenancy.models import AuditEvent, Door, Notice, Post
from tenancy.rules.doors import token_digest
from tenancy.scoping import acting_in, acting_places
from tenancy.views.doors import through_door
from tests.cast import Cast, shown
from tests.tenancy.doors import NOW, card_for

WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def notice_for(cast: Cast, name: str, text: str) -> Notice:
    post = cast.posts[name]
    with acting_in(post.place):
        return Notice.objects.create(post=post, place=post.place, key=text, kind="test", text=text)


def door_to(cast: Cast, notice: Notice, kind: str = "reply", **changes) -> tuple[Door, str]:
    place = cast.places["一社区"]
    with acting_in(place.path):
        return issue_door(kind, place, notice, **{"expires_at": NOW + WEEK, "by": cast.li} | changes)


@pytest.fixture
def letter(cast: Cast) -> Notice:
    return notice_for(cast, "wang", "给王小明的回复页")


def through(token: str, kind: str = "reply", at=NOW) -> Opening:
    with open_door(token, kind, at=at) as opening:
        return opening


def test_only_the_digest_of_a_token_is_kept(cast: Cast, letter: Notice) -> None:
    _door, token = door_to(cast, letter)
    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM tenancy_door d")
        (row,) = cursor.fetchone()
    assert token not in row and token_digest(token) in row
    assert len(token) >= 43


def test_a_door_opens_its_place_for_the_block_and_knows_one_subject(cast: Cast, letter: Notice) -> None:
    beside = notice_for(cast, "wu", "同一社区另一份")
    _door, token = door_to(cast, letter)
    with open_door(token, "reply", at=NOW) as opening:
        assert acting_places() == [cast.places["一社区"].path]
        assert Notice.objects.count() == 2
        assert opening.subject(Notice.objects.all()) == letter
        with pytest.raises(DoorClosed):
            opening.subject(Notice.objects.filter(pk=beside.pk))
    assert acting_places() == []


def test_a_door_never_opens_the_next_place(cast: Cast, letter: Notice) -> None:
    elsewhere = notice_for(cast, "chen", "二社区的")
    _door, token = door_to(cast, letter)
    with open_door(token, "reply", at=NOW):
        assert not Notice.objects.filter(pk=elsewhere.pk).exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Notice.objects.create(post=cast.chen, place=cast.chen.place, key="x", kind="test", text="不行")


@pytest.fixture
def reply(settings):
    """A page behind a door of the kind reply, as an app above would write it."""

    @through_door("reply")
    def show(request, opening):
        from django.http import HttpResponse

        wanted = Notice.objects.all()
        return HttpResponse(opening.subject(wanted).text)

    class Urls:
        urlpatterns = [path("d/reply/<str:token>/", show), *baobao.urls.urlpatterns]
        handler404 = baobao.urls.handler404

    settings.ROOT_URLCONF = Urls
    return lambda token, client=None: (client or Client()).get(f"/d/reply/{token}/")


def test_what_stands_beside_the_subject_cannot_be_read_through_the_page(cast: Cast, letter: Notice, reply) -> None:
    beside = notice_for(cast, "wu", "同一社区另一份")
    _door, token = door_to(cast, letter)
    assert reply(token).content.decode() == letter.text
    with acting_in(letter.place):
        letter.delete()
    gone = reply(token)
    assert gone.status_code == 404 and beside.text not in gone.content.decode()


def closed_tokens(cast: Cast, letter: Notice) -> dict[str, str]:
    """One token for every reason a door is closed."""
    made = {
        "run out": door_to(cast, letter, expires_at=NOW)[1],
        "of another kind": door_to(cast, letter, kind="calendar")[1],
        "unknown": "A" * 43,
        "empty of sense": "' OR 1=1 --",
    }
    door, made["revoked"] = door_to(cast, letter)
    with acting_in(door.place):
        revoke_door(door, by=cast.li, at=NOW)
    return made


def test_whatever_is_closed_answers_alike_after_the_same_work(
    cast: Cast, letter: Notice, reply, django_assert_num_queries
) -> None:
    answers = set()
    for token in closed_tokens(cast, letter).values():
        # A savepoint, one look-up, back to the savepoint and away with it.
        with django_assert_num_queries(4):
            response = reply(token)
        answers.add(shown(response))
        assert response["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert len(answers) == 1
    ((status, text),) = answers
    assert status == 404 and "请向发给您的单位要一个新的" in text


def test_whoever_is_signed_in_is_nobody_behind_a_door(cast: Cast, letter: Notice, reply) -> None:
    """Sun acts in another district; the door's place is not wider than his, because his is not open there."""
    _door, token = door_to(cast, letter)
    for name in ("sun", "li", "wang"):
        answer = reply(token, cast.client(name))
        assert (answer.status_code, answer.content.decode()) == (200, letter.text)


def test_uses_are_counted_and_the_first_of_a_day_is_on_the_trail(cast: Cast, letter: Notice) -> None:
    door, token = door_to(cast, letter)
    for at in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1)):
        through(token, at=at)
    door.refresh_from_db()
    assert (door.uses, door.used_at) == (3, NOW + timedelta(days=1))
    with acting_in(letter.place):
        trail = AuditEvent.objects.filter(subject="tenancy.door", subject_id=door.pk).order_by("pk")
        assert [event.action for event in trail] == ["tenancy.door.issued", *["tenancy.door.opened"] * 2]


def test_a_door_without_an_end_stays_open_and_one_with_an_end_does_not(cast: Cast, letter: Notice) -> None:
    lasting, ending = door_to(cast, letter, expires_at=None)[1], door_to(cast, letter)[1]
    late = NOW + timedelta(days=3650)
    assert through(lasting, at=late).subject_id == letter.pk
    with pytest.raises(DoorClosed):
        through(ending, at=NOW + WEEK)
    assert through(ending, at=NOW + WEEK - timedelta(seconds=1)).subject_id == letter.pk


def test_taking_back_twice_is_one_act(cast: Cast, letter: Notice) -> None:
    door, _token = door_to(cast, letter)
    with acting_in(door.place):
        first = revoke_door(door, by=cast.li, at=NOW).revoked_at
        assert revoke_door(door, by=cast.li, at=NOW + WEEK).revoked_at == first == NOW
        assert AuditEvent.objects.filter(action="tenancy.door.revoked").count() == 1


def test_a_moved_place_takes_its_doors_along(cast: Cast, letter: Notice) -> None:
    door, token = door_to(cast, letter)
    with acting_in(cast.places["东城区"].path):
        moved = move_place(cast.places["一社区"], cast.places["乙街道"], by=cast.qian)
    assert through(token).place == moved.path
    with open_door(token, "reply", at=NOW) as opening:
        assert opening.subject(Notice.objects.all()).pk == letter.pk
    door.refresh_from_db()
    assert door.place == moved.path


def test_a_door_cannot_lie_about_its_place(cast: Cast, letter: Notice) -> None:
    door, _token = door_to(cast, letter)
    with pytest.raises(DatabaseError, match="tenancy_door_place"), transaction.atomic():
        Door.objects.filter(pk=door.pk).update(place=cast.places["四社区"].path)


def test_a_token_and_an_address_are_limited(cast: Cast, letter: Notice, reply) -> None:
    _door, token = door_to(cast, letter)
    told = [reply(token).status_code for _ in range(121)]
    assert told == [200] * 120 + [429]
    limited = reply(token)
    assert limited["Retry-After"] == "60" and "请在60秒后再试" in limited.content.decode()
    assert reply(door_to(cast, letter)[1]).status_code == 200
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")
    assert [seconds_to_wait(request, f"guess {number}") for number in range(601)] == [0] * 600 + [60]
    assert seconds_to_wait(RequestFactory().get("/", REMOTE_ADDR="192.0.2.8"), "guess") == 0


def test_a_header_of_the_visitors_own_is_no_address(rf: RequestFactory, settings) -> None:
    from tenancy.middleware.limits import address_of

    asked = rf.get("/", REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR="198.51.100.1, 198.51.100.9")
    assert address_of(asked) == "192.0.2.7"
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert address_of(asked) == "198.51.100.9"


def test_a_card_is_no_door_of_another_kind(cast: Cast, reply) -> None:
    token = card_for(cast)
    assert reply(token).status_code == 404
    assert Client().get(f"/c/{token}/").status_code == 200
    with acting_in(cast.places["一社区"].path):
        assert Post.objects.filter(pk=cast.wang.pk).exists()
