"""One statement instead of a row at a time: INSERT … SELECT from a query the ORM has put together."""

from collections.abc import Mapping

from django.core.exceptions import EmptyResultSet
from django.db import connection  # noqa: TID251 -- the ORM has no INSERT … SELECT
from django.db.models import Field, Model, QuerySet
from django.db.models.expressions import Combinable


def insert_from(model: type[Model], values: Mapping[str, Combinable], rows: QuerySet[Model]) -> int:
    """Inserts one row of the model for each row of the query, and none where it stands already; gives their number.

    values: field name -> what fills it, in terms of the query's rows. Columns left out take the database's default.
    """
    # Annotations may not bear a field's name, and keep their order in the SELECT.
    named = {f"into_{name}": value for name, value in values.items()}
    try:
        selected, params = rows.annotate(**named).values_list(*named).query.sql_with_params()
    except EmptyResultSet:
        # The ORM saw by itself that nothing can fit.
        return 0
    quote = connection.ops.quote_name
    columns = ", ".join(quote(_column(model, name)) for name in values)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {selected} ON CONFLICT DO NOTHING",
            params,
        )
        return int(cursor.rowcount)


def _column(model: type[Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    assert field.column
    return field.column
