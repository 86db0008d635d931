"""The benchmarks run: one tiny round of each, and a peer that is not there is said to be missing, never passed."""

import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.__main__ import BENCHES
from benchmarks.measuring import Limit, Line, Timer, compare, counted, not_run, table

ROOT = Path(__file__).parent.parent
WITHOUT = "import sys, runpy; sys.modules.update(import_export=None, ortools=None); runpy.run_module('benchmarks', run_name='__main__')"


def measured(*words: str, code: tuple[str, ...] = ("-m", "benchmarks")) -> dict[str, dict[str, object]]:
    """The lines of a tiny round by their names."""
    command = [sys.executable, *code, *words, "--quick", "--rows", "40", "--database", f"bench_test_{os.getpid()}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["bench"]: line for line in lines}


def test_every_benchmark_runs_a_tiny_round_and_drops_its_database():
    found = measured()
    assert [name for name in BENCHES if not any(line.startswith(name) for line in found)] == []
    assert [name for name, line in found.items() if line["ratio"] is None and name != "assign-optimum"] == []
    assert {name: line for name, line in found.items() if line["pass"] is False} == {}


def test_a_missing_peer_is_not_run_and_never_passes():
    found = measured("import-peer", "assign", code=("-c", WITHOUT))
    missing = {name: (line["pass"], line["ratio"]) for name, line in found.items() if line["ratio"] is None}
    assert missing == dict.fromkeys(("import-peer", "import-peer-entity", "assign-optimum"), (None, None))


def test_a_ratio_is_held_against_its_limit_from_the_right_side():
    def busy(seconds: float):
        def side(timer: Timer) -> None:
            timer.cpu = timer.wall = seconds

        return side

    slower = compare("a", busy(3), busy(1), Limit(2))
    faster = compare("b", busy(1), busy(1), Limit(10, at_least=True), share=0.1, peer_over_ours=True)
    assert (slower.ratio, slower.passed, faster.ratio, faster.passed) == (3, False, 10, True)
    assert faster.note == "the peer ran one round on 10% of the rows, its time is scaled"
    assert (counted("c", 0, 0, Limit(0)).passed, counted("d", 1, 0, Limit(0)).passed) == (True, False)


def test_the_table_tells_what_was_not_run_from_what_was_not_judged():
    lines = [
        not_run("a", "no peer"),
        Line("b", 1, 1, 1.0, "<= 2", True, 3).unjudged(),
        Line("c", 3, 1, 3.0, "<= 2", False),
    ]
    assert [line.verdict for line in lines] == ["not run", "not judged", "FAIL"]
    assert table(lines).splitlines()[1].endswith("not run   ")
