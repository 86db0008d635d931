"""What a person does to a staged batch before it is written: point out columns, correct cells, set rows aside."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.actions.staging import ImportKind, recheck, seal_cell
from tenancy.models import ImportBatch, ImportRow, ImportWord, Post
from tenancy.queries.imports import reasons_of
from tenancy.rules.headers import PASSED_OVER, WITHOUT_MEANING, headings, titles_of
from tenancy.rules.names import tidy
from tenancy.rules.refusals import Refused
from tenancy.workbooks import UnreadableWorkbook, annotate

LONGEST_WORD = 120


def _open(batch: ImportBatch, *states: str) -> ImportBatch:
    """The batch read again under a lock, refused when it has gone further meanwhile."""
    batch = ImportBatch.objects.select_for_update(no_key=True).select_related("jurisdiction").get(pk=batch.pk)
    if batch.state not in states:
        raise Refused(_("这一批当前是“%s”，不能再改。") % batch.get_state_display(), code="import-state")
    return batch


def map_columns(
    batch: ImportBatch, kind: ImportKind, *, sheet: str, header_row: int, meanings: Mapping[int, str], by: Post
) -> ImportBatch:
    """Takes somebody's word for which column of a sheet holds what; the rows are read again by a task.

    meanings: sheet column -> key of the kind, or PASSED_OVER. Titles that were new are remembered for the office.
    """
    batch = _open(batch, "unmapped", "staged")
    titles = titles_at(batch, sheet, header_row)
    places = _places(kind, meanings)
    unsettled = [title for index, title in titles.items() if index not in meanings and title not in WITHOUT_MEANING]
    if unsettled:
        message = _("还有列没有指明：%s。请选择对应的项目，或选“不导入”。")
        raise Refused(message % "、".join(f"“{title}”" for title in unsettled), code="columns-open")
    new = _new_titles(kind, titles, meanings)
    _remember(batch, "", new, by)
    batch.chosen = {"sheet": sheet, "header_row": header_row, "columns": places}
    batch.state, batch.error = "uploaded", ""
    batch.save(update_fields=["chosen", "state", "error"])
    audit.record("tenancy.import.mapped", batch, by=by, after={"sheet": sheet, "row": header_row, "titles": new})
    return batch


def titles_at(batch: ImportBatch, sheet: str, header_row: int) -> dict[int, str]:
    """The titles in a row of the preview by sheet column. Raises Refused when there is no such row."""
    for part in batch.preview:
        for at, (number, _cells) in enumerate(part["rows"] if part["name"] == sheet else ()):
            if number == header_row:
                return {index: names[0] for index, names in headings(part["rows"], at, part["merged"])[1].items()}
    raise Refused(_("表里没有所选的工作表或表头行，请重新选择。"), code="no-such-header")


def _places(kind: ImportKind, meanings: Mapping[int, str]) -> dict[str, int]:
    """Key -> sheet column, complete and without a key for two columns."""
    titles = {column.key: column.title for column in kind.columns}
    places: dict[str, int] = {}
    for index, key in sorted(meanings.items()):
        if key == PASSED_OVER:
            continue
        if key not in titles or key in places:
            word = titles.get(key, key)
            raise Refused(_("“%s”只能对应一列，请检查各列的选择。") % word, code="column-twice")
        places[key] = index
    missing = [column.title for column in kind.columns if column.required and column.key not in places]
    if missing:
        raise Refused(_("缺少必需的列：%s。请指明是哪一列。") % "、".join(missing), code="column-missing")
    return places


def _new_titles(kind: ImportKind, titles: Mapping[int, str], meanings: Mapping[int, str]) -> dict[str, str]:
    """Titles that mean something else here than they say by themselves, with the title of what they mean."""
    known = titles_of(kind.columns, {}, kind.own_titles)
    names = {column.key: column.title for column in kind.columns} | {PASSED_OVER: PASSED_OVER}
    said = ((titles[index], key) for index, key in meanings.items() if index in titles)
    return {title: names[key] for title, key in said if known.get(title) != key and title not in WITHOUT_MEANING}


def _remember(batch: ImportBatch, column: str, meanings: Mapping[str, str], by: Post) -> None:
    """Keeps what the office means by its own titles or words; the latest choice counts."""
    for said, meant in meanings.items():
        if said and len(said) <= LONGEST_WORD and len(meant) <= LONGEST_WORD:
            ImportWord.objects.update_or_create(
                jurisdiction=batch.jurisdiction,
                kind=batch.kind,
                column=column,
                said=said,
                defaults={"place": batch.place, "meant": meant, "learnt_by": by},
            )


def amend_cells(
    batch: ImportBatch,
    kind: ImportKind,
    *,
    column: str,
    old: str,
    new: str,
    number: int | None,
    by: Post,
    on: date,
    remember: bool = False,
) -> int:
    """Corrects one row's cell, or every refused row with the same value, and checks the batch again.

    remember: whether the old word means the new one in every later workbook of the office as well.
    """
    batch = _open(batch, "staged")
    index = kind.place_of(column)
    rows = ImportRow.objects.filter(batch=batch)
    rows = rows.filter(number=number) if number is not None else rows.filter(refused=True)
    changed = []
    for row in rows:
        # A batch staged before the kind learned its last columns has fewer cells.
        row.cells += [None] * (len(kind.columns) - len(row.cells))
        if number is not None or _shown(row.cells[index]) == old:
            row.cells[index] = seal_cell(new) if kind.columns[index].private else new
            row.problems = [problem for problem in row.problems if problem["column"] != column]
            changed.append(row)
    ImportRow.objects.bulk_update(changed, ["cells", "problems"], batch_size=500)
    if remember and not kind.columns[index].private:
        _remember(batch, column, {tidy(old): new}, by)
    recheck(batch, kind, on=on)
    facts = {"column": column, "rows": len(changed), "remembered": remember}
    audit.record("tenancy.import.amended", batch, by=by, after=facts)
    return len(changed)


def take_proposals(batch: ImportBatch, kind: ImportKind, *, column: str, by: Post, on: date) -> int:
    """Puts into a column of every refused row what was proposed for it, and checks the batch again; returns how many."""
    batch = _open(batch, "staged")
    index, changed = kind.place_of(column), []
    for row in ImportRow.objects.filter(batch=batch, refused=True):
        words = [each["proposed"] for each in row.problems if each["column"] == column and each.get("proposed")]
        if words:
            row.cells += [None] * (len(kind.columns) - len(row.cells))
            row.cells[index] = words[0]
            row.problems = [problem for problem in row.problems if problem["column"] != column]
            changed.append(row)
    ImportRow.objects.bulk_update(changed, ["cells", "problems"], batch_size=500)
    recheck(batch, kind, on=on)
    audit.record("tenancy.import.amended", batch, by=by, after={"column": column, "proposed": len(changed)})
    return len(changed)


def _shown(cell: Any) -> str:
    return "" if cell is None else str(cell)


def set_aside(batch: ImportBatch, kind: ImportKind, *, number: int | None, back: bool, by: Post, on: date) -> int:
    """Leaves one row, or every refused row, out of the commit, or takes it back in; returns how many."""
    batch = _open(batch, "staged")
    rows = ImportRow.objects.filter(batch=batch, skipped=back)
    rows = rows.filter(number=number) if number is not None else rows.filter(refused=not back)
    changed = rows.update(skipped=not back)
    recheck(batch, kind, on=on)
    audit.record("tenancy.import.set-aside", batch, by=by, after={"rows": changed, "number": number, "back": back})
    return changed


def forget_word(word: ImportWord, *, by: Post) -> None:
    """Takes back what an office once settled; workbooks read since stay as they are."""
    facts = {"kind": word.kind, "column": word.column, "said": word.said, "meant": word.meant}
    audit.record("tenancy.import.word-forgotten", word, by=by, before=facts)
    word.delete()


def marked_workbook(batch: ImportBatch, *, only_bad: bool) -> bytes:
    """The upload with its reasons written in, all rows or only the bad ones. Raises Refused when it cannot be made."""
    with default_storage.open(batch.stored) as file:
        data = file.read()
    reasons = reasons_of(batch, only_bad=only_bad)
    try:
        return annotate(data, reasons, header_row=batch.header_row, only_bad=only_bad, sheet=batch.sheet or None)
    except UnreadableWorkbook as error:
        raise Refused(error.message, code=error.code) from error
