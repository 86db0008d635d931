"""Several at once: one card binds one phone, wrong PINs are all counted, two clerks make one login."""

import pytest

from tenancy.actions.devices import Bound, bind_device, unlock
from tenancy.actions.doors import DoorClosed, open_door
from tenancy.actions.invitations import invite
from tenancy.models import Door, Pin, Post, User
from tenancy.rules.refusals import Denied
from tenancy.scoping import acting_in
from tests.supervision.test_visit_races import at_once
from tests.tenancy.doors import NOW, PIN, TODAY, card_for, last4

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed(transactional_db, cast):
    return cast


def binding(token: str, known: str, pin: str):
    def act() -> Bound | Denied:
        with open_door(token, "invitation", at=NOW) as opening:
            return bind_device(opening, known=known, pin=pin, on=TODAY, at=NOW)

    return act


def test_of_five_phones_at_once_one_is_bound(committed) -> None:
    token, known = card_for(committed), last4(committed)
    told = at_once(*(binding(token, known, f"20481{number}") for number in range(5)))
    assert sorted(type(each).__name__ for each in told) == ["Bound", *["DoorClosed"] * 4]
    assert Door.objects.of("device", committed.wang.pk).count() == 1
    assert Door.objects.of("invitation", committed.wang.pk).get().uses == 1
    with acting_in(committed.wang.place):
        assert Pin.objects.count() == 1


def test_guesses_at_once_are_counted_one_by_one(committed) -> None:
    token = card_for(committed)
    told = at_once(*(binding(token, "0000", PIN) for _ in range(6)))
    door = Door.objects.of("invitation", committed.wang.pk).get()
    assert all(isinstance(each, Denied) for each in told)
    # The third slip makes the others wait, so they were not listened to.
    assert door.failures == 3


def test_pins_at_once_are_counted_one_by_one(committed) -> None:
    bound = binding(card_for(committed), last4(committed), PIN)()
    assert isinstance(bound, Bound)

    def guess() -> Bound | Denied:
        with open_door(bound.token, "device", at=NOW) as opening:
            return unlock(opening, "135791", token=bound.token, on=TODAY, at=NOW)

    assert all(isinstance(each, Denied) for each in at_once(*[guess] * 6))
    assert Door.objects.get(pk=bound.door_id).failures == 3


def test_two_clerks_at_once_make_one_login_and_one_card_that_opens(committed) -> None:
    place = committed.places["甲街道"].path
    with acting_in(place):
        Post.objects.filter(pk=committed.wang.pk).update(user=None)

    def act() -> str:
        with acting_in(place):
            return invite(Post.objects.get(pk=committed.wang.pk), by=committed.li, on=TODAY, at=NOW).token

    tokens = at_once(act, act)
    opened = 0
    for token in tokens:
        try:
            with open_door(token, "invitation", at=NOW):
                opened += 1
        except DoorClosed:
            pass
    assert opened == 1
    assert User.objects.filter(username__startswith="card:").count() == 1


def test_a_token_used_twice_at_once_is_counted_twice(committed) -> None:
    from tenancy.actions.doors import issue_door

    with acting_in(committed.li.place):
        door, token = issue_door("api", committed.places["甲街道"], committed.li, expires_at=None, by=committed.li)

    def act() -> int:
        with open_door(token, "api", at=NOW) as opening:
            return opening.subject_id

    assert at_once(*[act] * 4) == [committed.li.pk] * 4
    door.refresh_from_db()
    assert door.uses == 4
