"""Reads of staged imports."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tenancy.models import ImportBatch, ImportRow
from tenancy.rules.importing import Column

REPEATED_AT_MOST = 30


def batches(kind: str) -> QuerySet[ImportBatch]:
    """Batches of the acting place, the newest first; an empty kind gives all kinds."""
    found = ImportBatch.objects.select_related("uploaded_by", "jurisdiction").order_by("-pk")
    return found.filter(kind=kind) if kind else found


def preview_rows(batch: ImportBatch, tab: str) -> QuerySet[ImportRow]:
    """The staged rows of a tab: refused, warned, one verdict, or all."""
    rows = batch.rows.order_by("number")
    if tab == "refused":
        return rows.filter(refused=True)
    if tab == "warned":
        return rows.filter(refused=False).exclude(problems=[])
    if tab in ("new", "changed", "same"):
        return rows.filter(verdict=tab)
    return rows


@dataclass(frozen=True)
class RepeatedFault:
    """The same wrong value in several rows, to be replaced at once."""

    column: str
    title: str
    value: str
    message: str
    count: int


def repeated_faults(batch: ImportBatch, columns: Sequence[Column]) -> list[RepeatedFault]:
    """Wrong values of refused rows, the most frequent first; private columns are never listed."""
    found: dict[tuple[str, str], list[str]] = {}
    index = {column.key: at for at, column in enumerate(columns) if not column.private}
    for row in batch.rows.filter(Q(refused=True)).only("cells", "problems"):
        for problem in row.problems:
            at = index.get(problem["column"])
            if at is not None and problem["level"] == "error" and str(row.cells[at] or "").strip():
                found.setdefault((problem["column"], str(row.cells[at])), []).append(problem["message"])
    titles = {column.key: column.title for column in columns}
    listed = [
        RepeatedFault(column, titles[column], value, messages[0], len(messages))
        for (column, value), messages in found.items()
    ]
    return sorted(listed, key=lambda fault: -fault.count)[:REPEATED_AT_MOST]
