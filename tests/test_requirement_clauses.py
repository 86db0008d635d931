"""The requirement rows, the command that prints them, and the plugin that holds them against a test run.

The plugin is tried on small suites of its own, one of them on workers of xdist.
"""

import json
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from tenancy.management.commands import requirements

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[1]
CLAUSES = {"GM": 49, "LC": 45, "HL": 23, "SN": 21, "BY": 23}
MET = {
    "id": "GM-07",
    "source": "place · number · 1",
    "demand": "what",
    "parameters": None,
    "page": None,
    "state": "met",
    "tests": ["test_a.py::test_rate"],
    "open": None,
}
OPEN = MET | {"id": "GM-08", "state": "open", "tests": [], "open": "not built yet: a | b"}
MARKED = "@pytest.mark.req('GM-07')\n"
PASSES = MARKED + "def test_rate(): pass\n"
MISSING = "GM-07 is met by test_a.py::test_rate, which did not run: missing"


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """Runs a suite of one module under the plugin and returns its exit code and the faults it printed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("REQ_STRICT", raising=False)
    pytester.makeini("[pytest]\ntestpaths = .\nmarkers = slow: left out\n")

    def run(body: str, *options: str, rows=(MET, OPEN), apart: bool = False) -> tuple[int, list[str]]:
        docs = pytester.path / "docs"
        docs.mkdir()
        (docs / "requirements.yaml").write_text(yaml.safe_dump(list(rows)), encoding="utf-8")
        pytester.makepyfile(test_a=f"import pytest\n{body}")
        start = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        result = start("-p", "tests.requirements", "-p", "no:cacheprovider", *options)
        return result.ret, printed_faults(result.outlines)

    return run


def printed_faults(lines: list[str]) -> list[str]:
    heads = [number for number, line in enumerate(lines) if line.startswith("==") and " requirements " in line]
    if not heads:
        return []
    after = lines[heads[0] + 1 :]
    end = next(number for number, line in enumerate(after) if line.startswith("=="))
    return [line for line in after[:end] if line]


def test_a_marked_and_passing_test_satisfies_its_row(suite):
    assert suite(PASSES) == (0, [])


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("def test_other(): pass", "test_a.py::test_rate, which did not run: missing"),
        (MARKED + "@pytest.mark.skip\ndef test_rate(): pass", "test_a.py::test_rate, which did not pass: skipped"),
        (MARKED + "def test_rate(): pytest.skip('no')", "test_a.py::test_rate, which did not pass: skipped"),
        (MARKED + "def test_rate(): assert 1 == 2", "test_a.py::test_rate, which did not pass: failed"),
        (
            MARKED + "@pytest.mark.xfail\ndef test_rate(): assert 1 == 2",
            "test_a.py::test_rate, which did not pass: expected to fail",
        ),
        (
            "@pytest.fixture\ndef late():\n    yield\n    assert 1 == 2\n" + MARKED + "def test_rate(late): pass",
            "test_a.py::test_rate, which did not pass: failed",
        ),
        ("def test_rate(): pass", "test_a.py::test_rate, which does not carry the mark req('GM-07')"),
        (
            "@pytest.mark.req('GM-08')\ndef test_rate(): pass",
            "test_a.py::test_rate, which does not carry the mark req('GM-07')",
        ),
        (
            MARKED + "@pytest.mark.parametrize('n', [1, 2])\ndef test_rate(n): assert n == 1",
            "test_a.py::test_rate[2], which did not pass: failed",
        ),
    ],
    ids=["missing", "skipped", "skips-itself", "failing", "xfail", "teardown", "unmarked", "other-mark", "one-of-two"],
)
def test_a_met_row_fails_the_run_when_its_test_does_not_prove_it(suite, body, fault):
    assert suite(body) == (1, [f"GM-07 is met by {fault}"])


@pytest.mark.parametrize(
    ("mark", "named"), [("req('GM-07', 'XX-01')", "XX-01"), ("req('GM-07')\n@pytest.mark.req", "(none)")]
)
def test_a_mark_of_no_clause_fails_any_run(suite, mark, named):
    body = f"@pytest.mark.{mark}\ndef test_rate(): pass"
    assert suite(body, "-k", "rate") == (1, [f"test_a.py::test_rate is marked with {named}, which is no clause"])


@pytest.mark.parametrize(
    "body",
    [
        MARKED + "@pytest.mark.parametrize('n', [1, 2])\ndef test_rate(n): pass",
        "pytestmark = pytest.mark.req('GM-08', 'GM-07')\ndef test_rate(): pass",
    ],
    ids=["every-parameter", "mark-of-the-module"],
)
def test_parameters_and_module_marks_count(suite, body):
    assert suite(body) == (0, [])


@pytest.mark.parametrize(
    "options", [("-k", "other"), ("-m", "slow or not req"), ("test_a.py",), ("--deselect", "test_a.py::test_rate")]
)
def test_a_selection_is_not_asked_for_the_tests_it_left_out(suite, options):
    assert suite("def test_other(): pass", *options) == (0, [])


def test_strict_asks_a_selection_too(suite, monkeypatch):
    monkeypatch.setenv("REQ_STRICT", "1")
    assert suite(PASSES + "def test_other(): pass\n", "-k", "other") == (1, [MISSING])


@pytest.mark.parametrize("options", [(".",), ("-m", "not slow"), ("-m", "not shots and not slow", ".")])
def test_the_whole_tree_less_a_kind_of_test_is_a_full_run(suite, options):
    assert suite("def test_other(): pass", *options) == (1, [MISSING])


def test_a_row_may_not_rest_on_a_kind_of_test_that_is_left_out(suite):
    body = "@pytest.mark.slow\n" + PASSES + "def test_other(): pass\n"
    assert suite(body, "-m", "not slow") == (1, [MISSING])


def test_workers_of_xdist_report_to_one_verdict(suite):
    body = PASSES + "@pytest.mark.req('GM-09')\ndef test_other(): pytest.skip('no')\n"
    rows = (MET, OPEN, MET | {"id": "GM-09", "tests": ["test_a.py::test_other", "test_a.py::test_gone"]})
    assert suite(body, "-p", "xdist", "-n", "2", rows=rows, apart=True) == (
        1,
        [
            "GM-09 is met by test_a.py::test_other, which did not pass: skipped",
            "GM-09 is met by test_a.py::test_gone, which did not run: missing",
        ],
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"tests": []}, "GM-07: met without a test"),
        ({"tests": "test_a.py::test_rate"}, "GM-07: tests is a list of node ids"),
        ({"open": "why"}, "GM-07: an open row gives a reason under `open`, a met row leaves it null"),
        ({"state": "open"}, "GM-07: an open row gives a reason under `open`, a met row leaves it null"),
        ({"state": "done"}, "GM-07: the state is open or met, not 'done'"),
        ({"id": "GM-08"}, "GM-08: 2 rows, expected one"),
    ],
)
def test_a_row_that_contradicts_itself_fails_the_run(suite, change, fault):
    assert suite(PASSES, rows=(MET | change, OPEN)) == (1, [f"requirements.yaml: {fault}"])


def test_every_clause_of_the_five_papers_has_one_row_in_order():
    expected = [f"{paper}-{number:02}" for paper, count in CLAUSES.items() for number in range(1, count + 1)]
    assert [row.id for row in requirements.read()] == expected


def test_the_page_equals_the_text_generated_from_the_rows():
    assert requirements.PAGE.read_text(encoding="utf-8") == requirements.as_markdown(requirements.read())


def test_the_command_prints_one_line_for_each_clause():
    out = StringIO()
    call_command("requirements", stdout=out)
    entries = yaml.safe_load(requirements.SOURCE.read_text(encoding="utf-8"))
    shown = [" ".join(entry["tests"]) if entry["state"] == "met" else entry["open"] for entry in entries]
    assert out.getvalue().splitlines() == [
        f"{entry['id']}  {entry['state']}  {proof}" for entry, proof in zip(entries, shown, strict=True)
    ]


def test_a_line_names_the_tests_of_a_met_clause_and_the_reason_of_an_open_one():
    assert requirements.Row(**MET).line() == "GM-07  met  test_a.py::test_rate"
    assert requirements.Row(**OPEN).line() == "GM-08  open  not built yet: a | b"


def test_the_json_form_holds_every_row_whole():
    out = StringIO()
    call_command("requirements", "--json", stdout=out)
    assert json.loads(out.getvalue()) == yaml.safe_load(requirements.SOURCE.read_text(encoding="utf-8"))


def test_the_table_shows_tests_and_reasons_and_keeps_its_columns():
    text = requirements.as_markdown([requirements.Row(**MET), requirements.Row(**OPEN)])
    assert text.splitlines()[-2:] == [
        "| GM-07 | 1 | what |  |  | met | `test_a.py::test_rate` |",
        "| GM-08 | 1 | what |  |  | open | not built yet: a \\| b |",
    ]
    assert "## GM: place · number (1 of 2 met)" in text.splitlines()


def test_a_broken_file_is_refused_in_one_sentence(tmp_path, monkeypatch):
    broken = tmp_path / "requirements.yaml"
    broken.write_text(yaml.safe_dump([MET | {"state": "done"}, {"id": "GM-09"}]), encoding="utf-8")
    monkeypatch.setattr(requirements.read, "__defaults__", (broken,))
    with pytest.raises(CommandError) as refusal:
        call_command("requirements", stdout=StringIO())
    keys = "demand, id, open, page, parameters, source, state, tests"
    assert str(refusal.value) == (
        f"requirements.yaml: GM-07: the state is open or met, not 'done'; entry 2: expected exactly the keys {keys}"
    )
