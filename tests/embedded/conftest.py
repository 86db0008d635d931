"""Servers of their own for each test; every snippet runs in a fresh process, as the users of the server do."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from baobao.embedded import programs, roles, server

ROOT = Path(__file__).resolve().parents[2]
CONNECT = """
import json, os, sys
from pathlib import Path
import django
from django.conf import settings
settings.configure(DATABASES={"default": json.loads(os.environ["DATABASE"])})
django.setup()
from django.db import connection
from baobao.embedded import server
home = Path(connection.settings_dict.get("HOME", "/"))
def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]
"""
KEEP = "print(ask('SELECT pg_postmaster_start_time()'), flush=True); sys.stdin.read()"


class Snippet(subprocess.Popen):
    """A Python process with `ask` and `connection` at hand."""

    def __init__(self, source: str, database: dict, prefix: tuple[str, ...] = ()) -> None:
        import json

        environment = {**os.environ, "DATABASE": json.dumps(database), "PYTHONPATH": str(ROOT)}
        environment |= {"BAOBAO_EMBEDDED_FSYNC": "off", "PYTHONDONTWRITEBYTECODE": "1"}
        # Text through pipes; the working folder must not matter.
        super().__init__(
            [*prefix, sys.executable, "-c", CONNECT + source],
            cwd="/", env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def answer(self) -> str:
        output, errors = self.communicate(timeout=60)
        return output.strip() if self.returncode == 0 else errors.strip().splitlines()[-1]


def embedded(home: Path, role: str = roles.RUNTIME) -> dict:
    return {"ENGINE": "baobao.embedded", "NAME": roles.DATABASE, "USER": role, "HOME": str(home)}


def clear(home: Path) -> None:
    if (home / "data" / "postmaster.pid").exists():
        server.stop_now(home)


@pytest.fixture
def snippet() -> Iterator[Callable[..., Snippet]]:
    started: list[Snippet] = []

    def start(source: str, home: Path, role: str = roles.RUNTIME, prefix: tuple[str, ...] = ()) -> Snippet:
        started.append(Snippet(source, embedded(home, role), prefix))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def python() -> Callable[..., str]:
    """Run to the end: what it printed, or the last line of its error."""

    def run(source: str, home: Path | dict, role: str = roles.RUNTIME, prefix: tuple[str, ...] = ()) -> str:
        database = home if isinstance(home, dict) else embedded(home, role)
        return Snippet(source, database, prefix).answer()

    return run


@pytest.fixture
def keeper(snippet: Callable[..., Snippet]) -> Callable[..., Snippet]:
    """A process that has joined the server and stays until its input is closed."""

    def keep(home: Path) -> Snippet:
        process = snippet(KEEP, home)
        assert process.stdout.readline(), process.stderr.read()
        return process

    return keep


@pytest.fixture
def servers() -> Callable[[Path], int]:
    """How many live postmasters have this home (zombies have no command line)."""

    def count(home: Path) -> int:
        data, found = os.fsencode(home.resolve() / "data"), 0
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                found += data in file.read_bytes().split(b"\0")
            except OSError:
                continue
        return found

    return count


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after its first start and clean stop; tests work on copies."""
    home = tmp_path_factory.mktemp("first") / "pg"
    assert Snippet("print(ask('SELECT 1'))", embedded(home)).answer() == "1"
    return home


@pytest.fixture
def home(first_home: Path, tmp_path: Path) -> Iterator[Path]:
    copy = tmp_path / "pg"
    subprocess.run(["cp", "-a", first_home, copy], check=True)
    yield copy
    clear(copy)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Path]:
    """A home that does not exist yet, below a folder closed to others."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    yield closed / "var" / "pg"
    clear(closed / "var" / "pg")


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a server that knows nothing of us: superuser `root_of_all`, password `pw`."""
    folder = tmp_path_factory.mktemp("pristine")
    (data := folder / "data").mkdir(mode=0o700)
    programs.give_away(data)
    (folder / "pw").write_text("pw")
    login = ("-U", "root_of_all", "-A", "scram-sha-256", f"--pwfile={folder / 'pw'}")
    code, output = programs.run("initdb", "-D", data, "--no-sync", "--no-locale", "-E", "UTF8", *login, data=data)
    assert code == 0, output
    return data


@pytest.fixture
def external(pristine: Path, tmp_path: Path) -> Iterator[str]:
    """Address of a running server, without user and database: `postgres://{}@…/{}`."""
    subprocess.run(["cp", "-a", pristine, data := tmp_path / "ext"], check=True)
    options = f"-c listen_addresses= -c unix_socket_directories={data} -p 5433 -c fsync=off"
    code, _ = programs.run("pg_ctl", "start", "-w", "-s", "-D", data, "-l", data / "log", "-o", options, data=data)
    assert code == 0, (data / "log").read_text()
    yield "postgres://{}@" + str(data).replace("/", "%2F") + ":5433/{}"
    programs.run("pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", data, data=data)
