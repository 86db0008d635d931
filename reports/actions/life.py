"""生命线 of an entity, handed out as a workbook."""

from datetime import date

from django.utils.translation import gettext as _

from entities.models import Entity
from reports.queries.life import life_of
from reports.workbooks import life_workbook
from tenancy import audit
from tenancy.models import Post
from tenancy.queries.plans import plan_in_force


def export_life(entity: Entity, kind: str, *, by: Post, on: date) -> bytes:
    """The lines of the page under its filter; kind: one kind, or empty for all that the post may read."""
    doc = plan_in_force(entity.place, on).value
    events = [event for event in life_of(entity, doc, by, on) if kind in ("", event.kind)]
    audit.record("reports.life.exported", entity, by=by, after={"rows": len(events)})
    rows = [(event.on, event.kind_name, event.title, event.text, event.by) for event in events]
    title, unit = _("%s生命线") % entity.name, f"{by.jurisdiction.name}{doc.names.commission_office}"
    return life_workbook(title, unit, on, rows)
