"""How scheduled work reaches the tenants, and the tenants' own scheduled work.

A message carries ids only and may be lost or doubled: each task is safe to run twice and finds its work in a table.
`BEAT` is what baobao.celery collects from every app: (task, seconds or crontab).
"""

import logging
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from celery import shared_task
from django.utils import timezone

from tenancy.actions.sealing import seal_events
from tenancy.models import Jurisdiction
from tenancy.queries.tree import tenants
from tenancy.scoping import acting_in

logger = logging.getLogger(__name__)
# A message costs some milliseconds to carry, so it carries the work of many tenants.
TENANTS_A_MESSAGE = 50


def messages(ids: list[int]) -> Iterator[list[int]]:
    """The ids in the portions in which they travel."""
    for start in range(0, len(ids), TENANTS_A_MESSAGE):
        yield ids[start : start + TENANTS_A_MESSAGE]


def fan_out(task: Any, **more: str) -> None:
    """Sends a task that takes tenant ids, and what else it is told, to all tenants."""
    for portion in messages([tenant.pk for tenant in tenants()]):
        task.delay(portion, **more)


def day_of(on: str) -> date:
    """The day a task works for: the one it was told (ISO), else today."""
    return date.fromisoformat(on) if on else timezone.localdate()


def in_each(ids: list[int], act: Callable[[Jurisdiction], object], *, again: bool = False) -> None:
    """One call for each tenant, inside it; a failing tenant does not keep the others waiting, and is reported.

    again: further calls for as long as the act answers that it did something. Each has a transaction of its own, so
    that what is done stays done when the next one fails or the worker dies.
    """
    failed = []
    for tenant in Jurisdiction.objects.filter(pk__in=ids).order_by("path"):
        try:
            while _turn(tenant, act) and again:
                pass
        except Exception:
            logger.exception("tenant %s", tenant.pk)
            failed.append(tenant.pk)
    if failed:
        raise RuntimeError(f"failed for tenants {failed}")


def _turn(tenant: Jurisdiction, act: Callable[[Jurisdiction], object]) -> bool:
    with acting_in(tenant.path):
        return bool(act(tenant))


@shared_task
def seal_trails() -> None:
    """Every minute: has each tenant's audit chain brought up to its last event."""
    fan_out(seal_trails_of)


@shared_task
def seal_trails_of(ids: list[int]) -> None:
    in_each(ids, seal_events)


BEAT = [(seal_trails, 60)]
