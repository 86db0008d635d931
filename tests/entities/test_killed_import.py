"""Workers killed while they read and write ledgers: nothing is lost, nothing comes twice, the next one goes on.

`make faults` kills twenty over imports of 5,000 rows; the ordinary run kills three over 1,000.
"""

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection, transaction

from entities.actions.ledger import LEDGER
from entities.models import Entity, GradeRecord, Licence, StatusRecord
from tenancy.actions.imports import commit_batch, confirm_batch, receive_workbook
from tenancy.actions.staging import stage_workbook
from tenancy.models import AuditEvent, ImportBatch, ImportRow
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.ledgers import AT, ON, csv_of, shop
from tests.workers import Workshop, wait_until

KILLS, ROWS = (20, 5000) if os.environ.get("FAULTS") in ("long", "full") else (3, 1000)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Workshop]:
    workshop = Workshop(tmp_path)
    yield workshop
    workshop.stop()


@dataclass
class Imports:
    """One ledger after another in 甲街道, each of shops of its own."""

    cast: Cast
    batches: list[ImportBatch] = field(default_factory=list)

    def next(self) -> ImportBatch:
        """The batch to go on with: waiting for a worker, a new one when the last is written."""
        with acting_in(self.cast.li.place):
            if not self.batches or self.state() == "committed":
                first = len(self.batches) * ROWS
                data = csv_of([shop(number) for number in range(first, first + ROWS)])
                street = self.cast.places["甲街道"]
                self.batches.append(
                    receive_workbook(street, kind="ledger", filename="台账.csv", data=data, by=self.cast.li)
                )
            elif self.state() == "staged":
                confirm_batch(self.batches[-1], by=self.cast.li, clean_only=False)
            return self.batches[-1]

    def state(self) -> str:
        with acting_in(self.cast.li.place):
            return ImportBatch.objects.get(pk=self.batches[-1].pk).state

    def durations(self) -> dict[str, float]:
        """How long one step takes when nobody is killed, by the state it begins in; nothing of it is kept."""
        batch, took = self.next(), {}
        with acting_in(self.cast.li.place), transaction.atomic():
            began = time.monotonic()
            stage_workbook(batch, LEDGER, on=ON)
            took["uploaded"] = time.monotonic() - began
            confirm_batch(batch, by=self.cast.li, clean_only=False)
            began = time.monotonic()
            commit_batch(batch, LEDGER, on=ON, at=AT)
            took["committing"] = time.monotonic() - began
            transaction.set_rollback(True)
        return took


def in_work() -> bool:
    """Whether another connection holds a batch."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = 'tenancy_importbatch'::regclass"
            " AND mode = 'RowShareLock' AND pid <> pg_backend_pid()"
        )
        return bool(cursor.fetchone()[0])


def sweep(files: Workshop, cast: Cast) -> None:
    files.send("entities.tasks.sweep_ledgers_of", [cast.places["东城区"].pk])


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_workers_killed_at_random_lose_and_double_nothing(transactional_db: None, cast: Cast, files: Workshop) -> None:
    imports, chance, killed = Imports(cast), random.Random(), {"uploaded": 0, "committing": 0}
    took = imports.durations()
    while sum(killed.values()) < KILLS:
        imports.next()
        before, victim = imports.state(), files.worker()
        sweep(files, cast)
        wait_until(lambda before=before: in_work() or imports.state() != before)
        time.sleep(chance.uniform(0, took[before]))
        victim.kill()
        victim.wait()
        wait_until(lambda: not in_work())
        # One that was done before it died is no victim; the next step has its turn.
        killed[before] += imports.state() == before

    files.worker()
    while imports.state() != "committed":
        imports.next()
        before = imports.state()
        sweep(files, cast)
        wait_until(lambda before=before: imports.state() != before)

    total = len(imports.batches) * ROWS
    with acting_in(cast.li.place):
        for batch in ImportBatch.objects.all():
            assert (batch.counts["read"], batch.counts["new"], batch.counts["written"]) == (ROWS, ROWS, ROWS)
        assert ImportRow.objects.exclude(subject_id=None).count() == ImportRow.objects.count() == total
        assert Entity.objects.values("uscc").distinct().count() == Entity.objects.count() == total
        for records in (Licence, GradeRecord, StatusRecord):
            assert records.objects.values("entity").distinct().count() == records.objects.count() == total
        assert AuditEvent.objects.filter(action="tenancy.import.committed").count() == len(imports.batches)
