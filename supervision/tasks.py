"""What beat has done for every tenant each day: open the quarter, write the reminders. Both may run twice."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from supervision.actions.quarters import open_current_quarters
from supervision.actions.reminding import write_reminders
from tenancy.models import Jurisdiction
from tenancy.tasks import fan_out, in_each


@shared_task
def open_quarters() -> None:
    """Daily: the current quarter is open wherever somebody answers for entities."""
    fan_out(open_quarters_of)


@shared_task
def open_quarters_of(ids: list[int]) -> None:
    in_each(ids, _open)


def _open(tenant: Jurisdiction) -> int:
    return open_current_quarters(tenant, on=timezone.localdate())


@shared_task
def remind() -> None:
    """Daily, in office hours: the latest step of each ladder that has come."""
    fan_out(remind_of)


@shared_task
def remind_of(ids: list[int]) -> None:
    in_each(ids, _remind)


def _remind(tenant: Jurisdiction) -> int:
    return write_reminders(tenant, on=timezone.localdate(), at=timezone.now())


BEAT = [(open_quarters, crontab(hour=0, minute=20)), (remind, crontab(hour=8, minute=30))]
