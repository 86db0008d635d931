"""Acts on the jurisdiction tree."""

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from tenancy import audit
from tenancy.models import Jurisdiction, Post, PostPlace
from tenancy.rules.divisions import Division, segment_for
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


def add_places(parent: Jurisdiction, lines: Sequence[Division], *, level: str, by: Post) -> list[Jurisdiction]:
    """Several places at once under one parent, each as `found_place` would make it; all of them or none."""
    if parent.closed_on is not None:
        raise Refused(_("“%s”已撤销，不能再设下级区划。") % parent.name, code="place-closed")
    made = []
    with transaction.atomic():
        for line in lines:
            path = free_path(parent, segment_for(line.code, parent.code))
            segment = path.rstrip("/").rsplit("/", 1)[-1]
            made.append(found_place(parent, name=line.name, level=level, segment=segment, code=line.code, by=by))
    return made


def rename_place(place: Jurisdiction, *, name: str, code: str, by: Post) -> Jurisdiction:
    """Another name or code from now on. Papers and figures made before keep what they say."""
    before = {"name": place.name, "code": place.code}
    after = {"name": name, "code": code}
    if before == after:
        return place
    place.name, place.code, place.sort_key = name, code, sort_key(name)
    try:
        with transaction.atomic():
            place.save(update_fields=["name", "code", "sort_key"])
    except IntegrityError as error:
        raise Refused(_("同一上级下已有“%s”，请换一个名称。") % name, code="place-taken") from error
    audit.record("tenancy.place.renamed", place, by=by, at=place, before=before, after=after)
    return place


def close_place(place: Jurisdiction, *, by: Post, on: date) -> Jurisdiction:
    """Takes a place out of use; its rows stay where they are. Refused while places or posts under it are in use.

    What the apps above keep there is asked by `reports.actions.places`, through which every door goes.
    """
    place = Jurisdiction.objects.select_for_update().get(pk=place.pk)
    if place.closed_on is not None:
        raise Refused(_("“%s”已经撤销。") % place.name, code="place-closed")
    below = Jurisdiction.objects.filter(parent=place, closed_on=None).count()
    if below:
        raise Refused(
            _("“%(place)s”下面还有%(count)d个区划，不能撤销；请先逐个撤销下级。")
            % {"place": place.name, "count": below},
            code="place-in-use",
        )
    held = Post.objects.filter(jurisdiction=place, valid__endswith=None) | Post.objects.filter(
        jurisdiction=place, valid__endswith__gt=on
    )
    served = PostPlace.objects.filter(jurisdiction=place).count()
    if count := held.count() + served:
        raise Refused(
            _("“%(place)s”还有%(count)d个在任岗位，不能撤销；请先办理离任，或调整岗位的服务区域。")
            % {"place": place.name, "count": count},
            code="place-in-use",
        )
    place.closed_on = on
    place.save(update_fields=["closed_on"])
    audit.record("tenancy.place.closed", place, by=by, at=place, after={"day": on.isoformat()})
    return place


def reopen_place(place: Jurisdiction, *, by: Post) -> Jurisdiction:
    """Takes a closing back. Refused when the name is in use again, or the place above is closed."""
    if place.closed_on is None:
        raise Refused(_("“%s”没有撤销，不用恢复。") % place.name, code="place-open")
    if place.parent is not None and place.parent.closed_on is not None:
        raise Refused(_("上级“%s”已撤销；请先恢复上级。") % place.parent.name, code="place-closed")
    before = {"day": place.closed_on.isoformat()}
    place.closed_on = None
    try:
        with transaction.atomic():
            place.save(update_fields=["closed_on"])
    except IntegrityError as error:
        raise Refused(
            _("同一上级下已有“%s”，不能恢复；请先给其中一个改名。") % place.name, code="place-taken"
        ) from error
    audit.record("tenancy.place.reopened", place, by=by, at=place, before=before)
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
