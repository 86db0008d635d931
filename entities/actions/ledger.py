"""Importing entity ledgers: how a staged row is checked, what it would change, and the act that writes a batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from entities.actions import ledger_tables
from entities.queries.register import Known, areas_under, known_entities
from entities.rules.grading import EntityFacts, Grader, Grading, compile_grading
from entities.rules.ledger import COLUMNS, LedgerChecker, LedgerRow, checker
from entities.rules.matching import risk_classes
from entities.rules.vocabulary import OperatingStatus
from tenancy.actions.imports import Cells, ImportKind, open_cells
from tenancy.fields import blind_index
from tenancy.models import ImportBatch, ImportRow, Post
from tenancy.plans import PlanDocument
from tenancy.queries.plans import plan_in_force
from tenancy.rules.importing import Finding, Level
from tenancy.rules.refusals import Refused

# The fields of a row in the order in which `known_entities` gives the stored values.
COMPARED = (
    "name", "uscc", "business_type", "staff", "revenue", "diners", "area", "address", "principal", "phone",
    "director", "officer", "status", "licence",
)  # fmt: skip


@dataclass
class LedgerValidator:
    """Checks the rows of one batch and says what each would do to the register."""

    rows: LedgerChecker
    known: Mapping[tuple[str, ...], Known]
    grader: Grader
    document: PlanDocument

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

    def grade(self, row: LedgerRow) -> Grading:
        """The base grade of a row under the plan in force, with the clause that fired."""
        classes = risk_classes([row.licence] if row.licence else [], self.document)
        facts = EntityFacts((row.business_type,), row.staff, row.revenue, row.diners, classes=classes)
        return self.grader(facts)


def _comparable(name: str, value: Any) -> object:
    if name == "phone":
        return blind_index(value) if value else ""
    return value


def validator(batch: ImportBatch, on: date) -> LedgerValidator:
    """Everything a batch is checked against, read once."""
    plan = plan_in_force(batch.place, on)
    areas = [area for area in areas_under(batch.jurisdiction) if area.pk != batch.jurisdiction_id]
    return LedgerValidator(
        checker(plan.value, areas), known_entities(batch.jurisdiction), compile_grading(plan), plan.value
    )


def write_ledger(batch: ImportBatch, by: Post | None, on: date) -> dict[str, int]:
    """Writes the clean rows of a batch: entity, licence, grade and status records, in a constant number of statements.

    The rows are checked once more, because the register may have changed since they were staged.
    """
    checks = validator(batch, on)
    planned = []
    staged = ImportRow.objects.filter(batch=batch, refused=False).order_by("number")
    for row_id, number, cells in staged.values_list("pk", "number", "cells"):
        row, findings = checks.rows.check(number, open_cells(cells), {})
        if any(finding.level is Level.ERROR for finding in findings):
            raise Refused(f"第{number}行在确认期间有变化，不能写入；请重新校验后再确认。", code="import-changed")
        known = checks.known.get(row.identity)
        before = checks.changes(row, known[1]) if known else {}
        if known and not before:
            continue
        merged = _merged(row, known[1]) if known else _with_defaults(row)
        planned.append(ledger_tables.Planned(row_id, merged, known[0] if known else None, before, checks.grade(merged)))
    paths = {area.pk: area.path for areas in checks.rows.areas.values() for area in areas}
    ledger_tables.write(batch, planned, paths, by=by, on=on)
    return {"written": len(planned), "ungraded": sum(plan.grading.base is None for plan in planned)}


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
