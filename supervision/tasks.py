"""What beat has done for every tenant each day: open the quarter, write the reminders. Both may run twice."""

from celery import shared_task
from celery.schedules import crontab
from django.utils import timezone

from supervision.actions.quarters import open_current_quarters
from supervision.actions.reminding import write_reminders
from tenancy.tasks import day_of, fan_out, in_each


@shared_task
def open_quarters(on: str = "") -> None:
    """Daily: the current quarter is open wherever somebody answers for entities."""
    fan_out(open_quarters_of, on=on)


@shared_task
def open_quarters_of(ids: list[int], on: str = "") -> None:
    day = day_of(on)
    in_each(ids, lambda tenant: open_current_quarters(tenant, on=day))


@shared_task
def remind(on: str = "") -> None:
    """Daily, in office hours: the latest step of each ladder that has come."""
    fan_out(remind_of, on=on)


@shared_task
def remind_of(ids: list[int], on: str = "") -> None:
    day, now = day_of(on), timezone.now()
    in_each(ids, lambda tenant: write_reminders(tenant, on=day, at=now))


BEAT = [(open_quarters, crontab(hour=0, minute=20)), (remind, crontab(hour=8, minute=30))]
