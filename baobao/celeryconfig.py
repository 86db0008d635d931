"""How messages travel. Nothing here is trusted to arrive: sweepers find the rows."""

from pathlib import Path

from django.conf import settings

REDIS_OPTIONS = {"visibility_timeout": 900, "unacked_restore_interval": 5, "unacked_restore_throttle": 1}


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


broker_url = settings.REDIS_URL or "filesystem://localhost"
broker_transport_options = REDIS_OPTIONS if settings.REDIS_URL else filesystem_transport(settings.VAR)
broker_connection_retry_on_startup = True
task_acks_late = True
task_reject_on_worker_lost = True
worker_prefetch_multiplier = 1
task_time_limit = 600
task_soft_time_limit = 540
task_ignore_result = True
result_backend = None
accept_content = ["json"]
task_serializer = "json"
worker_max_tasks_per_child = 200
worker_hijack_root_logger = False
enable_utc = True
timezone = settings.TIME_ZONE
beat_schedule_filename = str(settings.VAR / "beat-schedule")
task_default_queue = settings.QUEUE
