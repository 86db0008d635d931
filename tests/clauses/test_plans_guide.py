"""docs/plans.md says what is: its tables are those of the schema and of the code, its examples are plans without a fault."""

import io
import re
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from tenancy.plans import check
from tenancy.plans.keys import key_sections, keys_markdown
from tenancy.plans.labels import sections
from tests.clauses.plan_reads import unread

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "plans.md"
TEXT = GUIDE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
PLANS = ROOT / "tests" / "fixtures" / "plans"


def block(name: str) -> str:
    (found,) = re.findall(rf"<!-- {name}:begin -->\n\n(.*?)\n<!-- {name}:end -->", TEXT, re.DOTALL)
    return found


def test_the_table_of_keys_is_the_one_the_command_prints():
    out = io.StringIO()
    call_command("plan", "keys", "--markdown", stdout=out)
    assert block("keys") == out.getvalue() == keys_markdown()


def test_the_keys_that_nothing_follows_are_exactly_those_the_code_does_not_read():
    titles = {row.key.replace("[]", "").replace(".*", ""): row.title for _title, rows in key_sections() for row in rows}
    written = dict(re.findall(r"`([\w.]+)` ([^、|]+?)(?=、`| \|)", block("unread")))
    assert written == {key: titles[key] for key in unread()}


def test_every_section_has_an_example_or_a_word():
    chapter = TEXT.partition("## 四、")[2].partition("## 五、")[0]
    assert re.findall(r"^### (.+)$", chapter, re.MULTILINE) == [section.title for section in sections()]


def as_file(example: str) -> str:
    """An example is a whole file, or some values as they stand under `values`."""
    if example.startswith("header:"):
        return example
    return "header: {title: 例}\nvalues:\n" + "".join(f"  {line}\n" for line in example.splitlines())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.split(":")[0])
def test_an_example_is_a_plan_without_a_fault(example):
    assert [str(problem) for problem in check(as_file(example))] == []


def test_the_commands_of_the_guide_are_there():
    out = io.StringIO()
    for verb in sorted(set(re.findall(r"manage\.py plan (\w+)", TEXT))):
        with pytest.raises(SystemExit):
            call_command("plan", verb, "--help", stdout=out)
    assert sorted(set(re.findall(r"manage\.py plan (\w+)", TEXT))) == [
        "check",
        "diff",
        "keys",
        "load",
        "schema",
        "show",
    ]


def test_the_exercise_is_told_as_its_files_say():
    told = dict(re.findall(r"^\| `(\w+)\.yaml` \| [^|]+ \| ([^|]+) \|$", TEXT, re.MULTILINE))
    said = {
        file.name.partition(".")[0]: yaml.safe_load(file.read_text("utf-8")) for file in PLANS.glob("*.expected.yaml")
    }
    wanted = {name: "；".join(each["differs"]) + f"（{len(each['differs'])} 处）" for name, each in said.items()}
    assert told == wanted
