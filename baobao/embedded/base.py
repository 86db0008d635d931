"""Django's PostgreSQL backend on the embedded server: starts it before connecting, again when it died.

`HOME` in the settings is the server's folder; passwords are looked up there by role name at each connection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from baobao.embedded import server
from baobao.embedded.client import DatabaseClient


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        home = Path(self.settings_dict["HOME"])
        if not server.joined(home):
            server.start(home)
        params = {**conn_params, **server.address(home, conn_params["user"])}
        try:
            return super().get_new_connection(params)
        except self.Database.OperationalError:
            server.start(home)
            return super().get_new_connection(params)
