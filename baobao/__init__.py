"""Wiring only: settings, root urls, the Celery application, the embedded database."""

from baobao.celery import app as celery_app

__all__ = ["celery_app"]
