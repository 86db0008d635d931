"""The Celery application. A message is only a hint: the row in the table is the work."""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baobao.settings")
OUR_APPS = ("tenancy", "entities", "cadres", "supervision", "commitments", "reports")

app = Celery("baobao")
# Web threads send too; Celery's current app belongs to the thread that made it.
app.set_default()
# By name, so that settings are read at the first use and not while they are being loaded.
app.config_from_object("baobao.celeryconfig")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def plan_beat(sender: Celery, **_: Any) -> None:
    """Beat runs what each app lists as `BEAT` in its tasks module: (task, seconds or crontab), or Celery's own entries."""
    for name in OUR_APPS:
        beat = getattr(import_module(f"{name}.tasks"), "BEAT", ()) if find_spec(f"{name}.tasks") else ()
        entries = beat if isinstance(beat, dict) else {t.name: {"task": t.name, "schedule": when} for t, when in beat}
        sender.conf.beat_schedule.update(entries)
