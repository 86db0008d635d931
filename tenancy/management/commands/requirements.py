"""The clauses of the source papers: where each is proved, or why it is still open.

Here: reading docs/requirements.yaml, one line per clause, the text of docs/requirements.md.
Not here: running tests; tests/requirements.py holds the rows against a test run.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

DOCS = Path(__file__).resolve().parents[3] / "docs"
SOURCE = DOCS / "requirements.yaml"
PAGE = DOCS / "requirements.md"

HEAD = """# Requirements

Written by `manage.py requirements --markdown` from `requirements.yaml`; edit that file, not this one.
{met} of {total} clauses are met. A clause counts as met only while every test named in its row passes and carries
the clause in `@pytest.mark.req`; the full test run fails otherwise.
"""
COLUMNS = ("Clause", "Section", "Demand", "Parameters", "Page", "State", "Tests, or why it is open")


@dataclass(frozen=True)
class Row:
    """One clause. `open` says why it is not met, `tests` are the node ids that prove it."""

    id: str
    source: str
    demand: str
    parameters: str | None
    page: str | None
    state: str
    tests: list[str]
    open: str | None

    @property
    def is_met(self) -> bool:
        return self.state == "met"

    @property
    def reason(self) -> str:
        """The tests of a met clause; the reason of an open one."""
        return " ".join(self.tests) if self.is_met else str(self.open)

    def line(self) -> str:
        return f"{self.id}  {self.state}  {self.reason}"


def read(path: Path = SOURCE) -> list[Row]:
    """All rows in file order; raises ValueError naming every fault of the file at once."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name}: {error}") from error
    if not isinstance(entries, list):
        raise ValueError(f"{path.name}: expected a list of clauses")  # noqa: TRY004 -- a fault of the file
    faults = [fault for number, entry in enumerate(entries, 1) for fault in _faults(number, entry)]
    if not faults:
        counts = Counter(entry["id"] for entry in entries)
        faults = [f"{clause}: {count} rows, expected one" for clause, count in counts.items() if count > 1]
    if faults:
        raise ValueError(f"{path.name}: " + "; ".join(faults))
    return [Row(**entry) for entry in entries]


def _faults(number: int, entry: Any) -> Iterator[str]:
    keys = {field.name for field in fields(Row)}
    if not isinstance(entry, dict) or set(entry) != keys:
        yield f"entry {number}: expected exactly the keys {', '.join(sorted(keys))}"
        return
    name = entry["id"]
    if entry["state"] not in {"open", "met"}:
        yield f"{name}: the state is open or met, not {entry['state']!r}"
    if not isinstance(entry["tests"], list) or not all(isinstance(test, str) for test in entry["tests"]):
        yield f"{name}: tests is a list of node ids"
    elif entry["state"] == "met" and not entry["tests"]:
        yield f"{name}: met without a test"
    if (entry["state"] == "open") != bool(entry["open"]):
        yield f"{name}: an open row gives a reason under `open`, a met row leaves it null"


def as_json(rows: list[Row]) -> str:
    """A JSON array with one clause on each line."""
    return "[\n" + ",\n".join(json.dumps(asdict(row), ensure_ascii=False) for row in rows) + "\n]"


def as_markdown(rows: list[Row]) -> str:
    """The whole text of docs/requirements.md, one table for each source paper."""
    parts = [HEAD.format(met=sum(row.is_met for row in rows), total=len(rows))]
    for paper, clauses in groupby(rows, key=lambda row: row.source.rpartition(" · ")[0]):
        group = list(clauses)
        met = sum(row.is_met for row in group)
        table = [_table_line(COLUMNS), _table_line(["---"] * len(COLUMNS)), *map(_table_row, group)]
        parts.append(f"## {group[0].id[:2]}: {paper} ({met} of {len(group)} met)\n\n" + "\n".join(table) + "\n")
    return "\n".join(parts)


def _table_row(row: Row) -> str:
    section = row.source.rpartition(" · ")[2]
    proof = "<br>".join(f"`{test}`" for test in row.tests) if row.is_met else row.reason
    return _table_line([row.id, section, row.demand, row.parameters or "", row.page or "", row.state, proof])


def _table_line(cells: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


class Command(BaseCommand):
    """Reads one file: no database, no system checks, no test run."""

    help = "Print one line for each requirement clause: its tests when met, the reason when open."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print the rows as a JSON array")
        form.add_argument("--markdown", action="store_true", help="write docs/requirements.md")

    def handle(self, **options: Any) -> None:
        try:
            rows = read()
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(as_json(rows))
        elif options["markdown"]:
            PAGE.write_text(as_markdown(rows), encoding="utf-8")
            self.stdout.write(f"docs/{PAGE.name}: {len(rows)} clauses, {sum(row.is_met for row in rows)} met")
        else:
            self.stdout.write("\n".join(row.line() for row in rows))
