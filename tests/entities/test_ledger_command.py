"""The ledger from the command line: nothing set up before, the findings expected, nothing left by a dry run."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from entities.models import Entity, GradeRecord
from tenancy.models import Jurisdiction, Plan
from tenancy.scoping import acting_in
from tests.cast import Cast
from tests.entities.test_ledger_import import EXPECTED, LEDGER_FILE

PLACE = "闵行区/古美路街道"
ON = "2026-10-08"


def run(capsys: pytest.CaptureFixture[str], *options: str, file: Path = LEDGER_FILE, place: str = PLACE) -> str:
    call_command("ledger", "import", str(file), "--place", place, "--on", ON, *options)
    return capsys.readouterr().out


def run_json(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(run(capsys, "--json", *options))
    return answer


def stored_files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_dry_run_finds_what_is_expected_and_leaves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    report = run_json(capsys, "--dry-run")
    keys = ("sheet", "header_row", "data_rows", "committable", "refused", "grades_of_committable")
    assert {key: report[key] for key in keys} == {key: EXPECTED[key] for key in keys}
    found = [{key: problem[key] for key in ("row", "level", "code")} for problem in report["problems"]]
    assert found == EXPECTED["problems"]
    assert list(report["problems"][0]) == ["row", "column", "level", "code", "message"]
    assert (Jurisdiction.objects.filter(code="310112").exists(), stored_files()) == (False, [])


@pytest.mark.django_db
def test_an_import_lays_the_place_down_with_its_plan_and_writes(capsys: pytest.CaptureFixture[str]) -> None:
    said = run(capsys)
    assert "读到 1286 行，可写入 1264 行，有错误不写入 22 行。" in said
    assert "等级：A 32，B 94，C 304，D 834。" in said
    with acting_in("310112/"):
        assert Entity.objects.count() == EXPECTED["committable"]
        assert GradeRecord.objects.filter(recorded_by=None).count() == EXPECTED["committable"]
        assert Plan.objects.get().jurisdiction.name == "古美路街道"
        assert Jurisdiction.objects.filter(path__startswith="310112/006/").count() == 16
    assert len(stored_files()) == 1


@pytest.mark.django_db
def test_the_same_file_again_says_so_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    first = run_json(capsys)
    assert run_json(capsys, "--dry-run") == first
    assert run_json(capsys) == first
    with acting_in("310112/"):
        assert Entity.objects.count() == EXPECTED["committable"]


def test_a_place_that_stands_is_used_as_it_is(cast: Cast, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "台账.csv"
    file.write_text(
        "主体名称,主体业态,所属社区,从业人员,年营业收入\n甲店,餐饮服务,一社区,5,60\n乙店,餐饮服务,九社区,5,60\n"
    )
    said = run(capsys, file=file, place="东城区/甲街道")
    assert "可写入 1 行，有错误不写入 1 行" in said and "第 3 行 错误：辖区内没有“九社区”" in said
    with acting_in(cast.li.place):
        assert Entity.objects.get().name == "甲店"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "place", "words"),
    [
        (("x.csv", "只有,一行\n1,2\n"), PLACE, "没有找到表头"),
        (("x.xlsx", "不是表格"), PLACE, ""),
        (("x.csv", "主体名称,主体业态,所属居民区\n,餐饮服务,龙茗居民区\n"), PLACE, "没有可以写入的行"),
        (("x.csv", "a,b\n"), "没有/这里", "没有“没有/这里”这个地方"),
    ],
)
def test_what_cannot_be_written_ends_with_one_and_a_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, file: tuple[str, str], place: str, words: str
) -> None:
    bad = tmp_path / file[0]
    bad.write_text(file[1])
    with pytest.raises(CommandError) as error:
        run(capsys, file=bad, place=place)
    assert error.value.returncode == 1 and words in str(error.value)
    with acting_in("310112/"):
        assert Entity.objects.count() == 0


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_said_as_json_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="文件打不开"):
        run(capsys, "--json", file=tmp_path / "no.xlsx")
    assert list(json.loads(capsys.readouterr().out)) == ["error"]
