"""Taking the responsibility list out of the system: exporting is a right of its own and every download is recorded."""

from dataclasses import asdict
from datetime import date

from cadres.models import ResponsibilityList
from cadres.queries.changes import listed_changes, state_of
from cadres.queries.coverage import ListFilter, Scope
from cadres.queries.papers import printed_rows
from cadres.workbooks import changes_workbook, list_workbook
from tenancy import audit
from tenancy.models import Jurisdiction, Post
from tenancy.queries.plans import plan_in_force


def export_list(scope: Scope, asked: ListFilter, *, by: Post) -> bytes:
    """The day's rows under the page's filters, as a workbook."""
    place, names = scope.jurisdiction, scope.plan.value.names
    rows = printed_rows(scope, asked)
    audit.record("cadres.list.exported", place, by=by, at=place, after={"rows": len(rows), "filter": asdict(asked)})
    return list_workbook(f"{place.name}{names.responsibility_list}", place.name, scope.on, names.area, rows)


def hand_out_list(version: ResponsibilityList, *, by: Post) -> str:
    """The storage key of an approved version, for the view to send."""
    audit.record("cadres.list.downloaded", version, by=by)
    return version.stored


def export_changes(place: Jurisdiction, tab: str, *, by: Post, on: date) -> bytes:
    """The changes of cadres of one tab, as a workbook."""
    names = plan_in_force(place.path, on).value.names
    rows = [
        (
            change.cadre.post.person_name, change.cadre.post.jurisdiction.name, change.cadre.post.title,
            change.get_kind_display(), change.since, change.reason, change.document, change.due_on, change.bearer,
            change.left, state_of(change)[1],
        )
        for change in listed_changes(place.path, tab, on)
    ]  # fmt: skip
    audit.record("cadres.changes.exported", place, by=by, at=place, after={"rows": len(rows)})
    return changes_workbook(f"{place.name}{names.cadre}变动", f"{place.name}{names.commission_office}", on, rows)
