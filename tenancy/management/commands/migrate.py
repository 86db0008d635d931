"""`migrate` as the owner of the tables, which says its exception to the wall aloud; everything else is the runtime role."""

from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection


class Command(Migrate):
    def handle(self, *args: Any, **options: Any) -> str | None:
        runtime = connection.settings_dict
        if runtime["USER"] == settings.DATABASE_OWNER["USER"]:
            return super().handle(*args, **options)
        connection.close()
        connection.settings_dict = {
            **runtime,
            **settings.DATABASE_OWNER,
            "TEST": runtime.get("TEST", {}),
            "NAME": runtime["NAME"],
        }
        try:
            return super().handle(*args, **options)
        finally:
            connection.close()
            connection.settings_dict = runtime
