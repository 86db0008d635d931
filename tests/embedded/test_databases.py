"""From the environment to the settings, and plain roles on a server given with its administrator."""

import stat
import subprocess

import pytest
from django.core.exceptions import ImproperlyConfigured

from baobao.databases import databases, prepare_server
from baobao.embedded import programs, roles

pytestmark = pytest.mark.xdist_group("embedded")
WHO = "print(ask('SELECT concat_ws(chr(32), current_user, current_database())'))"


@pytest.fixture
def root(external):
    """SQL as the external server's superuser."""

    def run(sql: str) -> str:
        url = external.format("root_of_all:pw", "postgres")
        command = [programs.folder() / "psql", "-Atc", sql, url]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    return run


@pytest.fixture
def prepared(python):
    """Prepare in a process of its own: the notes it returned."""

    def prepare(url, var):
        call = f"from baobao.databases import prepare_server; print(prepare_server({url!r}, Path({str(var)!r})))"
        return python(call, {"ENGINE": "django.db.backends.postgresql"})

    return prepare


def test_without_an_address_the_embedded_server_is_used(tmp_path):
    found = databases({}, tmp_path / "var")
    home = str(tmp_path / "var" / "postgres")
    shared = {"ENGINE": "baobao.embedded", "NAME": "baobao", "PASSWORD": "", "HOME": home}
    assert found.runtime == {**shared, "USER": "baobao", "OPTIONS": {}}
    assert found.owner == {**shared, "USER": "baobao_owner", "OPTIONS": {"options": "-c baobao.place=*"}}
    assert not (tmp_path / "var").exists()


def test_two_addresses_are_taken_as_they_are(tmp_path):
    urls = {
        "DATABASE_URL": "postgres://app:a%40b@db:5432/food?sslmode=require",
        "DATABASE_OWNER_URL": "postgres://boss:c@db/food?options=-c%20work_mem%3D8MB",
    }
    found = databases(urls, tmp_path)
    assert {found.runtime["ENGINE"], found.owner["ENGINE"]} == {"django.db.backends.postgresql"}
    assert (found.runtime["USER"], found.runtime["PASSWORD"]) == ("app", "a@b")
    assert found.runtime["OPTIONS"] == {"sslmode": "require"}
    assert found.owner["OPTIONS"] == {"options": "-c work_mem=8MB -c baobao.place=*"}


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"DATABASE_OWNER_URL": "postgres://a:b@c/d"}, "缺少 DATABASE_URL"),
        ({"DATABASE_URL": "mysql://a:hidden@c/d"}, "环境变量 DATABASE_URL 不是 PostgreSQL 的地址"),
        ({"DATABASE_URL": "hidden"}, "环境变量 DATABASE_URL 不是 PostgreSQL 的地址"),
        ({"DATABASE_URL": "postgres://a:b@c/d", "DATABASE_OWNER_URL": "hidden"}, "环境变量 DATABASE_OWNER_URL"),
    ],
)
def test_an_address_that_cannot_be_used_is_named_without_its_password(tmp_path, environ, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence) as refused:
        databases(environ, tmp_path)
    assert "hidden" not in str(refused.value)


def test_the_first_connection_makes_plain_roles(external, root, tmp_path, python):
    found = databases({"DATABASE_URL": external.format("root_of_all:pw", "food")}, tmp_path)
    assert python(WHO, found.runtime) == "baobao food"
    assert python(WHO, found.owner) == "baobao_owner food"
    attributes = "rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls"
    assert root(f"SELECT {attributes} FROM pg_roles WHERE rolname ~ '^baobao' ORDER BY 1").splitlines() == [
        "baobao|f|f|f|f",
        "baobao_backup|f|f|f|t",
        "baobao_owner|f|f|t|f",
    ]
    assert root("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'food'") == "baobao_owner"
    assert root("SELECT pg_has_role('baobao_backup', 'pg_read_all_data', 'USAGE')") == "t"
    assert stat.S_IMODE((tmp_path / "database-roles.json").stat().st_mode) == 0o600


def test_preparing_again_changes_nothing(external, tmp_path, prepared, python):
    url = external.format("root_of_all:pw", "food")
    assert prepared(url, tmp_path) == "()"
    before = (tmp_path / "database-roles.json").read_text()
    assert prepared(url, tmp_path) == "()"
    assert (tmp_path / "database-roles.json").read_text() == before
    assert python(WHO, databases({"DATABASE_URL": url}, tmp_path).runtime) == "baobao food"


def test_two_checkouts_can_use_one_server(external, tmp_path, python):
    url = external.format("root_of_all:pw", "food")
    first, second = (databases({"DATABASE_URL": url}, tmp_path / name).runtime for name in ("first", "second"))
    assert [python(WHO, settings) for settings in (first, second, first)] == ["baobao food"] * 3


def test_a_database_that_was_there_is_given_to_the_owner(external, root, tmp_path, prepared):
    root("CREATE DATABASE food")
    prepared(external.format("root_of_all:pw", "food"), tmp_path)
    assert root("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'food'") == "baobao_owner"


@pytest.mark.parametrize("there", [False, True])
def test_an_administrator_below_superuser_goes_without_the_backup_role(external, root, tmp_path, prepared, there):
    root("CREATE ROLE clerk LOGIN CREATEROLE CREATEDB PASSWORD 'pw'")
    if there:
        root("CREATE DATABASE food OWNER clerk")
    url = external.format("clerk:pw", "food")
    assert f"服务器不允许建立能跳过行级权限的备份角色 {roles.BACKUP}" in prepared(url, tmp_path)
    assert root("SELECT rolname FROM pg_roles WHERE rolname ~ '^baobao' ORDER BY 1") == "baobao\nbaobao_owner"
    assert root("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'food'") == "baobao_owner"


def test_a_plain_role_is_told_to_give_the_second_address(external, root, tmp_path, python):
    root("CREATE ROLE clerk LOGIN PASSWORD 'pw'")
    sentence = python(WHO, databases({"DATABASE_URL": external.format("clerk:pw", "food")}, tmp_path).runtime)
    assert "DATABASE_URL 里的角色 clerk 不能在服务器上建立角色或数据库" in sentence
    assert sentence.endswith("和 DATABASE_OWNER_URL(拥有者角色)。")


def test_an_administrator_with_the_name_of_a_plain_role_is_refused(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="不能叫 baobao"):
        prepare_server("postgres://baobao:x@localhost/food", tmp_path)


def test_a_prepared_server_opens_a_shell_and_makes_the_test_database(external, tmp_path, python):
    found = databases({"DATABASE_URL": external.format("root_of_all:pw", "food")}, tmp_path)
    shell = "django.core.management.call_command('dbshell', '--', '-Atc', 'SELECT current_user')"
    assert python(shell, found.runtime) == "baobao"
    make = "print(connection.creation.create_test_db(verbosity=0)); connection.creation.destroy_test_db('food', 0)"
    assert python(make, found.owner) == "test_food"
