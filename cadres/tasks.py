"""Work that waits: rosters to read and to write. The row in the table is the work; a message is a hint."""

from celery import shared_task
from django.utils import timezone

from cadres.actions.roster import ROSTER
from tenancy.actions.imports import work_off
from tenancy.models import ImportBatch, Jurisdiction
from tenancy.rules.paths import tenant_of
from tenancy.tasks import fan_out, in_each


def nudge_roster(batch_id: int) -> None:
    """Tells the worker of one tenant's waiting rosters once the request is committed."""
    tenant = tenant_of(ImportBatch.objects.get(pk=batch_id).place)
    work_off_rosters.delay_on_commit([Jurisdiction.objects.get(path=tenant).pk])


@shared_task
def sweep_rosters() -> None:
    """Every twenty seconds: has waiting rosters of every tenant worked off."""
    fan_out(work_off_rosters)


@shared_task
def work_off_rosters(ids: list[int]) -> None:
    """Reads what was uploaded and writes what was confirmed; safe to run twice or side by side."""
    now, today = timezone.now(), timezone.localdate()
    in_each(ids, lambda _tenant: work_off(ROSTER, on=today, at=now))


BEAT = [(sweep_rosters, 20)]
