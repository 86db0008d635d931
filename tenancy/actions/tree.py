"""Acts on the jurisdiction tree."""

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.rules.names import sort_key
from tenancy.rules.paths import child_path, contains
from tenancy.rules.refusals import Refused


def found_place(
    parent: Jurisdiction | None, *, name: str, level: str, segment: str, code: str = "", by: Post | None = None
) -> Jurisdiction:
    """A new place under a parent, or a tenant when there is none. Raises Refused when the name or segment is taken.

    level is the code of a tier of the plan ("district", "street", ...); segment closes the path.
    """
    place = Jurisdiction(
        parent=parent,
        name=name,
        level=level,
        code=code,
        path=child_path(parent.path if parent else "", segment),
        sort_key=sort_key(name),
    )
    try:
        with transaction.atomic():
            place.save()
            place.id_path = f"{parent.id_path if parent else ''}{place.pk}/"
            place.save(update_fields=["id_path"])
    except IntegrityError as error:
        raise Refused(_("“%s”已存在：同一上级下名称和编码都不能重复，请换一个。") % name, code="place-taken") from error
    audit.record("tenancy.place.founded", place, by=by, at=place, after={"name": name, "path": place.path})
    return place


def free_path(parent: Jurisdiction | None, segment: str) -> str:
    """The child path with this segment, or with the next free number when it is taken."""
    above = parent.path if parent else ""
    taken = set(Jurisdiction.objects.filter(parent=parent).values_list("path", flat=True))
    wanted = child_path(above, segment)
    if wanted not in taken:
        return wanted
    return next(path for number in range(1, 10_000) if (path := child_path(above, f"{number:03}")) not in taken)


def move_place(place: Jurisdiction, new_parent: Jurisdiction, *, by: Post) -> Jurisdiction:
    """Moves a subtree under another parent; every row behind the wall moves with it through its composite keys.

    What was counted for the old parent stays counted there: `counted_in` holds ids, not paths.
    """
    if contains(place.path, new_parent.path):
        raise Refused(_("不能把“%s”移到它自己或其下级之下。") % place.name, code="place-cycle")
    old, parent_was = place.path, place.parent
    new = free_path(new_parent, old.rstrip("/").rsplit("/", 1)[-1])
    subtree = Jurisdiction.objects.under(old)
    id_was = place.id_path
    id_new = f"{new_parent.id_path}{place.pk}/"
    Jurisdiction.objects.filter(pk=place.pk).update(parent=new_parent)
    subtree.update(
        path=Concat(Value(new), Substr(F("path"), len(old) + 1)),
        id_path=Concat(Value(id_new), Substr(F("id_path"), len(id_was) + 1)),
    )
    place.refresh_from_db()
    audit.record(
        "tenancy.place.moved",
        place,
        by=by,
        at=place,
        before={"parent": parent_was.name if parent_was else "", "path": old},
        after={"parent": new_parent.name, "path": new},
    )
    return place
