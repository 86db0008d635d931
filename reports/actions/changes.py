"""变动事项: taken back while nothing rests on it, handed out as a workbook, settled and reminded of day by day."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from cadres.queries.changes import changes as cadre_changes
from entities.actions import lifecycle
from entities.actions.changes import settle_changes
from entities.models import Entity, EntityChange
from reports.actions.ladder import Owed, say
from reports.queries.changes import ChangeFilter, changes, listed_changes, printed_changes, used_since
from reports.workbooks import changes_workbook
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.queries.plans import plan_in_force
from tenancy.rules.refusals import Refused


def undo_change(change: EntityChange, *, by: Post, on: date) -> Entity:
    """Takes a change back as long as no assignment and no visit rests on it."""
    if used := used_since(change):
        words = {"name": change.entity.name, "used": used}
        raise Refused(_("“%(name)s”%(used)s，这项变动不能撤销；请按现在的情况重新登记变动。") % words, code="undo-used")
    return lifecycle.undo_change(change, by=by, on=on)


def export_changes(place: Jurisdiction, asked: ChangeFilter, *, by: Post, on: date) -> bytes:
    """The rows of the page under its filters, as a workbook."""
    doc = plan_in_force(place.path, on).value
    rows = printed_changes(listed_changes(place, asked, on), doc)
    audit.record("reports.changes.exported", place, by=by, at=place, after={"rows": len(rows)})
    title = _("%s变动事项") % doc.names.entity
    return changes_workbook(title, f"{place.name}{doc.names.commission_office}", on, rows)


def follow_changes(tenant: Jurisdiction, *, on: date, at: datetime) -> int:
    """Writes down what is settled by now and reminds the offices of the rest; gives how many notices were new.

    Safe to repeat: what is settled stays so, and a step of the ladder is said once.
    """
    found = changes(tenant.path, on).filter(settled_on=None)
    settle_changes(tenant, found.filter(is_settled=True).values_list("pk", flat=True), on=on)
    running = found.filter(is_settled=False).exclude(due_on=None).select_related("entity")
    owed = [
        Owed(each.place, each.entity.name, each.due_on, each.recorded_on)
        for each in running.order_by("place", "entity__sort_key", "pk")
    ]
    told = say(tenant, owed, _of_entities, kind="change", url=reverse("reports:list-changes"), on=on)
    return told + remind_of_cadres(tenant, on=on)


def remind_of_cadres(tenant: Jurisdiction, *, on: date) -> int:
    """The same for cadres who no longer answer, while somebody has not taken over what they left."""
    running = cadre_changes(tenant.path, on).filter(is_settled=False).exclude(due_on=None)
    owed = [
        Owed(each.place, each.cadre.post.person_name, each.due_on, each.recorded_on)
        for each in running.select_related("cadre__post").order_by("place", "pk")
    ]
    return say(tenant, owed, _of_cadres, kind="cadre-change", url=reverse("cadres:list-changes"), on=on)


def _of_entities(count: int, due: str, names: str, late: bool) -> str:
    words = {"count": count, "names": names, "due": due}
    if late:
        return _("%(count)d 家主体的变动已超过 %(due)s的期限，还没有调整包保关系：%(names)s") % words
    return _("%(count)d 家主体有变动，%(due)s前要调整包保关系：%(names)s") % words


def _of_cadres(count: int, due: str, names: str, late: bool) -> str:
    words = {"count": count, "names": names, "due": due}
    if late:
        return _("%(count)d 名干部变动已超过 %(due)s的期限，名下主体还没有重新定人：%(names)s") % words
    return _("%(count)d 名干部有变动，%(due)s前要为其名下主体重新定人：%(names)s") % words
