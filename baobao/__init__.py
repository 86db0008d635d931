"""Wiring only: settings, root urls, the Celery application, the embedded database."""
