"""Work that waits: ledgers, the station's lists and outside lists to read and to write. The row in the table is the work.

And what the days bring: grades that end or begin.
"""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from entities.actions import expiry, grades, outside
from entities.actions.ledger import LEDGER
from entities.actions.outside import OUTSIDE
from entities.actions.record_imports import CHECKS, PENALTIES, STAFF
from tenancy.actions.imports import work_off_one
from tenancy.models import ImportBatch, Jurisdiction
from tenancy.rules.paths import tenant_of
from tenancy.tasks import day_of, fan_out, in_each

KINDS = (LEDGER, PENALTIES, CHECKS, STAFF, OUTSIDE)


def nudge_ledger(batch_id: int) -> None:
    """Tells the worker of one tenant's waiting ledgers once the request is committed."""
    tenant = tenant_of(ImportBatch.objects.get(pk=batch_id).place)
    sweep_ledgers_of.delay_on_commit([Jurisdiction.objects.get(path=tenant).pk])


@shared_task
def sweep_ledgers() -> None:
    """Every few seconds: whatever was uploaded or confirmed and no message arrived for."""
    fan_out(sweep_ledgers_of)


@shared_task
def sweep_ledgers_of(ids: list[int]) -> None:
    in_each(ids, _work_off, again=True)


def _work_off(tenant: Jurisdiction) -> bool:
    on, at = timezone.localdate(), timezone.now()
    return any(work_off_one(kind, on=on, at=at) for kind in KINDS)


@shared_task
def follow_grades(on: str = "") -> None:
    """Daily, before the quarter is opened: upgrades that have run out, regradings that have begun."""
    fan_out(follow_grades_of, on=on)


@shared_task
def follow_grades_of(ids: list[int], on: str = "") -> None:
    day = day_of(on)
    in_each(ids, lambda tenant: grades.follow_grades(tenant, on=day))


@shared_task
def tell_expiry(on: str = "") -> None:
    """Daily, in the morning: what runs out soon or has just run out, told to the offices."""
    fan_out(tell_expiry_of, on=on)


@shared_task
def tell_expiry_of(ids: list[int], on: str = "") -> None:
    day = day_of(on)
    in_each(ids, lambda tenant: expiry.tell_expiry(tenant, on=day))


@shared_task
def compare_lists(on: str = "") -> None:
    """Daily, at night: outside lists against the register as it has become."""
    fan_out(compare_lists_of, on=on)


@shared_task
def compare_lists_of(ids: list[int], on: str = "") -> None:
    day = day_of(on)
    in_each(ids, lambda tenant: outside.compare_all(tenant.path, on=day, at=timezone.now()))


BEAT = [
    (sweep_ledgers, 20),
    (follow_grades, crontab(hour=0, minute=5)),
    (tell_expiry, crontab(hour=8, minute=40)),
    (compare_lists, crontab(hour=1, minute=20)),
]
