"""Which entities a row of a foreign list may be about, for a person to choose from."""

from django.db.models import Q

from entities.models import Entity
from entities.queries.register import entities_within
from entities.rules.record_rows import WHO, text_of
from tenancy.models import ImportBatch, ImportRow
from tenancy.queries.imports import served_by

MOST = 20


def choices_for(batch: ImportBatch, row: ImportRow, asked: str | None) -> tuple[list[Entity], str]:
    """Entities found by the words asked for, or by the numbers and the name of the row, one more than are shown."""
    cells = dict(zip((column.key for column in WHO), map(text_of, row.cells), strict=False))
    words = asked.strip() if asked is not None else cells.get("name", "")
    numbers = {words, *(() if asked is not None else (cells.get("uscc", ""), cells.get("licence", "")))} - {""}
    if not words and not numbers:
        return [], words
    wanted = Q(uscc__in=numbers) | Q(licences__number__in=numbers)
    if words:
        wanted |= Q(name__icontains=words) | Q(address__icontains=words)
    found = entities_within(served_by(batch)).select_related("jurisdiction").filter(wanted).distinct()
    return list(found.order_by("sort_key", "pk")[: MOST + 1]), words
