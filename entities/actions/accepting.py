"""Taking over many differences at once: first shown, then written as one ledger batch, which is taken back as one.

A business of the list becomes a new row of that ledger, one that differs a row of the fields that were asked for. What
the checker refuses stays open with its reason.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction  # noqa: TID251 -- many differences are answered as a set
from django.utils.translation import gettext as _

from entities.actions.bulk import refuse_too_many
from entities.actions.differences import reason_of
from entities.actions.ledger import LEDGER, LedgerValidator, validator, write_rows
from entities.models import STATUSES, Difference, EntityChange, Licence, OutsideList
from entities.queries.checking import type_names
from entities.queries.outside import DifferenceFilter, differences, words_of
from entities.rules.identity import Stored
from entities.rules.ledger import KEYS, LedgerRow, has_error
from entities.rules.reconciling import Answer, DifferenceKind, licence_meant
from tenancy import audit
from tenancy.actions.sheets import StagedCells
from tenancy.actions.staging import lay_down
from tenancy.models import ImportBatch, Post
from tenancy.plans import plain
from tenancy.policies import may
from tenancy.rules.importing import Differences, Finding, Level
from tenancy.rules.refusals import Refused, require
from tenancy.rules.roles import Right
from tenancy.scoping import copy_rows, lines_to_copy
from tenancy.workbooks import Column, Sheet, write_table

# As the register gives them: by the names of the ledger's columns.
AT = {"name": 0, "uscc": 1, "area": 6, "address": 7, "principal": 8, "status": 12, "licence": 16}
NAMED = 50
# Of the kept workbook; its titles stand above.
FIRST_ROW, SHEET = 2, "采纳"


@dataclass(frozen=True, slots=True)
class Taken:
    """One business: the differences that are taken over, the ledger row they make, and why it is refused."""

    number: int
    name: str
    about: tuple[Difference, ...]
    cells: Mapping[str, str]
    entity_id: int | None
    refusal: str = ""

    @property
    def said(self) -> str:
        """What would change."""
        if self.entity_id is None:
            return _("登记进台账")
        return "；".join(f"{each.get_field_display()}：{_words(each)}" for each in self.about)


def _words(difference: Difference) -> str:
    there, here = words_of(difference, {code: str(name) for code, name in STATUSES.items()})
    return f"{here or '—'} → {there}"


@dataclass(frozen=True)
class TakingPreview:
    """What taking over a filter's differences would do."""

    lines: tuple[Taken, ...]

    @cached_property
    def changes(self) -> list[Taken]:
        return [line for line in self.lines if not line.refusal]

    @cached_property
    def refused(self) -> list[Taken]:
        return [line for line in self.lines if line.refusal]

    @property
    def counts(self) -> dict[str, int]:
        """Differences; businesses that are new, that change, and that are refused."""
        new = sum(line.entity_id is None for line in self.changes)
        return {
            "differences": sum(len(line.about) for line in self.changes),
            "new": new,
            "changed": len(self.changes) - new,
            "refused": len(self.refused),
        }

    @cached_property
    def digest(self) -> str:
        """What a person saw, to be sent back with his confirmation."""
        told = (f"{[each.pk for each in line.about]}{sorted(line.cells.items())}{line.refusal}" for line in self.lines)
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


@dataclass
class TakingValidator(LedgerValidator):
    """Checks the rows of differences: each is about the business its difference names, never about one it looks like.

    until: last days of licences to be laid on businesses once the rows are written.
    """

    meant: dict[int, int] = field(default_factory=dict)
    stored: dict[int, Stored] = field(default_factory=dict)
    stale: dict[int, str] = field(default_factory=dict)
    until: dict[int, list[tuple[str, date]]] = field(default_factory=dict)

    def read(
        self, number: int, cells: list[object], faults: Mapping[int, str]
    ) -> tuple[LedgerRow, list[Finding], Stored | None]:
        if number in self.meant:
            # Two shops of a chain share a credit code; which is meant is known.
            row, findings = replace(self.rows, seen={}).check(number, cells, faults)
            if why := self.stale.get(number):
                findings = [*findings, Finding("name", Level.ERROR, "outside-stale", why)]
            return row, findings, self.stored.get(self.meant[number])
        row, findings = self.rows.check(number, cells, faults)
        if not has_error(findings) and (match := self.register.find(row)).stored:
            message = _("台账里已有同一主体“%s”；请在那一家上核对，不要重复登记") % match.stored.name
            findings = [*findings, Finding("name", Level.ERROR, "already-registered", message)]
        return row, findings, None

    def changes(self, row: LedgerRow, stored: Stored) -> dict[str, object]:
        """Its last days count as changes, although no column of the ledger holds them."""
        found = super().changes(row, stored)
        return found | {"valid_until": ""} if stored.pk in self.until else found

    def differences(self, row: LedgerRow, changes: Mapping[str, object]) -> Differences:
        return super().differences(row, {key: old for key, old in changes.items() if key != "valid_until"})


def taking_preview(
    outside: OutsideList, asked: DifferenceFilter, *, by: Post, on: date, business_type: str = ""
) -> tuple[TakingPreview, TakingValidator]:
    """Every business by the order of the page. business_type: the name of the type for those whose list says none.

    Raises Refused above the limit of one act.
    """
    found = differences(outside, replace(asked, answer=Answer.OPEN.value)).exclude(kind=DifferenceKind.ONLY_HERE.value)
    refuse_too_many(found.count())
    checks = _checks(by, on)
    lines = []
    for number, group in enumerate(_by_business(found), start=FIRST_ROW):
        line = _changed(number, group, checks) if group[0].entity_id else _added(number, group, checks, business_type)
        lines.append(_checked(line, checks))
    return TakingPreview(tuple(lines)), checks


def _by_business(found: Iterable[Difference]) -> list[list[Difference]]:
    groups: dict[tuple[str, int | None], list[Difference]] = {}
    for each in found:
        key = ("entity", each.entity_id) if each.entity_id else ("row", each.row_id)
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def _checks(by: Post, on: date) -> TakingValidator:
    draft = ImportBatch(jurisdiction=by.jurisdiction, place=by.jurisdiction.path, kind="ledger", uploaded_by=by)
    base = validator(draft, on)
    known = {stored.pk: stored for group in base.register.by_name.values() for stored in group}
    return TakingValidator(base.rows, base.register, base.plans, base.document, base.paths, stored=known)


def _added(number: int, group: Sequence[Difference], checks: TakingValidator, business_type: str) -> Taken:
    row = group[0].row
    assert row is not None, "what only a list has stands in one of its rows"
    types = {plain(word): kind.name for kind in checks.document.business_types for word in (kind.name, *kind.aliases)}
    cells = {key: getattr(row, key) for key in ("name", "uscc", "licence", "address", "principal")}
    cells |= {
        "business_type": types.get(plain(row.business_type), "") or business_type or row.business_type,
        "area": checks.rows.area_names.get(row.jurisdiction_id, "") if _is_lowest(row.place, checks) else "",
        "status": row.get_status_display() if row.status else "",
    }
    return Taken(number, row.name, tuple(group), cells, None)


def _is_lowest(place: str, checks: TakingValidator) -> bool:
    """A street is not where a shop lies while it has communities; those are proposed from the address book."""
    return not any(path != place and path.startswith(place) for path in checks.paths.values())


def _changed(number: int, group: Sequence[Difference], checks: TakingValidator) -> Taken:
    entity_id = group[0].entity_id or 0
    checks.meant[number] = entity_id
    stored = checks.stored.get(entity_id)
    if stored is None:
        checks.stale[number] = _("这家已不在台账里，或不归您办理；请重新比对后再看")
        return Taken(number, group[0].there, tuple(group), {"name": group[0].there}, entity_id)
    values = stored.values
    cells = {key: str(values[AT[key]] or "") for key in ("name", "uscc", "address")}
    cells["area"] = checks.rows.area_names.get(stored.area, "")
    cells["business_type"] = type_names(checks.document).get(str(values[2]), str(values[2]))
    for each in group:
        if each.field == "valid_until":
            _dated(each, entity_id, checks)
        elif str(values[AT[each.field]] or "")[:200] != each.here:
            checks.stale[number] = _("“%s”在台账里比对之后又改过；请重新比对后再看") % each.get_field_display()
        else:
            cells[each.field] = checks.shown("status", each.there) if each.field == "status" else each.there
    return Taken(number, stored.name, tuple(group), cells, entity_id)


def _dated(difference: Difference, entity_id: int, checks: TakingValidator) -> None:
    stored, row = checks.stored[entity_id], difference.row
    number = licence_meant(row.licence if row else "", dict.fromkeys(stored.licences))
    if number:
        checks.until.setdefault(entity_id, []).append((number, date.fromisoformat(difference.there)))


def _checked(line: Taken, checks: TakingValidator) -> Taken:
    _row, findings, _stored = checks.read(line.number, _in_order(line), {})
    error = next((finding for finding in findings if finding.level is Level.ERROR), None)
    if error is None:
        return line
    return replace(line, refusal=f"{error.message}{_proposed(error)}")


def _proposed(error: Finding) -> str:
    return _("；建议：%s") % error.proposed if error.proposed else ""


def _in_order(line: Taken) -> list[object]:
    return [line.cells.get(key) or None for key in KEYS]


def accept_differences(
    outside: OutsideList,
    asked: DifferenceFilter,
    *,
    by: Post,
    on: date,
    at: datetime,
    seen: str,
    business_type: str = "",
) -> ImportBatch:
    """Takes over whatever of a filter can be, exactly as it was shown (`seen`); one batch, one event.

    Raises Refused when list or register changed meanwhile, and when nothing can be taken over.
    """
    require(may(by, Right.EDIT_REGISTER, by.jurisdiction.path))
    with transaction.atomic():
        locked = differences(outside, asked).select_related(None).select_for_update(of=("self",), no_key=True)
        list(locked.values_list("pk"))
        preview, checks = taking_preview(outside, asked, by=by, on=on, business_type=business_type)
        if seen != preview.digest:
            raise Refused(_("这些差异在您查看之后有变化，没有办理；请看过最新的再确认。"), code="stale")
        if not preview.changes:
            raise Refused(_("没有可以采纳的差异，原因列在各条后面；请逐条补全后采纳。"), code="nothing")
        batch = _written(outside, preview, checks, by=by, on=on, at=at)
        _answered(outside, preview, batch, by=by, on=on)
        names = [line.name for line in preview.changes[:NAMED]]
        after = {"list": outside.name, "batch": batch.pk, **preview.counts, "entities": names}
        audit.record("entities.outside.accepted", outside, by=by, at=by.jurisdiction, after=after)
    return batch


def _written(
    outside: OutsideList, preview: TakingPreview, checks: TakingValidator, *, by: Post, on: date, at: datetime
) -> ImportBatch:
    """The rows as a ledger batch of the acting post's place, staged and written."""
    name, place = _("采纳-%s") % outside.name, by.jurisdiction
    stored = default_storage.save(f"{place.path}imports/{uuid4()}", ContentFile(_workbook(preview)))
    batch = ImportBatch.objects.create(
        jurisdiction=place, place=place.path, kind="ledger", filename=f"{name[:150]}.xlsx", stored=stored, sheet=SHEET,
        header_row=1, columns={key: at for at, key in enumerate(KEYS)}, version=LEDGER.version,
        sha256=preview.digest, uploaded_by=by, confirmed_by=by, clean_only=True,
    )  # fmt: skip
    rows: list[StagedCells] = [(line.number, _in_order(line), {}) for line in preview.lines]
    lay_down(batch, replace(LEDGER, validator=lambda _batch, _on: checks), rows, on=on, words={})
    batch.state, batch.committed_at = "committed", at
    batch.counts |= write_rows(batch, checks, by, on)
    batch.save()
    EntityChange.objects.filter(batch=batch).update(reason=reason_of(preview.changes[0].about[0])[:200])
    _lay_until(checks, {line.entity_id for line in preview.changes})
    return batch


def _workbook(preview: TakingPreview) -> bytes:
    """The rows as a ledger, kept like an upload."""
    file = io.BytesIO()
    columns = [Column(column.title) for column in LEDGER.columns]
    rows = [tuple(str(cell or "") for cell in _in_order(line)) for line in preview.lines]
    write_table(file, [Sheet(SHEET, columns, rows)])
    return file.getvalue()


def _lay_until(checks: TakingValidator, taken: set[int | None]) -> None:
    """Last days of licences, which no column of a ledger holds."""
    wanted = {(pk, number): day for pk, days in checks.until.items() if pk in taken for number, day in days}
    held = Licence.objects.filter(entity__in=[pk for pk, _number in wanted])
    found = [each for each in held if (each.entity_id, each.number) in wanted]
    for each in found:
        each.valid_until = wanted[each.entity_id, each.number]
    Licence.objects.bulk_update(found, ["valid_until"], batch_size=2000)


def _answered(outside: OutsideList, preview: TakingPreview, batch: ImportBatch, *, by: Post, on: date) -> None:
    """Taken ones are answered and lie where their business does; refused ones keep their reason."""
    lines = lines_to_copy()
    for line in preview.lines:
        for each in line.about:
            why = line.refusal[:200].replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")
            lines.write(f"{each.pk}\t{line.number}\t{why}\n")
    lines.seek(0)
    with connection.cursor() as cursor, lines:
        cursor.execute("CREATE TEMPORARY TABLE taken (difference_id bigint, number int, why text) ON COMMIT DROP")
        copy_rows("taken", ["difference_id", "number", "why"], lines)
        cursor.execute("ANALYZE taken")
        for statement in STATEMENTS:
            reason = reason_of(preview.changes[0].about[0])[:200]
            facts: dict[str, Any] = {"batch": batch.pk, "by": by.pk, "name": str(by)[:120], "on": on, "reason": reason}
            cursor.execute(statement, facts)
        cursor.execute("DROP TABLE taken")


STATEMENTS = (
    "UPDATE entities_difference AS d SET reason = t.why FROM taken AS t WHERE d.id = t.difference_id AND t.why <> ''",
    """UPDATE entities_difference AS d SET answer = 'accepted', reason = %(reason)s, answered_by_id = %(by)s,
          answered_by_name = %(name)s, answered_on = %(on)s, batch_id = %(batch)s, entity_id = e.id,
          jurisdiction_id = e.jurisdiction_id, place = e.place
        FROM taken AS t JOIN tenancy_importrow AS i ON i.batch_id = %(batch)s AND i.number = t.number
          JOIN entities_entity AS e ON e.id = i.subject_id
        WHERE d.id = t.difference_id AND t.why = ''""",
    """UPDATE entities_outsiderow AS r SET entity_id = d.entity_id, jurisdiction_id = d.jurisdiction_id, place = d.place
        FROM taken AS t JOIN entities_difference AS d ON d.id = t.difference_id
        WHERE r.id = d.row_id AND d.kind = 'only_there' AND t.why = ''""",
)
