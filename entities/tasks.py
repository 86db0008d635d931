"""Work that waits: ledgers to read and to write. The row in the table is the work; a message is a hint."""

from celery import shared_task
from django.utils import timezone

from entities.actions.ledger import LEDGER
from tenancy.actions.imports import work_off
from tenancy.models import ImportBatch, Jurisdiction
from tenancy.queries.tree import tenants
from tenancy.scoping import acting_in


def nudge_ledger(batch_id: int) -> None:
    """Tells the worker of one tenant's waiting ledgers once the request is committed."""
    tenant = ImportBatch.objects.get(pk=batch_id).place.split("/")[0]
    work_off_ledgers.delay_on_commit(Jurisdiction.objects.get(path=f"{tenant}/").pk)


@shared_task
def sweep_ledgers() -> None:
    """One task for each tenant."""
    for tenant in tenants():
        work_off_ledgers.delay(tenant.pk)


@shared_task
def work_off_ledgers(tenant_id: int) -> None:
    """Reads what was uploaded and writes what was confirmed; safe to run twice or side by side."""
    tenant = Jurisdiction.objects.get(pk=tenant_id)
    now = timezone.now()
    with acting_in(tenant.path):
        work_off(LEDGER, on=timezone.localdate(), at=now)


BEAT = ((sweep_ledgers, 20.0),)
