"""Filters of the register kept under a name: kept, renamed, shared, moved, removed and brought back."""

from datetime import datetime

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from entities.models import SavedView
from entities.policies import may_share_view
from tenancy import audit
from tenancy.models import Post
from tenancy.rules.refusals import Refused, require


def keep_view(name: str, query: str, *, shared: bool = False, by: Post) -> SavedView:
    """A filter under a name, behind the others. Raises Refused for a name in use and above the limit."""
    if shared:
        require(may_share_view(by))
    own = _own(by)
    if own.count() >= settings.SAVED_VIEWS:
        raise Refused(
            _("常用视图最多存 %d 个，已经存满；请先删掉不用的，再存新的。") % settings.SAVED_VIEWS, code="views-full"
        )
    _refuse_taken(name, by)
    last = own.aggregate(last=Max("position"))["last"]
    view = SavedView.objects.create(
        jurisdiction=by.jurisdiction,
        place=by.jurisdiction.path,
        keeper=by,
        name=name,
        query=query,
        shared=shared,
        position=0 if last is None else last + 1,
    )
    audit.record("entities.view.kept", view, by=by, after={"name": name, "query": query, "shared": shared})
    return view


def change_view(view: SavedView, *, name: str, shared: bool, by: Post) -> SavedView:
    """Another name, or shared with the place and no longer."""
    if shared and not view.shared:
        require(may_share_view(by))
    if name != view.name:
        _refuse_taken(name, view.keeper)
    before = {"name": view.name, "shared": view.shared}
    view.name, view.shared = name, shared
    view.save(update_fields=["name", "shared"])
    audit.record("entities.view.changed", view, by=by, before=before, after={"name": name, "shared": shared})
    return view


def move_view(view: SavedView, steps: int, *, by: Post) -> SavedView:
    """So many places forward (below zero) or back among its keeper's; at an end it stays there."""
    views = list(_own(view.keeper).select_for_update(no_key=True).order_by("position", "pk"))
    at = views.index(view)
    views.insert(max(0, at + steps), views.pop(at))
    for position, each in enumerate(views):
        each.position = position
    SavedView.objects.bulk_update(views, ["position"])
    audit.record("entities.view.moved", view, by=by, before={"position": at}, after={"position": views.index(view)})
    return views[views.index(view)]


def remove_view(view: SavedView, *, by: Post, at: datetime) -> None:
    """Takes it out of the tabs; `restore_view` brings it back as it was."""
    view.removed_at = at
    view.save(update_fields=["removed_at"])
    audit.record("entities.view.removed", view, by=by, before={"name": view.name, "query": view.query})


def restore_view(view: SavedView, *, by: Post) -> SavedView:
    """Brings a removed one back. Raises Refused when its name is in use again."""
    if view.removed_at is None:
        raise Refused(_("“%s”没有删除，不用恢复。") % view.name, code="view-stands")
    _refuse_taken(view.name, view.keeper)
    view.removed_at = None
    view.save(update_fields=["removed_at"])
    audit.record("entities.view.restored", view, by=by, after={"name": view.name})
    return view


def _own(keeper: Post) -> QuerySet[SavedView]:
    return SavedView.objects.filter(keeper=keeper, removed_at__isnull=True)


def _refuse_taken(name: str, keeper: Post) -> None:
    if _own(keeper).filter(name=name).exists():
        raise Refused(_("已经有一个常用视图叫“%s”；请换一个名称，或先给原来的改名。") % name, code="view-taken")
