"""The walls' checks in the database itself: whose rows are read, and whether a row may point at a foreign parent."""

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import DatabaseError, connection, transaction
from django.db.models import CharField, ForeignKey, IntegerField, Model, UniqueConstraint

from tenancy.models import Located
from tenancy.scoping import acting_in
from tenancy.wall import SamePlace, Wall
from tests.walls.world import Town, World


def located() -> list[type[Located]]:
    """Every table of ours behind the wall."""
    return [model for model in apps.get_models() if issubclass(model, Located)]


def reads_of(model: type[Model]) -> str:
    return next(each.reads for each in model._meta.constraints if isinstance(each, Wall))


def seen_in(model: type[Located], place: str) -> list[tuple[int, str]]:
    """What raw SQL without any condition reads of a table inside a place."""
    with acting_in(place), connection.cursor() as cursor:
        cursor.execute(f"SELECT id, place FROM {model._meta.db_table} ORDER BY id")
        return cursor.fetchall()


def seeding_findings(world: World) -> list[str]:
    """A table with no row in each of the three streets proves nothing."""
    found = []
    for model in located():
        for town in world.towns.values():
            # A seal stands in its tenant.
            root = town.tenant if model._meta.model_name == "auditseal" else town.place.path
            rows = [pk for pk, place in seen_in(model, town.tenant) if place.startswith(root)]
            if not rows:
                found.append(f"no {model._meta.label} in {town.name}")
    return found


def reading_findings(world: World) -> list[str]:
    """Raw SQL inside a street reads exactly the rows of the street, and of the places above where the table says so."""
    found = []
    for model in located():
        for town in world.towns.values():
            whole = [row for tenant in ("990101/", "990102/") for row in seen_in(model, tenant)]
            mine = {pk for pk, place in whole if _readable(model, place, town)}
            read = {pk for pk, _place in seen_in(model, town.place.path)}
            if read != mine:
                found.append(f"{model._meta.label} in {town.name}: {len(read - mine)} foreign, {len(mine - read)} lost")
    return found


def _readable(model: type[Located], place: str, town: Town) -> bool:
    above = reads_of(model) == "above" and town.place.path.startswith(place)
    return above or place.startswith(town.place.path)


def pointing_findings(world: World) -> list[str]:
    """No row of 甲街道 can be made to point at a parent of another street."""
    found = []
    for model in located():
        for same in (each for each in model._meta.constraints if isinstance(each, SamePlace)):
            for town in world.strangers:
                outcome = pointed(model, same, world.own, town)
                if outcome not in REFUSED:
                    found.append(f"{model._meta.label}.{same.parent} into {town.name}: {outcome or 'it points there'}")
    return found


# A foreign key, a right that the role lacks, the trigger that keeps the trail.
REFUSED = ("23503", "42501", "BB002")


def pointed(model: type[Located], same: SamePlace, own: Town, town: Town) -> str:
    """What became of pointing an own row at a foreign parent: the SQL state of the refusal, empty when it went through.

    A row that would be a second one under another rule says nothing of the key, so the next parent is tried.
    """
    parent = model._meta.get_field(same.parent)
    target = parent.related_model._meta.db_table
    key = "path" if target == "tenancy_jurisdiction" else "place"
    with acting_in(town.tenant), connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {target} WHERE {key} ^@ %s ORDER BY id DESC", [town.place.path])
        foreign = [pk for (pk,) in cursor.fetchall()]
    outcomes = (_point(model, parent, own, pk, fresh) for pk in foreign for fresh in (False, True))
    return next((state for state in outcomes if not state.startswith("23") or state == "23503"), "nothing fits")


def _point(model: type[Located], parent: ForeignKey, own: Town, foreign: int, fresh: bool) -> str:
    table, changes = model._meta.db_table, {parent.column: foreign} | (_beside(model, parent) if fresh else {})
    place = own.tenant if model._meta.model_name == "auditseal" else own.place.path
    first = f"SELECT id FROM {table} WHERE place ^@ %s AND {parent.column} IS NOT NULL ORDER BY id LIMIT 1"
    written = ", ".join(f"{column} = %s" for column in changes)
    try:
        with transaction.atomic(), acting_in(own.tenant), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {written} WHERE id = ({first})", [*changes.values(), place])
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "pgcode", "") or getattr(error.__cause__, "sqlstate", ""))
    return ""


def _beside(model: type[Located], parent: ForeignKey) -> dict[str, object]:
    """Values nobody has for what must be unique together with the parent."""
    unique = [each.fields for each in model._meta.constraints if isinstance(each, UniqueConstraint)]
    names = {name for fields in unique if parent.name in fields for name in fields} - {parent.name, "id", "place"}
    fresh: dict[str, object] = {}
    for field in (model._meta.get_field(name) for name in sorted(names)):
        if isinstance(field, CharField | IntegerField):
            fresh[field.column] = "z9" if isinstance(field, CharField) else 9_999
    if any(isinstance(each, ExclusionConstraint) for each in model._meta.constraints):
        fresh["valid"] = "[1990-01-01,1990-01-02)"
    return fresh


def composite_findings() -> list[str]:
    """Every composite key the models declare stands in the database over the columns it names, with its cascade."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c"
            " WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND array_length(c.conkey, 1) = 2"
        )
        standing = dict(cursor.fetchall())
    found = []
    for model in located():
        for same in (each for each in model._meta.constraints if isinstance(each, SamePlace)):
            field = model._meta.get_field(same.parent)
            key = "path" if field.related_model._meta.label_lower == "tenancy.jurisdiction" else "place"
            wanted = (
                f"FOREIGN KEY ({field.column}, {same.place_column})"
                f" REFERENCES {field.related_model._meta.db_table}(id, {key}) ON UPDATE CASCADE"
            )
            if not standing.get(same.name, "").startswith(wanted):
                found.append(f"{model._meta.label}: {same.name} is {standing.get(same.name, 'gone')}")
    return found


def crossing_findings() -> list[str]:
    """Seen from inside a tenant every plain key leads to a row that stands there too."""
    found = []
    for model in located():
        for field in model._meta.local_fields:
            if isinstance(field, ForeignKey) and issubclass(field.related_model, Located):
                table, target = model._meta.db_table, field.related_model._meta.db_table
                for tenant in ("990101/", "990102/"):
                    with acting_in(tenant), connection.cursor() as cursor:
                        cursor.execute(
                            f"SELECT count(*) FROM {table} row LEFT JOIN {target} met ON met.id = row.{field.column}"
                            f" WHERE row.{field.column} IS NOT NULL AND met.id IS NULL"
                        )
                        (lost,) = cursor.fetchone()
                    found += [f"{model._meta.label}.{field.name} leads out of {tenant}"] if lost else []
    return found
