"""`dbshell` with the password that preparing the server made."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.backends.postgresql import client

from baobao.embedded import prepare, programs

if TYPE_CHECKING:
    from collections.abc import Iterable


class DatabaseClient(client.DatabaseClient):
    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        var, role = Path(settings_dict["VAR"]), settings_dict["USER"]
        found = prepare.password(settings_dict["SECRET_ADMIN_URL"], var, role)
        (psql, *arguments), environment = super().settings_to_cmd_args_env(
            {**settings_dict, "PASSWORD": found}, parameters
        )
        # A machine that only runs the program has no psql of its own; the wheel's speaks to older servers too.
        return [shutil.which(psql) or str(programs.folder() / "psql"), *arguments], environment

    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.ensure_connection()
        super().runshell(parameters)
