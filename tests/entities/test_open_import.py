"""A long import holds its transaction open; nobody else of the district waits for it, and the chain misses nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from entities.models import Entity
from tenancy.actions.plans import adopt_plan
from tenancy.actions.sealing import first_broken_link, seal_events
from tenancy.actions.tree import found_place
from tenancy.models import AuditEvent, AuditSeal, Jurisdiction
from tenancy.plans import shipped_plan
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.entities.test_ledger_import import EXPECTED, committed
from tests.entities.test_register_acts import added

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def held_open(cast: Cast, street: Jurisdiction) -> Iterator[None]:
    """The whole import and an act of the district itself, done and not committed."""
    done, go_on = threading.Event(), threading.Event()

    def work() -> None:
        try:
            with acting_in(cast.places["东城区"].path):
                adopt_plan(cast.places["东城区"], shipped_plan("suining"), since=SINCE, by=cast.qian)
                committed(cast, street)
                done.set()
                go_on.wait(60)
        finally:
            done.set()
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert done.wait(60)
    yield
    go_on.set()
    thread.join(60)


@contextmanager
def impatient() -> Iterator[None]:
    """A statement that would wait for somebody's lock fails instead."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
    yield


def test_others_write_and_the_chain_is_sealed_while_an_import_is_open(transactional_db, cast: Cast, street) -> None:
    tenant = cast.places["东城区"]
    with held_open(cast, street):
        with acting_in(tenant.path), impatient():
            found_place(tenant, name="丁街道", level="street", segment="009")
            before = AuditEvent.objects.count()
            assert (Entity.objects.count(), seal_events(tenant)) == (0, before)
        shop = added(cast)
        with acting_in(street.path), impatient():
            assert list(Entity.objects.all()) == [shop]
    with acting_in(tenant.path):
        assert Entity.objects.count() == 1 + EXPECTED["committable"]
        waiting = AuditEvent.objects.count() - before
        assert (waiting > 0, seal_events(tenant), first_broken_link(tenant)) == (True, waiting, None)
        assert AuditSeal.objects.count() == AuditEvent.objects.count()
