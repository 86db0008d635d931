"""`make demo`: loads the demo places and serves them; with --check walks one quarter over HTTP instead."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from contextlib import suppress
from threading import Event
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection
from django.utils import timezone

CHECKED = "_check"


class Command(BaseCommand):
    help = "Loads the demo places and serves them, or checks the main job over HTTP."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="walk one quarter over HTTP and exit")
        parser.add_argument("--walk", action="store_true", help="the walk itself, in the database made for it")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, **options: Any) -> None:
        # What is started from here is a trial: its invented people have no telephone to bind and keep their passwords.
        os.environ |= {"SECOND_FACTOR_ROLES": "", "PASSWORD_MAX_AGE_DAYS": "0"}
        if options["check"]:
            sys.exit(self.check_in_own_database())
        call_command("migrate", verbosity=0, interactive=False)
        if options["walk"]:
            from demo.walk import walk  # noqa: PLC0415 -- the demo is no part of the program

            walk(self.stdout.write)
            return
        self.load(options["port"])
        call_command("serve", port=options["port"])

    def check_in_own_database(self) -> int:
        """A fresh database beside the one in use, with its own queue and files, dropped afterwards."""
        name = f"{connection.settings_dict['NAME']}{CHECKED}"
        own = {
            "BAOBAO_DATABASE_NAME": name,
            "BAOBAO_QUEUE": "baobao-check",
            "MEDIA_ROOT": str(settings.VAR / "check" / "media"),
        }
        self.drop(name)
        self.as_owner(f'CREATE DATABASE "{name}"')
        command = [sys.executable, sys.argv[0], "demo", "--walk"]
        try:
            return subprocess.run(command, env={**os.environ, **own}, check=False).returncode  # noqa: S603
        finally:
            with suppress(OperationalError):
                self.drop(name)

    def drop(self, name: str) -> None:
        """The server needs a moment to see that its last visitors have left; the owner may not show them out."""
        for patience in range(20, -1, -1):
            try:
                self.as_owner(f'DROP DATABASE IF EXISTS "{name}"')
            except OperationalError:
                if not patience:
                    raise
                Event().wait(0.5)
            else:
                return

    def as_owner(self, *statements: str) -> None:
        """Statements outside any database of ours, as the role that may create databases."""
        runtime = connection.settings_dict
        connection.close()
        connection.settings_dict = {**runtime, **settings.DATABASE_OWNER, "TEST": runtime.get("TEST", {})}
        try:
            with connection._nodb_cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()
            connection.settings_dict = runtime

    def load(self, port: int) -> None:
        """Both places with their papers; what stands already is left alone."""
        from demo import loading, suining  # noqa: PLC0415 -- the demo is no part of the program

        now = timezone.now()
        self.stdout.write("正在装入演示数据（第一次约一分钟）……")
        place = loading.load_places()
        city = suining.load_tree(loading.SINCE)
        loading.load_people()
        named = loading.load_street(place, now=now)
        loading.load_city(city, now=now)
        self.stdout.write(f"密码都是 {loading.PASSWORD}")
        for person in loading.PEOPLE["people"]:
            self.stdout.write(f"  {person['login']:<10}{person['name']}  {person['title']}（{person['place']}）")
        for login, name in named.items():
            self.stdout.write(f"  {login:<10}{name}  包保干部（手机页面）")
            path, known = loading.card_for(login, place, now=now)
            self.stdout.write(f"            个人卡 http://127.0.0.1:{port}{path}（填{known}，再设PIN；7天内用一次）")
