"""Pytest plugin: a clause is met only while the tests named in its row pass and carry its mark.

Loaded by the root conftest. Judges full runs, where an absent test means a missing one; REQ_STRICT=1 judges any run.
The rows themselves are read by tenancy.management.commands.requirements.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenancy.management.commands.requirements import Row, read

MARK = "req"
BARE = "(none)"  # stands for a mark that names no clause
# `-m "not shots"` stays a full run: a row may not rest on a kind of test that the full run leaves out.
LEAVES_OUT = r"(not \w+( and not \w+)*)?"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{MARK}(*clauses): the requirement clauses this test proves")
    if not hasattr(config, "workerinput"):  # workers of xdist only send their reports here
        config.pluginmanager.register(Verdict(config), "requirements-verdict")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks travel on the report, because the controller of xdist never sees the items."""
    for item in items:
        item.user_properties += [
            (MARK, str(clause)) for mark in item.iter_markers(MARK) for clause in mark.args or [BARE]
        ]


class Verdict:
    """What the whole run showed of every test, held against the rows at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.outcomes: dict[str, str] = {}
        self.marks: defaultdict[str, set[str]] = defaultdict(set)
        self.faults: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = re.sub(r"@[^\[\]]*$", "", report.nodeid)  # xdist appends the group of --dist loadgroup
        self.marks[test].update(str(value) for name, value in report.user_properties if name == MARK)
        if hasattr(report, "wasxfail"):
            self.outcomes[test] = "expected to fail"
        elif not report.passed:
            self.outcomes[test] = report.outcome
        elif report.when == "call":
            self.outcomes.setdefault(test, "passed")

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        judged = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}
        if exitstatus not in judged or session.shouldfail or self.config.option.collectonly:
            return
        self.faults = list(self.find_faults(whole=is_whole(self.config)))
        if self.faults:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.faults:
            terminalreporter.section("requirements", red=True, bold=True)
            for fault in self.faults:
                terminalreporter.write_line(fault)

    def find_faults(self, *, whole: bool) -> Iterator[str]:
        """Unknown clauses in any run; rows that do not hold only where every test was asked to run."""
        try:
            rows = read(self.config.rootpath / "docs" / "requirements.yaml")
        except (OSError, ValueError) as error:
            yield str(error)
            return
        known = {row.id for row in rows}
        for test, marks in sorted(self.marks.items()):
            yield from (f"{test} is marked with {mark}, which is no clause" for mark in sorted(marks - known))
        if whole:
            yield from (fault for row in rows if row.is_met for test in row.tests for fault in self.doubts(row, test))

    def doubts(self, row: Row, named: str) -> Iterator[str]:
        """Why the named test does not prove the row; a name without [..] stands for all its parameters."""
        ran = [test for test in self.marks if named in {test, test.partition("[")[0]}]
        if not ran:
            yield f"{row.id} is met by {named}, which did not run: missing"
        for test in sorted(ran):
            if (outcome := self.outcomes.get(test, "unfinished")) != "passed":
                yield f"{row.id} is met by {test}, which did not pass: {outcome}"
            if row.id not in self.marks[test]:
                yield f"{row.id} is met by {test}, which does not carry the mark {MARK}({row.id!r})"


def is_whole(config: pytest.Config) -> bool:
    """Whether nothing was left out on the command line, so that an absent test is a missing one."""
    if os.environ.get("REQ_STRICT") == "1":
        return True
    option = config.option
    narrowed = option.keyword or option.deselect or option.ignore or option.ignore_glob
    if narrowed or not re.fullmatch(LEAVES_OUT, option.markexpr) or getattr(option, "lf", False):
        return False
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return True
    wanted = [config.rootpath / path for path in config.getini("testpaths") or ["."]]
    return {path.resolve() for path in wanted} <= {Path(arg).resolve() for arg in config.args}
