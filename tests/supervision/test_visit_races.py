"""Two connections at once: one fulfilling visit, one visit for a key, one opened quarter."""

import json
import threading
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import connection

from entities.models import Entity
from supervision.actions import issues
from supervision.actions.quarters import open_quarter
from supervision.actions.visits import Submitted, submit_visit
from supervision.forms import read_visit
from supervision.models import Issue, Obligation, Quarter, Visit
from supervision.queries.own import entities_to_visit
from tenancy.actions.plans import adopt_plan
from tenancy.plans import shipped_plan
from tenancy.rules.periods import quarter_of
from tenancy.rules.refusals import Refused
from tenancy.scoping import acting_in
from tests.cast import SINCE
from tests.supervision.desk import NOW, TODAY, Desk

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Runs the acts side by side, each on its own connection; gives what each returned or raised, in order."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[index] = act()
        except Exception as error:  # noqa: BLE001 -- what was raised is what the test looks at
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index, act)) for index, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.fixture
def place(transactional_db, cast) -> str:
    return cast.places["甲街道"].path


@pytest.fixture
def made(cast, place) -> tuple[Desk, Entity]:
    """Committed before the race begins."""
    with acting_in(place):
        adopt_plan(cast.places["甲街道"], shipped_plan("gumei"), since=SINCE, by=None)
        desk = Desk(cast)
        desk.employ("wang")
        entity = desk.entity("莲花面馆", business_type="catering")
        desk.open()
    return desk, entity


def send(desk: Desk, entity: Entity, key: UUID, raw: bytes, who: str) -> Callable[[], Submitted]:
    def act() -> Submitted:
        with acting_in(desk.cast.places["甲街道"].path):
            body, by = read_visit(raw), desk.cast.posts[who]
            fetched = entities_to_visit(by, TODAY).get(pk=entity.pk)
            return submit_visit(fetched, key=key, body=body, by=by, on=TODAY, at=NOW)

    return act


def body_of(desk: Desk, entity: Entity, place: str) -> bytes:
    with acting_in(place):
        return json.dumps(desk.body(entity)).encode()


def test_two_visits_at_once_fulfil_the_obligation_once_and_both_are_kept(made, place):
    desk, entity = made
    raw = body_of(desk, entity, place)
    told = at_once(*(send(desk, entity, uuid4(), raw, who) for who in ("wang", "li", "wang")))
    assert sorted(each.fulfils for each in told) == [False, False, True]
    with acting_in(place):
        winner = next(each.visit.pk for each in told if each.fulfils)
        assert (Visit.objects.count(), Obligation.objects.get().fulfilled_by_id) == (3, winner)


def test_the_same_key_at_once_makes_one_visit(made, place):
    desk, entity = made
    key, raw = uuid4(), body_of(desk, entity, place)
    told = at_once(*(send(desk, entity, key, raw, "wang") for _ in range(3)))
    assert sorted(each.created for each in told) == [False, False, True]
    assert len({each.visit.pk for each in told}) == 1


def test_the_same_key_at_once_without_an_obligation_makes_one_visit(made, place):
    """Nothing to lock first: the unique key alone decides."""
    desk, entity = made
    with acting_in(place):
        raw = json.dumps(desk.body(entity, visited_on="2026-09-30")).encode()
    key = uuid4()
    told = at_once(*(send(desk, entity, key, raw, "wang") for _ in range(3)))
    assert sorted(each.created for each in told) == [False, False, True]


def test_a_quarter_opened_twice_at_once_is_opened_once(made, place):
    desk, _entity = made
    street, spring = desk.cast.places["甲街道"], TODAY.replace(month=3)

    def act() -> int:
        with acting_in(place):
            return open_quarter(street, quarter_of(spring), on=spring)[1]

    assert sorted(at_once(act, act)) == [0, 1]
    with acting_in(place):
        assert (Quarter.objects.filter(label="2026Q1").count(), Obligation.objects.count()) == (1, 2)


def test_of_two_officers_at_once_one_acknowledges(made, place):
    desk, entity = made
    with acting_in(place):
        issue = desk.issue(entity)

    def act() -> Issue:
        with acting_in(place):
            return issues.acknowledge(issue, text="", by=desk.cast.zhou, on=TODAY, at=NOW)

    told = at_once(act, act)
    assert sorted(type(each).__name__ for each in told) == ["Issue", "Refused"]
    assert next(each for each in told if isinstance(each, Refused)).code == "issue-state"
