"""The Celery application. A message is only a hint: the row in the table is the work."""

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baobao.settings")

from django.conf import settings  # noqa: E402 -- the settings module must be named first


OUR_APPS = ("tenancy", "entities", "cadres", "supervision", "commitments", "reports")


def filesystem_transport(var: Path) -> dict[str, object]:
    """Celery's own file transport under var/, both folders the same so that one machine talks to itself."""
    queue, control = var / "queue", var / "queue-control"
    for folder in (queue, control):
        folder.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(control),
        "processed_folder": str(queue),
    }


app = Celery("baobao")
# Web threads send too; Celery's current app belongs to the thread that made it.
app.set_default()
app.conf.update(
    broker_url=settings.REDIS_URL or "filesystem://",
    broker_transport_options={
        "visibility_timeout": 900,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }
    if settings.REDIS_URL
    else filesystem_transport(settings.VAR),
    broker_connection_retry_on_startup=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=600,
    task_soft_time_limit=540,
    task_ignore_result=True,
    result_backend=None,
    accept_content=["json"],
    task_serializer="json",
    worker_max_tasks_per_child=200,
    worker_hijack_root_logger=False,
    enable_utc=True,
    timezone=settings.TIME_ZONE,
    beat_schedule_filename=str(settings.VAR / "beat-schedule"),
)
app.autodiscover_tasks()


@app.on_after_finalize.connect
def plan_beat(sender: Celery, **_: Any) -> None:
    """Beat runs what each app lists as `BEAT` in its tasks module: (task, seconds or crontab)."""
    for name in OUR_APPS:
        if find_spec(f"{name}.tasks"):
            for task, schedule in getattr(import_module(f"{name}.tasks"), "BEAT", ()):
                sender.conf.beat_schedule[task.name] = {"task": task.name, "schedule": schedule}
