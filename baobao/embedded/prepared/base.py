"""Django's PostgreSQL backend with a password that preparing the server made; prepares it when it must.

`SECRET_ADMIN_URL` and `VAR` in the settings say whose server and where the passwords are kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from baobao.embedded import prepare
from baobao.embedded.prepared.client import DatabaseClient


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        url, var = self.settings_dict["SECRET_ADMIN_URL"], Path(self.settings_dict["VAR"])
        if kept := prepare.password(url, var, conn_params["user"]):
            try:
                return super().get_new_connection({**conn_params, "password": kept})
            except self.Database.OperationalError:
                # A server set up anew, or by another checkout, knows neither role nor password: tell it again.
                prepare.prepare(url, var)
        else:
            prepare.prepare(url, var)
        return super().get_new_connection({**conn_params, "password": prepare.password(url, var, conn_params["user"])})
