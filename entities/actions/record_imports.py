"""Importing lines beside entities: penalties and checks from the station's lists, people from the shops' own.

A row finds its entity by its numbers or its name; one that finds none, or several, waits until somebody chooses.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext as _

from entities.actions.naming import people_followed
from entities.models import Brought, Contact, Flag, StationCheck
from entities.queries.register import entities_within, registered
from entities.rules.identity import Stored
from entities.rules.record_rows import Finder, RowForm, Words, repeated, whose
from entities.rules.staff_rows import STAFF_ROWS, staff_words
from entities.rules.station import CHECK_ROWS, PENALTY_ROWS, check_words, penalty_words, status_after
from entities.rules.vocabulary import FlagKind
from tenancy.actions.imports import Cells, ImportKind, open_cells
from tenancy.fields import Phone, blind_index
from tenancy.models import ImportBatch, ImportRow, Post
from tenancy.plans import PlanDocument
from tenancy.queries.imports import served_by
from tenancy.queries.plans import plan_in_force
from tenancy.rules.importing import Checked, Finding, Level
from tenancy.rules.refusals import Refused

BATCH = 1000
PHONE = ("phone", "phone_index", "phone_last4")
NOTHING: tuple[Any, ...] = (None, "", [])
Facts = dict[str, Any]


def _nobody_follows(_entities: Collection[int], _on: date) -> AbstractContextManager[None]:
    return nullcontext()


def _nothing_derived(_facts: Facts, _doc: PlanDocument) -> Facts:
    return {}


@dataclass(frozen=True)
class LineKind:
    """One kind of lines: its rows, the words they may use, and by what a line is known again."""

    model: type[Brought]
    form: RowForm
    words: Callable[[PlanDocument], Words]
    # By which of its facts a line beside the same entity is the same line.
    known_by: tuple[str, ...]
    # Facts that every line of this kind has, and those that follow from the others under a plan.
    always: Mapping[str, Any] = field(default_factory=dict)
    derived: Callable[[Facts, PlanDocument], Facts] = _nothing_derived
    # Facts of the line whose column has another key.
    columns: Mapping[str, str] = field(default_factory=dict)
    # Held open while lines of these entities are written: what follows for the entities themselves.
    follow: Callable[[Collection[int], date], AbstractContextManager[None]] = _nobody_follows

    def facts(self, values: Mapping[str, Any]) -> Facts:
        return {**self.always, **{key: values[self.columns.get(key, key)] for key in self.keys}}

    @property
    def keys(self) -> tuple[str, ...]:
        """The facts of a line that have a column."""
        known = {column.key for column in self.form.columns}
        return tuple(name for name in self.model.typed if self.columns.get(name, name) in known)

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns of the table a batch may write."""
        names = [name for name in self.keys if name != "phone"]
        return (*names, *(PHONE if "phone" in self.keys else ()), *(("stops_as",) if self.model is Flag else ()))


@dataclass
class Line:
    """A clean row: its entity, what it says of it, and the line of the register that says the same, if any."""

    entity: Stored
    facts: Facts
    record: Brought | None
    changes: Facts


@dataclass
class LineValidator:
    """Checks the rows of one batch and finds the line each of them is about."""

    kind: LineKind
    finder: Finder
    words: Words
    on: date
    stored: Mapping[tuple[Any, ...], list[Brought]]
    seen: dict[tuple[Any, ...], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))

    def check(self, number: int, cells: Cells, faults: Mapping[int, str]) -> Checked:
        line, findings = self.read(number, cells, faults)
        if line is None or line.record is None:
            return Checked(findings, "new")
        if not line.changes:
            return Checked(findings, "same")
        record, columns = line.record, self.kind.columns
        told = {
            columns.get(name, name): [_shown(record, name, old), _shown(record, name, line.facts[name])]
            for name, old in line.changes.items()
        }
        return Checked(findings, "changed", told)

    def read(self, number: int, cells: Cells, faults: Mapping[int, str]) -> tuple[Line | None, list[Finding]]:
        who, values, findings = self.kind.form.read(cells, faults, self.words, self.on)
        entity, doubts = whose(self.finder, who)
        findings = [*doubts, *findings]
        if entity is None or any(each.level is Level.ERROR for each in findings):
            return None, findings
        facts = self.kind.facts(values)
        key, apart = (entity.pk, *(facts[name] for name in self.kind.known_by)), _apart(facts)
        findings += _repeats(self.seen[key], apart)
        self.seen[key].setdefault(apart, number)
        if any(each.level is Level.ERROR for each in findings):
            return None, findings
        known = self.stored.get(key, [])
        record = _same(known, apart)
        if record is None and known and not apart:
            return None, [*findings, _unclear(len(known))]
        if record is None and known and not _is_namesake(findings):
            findings.append(_namesake())
        return Line(entity, facts, record, _changes(facts, record) if record else {}), findings


def _is_namesake(findings: Sequence[Finding]) -> bool:
    return any(finding.code == "namesake" for finding in findings)


def _unclear(count: int) -> Finding:
    message = f"同一家有{count}个同名同身份的人；请填写联系电话，才能分清是哪一个"
    return Finding("phone", Level.ERROR, "person-unclear", message)


def _apart(facts: Facts) -> str:
    """What tells two people of one name apart."""
    return blind_index(facts["phone"]) if facts.get("phone") else ""


def _repeats(seen: Mapping[str, int], apart: str) -> list[Finding]:
    """Whether an earlier row of the file says the same, or is about a namesake with another telephone."""
    if not seen:
        return []
    if apart in seen or not apart or "" in seen:
        return [repeated(min(seen.values()))]
    return [_namesake()]


def _namesake() -> Finding:
    message = "同一家已有同名同身份的人，电话不同，将按两个人写入；如是同一人换了号码，请在主体页面修改"
    return Finding("person", Level.WARNING, "namesake", message)


def _same(known: Sequence[Brought], apart: str) -> Brought | None:
    """Of lines known by the same facts the one with the same telephone, else the only one that may be meant."""
    indexes = [(cast(Phone, record.phone).index if hasattr(record, "phone") else "", record) for record in known]
    alike = [record for index, record in indexes if index == apart]
    open_to = [record for index, record in indexes if not index or not apart]
    return next(iter(alike), open_to[0] if len(open_to) == 1 else None)


def _changes(facts: Facts, record: Brought) -> Facts:
    """What a row would change, with the values of today; a blank cell changes nothing."""
    changes: Facts = {}
    for name, value in facts.items():
        old = getattr(record, name)
        differs = blind_index(value) != old.index if name == "phone" and value else value != old
        if value not in NOTHING and differs:
            changes[name] = old
    return changes


def _shown(record: Brought, name: str, value: Any) -> str:
    """A fact of a line as a person reads it; of a telephone the last digits."""
    if name == "phone":
        return str(value) if isinstance(value, Phone) else f"****{value[-4:]}"
    if isinstance(value, list):
        return "、".join(value)
    named = dict(cast("models.Field[Any, Any]", record._meta.get_field(name)).flatchoices)
    return str(named.get(value, "" if value is None else value))


def validator(kind: LineKind, batch: ImportBatch, on: date) -> LineValidator:
    """Everything a batch is checked against, read once."""
    served = entities_within(served_by(batch))
    stored: dict[tuple[Any, ...], list[Brought]] = defaultdict(list)
    found = kind.model.objects.filter(entity__in=served.order_by(), **kind.always).order_by("pk")
    for record in found:
        stored[(record.entity_id, *(getattr(record, name) for name in kind.known_by))].append(record)
    known = kind.words(plan_in_force(batch.place, on).value)
    return LineValidator(kind, Finder(registered(served)), known, on, stored)


def words_of(kind: LineKind, batch: ImportBatch, on: date) -> dict[str, Sequence[str]]:
    """What may stand in the columns whose words are a list, for choosing one instead of an unknown word."""
    known = kind.words(plan_in_force(batch.place, on).value).known
    return {
        key: list({code: word for word, code in reversed(list(meant.items()))}.values()) for key, meant in known.items()
    }


def write_lines(kind: LineKind, batch: ImportBatch, by: Post | None, on: date) -> dict[str, int]:
    """Writes the clean rows of a batch. They are checked once more: the register may have changed since."""
    doc = plan_in_force(batch.place, on).value
    lines = dict(_lines_to_write(kind, batch, on))
    places = dict(entities_within(served_by(batch)).values_list("pk", "place"))
    with kind.follow({line.entity.pk for line in lines.values()}, on):
        before = _kept(kind, [line.record.pk for line in lines.values() if line.record])
        new: dict[int, Brought] = {}
        for staged, line in lines.items():
            facts = {name: value for name, value in line.facts.items() if value is not None}
            record = line.record
            if record is None:
                record = new[staged] = kind.model(entity_id=line.entity.pk, place=places[line.entity.pk], batch=batch)
            else:
                facts = {name: line.facts[name] for name in line.changes}
            for name, value in (facts | kind.derived(facts, doc)).items():
                setattr(record, name, value)
        kind.model.objects.bulk_create(new.values(), batch_size=BATCH)
        changed = {staged: line.record for staged, line in lines.items() if line.record}
        kind.model.objects.bulk_update(changed.values(), kind.kept, batch_size=BATCH)
    _remember(kind, new | changed, before, on)
    return {"written": len(lines)}


def _lines_to_write(kind: LineKind, batch: ImportBatch, on: date) -> Iterator[tuple[int, Line]]:
    """The clean rows that are new or change something."""
    checks = validator(kind, batch, on)
    staged = ImportRow.objects.filter(batch=batch).to_write()
    for row_id, number, cells in staged.values_list("pk", "number", "cells"):
        line, _findings = checks.read(number, open_cells(cells), {})
        if line is None:
            raise Refused(_("第%d行在确认期间有变化，不能写入；请重新校验后再确认。") % number, code="import-changed")
        if line.record is None or line.changes:
            yield row_id, line


def _kept(kind: LineKind, ids: Collection[int]) -> dict[int, Facts]:
    """Lines as they stand, by what a batch may write of them."""
    rows = kind.model.every.filter(pk__in=ids).values("pk", *kind.kept)
    return {row.pop("pk"): {name: _plain(value) for name, value in row.items()} for row in rows}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _remember(kind: LineKind, written: Mapping[int, Brought], before: Mapping[int, Facts], on: date) -> None:
    """Which line a row made or changed, how that line was and how the row left it."""
    now = _kept(kind, [record.pk for record in written.values()])
    rows = ImportRow.objects.in_bulk(written)
    for staged, row in rows.items():
        pk = written[staged].pk
        row.subject_id, row.before = pk, {"was": before.get(pk), "now": now[pk], "on": on.isoformat()}
    ImportRow.objects.bulk_update(rows.values(), ["subject_id", "before"], batch_size=BATCH)


def take_back_lines(kind: LineKind, batch: ImportBatch, by: Post) -> list[str]:
    """Removes the lines of a batch and restores those it changed; names what was touched or is used since, left alone."""
    made = ImportRow.objects.filter(batch=batch, subject_id__isnull=False, before__isnull=False)
    rows = [(pk, kept) for pk, kept in made.values_list("subject_id", "before") if pk is not None and kept]
    ids = [pk for pk, _kept_facts in rows]
    lines = kind.model.every.select_related("entity").in_bulk(ids)
    now, used = _kept(kind, ids), _in_use(kind, batch)
    touched = [
        lines[pk] for pk, kept in rows if pk in lines and (lines[pk].struck_on or now[pk] != kept["now"] or pk in used)
    ]
    left = {record.pk for record in touched}
    day = min((date.fromisoformat(kept["on"]) for _pk, kept in rows), default=date.max)
    with kind.follow({line.entity_id for line in lines.values()}, day):
        for pk, kept in rows:
            if pk not in left and kept["was"]:
                kind.model.every.filter(pk=pk).update(**kept["was"])
        gone = [pk for pk, kept in rows if pk not in left and not kept["was"]]
        kind.model.every.filter(pk__in=gone).delete()
    return [f"{record.entity.name} {record}" for record in touched]


def _in_use(kind: LineKind, batch: ImportBatch) -> set[int]:
    """Lines of the batch that something else points at by now."""
    used: set[int] = set()
    mine = kind.model.every.filter(batch=batch)
    for relation in kind.model._meta.related_objects:
        name = cast("models.ForeignKey[Any, Any]", relation.field).name
        pointing = relation.related_model._base_manager.filter(**{f"{name}__in": mine})
        used |= set(pointing.values_list(f"{name}_id", flat=True))
    return used


def import_kind(name: str, kind: LineKind) -> ImportKind:
    """The kind as the shared machinery knows it."""
    return ImportKind(
        name,
        kind.form.whole,
        partial(validator, kind),
        partial(write_lines, kind),
        partial(take_back_lines, kind),
        partial(words_of, kind),
    )


def _stopping(facts: Mapping[str, Any], doc: PlanDocument) -> Facts:
    """The status in which the penalties of a flag leave the business, where the facts name any."""
    return {"stops_as": status_after(facts["measures"], doc.penalty_kinds)} if facts.get("measures") else {}


PENALTY_LINES = LineKind(
    Flag,
    PENALTY_ROWS,
    lambda doc: penalty_words(doc.penalty_kinds),
    ("document", "person"),
    {"kind": FlagKind.PENALTY.value},
    _stopping,
)
CHECK_LINES = LineKind(StationCheck, CHECK_ROWS, lambda _doc: check_words(), ("checked_on", "source", "document"))
STAFF_LINES = LineKind(
    Contact,
    STAFF_ROWS,
    lambda _doc: staff_words(),
    ("role", "name"),
    columns={"name": "person"},
    follow=people_followed,
)
PENALTIES = import_kind("penalties", PENALTY_LINES)
CHECKS = import_kind("checks", CHECK_LINES)
STAFF = import_kind("staff", STAFF_LINES)
