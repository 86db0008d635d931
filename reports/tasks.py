"""Figures and exports on a schedule. Ids only, safe twice, one call to an action; the rows are the queue."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from reports.actions.changes import follow_changes as follow
from reports.actions.exports import claim_export, write_export
from reports.actions.figures import close_period, refresh_ratios
from reports.models import Export
from tenancy.models import Jurisdiction
from tenancy.rules.periods import quarter_of
from tenancy.scoping import acting_in
from tenancy.tasks import day_of, fan_out, in_each


@shared_task
def refresh_all_ratios() -> None:
    fan_out(refresh_ratios_of)


@shared_task
def refresh_ratios_of(ids: list[int]) -> None:
    now = timezone.now()
    in_each(ids, lambda tenant: refresh_ratios(tenant, at=now, on=timezone.localdate()))


@shared_task
def close_last_period() -> None:
    """Every night: the quarter before the present one; the nights after the first find it closed."""
    fan_out(close_last_period_of)


@shared_task
def close_last_period_of(ids: list[int]) -> None:
    now, today = timezone.now(), timezone.localdate()
    period = quarter_of(today).previous
    in_each(ids, lambda tenant: close_period(tenant, period, by=None, at=now, on=today))


@shared_task
def sweep_exports() -> None:
    """Every minute: whatever waits, or has lost its worker, is started again."""
    fan_out(sweep_exports_of)


@shared_task
def sweep_exports_of(ids: list[int]) -> None:
    in_each(ids, _sweep)


def _sweep(tenant: Jurisdiction) -> None:
    # On commit: until then this transaction holds the rows, and a quick worker would pass over them.
    for pk in Export.objects.unfinished().select_for_update(skip_locked=True).values_list("pk", flat=True):
        run_export.delay_on_commit(tenant.pk, pk)


@shared_task
def run_export(tenant_id: int, pk: int) -> bool:
    """Two transactions: the first says running for the page, the second holds the row while it writes."""
    tenant = Jurisdiction.objects.get(pk=tenant_id)
    with acting_in(tenant.path):
        claimed = claim_export(pk)
    if not claimed:
        return False
    with acting_in(tenant.path):
        return write_export(pk, at=timezone.now())


@shared_task
def follow_changes(on: str = "") -> None:
    """Daily, in office hours: what is settled is written down, the offices are reminded of the rest."""
    fan_out(follow_changes_of, on=on)


@shared_task
def follow_changes_of(ids: list[int], on: str = "") -> None:
    day, now = day_of(on), timezone.now()
    in_each(ids, lambda tenant: follow(tenant, on=day, at=now))


BEAT = [
    (follow_changes, crontab(hour=8, minute=40)),
    (refresh_all_ratios, 600),
    (close_last_period, 3600),
    (sweep_exports, 60),
]
