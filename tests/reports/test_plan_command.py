"""`manage.py plan`: exact lines, exit codes, and what is shown read back by the check."""

import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.backends.postgresql.psycopg_any import DateRange

from supervision.actions.quarters import open_quarter
from tenancy.actions.plans import adopt_plan
from tenancy.models import AuditEvent, Plan, PlanDraft
from tenancy.plans import check, read_plan, resolve, shipped_plan
from tenancy.plans.reading import SHIPPED
from tenancy.plans.writing import plan_text
from tenancy.queries.plans import plan_in_force
from tenancy.rules.periods import quarter_of
from tenancy.scoping import acting_in
from tests.cast import SINCE, Cast
from tests.tenancy.test_plan_drafts import NOW, PLANTED

STREET = "东城区/甲街道"


def run(*args: str) -> list[str]:
    out = io.StringIO()
    call_command("plan", *args, stdout=out)
    return out.getvalue().splitlines()


def failed(*args: str) -> tuple[int, str, list[str]]:
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("plan", *args, stdout=out)
    return error.value.returncode, str(error.value), out.getvalue().splitlines()


@pytest.fixture
def street(cast: Cast):
    place = cast.places["甲街道"]
    with time_machine.travel(NOW, tick=False):
        with acting_in(place.path):
            adopt_plan(place, shipped_plan("gumei"), since=SINCE, by=None)
        yield place


@pytest.fixture
def written(tmp_path: Path):
    def write(text: str, name: str = "方案.yaml") -> str:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


def test_a_faultless_file_says_so(written) -> None:
    assert run("check", written(plan_text(shipped_plan("gumei")))) == ["没有发现问题。"]


def test_every_fault_is_one_line_and_the_answer_is_one(written) -> None:
    code, sentence, lines = failed("check", written(PLANTED))
    assert (code, sentence, len(lines)) == (1, "有 13 处要改，什么都没有写入。", 13)
    assert lines[:2] == [
        "第 1 行 header.title（方案原件 · 标题）：缺少“title”，请补上",
        "第 2 行 header.titel（方案原件 · titel）：没有“titel”这个键，请核对写法",
    ]
    assert lines[5] == "第 7 行 values.cadre_cap（每名干部最多包保几户）：“0”太小，不能小于 1"


def test_the_check_reads_the_standard_input_and_ends_with_one_as_a_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "plan", "check", "-"], input=PLANTED.encode(), capture_output=True,
        cwd=settings.BASE_DIR, env={"BAOBAO_VAR": str(tmp_path), "PATH": "/usr/bin:/bin", "SECRET_KEY": "x", "FIELD_KEY": "eA=="},
        check=False,
    )  # fmt: skip
    assert (done.returncode, len(done.stdout.decode().splitlines())) == (1, 13)
    assert done.stderr.decode().strip() == "CommandError: 有 13 处要改，什么都没有写入。"


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("check", "/nowhere.yaml"), "文件打不开：/nowhere.yaml（No such file or directory）。"),
        (("load", "{file}", "--place", "无此区"), "没有“无此区”这个地方：请用区划代码，或从上到下用“/”连接的名称。"),
        (("show", "东城区/无此街道"), "没有“东城区/无此街道”这个地方：请用区划代码，或从上到下用“/”连接的名称。"),
        (("diff", "gumei", "moon"), "“moon”不是文件、随程序附带的方案，也不是 PATH@2026-11-22 这样的地方和日期。"),
        (("diff", "gumei", "东城区@某天"), "日期“某天”请写成 2026-11-22 这样。"),
    ],
)
@pytest.mark.usefixtures("street")
def test_what_is_not_there_is_answered_with_two_and_a_sentence(args, sentence, written) -> None:
    file = written(plan_text(shipped_plan("gumei")))
    assert failed(*(arg.format(file=file) for arg in args)) == (2, sentence, [])


def test_a_loaded_plan_is_in_force_and_recorded(street, written) -> None:
    text = plan_text(shipped_plan("gumei")).replace("cadre_cap: 10", "cadre_cap: 12")
    said = run("load", written(text), "--place", STREET, "--from", "2027-01-01")
    title = shipped_plan("gumei").header.title
    assert said == [f"东城区/甲街道：《{title}》闵古办〔2022〕40号，2027-01-01 起施行。"]
    with acting_in(street.path):
        assert [plan.valid.upper for plan in Plan.objects.order_by("valid")] == [date(2027, 1, 1), None]
        assert plan_in_force(street.path, date(2027, 1, 1)).value.cadre_cap == 12
        assert (PlanDraft.objects.get().name, PlanDraft.objects.get().state) == ("方案", "in_force")
        assert AuditEvent.objects.filter(action="tenancy.plan.adopted", by_post=None).count() == 2


def test_a_plan_with_faults_or_in_the_way_of_a_quarter_is_not_loaded(cast: Cast, street, written) -> None:
    code, sentence, lines = failed("load", written(PLANTED), "--place", STREET)
    assert (code, sentence, len(lines)) == (1, "有 13 处要改，什么都没有写入。", 13)
    with acting_in(street.path):
        opened_on = date(2026, 10, 8)
        open_quarter(street, quarter_of(opened_on), on=opened_on)
    file = written(plan_text(shipped_plan("gumei")))
    code, sentence, _lines = failed("load", file, "--place", STREET, "--from", "2026-10-01")
    opened = "2026年第4季度（甲街道，2026-10-08 启动）"
    mend = "已过去的日子不能再换方案；请改为今天或以后的日期启用。"
    assert (code, sentence) == (1, f"2026-10-01 起已按原方案启动了{opened}，{mend}")
    with acting_in(street.path):
        assert (Plan.objects.get().valid, PlanDraft.objects.count()) == (DateRange(SINCE, None), 0)


def test_what_is_shown_carries_its_sources_and_is_read_back(street, written) -> None:
    lines = run("show", STREET, "--on", "2026-11-20")
    assert lines[:3] == ["header:", "  title: 东城区/甲街道 2026-11-20 施行的规定", "values:"]
    assert "  cadre_cap: 10  # 闵古办〔2022〕40号 三（一）" in lines
    text = "\n".join(lines)
    assert check(text) == [] and run("check", written(text)) == ["没有发现问题。"]
    with acting_in(street.path):
        assert resolve([read_plan(text).layer()]).value == plan_in_force(street.path, date(2026, 11, 20)).value


def test_two_plans_are_compared_line_by_line(street, written) -> None:
    text = (SHIPPED / "gumei.yaml").read_text("utf-8").replace("cadre_cap: 10", "cadre_cap: 12")
    file = written(text.replace("  cadre_change_wd: 5\n", "  cadre_change_wd: null\n"))
    assert sorted(run("diff", "gumei", file)) == [
        "2 处不同。",
        "cadre_cap：10 → 12  （三（一） → 三（一））",
        "cadre_change_wd：5 → （清空）  （三（一） → 三（一））",
    ]
    assert run("diff", "gumei", "gumei") == ["没有不同。"]
    assert run("diff", f"{STREET}@2026-11-20", f"{STREET}@2026-11-21") == ["没有不同。"]
    national, street_s = (
        "全国默认 食安委发〔2022〕7号（条款待核）",
        "闵古办〔2022〕40号 三（一）（未列入本街道包保，由区包保）",
    )
    line = f'tier_map.A："city" → "external"  （{national} → {street_s}）'
    assert line in run("diff", "东城区@2026-11-20", f"{STREET}@2026-11-20")


def test_the_schema_is_json_with_every_key() -> None:
    schema = json.loads("\n".join(run("schema")))
    assert list(schema["properties"]) == ["header", "values", "clauses"]
    assert {"tier_map", "signing_pairs", "quarter_package"} <= set(schema["$defs"]["PlanDocument"]["properties"])
