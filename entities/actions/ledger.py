"""Importing entity ledgers: how a staged row is checked, what it would change, and the act that writes a batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from entities.actions import ledger_tables
from entities.actions.grades import grade_of
from entities.queries.grades import Outlook, bare_facts, decisions_from, outlook, rows_of
from entities.queries.register import Known, areas_under, known_entities
from entities.rules.ledger import COLUMNS, LedgerChecker, LedgerRow, checker
from entities.rules.standing import Decision, Rewrite, Row, Standing, Subject, rewrite, timeline
from entities.rules.vocabulary import OperatingStatus
from tenancy.actions.imports import Cells, ImportKind, open_cells
from tenancy.fields import blind_index
from tenancy.models import ImportBatch, ImportRow, Post
from tenancy.rules.importing import Finding, Level
from tenancy.rules.refusals import Refused

# The fields of a row in the order in which `known_entities` gives the stored values.
COMPARED = (
    "name", "uscc", "business_type", "staff", "revenue", "diners", "area", "address", "principal", "phone",
    "director", "officer", "status", "further_types", "tags", "risk_level", "licence",
)  # fmt: skip


@dataclass
class LedgerValidator:
    """Checks the rows of one batch and says what each would do to the register."""

    rows: LedgerChecker
    known: Mapping[tuple[str, ...], Known]
    plans: Outlook
    paths: Mapping[int, str]

    def check(self, number: int, cells: Cells, faults: Mapping[int, str]) -> tuple[list[Finding], str]:
        row, findings = self.rows.check(number, cells, faults)
        return findings, self.verdict(row)

    def verdict(self, row: LedgerRow) -> str:
        """new, changed or same; a blank cell never counts as a change."""
        known = self.known.get(row.identity)
        if known is None:
            return "new"
        return "changed" if self.changes(row, known[1]) else "same"

    def changes(self, row: LedgerRow, stored: tuple[object, ...]) -> dict[str, object]:
        """The fields a row would change, with the values stored today."""
        new = (getattr(row, name) for name in COMPARED)
        pairs = zip(COMPARED, new, stored, strict=True)
        return {name: old for name, value, old in pairs if value is not None and _comparable(name, value) != old}

    def lines(self, row: LedgerRow, licences: Sequence[str], decisions: tuple[Decision, ...] = ()) -> list[Standing]:
        """The grade of a row from the day on."""
        return timeline(subject_of_row(row, licences, decisions), self.plans.segments(self.paths[row.area]))


def subject_of_row(row: LedgerRow, licences: Sequence[str], decisions: tuple[Decision, ...] = ()) -> Subject:
    """A row as judges see it; licences are those the register has beside the row's own."""
    activities = (row.business_type, *(row.further_types or ()))
    facts = bare_facts(activities, row.tags or (), row.staff, row.revenue, row.diners)
    numbers = (*licences, row.licence) if row.licence and row.licence not in licences else tuple(licences)
    return Subject(facts, numbers, decisions)


def _comparable(name: str, value: Any) -> object:
    if name == "phone":
        return blind_index(value) if value else ""
    return value


def validator(batch: ImportBatch, on: date) -> LedgerValidator:
    """Everything a batch is checked against, read once."""
    plans = outlook(batch.place, on)
    areas = [area for area in areas_under(batch.jurisdiction) if area.pk != batch.jurisdiction_id]
    rows = checker(plans.now.at(batch.place).value, areas)
    return LedgerValidator(rows, known_entities(batch.jurisdiction), plans, {area.pk: area.path for area in areas})


def write_ledger(batch: ImportBatch, by: Post | None, on: date) -> dict[str, int]:
    """Writes the clean rows of a batch: entity, licence, grade and status records, in a constant number of statements.

    The rows are checked once more, because the register may have changed since they were staged.
    """
    checks = validator(batch, on)
    rows = list(_rows_to_write(batch, checks))
    changed = Q(entity__in=[known[0] for _pk, _row, known, _before in rows if known])
    decisions, stored = decisions_from(changed, on), rows_of(changed, on)
    planned = [_planned(each, checks, decisions, stored, on) for each in rows]
    ledger_tables.write(batch, planned, checks.paths, by=by, on=on)
    return {"written": len(planned), "ungraded": sum(not plan.grade for plan in planned)}


ToWrite = tuple[int, LedgerRow, Known | None, dict[str, object]]


def _rows_to_write(batch: ImportBatch, checks: LedgerValidator) -> Iterator[ToWrite]:
    """The clean rows that are new or change something, filled up, with what the register knows of them."""
    staged = ImportRow.objects.filter(batch=batch, refused=False).order_by("number")
    for row_id, number, cells in staged.values_list("pk", "number", "cells"):
        row, findings = checks.rows.check(number, open_cells(cells), {})
        if any(finding.level is Level.ERROR for finding in findings):
            raise Refused(f"第{number}行在确认期间有变化，不能写入；请重新校验后再确认。", code="import-changed")
        known = checks.known.get(row.identity)
        before = checks.changes(row, known[1]) if known else {}
        if not known or before:
            yield row_id, _merged(row, known[1]) if known else _with_defaults(row), known, before


def _planned(
    each: ToWrite,
    checks: LedgerValidator,
    decisions: Mapping[int, tuple[Decision, ...]],
    stored: Mapping[int, list[Row]],
    on: date,
) -> ledger_tables.Planned:
    row_id, row, known, before = each
    entity_id = known[0] if known else None
    lines = checks.lines(row, known[2] if known else (), decisions.get(entity_id or 0, ()))
    had, grade = stored.get(entity_id or 0, []), grade_of(lines, on)
    old = grade_of((each.line for each in had), on)
    if known and old != grade:
        before["grade"] = old
    change = rewrite(had, lines, on) if known else Rewrite(made=lines)
    return ledger_tables.Planned(row_id, row, entity_id, before, grade, change)


def _with_defaults(row: LedgerRow) -> LedgerRow:
    row.status = row.status or OperatingStatus.ACTIVE.value
    return row


def _merged(row: LedgerRow, stored: tuple[object, ...]) -> LedgerRow:
    """The row with the register's values where its cells were blank; a stored telephone stays as it is sealed."""
    for name, old in zip(COMPARED, stored, strict=True):
        if getattr(row, name) is None and name != "phone":
            setattr(row, name, old)
    return row


def take_back_ledger(batch: ImportBatch, by: Post) -> list[str]:
    """Removes what the batch brought and restores what it changed; names the entities touched since, left alone."""
    return [entity.name for entity in ledger_tables.take_back(batch)]


LEDGER = ImportKind("ledger", COLUMNS, validator, write_ledger, take_back_ledger)
