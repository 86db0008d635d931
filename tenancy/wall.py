"""The wall as model constraints, so that migrations write it and a new table inherits it.

`Wall` puts row-level security on a table; `SamePlace` is the composite foreign key that keeps `place` truthful.
Nothing here decides who may do what: the wall only says where.
"""

from collections.abc import Sequence
from typing import Any, cast

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, ForeignKey, Model

# One range from the first acting place to the last, which the indexes answer, and a filter evaluated once a query
# that is neutral for one place and cuts several down to their exact union. The planner takes `IS NOT NULL` for
# nearly always true, so its estimates for one place stay those of the bare range (docs/adr/0009).
RANGE = "{column} >= public.{mood}_from() AND {column} < public.{mood}_to()"
UNION = (
    "(CASE WHEN (SELECT public.{mood}_roots()) IS NULL THEN true"
    " ELSE nullif({column} ^@ ANY ((SELECT public.{mood}_roots())::text[]), false) END) IS NOT NULL"
)
INSIDE = f"{RANGE} AND {UNION}"
# Plans and calendars of the places above are read from below, written only from within.
INSIDE_OR_ABOVE = "({within}) OR public.acts_below({column})"
# A person finds his own posts before any place is known; the quiet helpers answer NULL instead of raising.
OWN_OR_INSIDE = "user_id = public.acting_user() OR ({quiet})"
# The further places of a post are read by whoever can read the post.
WITH_POST = "post_id IN (SELECT id FROM tenancy_post)"
READABLE = "true"


class Constraint(BaseConstraint):
    """What both constraints share: they are statements after the table, never part of CREATE TABLE."""

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None and schema_editor is not None
        schema_editor.deferred_sql.extend(self.statements(model, schema_editor))
        return ""

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        # At the end of the migration too: a composite key needs its parent's, whatever order the file has.
        return self.constraint_sql(model, schema_editor)

    def statements(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        raise NotImplementedError

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database alone enforces it; a form cannot know the acting place."""


class Wall(Constraint):
    """Row-level security, enabled and forced, on the column that holds the row's place.

    reads: "within" (default), "above" (rows of the places above are readable too), "own" (a person's own rows
    are readable before a place is known), "post" (as its post is) or "all".
    """

    def __init__(self, *, name: str, column: str = "place", reads: str = "within") -> None:
        super().__init__(name=name)
        self.column = column
        self.reads = reads

    def statements(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        table = schema_editor.quote_name(model._meta.db_table)
        within = INSIDE.format(column=self.column, mood="acting")
        seen = {
            "within": within,
            "above": INSIDE_OR_ABOVE.format(within=within, column=self.column),
            "own": OWN_OR_INSIDE.format(quiet=INSIDE.format(column=self.column, mood="quiet")),
            "post": WITH_POST,
            "all": READABLE,
        }[self.reads]
        rows = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            # With the default hundred buckets a county's share of a province is guessed ten times too small.
            f"ALTER TABLE {table} ALTER COLUMN {self.column} SET STATISTICS 1000",
        ]
        if self.reads == "within":
            return [*rows, f"CREATE POLICY {self.name} ON {table} USING ({within}) WITH CHECK ({within})"]
        return [
            *rows,
            f"CREATE POLICY {self.name} ON {table} FOR SELECT USING ({seen})",
            f"CREATE POLICY {self.name}_insert ON {table} FOR INSERT WITH CHECK ({within})",
            f"CREATE POLICY {self.name}_update ON {table} FOR UPDATE USING ({within}) WITH CHECK ({within})",
            f"CREATE POLICY {self.name}_delete ON {table} FOR DELETE USING ({within})",
        ]

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None and schema_editor is not None
        table = schema_editor.quote_name(model._meta.db_table)
        names = (
            [self.name]
            if self.reads == "within"
            else [f"{self.name}{s}" for s in ("", "_insert", "_update", "_delete")]
        )
        drops = [f"DROP POLICY {name} ON {table}" for name in names]
        return ";\n".join([*drops, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Wall) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.column, self.reads))

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        if self.column != "place":
            kwargs["column"] = self.column
        if self.reads != "within":
            kwargs["reads"] = self.reads
        return path, args, kwargs


class SamePlace(Constraint):
    """FOREIGN KEY (parent_id, place) REFERENCES parent (id, place) ON UPDATE CASCADE.

    A row cannot point at, or lie in, another place than its parent, and moves along when the parent moves.
    The plain field keeps db_constraint=False, so that the database checks once. `place_column` names another column
    of the row for a second parent that stands elsewhere than the row itself.
    """

    def __init__(self, *, name: str, parent: str, place_column: str = "place") -> None:
        super().__init__(name=name)
        self.parent = parent
        self.place_column = place_column

    def statements(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> list[str]:
        field = cast("ForeignKey[Any, Any]", model._meta.get_field(self.parent))
        target: type[Model] = field.related_model
        quote = schema_editor.quote_name
        key = "path" if target._meta.label_lower == "tenancy.jurisdiction" else "place"
        return [
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {self.name}"  # noqa: ISC004 -- one statement
            f" FOREIGN KEY ({field.column}, {self.place_column}) REFERENCES {quote(target._meta.db_table)} (id, {key})"
            " ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE"
        ]

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None and schema_editor is not None
        return f"ALTER TABLE {schema_editor.quote_name(model._meta.db_table)} DROP CONSTRAINT {self.name}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SamePlace) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.parent, self.place_column))

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs["parent"] = self.parent
        if self.place_column != "place":
            kwargs["place_column"] = self.place_column
        return path, args, kwargs
