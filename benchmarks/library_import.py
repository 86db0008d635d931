"""The peer of the import: django-import-export in its bulk mode, set up as its own manual shows."""

from collections.abc import Sequence

import tablib
from django.db.backends.postgresql.psycopg_any import DateRange
from import_export import resources

from benchmarks.district import ON, District, Row
from benchmarks.measuring import Timer
from entities.models import Entity, GradeRecord, Licence, StatusRecord

ENTITY = (
    "name", "uscc", "business_type", "staff", "revenue", "jurisdiction", "place", "address", "principal", "officer",
    "status", "grade",
)  # fmt: skip
GRADE = ("entity", "place", "base", "effective", "size", "rule", "clause", "reason", "valid")


class Bulk(resources.ModelResource):
    """What all of them share; it would set the table's sequence, for which the runtime role has no right and no need."""

    def after_import(self, dataset: tablib.Dataset, result: object, **kwargs: object) -> None:
        pass

    class Meta:
        use_bulk = True
        batch_size = 1000
        skip_diff = True


class Entities(Bulk):
    class Meta(Bulk.Meta):
        model = Entity
        fields = ENTITY
        import_id_fields = ("uscc",)


class Licences(Bulk):
    class Meta(Bulk.Meta):
        model = Licence
        fields = ("entity", "place", "number")
        import_id_fields = ("entity", "number")


class Grades(Bulk):
    class Meta(Bulk.Meta):
        model = GradeRecord
        fields = GRADE
        force_init_instance = True
        import_id_fields = ("entity",)


class Statuses(Bulk):
    class Meta(Bulk.Meta):
        model = StatusRecord
        fields = ("entity", "place", "status", "source", "valid")
        force_init_instance = True
        import_id_fields = ("entity",)


def import_entities(city: District, rows: Sequence[Row], timer: Timer) -> None:
    """One pass into the Entity table alone; words and places are turned into keys for it beforehand."""
    data = _data(ENTITY, [_line(city, row) for row in rows])
    with timer(), city.acting():
        _import(Entities(), data)


def import_ledger(city: District, rows: Sequence[Row], timer: Timer) -> None:
    """What an import here leaves behind: a preview first, then entities with licence, grade and status."""
    data = _data(ENTITY, [_line(city, row) for row in rows])
    with timer(), city.acting():
        _import(Entities(), data, dry_run=True)
        _import(Entities(), data)
        ids = dict(Entity.objects.values_list("uscc", "pk"))
        known = [(ids[row[2]], city.area_ids[row[8]][1], row) for row in rows]
        valid = DateRange(ON, None)
        _import(Licences(), _data(("entity", "place", "number"), [(pk, path, row[3]) for pk, path, row in known]))
        graded = [(pk, path, "D", "D", "micro", "rule", "条款", "说明", valid) for pk, path, _row in known]
        _import(Grades(), _data(GRADE, graded))
        stated = [(pk, path, "active", "import", valid) for pk, path, _row in known]
        _import(Statuses(), _data(("entity", "place", "status", "source", "valid"), stated))


def _import(resource: Bulk, data: tablib.Dataset, *, dry_run: bool = False) -> None:
    resource.import_data(data, raise_errors=True, use_transactions=False, dry_run=dry_run)


def _data(columns: Sequence[str], rows: Sequence[Row]) -> tablib.Dataset:
    return tablib.Dataset(*rows, headers=columns)


def _line(city: District, row: Row) -> Row:
    area, path = city.area_ids[row[8]]
    return (row[1], row[2], "retail", row[5], row[6], area, path, row[9], row[10], row[13], "active", "D")
