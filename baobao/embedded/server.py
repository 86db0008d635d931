"""One server for one home folder: started by whoever needs it first, stopped by whoever leaves last.

`lock` says who may start or stop now; `in_use` carries a shared lock for each living process, which the kernel drops
when that process dies. No list of process ids is kept. Sentences are not translated: this runs before apps are loaded.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import shlex
import shutil
import stat
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError

from baobao.embedded import programs, roles

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT = "5432"
SUPERUSER = "postgres"
ANSWERS, SILENT = 0, 2
LONGEST_SOCKET = 103
RECOVERY_SECONDS = 120
FAILED_STARTS = 40
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "128MB",
}
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_in_use: dict[Path, IO[str]] = {}
_threads = threading.RLock()


def _leave_to_the_parent() -> None:
    global _threads  # noqa: PLW0603 - another thread of the parent may have held it while forking
    _threads = threading.RLock()
    for handle in _in_use.values():
        handle.close()
    _in_use.clear()


os.register_at_fork(after_in_child=_leave_to_the_parent)


def joined(home: Path) -> bool:
    return home.resolve() in _in_use


def start(home: Path) -> None:
    """Make sure the server answers and is kept for this process; safe to call again at any time."""
    home = home.resolve()
    with _threads, _locked(home):
        if not (data := home / "data").exists():
            _create(home)
        _refuse_other_major(data)
        _wait_until_it_answers(home)
        if home not in _in_use:
            _in_use[home] = (home / "in_use").open("a")
            fcntl.flock(_in_use[home], fcntl.LOCK_SH)
            atexit.register(stop, home)


def stop(home: Path) -> None:
    """Leave the server; the last one out stops it. A forked child that never joined has nothing to leave."""
    with _threads:
        if (handle := _in_use.pop(home.resolve(), None)) is None or not home.exists():
            return
        with handle, _locked(home):
            with suppress(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _shut_down(home)
            # Inside the lock, or two who leave together would each see the other still there.
            handle.close()


def stop_now(home: Path) -> None:
    """Stop the server whoever uses it; the next connection starts it again."""
    home = home.resolve()
    if (home / "data").exists():
        with _threads, _locked(home):
            _shut_down(home)


def address(home: Path, role: str) -> dict[str, str]:
    """Where a role connects and with which password, in libpq's words."""
    home = home.resolve()
    passwords = roles.read_json(home / "passwords.json")
    if role not in passwords:
        raise ImproperlyConfigured(
            f"内置数据库没有角色 {role} 的密码: {home / 'passwords.json'} 缺失或不含此角色。"
            f"请从备份恢复该文件; 若数据可以不要, 删除文件夹 {home} 后重新运行。"
        )
    return {"host": str(socket_folder(home)), "port": PORT, "password": passwords[role]}


def socket_folder(home: Path) -> Path:
    """The data folder, or a private folder under /tmp when that path cannot hold a socket."""
    inside = home.resolve() / "data"
    if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET and "," not in str(inside):
        return inside
    # Not TMPDIR: two processes with different ones must meet here.
    return Path("/tmp") / f"baobao-{hashlib.sha256(os.fsencode(inside)).hexdigest()[:16]}"  # noqa: S108


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(home.stat().st_mode) != stat.S_IRWXU:
            home.chmod(stat.S_IRWXU)
        (home / "lock").open("a").close()
    except PermissionError as error:
        raise ImproperlyConfigured(
            f"不能使用文件夹 {home}: 没有权限, 它多半属于另一个系统用户。请用同一个用户运行, 或把它移走后重新运行。"
        ) from error
    with roles.locked(home / "lock"):
        yield


def _create(home: Path) -> None:
    """Build beside the final place and rename when everything is there: a killed start leaves no half cluster."""
    for abandoned in home.glob("new-*"):
        _clear(abandoned)
    new = Path(tempfile.mkdtemp(prefix="new-", dir=home))
    programs.give_away(new)
    passwords = roles.generated(SUPERUSER, *roles.ATTRIBUTES)
    roles.write_secret(home / "superuser", passwords[SUPERUSER])
    try:
        _initdb(new, home / "superuser")
    finally:
        (home / "superuser").unlink()
    _checked(
        new, "postgres", "--single", "-D", new, "-c", "exit_on_error=on", "postgres", stdin=_first_statements(passwords)
    )
    roles.write_json(home / "passwords.json", passwords)
    new.rename(home / "data")


def _clear(abandoned: Path) -> None:
    """The initdb of a killed start outlives it for a moment and writes on until its folder is gone."""
    for _ in range(100):
        shutil.rmtree(abandoned, ignore_errors=True)
        if not abandoned.exists():
            return
        time.sleep(0.1)


def _initdb(new: Path, password_file: Path) -> None:
    text = ("--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    login = (f"--username={SUPERUSER}", "--auth=scram-sha-256", f"--pwfile={password_file}")
    _checked(new, "initdb", "-D", new, *text, *login, *(("--no-sync",) if _unsafe() else ()))


def _first_statements(passwords: dict[str, str]) -> str:
    """Read by the server before it has a socket: one statement a line, none of them visible in a process list."""
    statements = [roles.create_role(role, passwords[role]) for role in roles.ATTRIBUTES]
    return "".join(
        f"{line};\n" for line in (*statements, roles.READ_ALL, f"CREATE DATABASE {roles.DATABASE} OWNER {roles.OWNER}")
    )


def _checked(data: Path, program: str, *arguments: object, stdin: str = "") -> None:
    code, output = programs.run(program, *arguments, data=data, stdin=stdin)
    if code:
        raise OperationalError(
            f"内置数据库建立失败({program}), 磁盘空间是否足够、文件夹是否可写? 程序的话: {output[-1500:]}"
        )


def _refuse_other_major(data: Path) -> None:
    major = (data / "PG_VERSION").read_text().strip()
    if major != programs.MAJOR:
        raise ImproperlyConfigured(
            f"文件夹 {data} 里是 PostgreSQL {major} 的数据, 本程序自带的是 {programs.MAJOR}, 不能直接打开。"
            f"请用原来的版本导出(pg_dump)后再导入; 若数据可以不要, 删除文件夹 {data.parent} 后重新运行。"
        )


def _wait_until_it_answers(home: Path) -> None:
    deadline, failures = time.monotonic() + RECOVERY_SECONDS, 0
    while (state := _state(home)) != ANSWERS:
        # Refusing is not silent: a server that starts or recovers is only waited for.
        if state == SILENT and not _postmaster_lives(home):
            failures += not _launch(home)
        if failures >= FAILED_STARTS or time.monotonic() > deadline:
            log = (home / "log").read_text(errors="replace") if (home / "log").exists() else ""
            raise OperationalError(f"内置数据库没有启动成功。日志 {home / 'log'} 的结尾: {log[-1500:]}")
        time.sleep(0.1)


def _state(home: Path) -> int:
    return programs.run("pg_isready", "-q", "-t", "3", "-h", socket_folder(home), "-p", PORT)[0]


def _postmaster_lives(home: Path) -> bool:
    """Whether our server runs; a lock file that names a zombie or another program is removed.

    PostgreSQL itself sees through a process that is gone, not through a number used again. Removing the file is safe:
    it also refuses to start while orphans of the old server hold the shared memory of this folder.
    """
    data, lives = home / "data", False
    for file in (data / "postmaster.pid", socket_folder(home) / f".s.PGSQL.{PORT}.lock"):
        with suppress(FileNotFoundError):
            pid = file.read_text().partition("\n")[0].strip().lstrip("-")
            command = Path("/proc", pid or "0", "cmdline").read_bytes()
            lives = lives or os.fsencode(data) in command.split(b"\0")
            if os.fsencode(data) not in command.split(b"\0"):
                file.unlink()
    return lives


def _launch(home: Path) -> bool:
    data, sockets = home / "data", socket_folder(home)
    if sockets != data:
        _private_folder(sockets)
    quoted = '"{}"'.format(str(sockets).replace('"', '""'))
    settings = {**SETTINGS, "port": PORT, "unix_socket_directories": quoted, **(UNSAFE_BUT_FAST if _unsafe() else {})}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
    (home / "log").write_bytes(b"")
    code, _ = programs.run("pg_ctl", "start", "-w", "-s", "-D", data, "-l", home / "log", "-o", options, data=data)
    return code == 0


def _private_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise ImproperlyConfigured(
            f"不能使用文件夹 {folder}: 它已存在, 但不归当前用户独有。请删除它, 或把程序移到路径较短的文件夹。"
        )


def _shut_down(home: Path) -> None:
    data = home / "data"
    programs.run("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", data, data=data)
    if socket_folder(home) != data:
        with suppress(OSError):
            socket_folder(home).rmdir()


def _unsafe() -> bool:
    """For tests only: a power cut then loses the whole database."""
    return os.environ.get("BAOBAO_EMBEDDED_FSYNC") == "off"
