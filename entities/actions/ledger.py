"""Importing entity ledgers: how a staged row is checked, what it would change, and the act that writes a batch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from entities.actions import ledger_tables, ledger_undo
from entities.actions.changes import Written, open_from_ledger
from entities.actions.grades import grade_of
from entities.queries.addresses import address_book
from entities.queries.checking import shown_number, status_names, type_names
from entities.queries.grades import Outlook, bare_facts, decisions_from, outlook, rows_of
from entities.queries.register import areas_under, entities_within, registered
from entities.rules.identity import Register, Stored
from entities.rules.ledger import (
    COLUMNS,
    OWN_TITLES,
    Area,
    LedgerChecker,
    LedgerRow,
    checker,
    doubt_about,
    has_error,
    repeats,
)
from entities.rules.standing import Decision, Rewrite, Row, Standing, Subject, rewrite, timeline
from entities.rules.vocabulary import OperatingStatus, RiskLevel
from tenancy.actions.imports import Cells, ImportKind, open_cells
from tenancy.fields import blind_index
from tenancy.models import ImportBatch, ImportRow, Post
from tenancy.plans import PlanDocument
from tenancy.queries.imports import served_by
from tenancy.queries.plans import plan_in_force
from tenancy.rules.importing import Checked, Differences, Finding
from tenancy.rules.paths import within
from tenancy.rules.refusals import Refused

# The fields of a row in the order in which `registered` gives the stored values.
COMPARED = (
    "name", "uscc", "business_type", "staff", "revenue", "diners", "area", "address", "principal", "phone",
    "director", "officer", "status", "further_types", "tags", "risk_level", "licence",
)  # fmt: skip
values_of = attrgetter(*COMPARED)
# Staged rows held at a time while a batch is written.
FETCHED = 5000
# Of them those by which a change is told from a correction.
TOLD = ("status", "area", "staff", "revenue", "diners", "business_type", "further_types")


@dataclass
class LedgerValidator:
    """Checks the rows of one batch and says what each would do to the register."""

    rows: LedgerChecker
    register: Register
    plans: Outlook
    document: PlanDocument
    paths: Mapping[int, str]
    claimed: dict[int, int] = field(default_factory=dict)

    def check(self, number: int, cells: Cells, faults: Mapping[int, str]) -> Checked:
        row, findings, stored = self.read(number, cells, faults)
        if stored is None:
            return Checked(findings, "new")
        changes = self.changes(row, stored)
        if not changes:
            return Checked(findings, "same")
        return Checked(findings, "changed", self.differences(row, changes))

    def read(
        self, number: int, cells: Cells, faults: Mapping[int, str]
    ) -> tuple[LedgerRow, list[Finding], Stored | None]:
        """The row, all findings, and the entity of the register it is about."""
        row, findings = self.rows.check(number, cells, faults)
        if findings and has_error(findings):
            findings = self._placed(number, row, findings)
            if has_error(findings):
                return row, findings, None
        match = self.register.find(row)
        if doubt := doubt_about(match):
            findings = [*findings, doubt]
        if match.stored and (first := self.claimed.setdefault(match.stored.pk, number)) != number:
            findings = [*findings, repeats(first)]
        return row, findings, match.stored

    def _placed(self, number: int, row: LedgerRow, findings: list[Finding]) -> list[Finding]:
        """An entity the register knows stays where it is when only the name of its area is ambiguous."""
        stored = self._at_home(row)
        if stored is None:
            return findings
        row.area = stored.area
        settled = [finding for finding in findings if finding.code != "area-ambiguous"]
        return settled if has_error(settled) else settled + self.rows.repeated(number, row)

    def _at_home(self, row: LedgerRow) -> Stored | None:
        """The one entity of the areas a row may lie in that it can be about, by its numbers or by name and address."""
        matches = (self.register.find(replace(row, area=area)).stored for area in row.areas)
        found = {stored.pk: stored for stored in matches if stored and stored.area in row.areas}
        return next(iter(found.values())) if len(found) == 1 else None

    def changes(self, row: LedgerRow, stored: Stored) -> dict[str, object]:
        """The fields a row would change, with the values stored today; a blank cell changes nothing."""
        changes: dict[str, object] = {}
        for name, value, old in zip(COMPARED, values_of(row), stored.values, strict=True):
            if name in row.cleared:
                if old not in (None, ""):
                    changes[name] = old
            elif value is not None and _differs(name, value, old, stored):
                changes[name] = old
        return changes

    def differences(self, row: LedgerRow, changes: Mapping[str, object]) -> Differences:
        """Changes as a person reads them: what stands in the register, what would stand there."""
        return {name: [self.shown(name, old), self.shown(name, getattr(row, name))] for name, old in changes.items()}

    def shown(self, name: str, value: Any) -> str:
        if name == "phone":
            return _("（有号码）") if value else ""
        words: dict[str, Mapping[Any, str]] = {
            "business_type": type_names(self.document),
            "further_types": type_names(self.document),
            "status": status_names(self.document),
            "area": self.rows.area_names,
            "risk_level": {level.value: level.name for level in RiskLevel},
        }
        if isinstance(value, list):
            return "、".join(words.get(name, {}).get(each, each) for each in value)
        if name in words:
            return words[name].get(value, str(value))
        return value or "" if isinstance(value, str) else shown_number(value)

    def lines(self, row: LedgerRow, licences: Sequence[str], decisions: tuple[Decision, ...] = ()) -> list[Standing]:
        """The grade of a row from the day on."""
        return timeline(subject_of_row(row, licences, decisions), self.plans.segments(self.paths[row.area]))


def subject_of_row(row: LedgerRow, licences: Sequence[str], decisions: tuple[Decision, ...] = ()) -> Subject:
    """A row as judges see it; licences are those the register has once the row is written."""
    activities = (row.business_type, *(row.further_types or ()))
    facts = bare_facts(activities, row.tags or (), row.staff, row.revenue, row.diners)
    return Subject(facts, tuple(licences), decisions)


def licences_after(row: LedgerRow, stored: Stored | None) -> tuple[str, ...]:
    """The numbers an entity has once a row is written: a new one stands instead of the first, as in the form."""
    held = stored.licences if stored else ()
    if "licence" in row.cleared:
        return held[1:]
    if row.licence and row.licence not in held:
        return (row.licence, *held[1:])
    return held


def _differs(name: str, value: Any, old: object, stored: Stored) -> bool:
    if name == "phone":
        return (blind_index(value) if value else "") != old
    if name == "licence":
        return value not in stored.licences
    return bool(value != old)


def areas_for(batch: ImportBatch) -> list[Area]:
    """The places the rows of a batch may name: below the office's own, and only those its uploader serves."""
    served = served_by(batch)
    return [
        area
        for area in areas_under(batch.jurisdiction)
        if area.pk != batch.jurisdiction_id and within(served, area.path)
    ]


def validator(batch: ImportBatch, on: date) -> LedgerValidator:
    """Everything a batch is checked against, read once."""
    plans, areas = outlook(batch.place, on), areas_for(batch)
    plan = plans.now.at(batch.place).value
    register = registered(entities_within(served_by(batch)))
    book = cache(lambda: address_book(served_by(batch), areas))
    return LedgerValidator(checker(plan, areas, book), register, plans, plan, {area.pk: area.path for area in areas})


def words(batch: ImportBatch, on: date) -> dict[str, Sequence[str]]:
    """What may stand in the columns whose words are a list: business types, areas, statuses."""
    plan, areas = plan_in_force(batch.place, on).value, areas_for(batch)
    names = checker(plan, areas).area_names
    types, statuses = type_names(plan).values(), status_names(plan).values()
    return {
        "business_type": list(types),
        "area": [names[area.pk] for area in areas],
        "status": list(dict.fromkeys(statuses)),
    }


def write_ledger(batch: ImportBatch, by: Post | None, on: date) -> dict[str, int]:
    """Writes the clean rows of a batch: entity, licence, grade and status records, in a constant number of statements.

    The rows are checked once more, because the register may have changed since they were staged.
    """
    return write_rows(batch, validator(batch, on), by, on)


def write_rows(batch: ImportBatch, checks: LedgerValidator, by: Post | None, on: date) -> dict[str, int]:
    """The same under a validator of the caller."""
    rows = list(_rows_to_write(batch, checks))
    changed = Q(entity__in=[stored.pk for _pk, _row, stored in rows if stored])
    decisions, lines = decisions_from(changed, on), rows_of(changed, on)
    planned = [_planned(each, checks, decisions, lines, on) for each in rows]
    ledger_tables.write(batch, planned, checks.paths, by=by, on=on)
    open_from_ledger(_written(batch, rows, checks.paths), batch, by=by, on=on)
    return {"written": len(planned), "ungraded": sum(not plan.grade for plan in planned)}


ToWrite = tuple[int, LedgerRow, Stored | None]


def _rows_to_write(batch: ImportBatch, checks: LedgerValidator) -> Iterator[ToWrite]:
    """The clean rows that are new or change something, filled up, with what the register has of them."""
    staged = ImportRow.objects.filter(batch=batch).to_write()
    for row_id, number, cells in staged.values_list("pk", "number", "cells").iterator(chunk_size=FETCHED):
        row, findings, stored = checks.read(number, open_cells(cells), {})
        if has_error(findings):
            raise Refused(_("第%d行在确认期间有变化，不能写入；请重新校验后再确认。") % number, code="import-changed")
        if not stored or checks.changes(row, stored):
            yield row_id, _merged(row, stored) if stored else _with_defaults(row), stored


def _written(batch: ImportBatch, rows: Sequence[ToWrite], paths: Mapping[int, str]) -> Iterator[Written]:
    """The written rows with what the register had of them, as changes are told."""
    staged = ImportRow.objects.filter(batch=batch, subject_id__isnull=False)
    ids = {pk: subject for pk, subject in staged.values_list("pk", "subject_id") if subject is not None}
    for row_id, row, stored in rows:
        entity_id = ids[row_id]
        assert row.area is not None and entity_id is not None, "written rows have a place and their entity"
        before = _told(dict(zip(COMPARED, stored.values, strict=True))) if stored else None
        yield Written(entity_id, paths[row.area], before, _told(_by_name(row)))


def _by_name(row: LedgerRow) -> dict[str, Any]:
    """A row's values by the names under which stored ones are compared."""
    return dict(zip(COMPARED, values_of(row), strict=True))


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: values[name] for name in TOLD}
    return told | {"revenue": shown_number(told["revenue"]) or None, "further_types": list(told["further_types"] or ())}


def _planned(
    each: ToWrite,
    checks: LedgerValidator,
    decisions: Mapping[int, tuple[Decision, ...]],
    stored_lines: Mapping[int, list[Row]],
    on: date,
) -> ledger_tables.Planned:
    row_id, row, stored = each
    entity_id = stored.pk if stored else None
    lines = checks.lines(row, licences_after(row, stored), decisions.get(entity_id or 0, ()))
    change = rewrite(stored_lines.get(entity_id or 0, []), lines, on) if stored else Rewrite(made=lines)
    return ledger_tables.Planned(row_id, row, entity_id, grade_of(lines, on), change)


def _with_defaults(row: LedgerRow) -> LedgerRow:
    row.status = row.status or OperatingStatus.ACTIVE.value
    return row


def _merged(row: LedgerRow, stored: Stored) -> LedgerRow:
    """The row with the register's values where its cells were blank; a stored telephone stays as it is sealed."""
    for name, old in zip(COMPARED, stored.values, strict=True):
        if getattr(row, name) is None and name != "phone" and name not in row.cleared:
            setattr(row, name, old)
    return row


def take_back_ledger(batch: ImportBatch, by: Post) -> list[str]:
    """Removes what the batch brought and restores what it changed; names the entities touched since, left alone."""
    touched = ledger_undo.take_back(batch)
    ledger_undo.open_differences(batch, [entity.pk for entity in touched])
    return [entity.name for entity in touched]


LEDGER = ImportKind("ledger", COLUMNS, validator, write_ledger, take_back_ledger, words, OWN_TITLES)
