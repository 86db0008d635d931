"""`dbshell` on the embedded server: the wheel's psql, at the server's address, while this process keeps the server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.backends.postgresql import client

from baobao.embedded import programs, server

if TYPE_CHECKING:
    from collections.abc import Iterable


class DatabaseClient(client.DatabaseClient):
    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        found = server.address(Path(settings_dict["HOME"]), settings_dict["USER"])
        reachable = {**settings_dict, **{name.upper(): value for name, value in found.items()}}
        (_, *arguments), environment = super().settings_to_cmd_args_env(reachable, parameters)
        return [str(programs.folder() / "psql"), *arguments], environment

    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.ensure_connection()
        super().runshell(parameters)
