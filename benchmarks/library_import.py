"""The peer of the import: django-import-export's bulk mode on the Entity table, in the shape of its own manual."""

from collections.abc import Sequence

import tablib
from import_export import resources

from benchmarks.district import District, Row
from benchmarks.measuring import Timer
from entities.models import Entity

FIELDS = (
    "name", "uscc", "business_type", "staff", "revenue", "jurisdiction", "place", "address", "principal", "officer",
    "status", "grade",
)  # fmt: skip


class Entities(resources.ModelResource):
    class Meta:
        model = Entity
        fields = FIELDS
        import_id_fields = ("uscc",)
        use_bulk = True
        batch_size = 1000
        skip_diff = True

    def after_import(self, dataset: tablib.Dataset, result: object, **kwargs: object) -> None:
        """It would set the table's sequence, for which the runtime role has no right and no need."""


def import_rows(city: District, rows: Sequence[Row], timer: Timer) -> None:
    """Codes for words and places are found for it beforehand, and it seals no telephone number."""
    lines = [_line(city, row) for row in rows]
    with timer(), city.acting():
        data = tablib.Dataset(*lines, headers=FIELDS)
        Entities().import_data(data, raise_errors=True, use_transactions=False)


def _line(city: District, row: Row) -> Row:
    area, path = city.area_ids[row[8]]
    return (row[1], row[2], "retail", row[5], row[6], area, path, row[9], row[10], row[13], "active", "D")
